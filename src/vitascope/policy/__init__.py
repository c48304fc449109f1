"""The guard: readable policies, and decisions that explain themselves. Only this package lets a request pass."""

from vitascope.policy.frames import review
from vitascope.policy.judge import decide, decide_text
from vitascope.policy.library import ExampleFailure, load_pack, pack_names, test_pack
from vitascope.policy.pack import Pack

__all__ = [
    "ExampleFailure",
    "Pack",
    "decide",
    "decide_text",
    "load_pack",
    "pack_names",
    "review",
    "test_pack",
]
