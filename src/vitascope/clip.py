"""The public face in Python: a prompt or a picture in, a `Clip` out."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Unpack

import numpy.typing as npt
from PIL import Image

from vitascope import media, road, settings, store
from vitascope.engines.load import OnFirstUse
from vitascope.types import Decision, ModelId, Outside, Pixels, Request

Picture = str | Path | bytes | npt.NDArray[Any] | Image.Image


class Clip:
    """A finished clip, made once: a signed mp4 in a folder of its own that goes when the clip does.

    `save` copies it to where it is wanted; `path` is the file until then.
    """

    def __init__(self, made: road.Made, folder: Path) -> None:
        self._made = made
        self._cleanup = weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)

    @property
    def path(self) -> Path:
        """The signed mp4. It is removed with the clip: `save` it to keep it."""
        return self._made.ref.path

    @property
    def request(self) -> Request:
        """What was asked for, with every default filled in."""
        return self._made.request

    @property
    def decision(self) -> Decision:
        """The guard's decision on the prompt. `decisions` has every one."""
        return self._made.decisions[0]

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """Every decision of the guard on this clip, in order: prompt, negative prompt, image, frames."""
        return self._made.decisions

    @property
    def manifest(self) -> dict[str, Any]:
        """The C2PA manifest that the file carries."""
        return self._made.manifest

    @property
    def model(self) -> ModelId:
        """The weights that made the clip."""
        return self._made.model

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences worth reading, such as words of the prompt that the weights do not know."""
        return self._made.warnings

    @property
    def timings(self) -> road.Timings:
        """Seconds spent by stage."""
        return self._made.timings

    @property
    def frames(self) -> Iterator[Pixels]:
        """The frames of the file as uint8 chunks (T, H, W, 3), from the first on each time it is asked for."""
        return media.read_frames(self.path)

    def save(self, path: str | Path) -> Path:
        """Puts the file at `path`, whole or not at all, and returns it. Raises `OutputUnwritable` or `DiskFull`."""
        destination = Path(path)
        store.check_destination(destination)
        return store.copy(self._made.ref, destination).path

    def __repr__(self) -> str:
        asked = self.request
        return f"<Clip {asked.prompt[:40]!r} {asked.width}x{asked.height} {asked.seconds:g} s seed {asked.seed}>"


def generate(prompt: str, **options: Unpack[road.Options]) -> Clip:
    """A clip of what the prompt says. Options: see `road.Options` (seconds, aspect, size, fps, seed, steps, ...).

    Raises a leaf of `vitascope.errors.VitascopeError`: `InvalidRequest` for what cannot be asked, `Refusal` with its
    `decision` where the guard says no.
    """
    return _made(road.request(prompt, **options))


def animate(image: Picture, prompt: str = "", **options: Unpack[road.Options]) -> Clip:
    """A clip that begins with the picture: a JPEG, PNG or WebP as a path or bytes, an array, or a PIL image.

    The prompt may be empty. Options as for `generate`.

    Raises what `generate` does, and the `StillError` leaf that says what is wrong with the picture.
    """
    options["still"] = media.load_still(image)
    return _made(road.request(prompt, **options))


def stream(prompt: str, **options: Unpack[road.Options]) -> Iterator[Pixels]:
    """The frames as they are made: uint8 chunks (T, H, W, 3), reviewed and marked; no file is written.

    The request is checked at once, the guard decides when the first chunk is taken. `still` animates a picture
    (`vitascope.media.load_still`).
    """
    request = road.request(prompt, **options)
    return road.stream(request, OnFirstUse(request.model), _outside())


def _outside() -> Outside:
    return Outside(log=store.FileDecisionLog(settings.load().home))


def _made(request: Request) -> Clip:
    folder = Path(tempfile.mkdtemp(prefix="vitascope-"))
    try:
        return Clip(road.make(request, folder / "clip.mp4", OnFirstUse(request.model), _outside()), folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
