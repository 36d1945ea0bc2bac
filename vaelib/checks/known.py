"""The names of types that may be told where nothing of a student's own making may: a closed set."""

import builtins

THEIR_ERRORS = {
    *("LinAlgError", "AxisError"),  # numpy's
    *("InvalidArgumentError", "NotFoundError", "ResourceExhaustedError", "UnimplementedError"),
    *("FailedPreconditionError", "InternalError", "OperatorNotAllowedInGraphError"),
}
ERRORS = THEIR_ERRORS | {
    name
    for name, kind in vars(builtins).items()
    if isinstance(kind, type) and issubclass(kind, Exception | SystemExit)
}
THEIR_TYPES = {
    *("Array", "ArrayImpl", "EagerTensor", "IndexedSlices", "KerasTensor", "KerasVariable"),
    *("RaggedTensor", "ResourceVariable", "SparseTensor", "SymbolicTensor", "Tensor", "Variable"),
    *("Dense", "Functional", "Layer", "Model", "Sequential"),
    *("bfloat16", "bool_", "float16", "float32", "float64", "int32", "int64", "uint8", "ndarray"),
    *("DataFrame", "Series", "Image"),
    *("NoneType", "NotImplementedType", "deque", "ellipsis", "function", "generator", "method"),
    *("builtin_function_or_method", "dict_items", "dict_keys", "dict_values", "module", "partial"),
}
TYPES = THEIR_TYPES | {
    name for name, kind in vars(builtins).items() if isinstance(kind, type) and name.islower()
}


def known_error(error: BaseException) -> str:
    """The name of an exception's type, or of the nearest type above it that is Python's own.

    Args:
        error: an exception.
    """
    kind = type(error)
    own = (base.__name__ for base in kind.__mro__ if vars(builtins).get(base.__name__) is base)
    return kind.__name__ if kind.__name__ in ERRORS else next(own, "Exception")


def known_type(value: object) -> str:
    """The name of a value's type, or "" if it is none that everybody knows.

    Args:
        value: anything.
    """
    name = type(value).__name__
    return name if name in TYPES else ""
