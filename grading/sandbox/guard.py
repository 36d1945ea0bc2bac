"""The library is no answer sheet: it refuses to do what an assignment asks for."""

import functools
import inspect
import sys
from collections.abc import Callable, Iterable
from types import FrameType, ModuleType
from typing import Any


def guard_library(asked: Iterable[str]) -> None:
    """Makes the library's own version of what an assignment asks for refuse to be called.

    The library itself may still call it.

    Args:
        asked: names of exercises.
    """
    modules = {n: m for n, m in sys.modules.items() if n.split(".")[0] == "vaelib"}
    for name, module in modules.items():
        for exercise in [one for one in asked if one in vars(module)]:
            own = vars(module)[exercise]
            if getattr(own, "__module__", None) == name:
                if isinstance(own, type):
                    init: Any = own.__init__  # type: ignore[misc]
                    own.__init__ = _guarded(init, exercise, name, modules)  # type: ignore[misc]
                else:
                    guarded = _guarded(own, exercise, name, modules)
                    for other in modules.values():  # also where it was imported from here
                        if vars(other).get(exercise) is own:
                            setattr(other, exercise, guarded)


def _guarded(
    function: Callable[..., Any], exercise: str, module: str, modules: dict[str, ModuleType]
) -> Callable[..., Any]:
    spaces = [vars(one) for one in modules.values()]

    @functools.wraps(function)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        caller: FrameType | None = sys._getframe(1)
        while caller and str(caller.f_globals.get("__name__")).split(".")[0] == "keras":
            caller = caller.f_back
        if not caller or not any(caller.f_globals is space for space in spaces):
            raise RuntimeError(
                f"{module}.{exercise} is what this exercise asks you to write. "
                "While it is graded the library does not have it. Write it yourself"
            )
        return function(*args, **kwargs)

    # Keras looks at the signature of `__init__`.
    guarded.__signature__ = inspect.signature(function)  # type: ignore[attr-defined]
    return guarded
