"""A weight card for tests."""

from __future__ import annotations

import hashlib

from vitascope.weights.cards import WeightCard


def card_of(weights: bytes, spec: str = "tiny") -> WeightCard:
    """The card of weights called `small`."""
    return WeightCard(
        name="small",
        version="1.0",
        spec=spec,
        file="small.safetensors",
        sha256=hashlib.sha256(weights).hexdigest(),
        licence="Apache-2.0",
        summary="For a test.",
        subjects=("fox", "dog"),
        motions=("left",),
        backgrounds=("desert",),
        cameras=("static",),
        cannot=("count to three",),
        data=("none",),
        recipe=("python nothing.py",),
        bars={"subject": {"share": 0.5, "how": "guessed"}},
        known_words=frozenset({"fox", "dog", "naïve"}),
    )
