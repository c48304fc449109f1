"""Vitascope: a prompt or a still in, a signed 720p clip out, with a guard that explains every decision.

    import vitascope

    clip = vitascope.generate("a red fox runs through a snowy field")
    clip.save("fox.mp4")

Nothing heavy is imported until a clip is asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vitascope import errors, policy, verify
    from vitascope.clip import Clip, animate, generate, stream

__version__ = "0.1.0"
__all__ = ["Clip", "__version__", "animate", "errors", "generate", "policy", "stream", "verify"]

_FROM_CLIP = ("Clip", "animate", "generate", "stream")
_MODULES = ("errors", "policy", "verify")


def __getattr__(name: str) -> Any:
    if name in _FROM_CLIP:
        return getattr(import_module("vitascope.clip"), name)
    if name in _MODULES:
        return import_module(f"vitascope.{name}")
    raise AttributeError(f"module 'vitascope' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
