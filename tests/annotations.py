"""The checker behind `pytest --jaxtyping`: shapes and dtypes of tensors at run time. All other types are pyright's."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, get_args

from beartype import beartype
from jaxtyping import AbstractArray


def checked(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function` under beartype, with only the annotations that speak of a tensor's shape left on it."""
    hints = {name: hint for name, hint in function.__annotations__.items() if speaks_of_tensors(hint)}
    if not hints:
        return function
    function.__annotations__ = hints
    return beartype(function)


def speaks_of_tensors(hint: Any) -> bool:
    """Whether a jaxtyping annotation stands anywhere in `hint`."""
    if inspect.isclass(hint) and issubclass(hint, AbstractArray):
        return True
    return any(speaks_of_tensors(part) for part in get_args(hint))
