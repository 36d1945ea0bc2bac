"""Which names a cell of code defines, and which it takes from elsewhere."""

import ast
import symtable
from collections.abc import Iterator


def defined(source: str) -> tuple[list[str], list[str]]:
    """Lists what a cell defines at its top level.

    Returns:
        functions: names of its functions and classes.
        others: names that it assigns.

    Raises:
        SyntaxError: the source does not parse.
    """
    functions, others = [], []
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            functions.append(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            parts = [part for target in targets for part in ast.walk(target)]
            names = [part for part in parts if isinstance(part, ast.Name)]
            others += [name.id for name in names if isinstance(name.ctx, ast.Store)]
    return functions, others


def looked_up(source: str) -> dict[str, int]:
    """Finds the names that functions look up outside of themselves, builtins among them.

    Python's own symbol tables say which these are, so comprehensions, lambdas, nested functions
    and classes count as Python counts them.

    Args:
        source: the text of the functions, and nothing else.

    Returns:
        A dict from name to the line of its first use, from 1.

    Raises:
        SyntaxError: the source does not parse.
    """
    uses = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    ]
    found: dict[str, int] = {}
    for scope in _scopes(symtable.symtable(source, "<functions>", "exec")):
        start = scope.get_lineno()
        for symbol in scope.get_symbols():
            name = symbol.get_name()
            if symbol.is_global() and symbol.is_referenced():
                lines = [node.lineno for node in uses if node.id == name and node.lineno >= start]
                line = min(lines, default=start)
                found[name] = min(line, found.get(name, line))
    return found


def _scopes(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    for child in table.get_children():
        yield child
        yield from _scopes(child)
