"""Reviewed → Marked: the visible label, if asked, and under it the invisible watermark."""

from __future__ import annotations

from vitascope.provenance import label, watermark
from vitascope.types import Marked, Reviewed


def mark(reviewed: Reviewed, key: bytes = watermark.PUBLIC_KEY) -> Marked:
    """The frames with the clip's watermark, and the visible label where the request asks for it; drawn as they pass."""
    request = reviewed.frames.allowed.request
    payload = watermark.payload_of(reviewed.frames.model, request)
    chunks = label.draw(reviewed.chunks) if request.label else reviewed.chunks
    return Marked(frames=reviewed.frames, chunks=watermark.embed(chunks, payload, key), payload=payload)
