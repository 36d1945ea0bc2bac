"""Has formulas that make links, pictures and tags."""

TEXT = r"$\href{javascript:alert(1)}{x}$ $$\includegraphics{http://x.invalid/i.png}$$ \begin{align}\unicode{<img src=x onerror=alert(2)>}\end{align} $\require{html}\style{background:url(http://x.invalid/s)}{x}$"


def hand_in(nb):
    for cell in nb["cells"]:
        if cell["id"] == "why":
            cell["source"] = TEXT
    nb["cells"].append({"cell_type": "markdown", "metadata": {}, "id": "own", "source": TEXT})
    return nb
