"""Measured figures are data: the page and the README say what the data say."""

import importlib.util
import re
from pathlib import Path

import pytest

from experiments import measurements
from experiments.bench import __main__ as bench
from experiments.bench import course
from experiments.bench.parts import PARTS
from experiments.measurements import Figure

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
FIGURES = measurements.load()


@pytest.fixture
def files(tmp_path, monkeypatch):
    """An own data file and page, with the figures that there are."""
    data, page = tmp_path / "measurements.json", tmp_path / "measurements.md"
    data.write_bytes(measurements.DATA.read_bytes())
    monkeypatch.setattr(measurements, "DATA", data)
    monkeypatch.setattr(measurements, "PAGE", page)
    return data, page


def value(topic, name, quantity):
    (figure,) = (
        one for one in FIGURES if (one.topic, one.name, one.quantity) == (topic, name, quantity)
    )
    return measurements.text(round(figure.value))


def test_the_page_is_what_the_data_give():
    assert measurements.PAGE.read_text("utf-8") == measurements.page(FIGURES, PARTS)


def test_saving_what_was_loaded_changes_no_byte(files):
    data, _ = files
    before = data.read_bytes()
    measurements.save(measurements.load(), PARTS)
    assert data.read_bytes() == before


def test_every_figure_says_where_it_comes_from():
    machine = re.compile(r"\d+ cores \(.+\), Python 3\.\d+\.\d+, TensorFlow [\d.]+, Keras [\d.]+")
    for figure in FIGURES:
        assert figure.command == f"python -m experiments.bench {figure.topic}"
        assert machine.fullmatch(figure.machine), figure
        assert re.fullmatch(r"20\d\d-\d\d-\d\d", figure.date), figure
        assert figure.runs >= 1
        if figure.spread:
            assert figure.spread[0] <= figure.value <= figure.spread[1], figure


def test_no_figure_is_there_twice():
    keys = [(figure.topic, figure.name, figure.quantity) for figure in FIGURES]
    assert len(set(keys)) == len(keys)


def test_a_row_was_measured_at_once():
    """A row of a table names one machine, one day and one number of runs."""
    rows = {}
    for figure in FIGURES:
        found = (figure.machine, figure.date, figure.runs)
        assert rows.setdefault((figure.topic, figure.name), found) == found, figure


def test_every_topic_of_the_data_is_a_part_of_the_bench():
    assert {figure.topic for figure in FIGURES} <= set(PARTS)


def test_every_command_of_the_bench_is_real():
    for arguments in (course.CHECKS, course.ATTACK_TESTS, course.SITE):
        flag, module, *rest = arguments
        assert flag == "-m"
        assert importlib.util.find_spec(module)
        for path in (one for one in rest if not one.startswith("-")):
            assert (ROOT / path).exists(), path
    for lane in course.LANES:
        assert re.search(rf"^{lane}:", MAKEFILE, re.MULTILINE)


@pytest.mark.parametrize("name", PARTS)
def test_what_the_page_says_of_a_part_names_real_commands_and_files(name):
    text = PARTS[name].text
    for module in re.findall(r"python -m ([\w.]+)", text):
        assert importlib.util.find_spec(module)
    for path in re.findall(r"`((?:experiments|vaelib|docs)/[\w./]+)`", text):
        assert (ROOT / path).exists(), path
    for target in re.findall(r"make ([\w-]+)`", text):
        assert re.search(rf"^{target}:", MAKEFILE, re.MULTILINE)


