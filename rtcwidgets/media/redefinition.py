"""Whether a function is another one after its cell was run again: then it takes that one's place."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

__all__ = ["is_redefinition"]


def is_redefinition(new: Callable[..., Any], old: Callable[..., Any]) -> bool:
    """Whether ``new`` is ``old`` after its cell was run again: the same name, compiled anew.

    A function made again by the same code (in a loop, by a factory) is another function, and so is each lambda.
    """
    if new == old:
        return True
    name = getattr(new, "__qualname__", "<lambda>")
    return (
        "<lambda>" not in name
        and name == getattr(old, "__qualname__", None)
        and getattr(new, "__module__", None) == getattr(old, "__module__", None)
        and _code(new) is not _code(old)
    )


def _code(fn: Callable[..., Any]) -> Any:
    # Under a decorator that uses functools.wraps, the code of the function is what the cell compiled anew.
    return getattr(inspect.unwrap(fn), "__code__", None)
