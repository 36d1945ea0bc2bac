"""Which names a cell of code defines, and which it takes from elsewhere."""

import ast
import builtins
import dis

GLOBAL_LOADS = {"LOAD_NAME", "LOAD_GLOBAL", "LOAD_FROM_DICT_OR_GLOBALS"}
BUILTINS = {*dir(builtins), "__annotations__"}


def defined(source):
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
        targets = getattr(node, "targets", [getattr(node, "target", None)])
        for target in targets if isinstance(node, ast.Assign | ast.AnnAssign) else []:
            parts = (part for part in ast.walk(target) if isinstance(part, ast.Name))
            others += [part.id for part in parts if isinstance(part.ctx, ast.Store)]
    return functions, others


def foreign(source, allowed):
    """Finds the names that a cell uses and neither gets from `allowed` nor makes itself.

    Python's compiler says which names are looked up outside a scope, so comprehensions, lambdas,
    nested functions and classes count as Python counts them.

    Args:
        source: the text of the cell.
        allowed: names that it may use.

    Returns:
        A dict from name to the line of its first use, from 1.

    Raises:
        SyntaxError: the source does not parse.
    """
    scopes = list(_scopes(compile(source, "<cell>", "exec", dont_inherit=True)))
    known = {*allowed, *BUILTINS, *_stored(scopes[0], {"STORE_NAME", "STORE_GLOBAL"})}
    for scope in scopes[1:]:
        known |= _stored(scope, {"STORE_GLOBAL"})
    found = {}
    for scope in scopes:
        own = _stored(scope, {"STORE_NAME"})
        for step in dis.get_instructions(scope):
            if step.opname in GLOBAL_LOADS and step.argval not in known | own:
                line = step.positions.lineno
                found[step.argval] = min(line, found.get(step.argval, line))
    return found


def left_behind(source):
    """Lists the names that a cell binds at its top level, imports included, in alphabetical order.

    Raises:
        SyntaxError: the source does not parse.
    """
    code = compile(source, "<cell>", "exec", dont_inherit=True)
    return sorted(_stored(code, {"STORE_NAME", "STORE_GLOBAL"}))


def uses(source, name):
    """Says whether a cell looks the name up at all."""
    scopes = _scopes(compile(source, "<cell>", "exec", dont_inherit=True))
    return any(
        step.opname in GLOBAL_LOADS and step.argval == name
        for scope in scopes
        for step in dis.get_instructions(scope)
    )


def _scopes(code):
    yield code
    for constant in code.co_consts:
        if hasattr(constant, "co_code"):
            yield from _scopes(constant)


def _stored(code, opnames):
    return {step.argval for step in dis.get_instructions(code) if step.opname in opnames}