def test_the_readme_names_parts_and_says_what_the_data_say():
    bullets = re.findall(r"^- (.*) \(`(\w+)`\)$", README, re.MULTILINE)
    assert {part for _, part in bullets} <= set(PARTS)
    by_part = {part: text for text, part in bullets}
    assert set(by_part) == {"checks", "attacks", "grading", "efficient", "notebooks"}
    answers, exercises, passed, refused, faults = (
        value("checks", "all checks", quantity)
        for quantity in ("answers", "exercises", "passed", "refused", "faults")
    )
    assert faults == "0"
    assert f"{answers} answers to {exercises} exercises" in by_part["checks"]
    assert f"{passed} right ones" in by_part["checks"]
    assert f"{refused} wrong ones" in by_part["checks"]
    kinds = ("in code", "on notebook or folder", "on downloads", "on pages")
    counts = [f"{value('attacks', 'all attacks', kind)} {kind}" for kind in kinds]
    assert f"{value('attacks', 'all attacks', 'attacks')} attacks" in by_part["attacks"]
    assert f"{', '.join(counts[:-1])} and {counts[-1]}" in by_part["attacks"]
    ours, theirs = (
        value("grading", "24 submissions, training cut short", side)
        for side in ("vae-grade", "nbgrader")
    )
    assert f"take {ours} s on two cores, and {theirs} s with nbgrader" in by_part["grading"]
    cost = value("efficient", "efficient model, all 3,150 steps", "processor time")
    assert f"{cost} processor seconds" in by_part["efficient"]
    assert value("efficient", "tutorial / efficient model", "ratio of processor times") == "43"
    assert "a forty-third of" in by_part["efficient"]
    longest = max(
        figure.spread[1] if figure.spread else figure.value
        for figure in FIGURES
        if figure.topic == "notebooks" and figure.quantity == "wall time"
    )
    assert longest < 180
    assert "in less than three minutes" in by_part["notebooks"]


def test_of_runs_is_the_median_with_the_smallest_and_the_largest():
    assert measurements.of_runs("a", "b", [3.0, 1.0, 8.0, 2.0], "s") == Figure(
        "a", "b", 2.5, "s", (1.0, 8.0), 4
    )


def test_what_is_kept_has_four_digits_and_its_origin():
    figures = [
        Figure("a", "b", 0.0123456, spread=(0.0111111, 12345.678)),
        Figure("c", "d", 12345678),
        Figure("e", "f", -76.54321),
        Figure("g", "h", 0.0),
    ]
    kept = measurements.recorded(figures, "import", "a machine")
    assert [figure.value for figure in kept] == [0.01235, 12345678, -76.54, 0.0]
    assert kept[0].spread == (0.01111, 12346)
    assert {figure.command for figure in kept} == {"python -m experiments.bench import"}
    assert {(figure.topic, figure.machine) for figure in kept} == {("import", "a machine")}
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", kept[0].date)


def test_measuring_a_part_replaces_its_figures_and_no_others(files, monkeypatch):
    _, page = files
    part = bench.PARTS["sprites"]
    one = Figure("all sprites", "wall time", 1.25, "s")
    monkeypatch.setitem(bench.PARTS, "sprites", type(part)(part.title, part.text, lambda: [one]))
    bench.main(["sprites"])
    after = measurements.load()
    (new,) = (figure for figure in after if figure.topic == "sprites")
    assert (new.name, new.value) == ("all sprites", 1.25)
    assert [figure for figure in after if figure.topic != "sprites"] == [
        figure for figure in FIGURES if figure.topic != "sprites"
    ]
    assert page.read_text("utf-8") == measurements.page(after, PARTS)
    assert "| all sprites | 1.25 | 1 |" in page.read_text("utf-8")


def test_the_page_alone_measures_nothing(files, monkeypatch):
    data, page = files
    monkeypatch.setattr(bench, "measure", None)
    before = data.read_bytes()
    bench.main(["--page"])
    assert data.read_bytes() == before
    assert page.read_bytes() == (ROOT / "docs" / "measurements.md").read_bytes()


@pytest.mark.parametrize("arguments", [["nonsense"], ["--page", "import"]])
def test_a_command_that_means_nothing_is_refused(arguments, files, capsys):
    with pytest.raises(SystemExit):
        bench.main(arguments)
    assert "error" in capsys.readouterr().err


def test_a_table_has_a_row_for_each_name_and_a_column_for_each_quantity():
    figures = [
        Figure("a", "wall time", 1234.0, "s", (1000.0, 2000.0), 3, machine="m", date="2026-01-02"),
        Figure("a", "ratio", -1.5, runs=3, machine="m", date="2026-01-02"),
        Figure("b", "ratio", 2, machine="n", date="2026-01-03"),
    ]
    assert measurements.table(figures, {"m": "A", "n": "B"}).splitlines() == [
        "|  | wall time, s | ratio | runs | date | machine |",
        "| --- | --- | --- | --- | --- | --- |",
        "| a | 1,234.0 (1,000.0 to 2,000.0) | −1.5 | 3 | 2026-01-02 | A |",
        "| b |  | 2 | 1 | 2026-01-03 | B |",
    ]
