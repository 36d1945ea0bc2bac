"""How `make site` makes the course site. Nothing is fetched, neither now nor by a reader."""

import tomllib
from pathlib import Path

import math_core
import ziamath
from docutils import nodes
from sphinx import addnodes
from sphinx.util import logging

ROOT = Path(__file__).resolve().parent.parent
ADDRESS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["urls"][
    "Repository"
]

project = html_title = "Variational autoencoders"
language = "en"
extensions = ["myst_nb"]
exclude_patterns = ["explorers", "**/.ipynb_checkpoints"]

nb_execution_mode = "off"
highlight_language = "none"
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3

html_theme = "sphinx_book_theme"
html_theme_options = {
    "repository_url": ADDRESS,
    "use_repository_button": True,
    "navbar_persistent": [],
    "show_toc_level": 2,
    "footer_content_items": [],
}
html_context = {"default_mode": "auto"}
html_favicon = "_static/icon.svg"
html_use_index = False
html_extra_path = ["explorers"]
html_math_renderer = "mathml"
# The font has what MathML needs, and not every system has such a font.
html_static_path = ["_static", str(Path(ziamath.__file__).parent / "fonts/STIXTwoMath-Regular.ttf")]
html_css_files = ["site.css"]

TO_MATHML = math_core.LatexToMathML()


def write_math(page, node):
    """Write a formula as MathML, which browsers draw by themselves."""
    try:
        block = isinstance(node, nodes.math_block)
        formula = TO_MATHML.convert_with_local_state(node.astext(), displaystyle=block)
    except math_core.LatexError as error:
        logging.getLogger(__name__).warning("%s: %s", node.astext(), error, location=node)
    else:
        page.body.append(f'<div class="formula">{formula}</div>' if block else formula)
    raise nodes.SkipNode


def mend_links(app, document):
    """Lead links of the README to pages of the site, or else to the file in the repository."""
    for link in list(document.findall(addnodes.pending_xref)):
        target = link["reftarget"]
        if link["refdomain"] == "doc":  # docs/course is a link to course, and MyST follows it
            link["reftarget"] = target.removeprefix(f"{ROOT.as_posix()}/")
        elif (ROOT / target).exists():
            address = f"{ADDRESS}/blob/main/{target}"
            link.replace_self(nodes.reference("", "", *link.children, refuri=address))


def say_pictures_of_others(app, document):
    """Put words in the place of a picture that a reader's browser would fetch from elsewhere."""
    for image in list(document.findall(nodes.image)):
        if "://" in image["uri"]:
            image.replace_self(nodes.inline(text=image["alt"], classes=["pill"]))


def setup(app):
    """Connect the functions of this file with Sphinx."""
    app.add_html_math_renderer("mathml", (write_math, None), (write_math, None))
    app.connect("doctree-read", mend_links)
    app.connect("doctree-read", say_pictures_of_others)
