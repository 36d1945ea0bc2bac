"""Which names a cell of code defines, and which it takes from elsewhere."""

import ast
import dis
from collections.abc import Iterator
from types import CodeType

GLOBAL_LOADS = {"LOAD_NAME", "LOAD_GLOBAL", "LOAD_FROM_DICT_OR_GLOBALS"}


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

    Python's compiler says which these are, so comprehensions, lambdas, nested functions and
    classes count as Python counts them.

    Args:
        source: the text of the functions, and nothing else.

    Returns:
        A dict from name to the line of its first use, from 1.

    Raises:
        SyntaxError: the source does not parse.
    """
    found: dict[str, int] = {}
    for scope in _scopes(compile(source, "<functions>", "exec", dont_inherit=True)):
        steps = list(dis.get_instructions(scope))
        own = {step.argval for step in steps if step.opname == "STORE_NAME"}  # of a class
        for step in steps:
            if step.opname in GLOBAL_LOADS and step.argval not in own:
                line = (step.positions and step.positions.lineno) or scope.co_firstlineno
                found[step.argval] = min(line, found.get(step.argval, line))
    return found


def _scopes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _scopes(constant)
