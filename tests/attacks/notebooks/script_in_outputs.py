"""Brings outputs that are scripts, pages, drawings and widgets; the code is right."""

COMES_OUT = {}

EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)>"
DRAWING = f'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">{EVIL}</svg>'
WIDGET = "application/vnd.jupyter.widget-view+json"
DATA = {
    "text/html": EVIL,
    "application/javascript": "alert(1)",
    "image/svg+xml": DRAWING,
    "text/markdown": EVIL,
    "text/latex": r"$\href{javascript:alert(1)}{x}$",
    WIDGET: {"model_id": "1"},
    "application/vnd.custom+json": {"a": EVIL},
    "text/plain": EVIL,
}


def hand_in(nb, folder):
    outputs = [{"output_type": k, "data": DATA, "metadata": {"isolated": False}} for k in KINDS]
    outputs += [{"output_type": "stream", "name": EVIL, "text": [EVIL, "\x1b[31m" + EVIL]}]
    error = {"output_type": "error", "ename": EVIL, "evalue": EVIL, "traceback": [EVIL, EVIL]}
    for cell in nb["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = [*outputs, error]
    state = {"1": {"model_name": "HTMLModel", "state": {"value": EVIL}}}
    nb["metadata"]["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": state}}
    return nb


KINDS = ("display_data", "execute_result", "pyout", "update_display_data", EVIL)
