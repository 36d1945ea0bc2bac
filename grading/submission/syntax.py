"""What a cell's Python says, without running it."""

import ast
import functools
import hashlib
import re
import warnings
from collections.abc import Iterable

MOST_KEPT = 4_000  # texts whose names are kept in memory: those of a notebook and its release
MOST_PARSED = 50_000  # characters of a cell that is read as Python
BINDING = re.compile(r"^(?:(?:async\s+)?def|class)\s+(\w+)|^([^\W\d]\w*)\s*=(?!=)", re.MULTILINE)


def tree(source: str) -> ast.Module | None:
    """The syntax tree, or None if this is no Python or too much of it."""
    if len(source) > MOST_PARSED:
        return None
    try:
        with warnings.catch_warnings(action="ignore"):
            return ast.parse(source)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None


@functools.lru_cache(maxsize=MOST_KEPT)
def bound(source: str) -> frozenset[str]:
    """Names that a cell binds outside of functions, also if it does not parse."""
    module = tree(source)
    if module is None:
        return frozenset(n for names in BINDING.findall(source) for n in names if n)
    names: set[str] = set()
    todo: list[ast.AST] = [module]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names |= {(one.asname or one.name).split(".")[0] for one in node.names}
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif not isinstance(node, ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp):
            todo += ast.iter_child_nodes(node)
    return frozenset(names)


@functools.lru_cache(maxsize=MOST_KEPT)
def said(source: str) -> bytes | None:
    """A hash of what code says, without its comments; None if it is no Python."""
    module = tree(source)
    if module is None:
        return None
    try:
        return hashlib.sha256(ast.dump(module).encode(errors="replace")).digest()
    except RecursionError:
        return None


def is_only_text(source: str) -> bool:
    """Whether a code cell holds words: strings, comments, or what Jupyter would not run."""
    module = tree(source)
    if module is None:
        return not source.lstrip().startswith(("%", "!"))
    values = [node.value if isinstance(node, ast.Expr) else node for node in module.body]
    return all(isinstance(v, ast.Constant) and isinstance(v.value, str) for v in values)


def only_defines(source: str) -> bool:
    """Whether code does nothing but import, define, and set names to what costs nothing.

    What costs nothing is all that calls nothing, and constants, which have names in capitals:
    settings are constants, whatever is called to choose them, and data and models are not.
    """
    module = tree(source)
    return module is not None and module.body != [] and all(map(_defines, module.body))


def _defines(node: ast.stmt) -> bool:
    if isinstance(node, ast.Assign):
        return _are_constants(node.targets) or not _calls(node)
    if isinstance(node, ast.AnnAssign):
        return _are_constants([node.target]) or not _calls(node)
    return isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef)


def _are_constants(targets: Iterable[ast.expr]) -> bool:
    return all(
        _are_constants(target.elts)
        if isinstance(target, ast.Tuple | ast.List)
        else isinstance(target, ast.Name) and target.id.isupper()
        for target in targets
    )


def _calls(node: ast.AST) -> bool:
    return any(isinstance(part, ast.Call) for part in ast.walk(node))
