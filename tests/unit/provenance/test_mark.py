"""Reviewed → Marked: drawn as the frames pass, with the payload that the request has."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from tests.unit.provenance import clips

from vitascope import provenance
from vitascope.errors import FramesRefused
from vitascope.types import Pixels, Request, Reviewed

FRAMES = clips.texture(4, 1280, 720)


def test_the_marked_frames_carry_the_payload_that_is_announced() -> None:
    ready = clips.marked([FRAMES[:2], FRAMES[2:]], Request("x"))
    assert provenance.detect(ready.chunks).payload == ready.payload
    assert ready.payload == provenance.payload_of(ready.frames.model, ready.frames.allowed.request)


def test_nothing_is_drawn_before_a_chunk_is_asked_for() -> None:
    asked: list[int] = []

    def slow() -> Iterator[Pixels]:
        for index in range(3):
            asked.append(index)
            yield FRAMES[index : index + 1]

    source = clips.reviewed([FRAMES], Request("x"))
    chunks = provenance.mark(Reviewed(source.frames, slow())).chunks
    assert asked == []
    next(chunks)
    assert asked == [0]


def test_a_refusal_of_the_frames_passes_through() -> None:
    def refusing() -> Iterator[Pixels]:
        yield FRAMES[:1]
        raise FramesRefused("blank", None)

    source = clips.reviewed([FRAMES], Request("x"))
    with pytest.raises(FramesRefused):
        list(provenance.mark(Reviewed(source.frames, refusing())).chunks)


def test_the_label_is_drawn_when_it_is_asked_for_and_the_mark_is_still_read() -> None:
    plain = np.concatenate(list(clips.marked([FRAMES], Request("x")).chunks))
    asked = clips.marked([FRAMES], Request("x", label=True))
    labelled = np.concatenate(list(asked.chunks))
    assert np.abs(labelled[:, :90].astype(int) - plain[:, :90]).max() > 100
    assert provenance.detect([labelled]).payload == asked.payload
