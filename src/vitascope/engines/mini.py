"""Our own model as an engine: text is encoded, a first frame sampled, its motion sampled, and both become frames.

The one network does all of it. The first frame is sampled alone, because it is small and everything hangs on it; a
still takes its place where one is given. The rest of the clip is then sampled with that frame known.

Legend: B clips, C latent channels, T latent frames, H rows, W columns.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
import torch
from einops import rearrange
from torch import Tensor

from vitascope import errors
from vitascope.engines.layers import SmallClip, Staging, pushed_in, stage
from vitascope.engines.moving import MovingPicture, Picture
from vitascope.media.stills import fit, fit_large
from vitascope.model.autoencoder import LowFrames
from vitascope.model.decoder import Layers
from vitascope.model.specs import LatentShape
from vitascope.model.text import Conditioning
from vitascope.model.transformer import Clips
from vitascope.sampling import Clean, Guidance, Watch, gaussian_noise, guided, sample, timesteps
from vitascope.types import Allowed, Frames, Outside, Pixels, Progress, Request
from vitascope.weights.build import Model, build
from vitascope.weights.text_files import Text, load_text_encoder
from vitascope.weights.vocabulary import unknown_words

TEXT_TOKENS = 48
CHUNK = 8


@dataclass(frozen=True)
class SamplerSpec:
    """How the two samplings run.

    The first frame takes `first_steps_factor` times the steps. Guidance acts at times in `interval`, on later frames
    with a share `motion_guidance` of what goes beyond 1. `window` later frames are sampled together.
    """

    first_steps_factor: int = 2
    shift: float = 3.0
    interval: tuple[float, float] = (0.15, 1.0)
    motion_guidance: float = 0.5
    window: int = 2


class MiniEngine:
    """The embedded engine. `precision` is the type of the network's matrix products, None what this CPU is fast in.

    The model's nets are turned into it in place.
    """

    def __init__(
        self,
        model: Model,
        text: Text,
        sampler: SamplerSpec | None = None,
        precision: torch.dtype | None = None,
    ) -> None:
        self.model = model
        self.text = text
        self.sampler = sampler or SamplerSpec()
        self.precision = precision or (torch.bfloat16 if _fast_bfloat16() else torch.float32)
        for module in (model.transformer, model.autoencoder.painter):
            module.to(self.precision)

    def frames(self, allowed: Allowed, outside: Outside) -> Frames:
        """Frames of the request in chunks of up to 8; sampling runs when the first chunk is taken."""
        request = allowed.request
        return Frames(allowed, self.model.id, self._chunks(request, outside), self._warnings(request))

    def preview(self, request: Request, count: int = 8) -> Pixels:
        """`count` evenly spaced low-resolution frames (count, h, w, 3) of the clip, first and last among them.

        The layers are moved as in the full clip, but not painted large.
        """
        outside = Outside(log=_Silence())
        staging = stage(self._small(self.model.autoencoder.expand(self._latents(request, outside))))
        frame, behind = (
            ((v + 1) * 127.5).round().clip(0, 255).astype(np.uint8) for v in (staging.first, staging.plate)
        )
        picture = Picture(frame, behind, staging.member, None, False)
        moving = MovingPicture(picture, staging, self.model.spec.autoencoder.rate)
        last = request.num_frames - 1
        return np.stack([moving.frame(round(last * i / (count - 1))) for i in range(count)])

    def _warnings(self, request: Request) -> tuple[str, ...]:
        warnings: list[str] = []
        if self.model.known_words is not None:
            unknown = unknown_words(request.prompt, self.model.known_words)
            if unknown:
                named = ", ".join(repr(word) for word in unknown)
                warnings.append(f"The weights of {self.model.id.name} do not know: {named}. The clip may not show it.")
        unread = self.text.unread(request.prompt, TEXT_TOKENS)
        if unread:
            warnings.append(f"The end of the prompt was not read: {unread.strip()[:80]!r}.")
        return tuple(warnings)

    def _chunks(self, request: Request, outside: Outside) -> Iterator[Pixels]:
        moving = self._moving(request, outside)
        total = request.num_frames
        outside.progress(Progress("decode", 0, total))
        for start in range(0, total, CHUNK):
            if outside.cancelled():
                raise errors.Cancelled(f"Cancelled after {start} of {total} decoded frames.")
            stop = min(total, start + CHUNK)
            yield np.stack([moving.frame(i) for i in range(start, stop)])
            outside.progress(Progress("decode", stop, total))

    @torch.inference_mode()
    def _moving(self, request: Request, outside: Outside) -> MovingPicture:
        """Everything but the pixels: latents are sampled, the layers painted, all moves known."""
        low = self.model.autoencoder.expand(self._kept_latents(request, outside))
        staging = stage(self._small(low))
        picture = self._picture(request, staging)
        if request.still is not None and staging.is_still:
            staging = pushed_in(staging)
        return MovingPicture(picture, staging, self.model.spec.autoencoder.rate)

    def _small(self, low: LowFrames) -> SmallClip:
        first = self.model.spec.autoencoder.block - 1
        colour = low.colour[0, :, first:].permute(1, 2, 3, 0).numpy()
        motion = low.motion[0, :, first:].permute(1, 2, 3, 0).numpy()
        return SmallClip(
            np.ascontiguousarray(colour), motion[..., :2], motion[..., 2:4], np.ascontiguousarray(motion[..., 4])
        )

    def _picture(self, request: Request, staging: Staging) -> Picture:
        """The layers at full size: painted, or for a still its own pixels with only the hidden background painted."""
        size = request.width, request.height
        still = fit(request.still, *size) if request.still else None
        small = (
            staging.first
            if still is None
            else cv2.resize(still, staging.member.shape[::-1], interpolation=cv2.INTER_AREA) / 127.5 - 1
        )
        told = Layers(*(_from_rows(v).to(self.precision) for v in (small, staging.member[..., None], staging.plate)))
        made = self.model.autoencoder.painter(told)
        frame, behind = (_to_pixels(v)[0].transpose(1, 2, 0) for v in (made.frame, made.behind))
        member = made.member[0, 0].clamp(0, 1).numpy() * (1.0 if staging.has_subject else 0.0)
        if request.still is None or still is None:
            return Picture(np.ascontiguousarray(frame), np.ascontiguousarray(behind), member, None, False)
        hidden = cv2.GaussianBlur(cv2.dilate(member, np.ones((9, 9), np.uint8)), (0, 0), 3)
        plate = _blended(np.ascontiguousarray(behind), still, hidden)
        large = fit_large(request.still, *size)
        ample = large.shape[0] > 1.05 * request.height
        if ample and staging.has_subject:
            shape = large.shape[1::-1]
            large = _blended(cv2.resize(plate, shape, interpolation=cv2.INTER_CUBIC), large, cv2.resize(hidden, shape))
        return Picture(still, plate, member, large if ample else None, True)

    def _kept_latents(self, request: Request, outside: Outside) -> Tensor:
        """Latents from a checkpoint where one is kept for the very same run, else sampled and kept."""
        if outside.checkpoints is None:
            return self._latents(request, outside)
        key = self._key(request)
        kept = outside.checkpoints.load(key)
        if kept is not None:
            return torch.from_numpy(kept)
        z = self._latents(request, outside)
        outside.checkpoints.save(key, z.numpy())
        return z

    def _key(self, request: Request) -> str:
        still = request.still.sha256 if request.still else ""
        told = repr((self.model.id.sha256, self.sampler, self.precision, still, replace(request, still=None)))
        return hashlib.sha256(told.encode()).hexdigest()

    @torch.inference_mode()
    def _latents(self, request: Request, outside: Outside) -> Tensor:
        """Latents (1, C, T, H, W) of the whole clip."""
        shape = LatentShape.of(self.model.spec.autoencoder, request)
        outside.progress(Progress("text", 0, 1))
        texts = self.text.encode([request.prompt, request.negative_prompt], max_tokens=TEXT_TOKENS)
        cond, negative = texts.select(torch.tensor([0])), texts.select(torch.tensor([1]))
        outside.progress(Progress("text", 1, 1))
        noise = gaussian_noise(shape.bcthw, request.seed)
        steps = _Steps(outside, request.steps, 0 if request.still else self.sampler.first_steps_factor * request.steps)
        if request.still is None:
            guidance = Guidance(scale=request.guidance_scale, interval=self.sampler.interval)
            first = self._flow(_Windows.alone(noise, shape.frames), (cond, negative, guidance), steps.first())
        else:
            still = torch.from_numpy(fit(request.still, request.width, request.height).copy())
            first = self.model.autoencoder.still_latents(still.permute(2, 0, 1)[None].float() / 127.5 - 1)
        if shape.frames == 1:
            return first
        scale = 1 + (request.guidance_scale - 1) * self.sampler.motion_guidance
        guidance = Guidance(scale=scale, interval=self.sampler.interval)
        windows = _Windows.after(first, noise, self.sampler.window)
        later = self._flow(windows, (cond, negative, guidance), steps.rest())
        return torch.cat([first, windows.joined(later)], 2)

    def _flow(
        self, windows: _Windows, told: tuple[Conditioning, Conditioning, Guidance], run: tuple[int, Watch]
    ) -> Tensor:
        """Noise to latents, for all windows at once; `run` is the number of steps and who watches."""
        cond, negative, guidance = told
        steps, watch = run
        count = len(windows.noise)
        known = torch.zeros(windows.noise.shape[2], dtype=torch.bool)
        clean = None
        if windows.first is not None:
            known[0] = True
            held = torch.zeros_like(windows.noise)
            held[:, :, :1] = windows.first
            clean = Clean(held, known[None, None, :, None, None])

        def predict(x: Tensor, t_B: Tensor, cond: Conditioning) -> Tensor:
            times = len(x) // count
            clips = Clips(
                t_B.float(),
                known.expand(len(x), -1),
                windows.when.repeat(times, 1),
                torch.full((len(x),), float(windows.length)),
                cond.to("cpu", self.precision),
            )
            return self.model.transformer(x.to(self.precision), clips).to(x.dtype)

        schedule = timesteps(steps, self.sampler.shift)
        denoise = guided(predict, cond.repeat(count), negative.repeat(count), guidance)
        return sample(denoise, windows.noise, schedule, clean=clean, watch=watch)


@dataclass(frozen=True, eq=False)
class _Windows:
    """Latent frames that are sampled together: noise (G, C, K, H, W) and moments (G, K) of G windows of K frames.

    Each window holds the known `first` frame (1, C, 1, H, W), where there is one, and a few later frames, as training
    clips do. All later frames start from the same noise, so that they agree on what prompt and first
    frame leave open.
    """

    noise: Tensor
    when: Tensor
    length: int
    first: Tensor | None

    @classmethod
    def alone(cls, noise: Tensor, length: int) -> _Windows:
        """The first frame by itself."""
        return cls(noise[:, :, :1], torch.zeros(1, 1), length, None)

    @classmethod
    def after(cls, first: Tensor, noise: Tensor, size: int) -> _Windows:
        """Windows of `size` later frames, far apart in time, that together hold all frames after the first."""
        length = noise.shape[2]
        size = min(size, length - 1)
        count = math.ceil((length - 1) / size)
        frames = 1 + torch.arange(count)[:, None] + count * torch.arange(size)
        frames = torch.cat([torch.zeros(count, 1, dtype=torch.int64), frames.clamp_max(length - 1)], 1)
        together = torch.cat([first] + [noise[:, :, 1:2]] * size, 2).expand(count, -1, -1, -1, -1).clone()
        return cls(together, frames / (length - 1), length, first)

    def joined(self, latents: Tensor) -> Tensor:
        """Later frames (1, C, length - 1, H, W) of sampled windows, in order of time."""
        return rearrange(latents[:, :, 1:], "g c k h w -> 1 c (k g) h w")[:, :, : self.length - 1]


def open_engine(name: str = "mini") -> MiniEngine:
    """The engine of the weights called `name`, verified and loaded."""
    return MiniEngine(build(name), load_text_encoder())


@dataclass(frozen=True)
class _Steps:
    """Progress over both samplings: `ahead` steps of the first frame, then `steps` of the rest."""

    outside: Outside
    steps: int
    ahead: int

    def first(self) -> tuple[int, Watch]:
        return self.ahead, Watch(self._report(0), self.outside.cancelled)

    def rest(self) -> tuple[int, Watch]:
        return self.steps, Watch(self._report(self.ahead), self.outside.cancelled)

    def _report(self, before: int) -> Callable[[int, int], None]:
        total = self.ahead + self.steps
        return lambda done, _: self.outside.progress(Progress("steps", before + done, total))


class _Silence:
    def record(self, decision: object) -> None:
        """Nothing is decided in a preview."""


def _blended(one: np.ndarray, other: Pixels, share: np.ndarray) -> Pixels:
    """`one` where `share` is 1, `other` where it is 0."""
    return np.asarray(cv2.blendLinear(one, other, share, 1 - share), np.uint8)


def _from_rows(values: np.ndarray) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(values, dtype=np.float32)).permute(2, 0, 1)[None]


def _to_pixels(values: Tensor) -> Pixels:
    return ((values.float() + 1) * 127.5).round().clamp(0, 255).to(torch.uint8).numpy()


def _fast_bfloat16() -> bool:
    """True where the CPU multiplies bfloat16 matrices in hardware."""
    return bool(torch.cpu._is_amx_tile_supported() or torch.cpu._is_avx512_bf16_supported())  # pyright: ignore[reportPrivateUsage]
