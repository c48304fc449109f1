"""The networks of the speed bench, each part in a process of its own: `benchmarks/speed.py` starts them.

    python -m benchmarks.speed_networks rate|ours|peers --model mini --seconds 5 --size 1280x720

Prints one JSON object a line, as soon as it is known, so that a part that is killed loses only what it was at.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import torch
from benchmarks.speed import PROMPT
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode, sdpa_flop_count

from vitascope import media, policy, provenance, road
from vitascope.engines.mini import MiniEngine
from vitascope.model.specs import LatentShape, ModelSpec
from vitascope.model.text import Conditioning
from vitascope.model.transformer import Clips
from vitascope.types import Allowed, Decision, Frames, Outside, Pixels, Progress, Request
from vitascope.weights.build import build
from vitascope.weights.text_files import load_text_encoder

SIDE = 2048
TEXT_TOKENS = 48
PUBLISHED = (128, 256, 512, 512)
PUBLISHED_LAYERS = (4, 3, 3, 3, 4)
PUBLISHED_LATENT_FRAMES = 3


@dataclass(frozen=True)
class Canvas:
    """Pixels and frames of a peer's clip; latents cover 32 x 32 pixels and 8 frames, the first one alone."""

    width: int
    height: int
    frames: int

    @property
    def grid(self) -> tuple[int, int, int]:
        """Latent frames, rows, columns."""
        return (self.frames - 1) // 8 + 1, self.height // 32, self.width // 32


def matmul_rate(least_seconds: float = 1.5) -> float:
    """TFLOP/s of bf16 matrix products of 2048 x 2048 on all threads, the best of those that fit into the time."""
    a, b = torch.randn(2, SIDE, SIDE).bfloat16()
    best = float("inf")
    began = time.perf_counter()
    done = 0
    while done < 5 or time.perf_counter() - began < least_seconds:
        start = time.perf_counter()
        torch.mm(a, b)
        best = min(best, time.perf_counter() - start)
        done += 1
    return 2 * SIDE**3 / best / 1e12


def seconds_of(work: Callable[[], object], repeats: int) -> float:
    """The best of `repeats` runs."""
    best = float("inf")
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


class Unlogged:
    """The bench's prompt is allowed; nothing needs to be recorded."""

    def record(self, decision: Decision) -> None:
        """Nothing to do."""


def allowed(request: Request) -> Allowed:
    """The request with the guard's permission."""
    answer = policy.decide(request, Unlogged())
    if not isinstance(answer, Allowed):
        raise SystemExit(f"The guard refused the bench's own prompt: {answer.decision.explanation}")
    return answer


class Marks:
    """A reading of a meter at the end of each part of an engine's work, taken from its progress."""

    def __init__(self, meter: Callable[[], float]) -> None:
        self.meter = meter
        self.read: dict[str, float] = {}

    def __call__(self, progress: Progress) -> None:
        """Notes the meter where the report ends a part."""
        if progress.stage == "text" and progress.done == 0:
            self.read["begin"] = self.meter()
        elif progress.stage == "decode" and progress.done == 0:
            self.read["paint"] = self.meter()
        elif progress.done == progress.total:
            self.read[{"text": "text", "steps": "latents", "decode": "pixels"}[progress.stage]] = self.meter()

    def spent(self) -> dict[str, float]:
        """What each part used, in the meter's unit."""
        parts = [name for name in ("begin", "text", "latents", "paint", "pixels") if name in self.read]
        return {part: self.read[part] - self.read[before] for before, part in pairwise(parts)}


def walked(engine: MiniEngine, request: Request) -> tuple[dict[str, float], Frames, list[Pixels]]:
    """One clip of the engine: seconds by part, and its frames."""
    marks = Marks(time.perf_counter)
    frames = engine.frames(allowed(request), Outside(log=Unlogged(), progress=marks))
    kept = list(frames.chunks)
    return marks.spent(), frames, kept


def counted(engine: MiniEngine, request: Request) -> dict[str, float]:
    """FLOPs by part (two a multiply-add): matrix products, convolutions and attention."""
    attention = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu
    counter = FlopCounterMode(display=False, custom_mapping={attention: _attention_flops})
    marks = Marks(counter.get_total_flops)
    with counter:
        next(iter(engine.frames(allowed(request), Outside(log=Unlogged(), progress=marks)).chunks))
    return marks.spent()


def _attention_flops(query: Any, key: Any, value: Any, *_: Any, **__: Any) -> int:
    return sdpa_flop_count(query, key, value)


def finished(frames: Frames, kept: list[Pixels]) -> dict[str, float]:
    """Seconds of what comes after the engine, each alone: review and watermark, then the encoder."""
    marked = provenance.mark(policy.review(replace(frames, chunks=iter(kept)), Unlogged()))
    start = time.perf_counter()
    chunks = list(marked.chunks)
    mark = time.perf_counter() - start
    with tempfile.TemporaryDirectory(prefix="vitascope-speed-") as folder:
        start = time.perf_counter()
        media.encode(replace(marked, chunks=iter(chunks)), Path(folder), media.EncodeOptions(), Outside(log=Unlogged()))
        return {"mark": mark, "encode": time.perf_counter() - start}


def ours(model: str, request: Request, repeats: int) -> None:
    """Our network in bf16 and fp32 by turns, what follows it, and its FLOPs."""
    tell(rate={"tflops": matmul_rate(), "threads": torch.get_num_threads()})
    text = load_text_encoder()
    types = (torch.bfloat16, torch.float32)
    engines = {dtype: MiniEngine(build(model), text, precision=dtype) for dtype in types}
    best: dict[torch.dtype, dict[str, float]] = {}
    for turn in range(repeats):
        for dtype, engine in engines.items():
            spent, frames, kept = walked(engine, request)
            best[dtype] = {k: min(v, best.get(dtype, spent)[k]) for k, v in spent.items()}
            if dtype is torch.bfloat16 and turn == repeats - 1:
                tell(tail=finished(frames, kept))
            del kept
    tell(**{str(dtype).removeprefix("torch."): spent for dtype, spent in best.items()})
    tell(flops=counted(engines[torch.bfloat16], request))


def peers(model: str, request: Request, repeats: int, quick: bool) -> None:
    """Our transformer and decoder beside those of LTX-Video as diffusers runs them, all in bf16."""
    tell(rate={"tflops": matmul_rate(), "threads": torch.get_num_threads()})
    built = build(model)
    spec = built.spec
    engine = MiniEngine(built, load_text_encoder(), precision=torch.bfloat16)
    canvas = Canvas(320, 192, 25) if quick else Canvas(1280, 704, (request.num_frames - 1) // 8 * 8 + 1)
    our_size = {"width": request.width, "height": request.height, "frames": request.num_frames}
    with torch.inference_mode():
        shape = LatentShape.of(spec.autoencoder, request)
        own = our_forward(built.transformer, spec, shape)
        forwards = [("vitascope", built.transformer, own, shape.tokens, our_size)]
        peer, forward = ltx_transformer(spec, canvas)
        latent_frames, rows, columns = canvas.grid
        forwards.append(("LTXVideoTransformer3DModel", peer, forward, latent_frames * rows * columns, vars(canvas)))
        best = [float("inf")] * len(forwards)
        for turn in range(repeats + 1):
            took = [seconds_of(work, 1) for _, _, work, _, _ in forwards]
            best = [min(a, b) for a, b in zip(best, took, strict=True)] if turn else best
        tell(
            transformers=[
                {"name": name, "parameters": parameters(net), "tokens": tokens, "seconds": seconds, **size}
                for (name, net, _, tokens, size), seconds in zip(forwards, best, strict=True)
            ]
        )
    spent = [walked(engine, request)[0] for _ in range(repeats)]
    decode = min(run["paint"] + run["pixels"] for run in spent)
    rows_told = [{"name": "vitascope", "parameters": parameters(built.autoencoder), "seconds": decode, **our_size}]
    with torch.inference_mode():
        for name, channels, layers, part, times in ltx_decoders(spec, canvas):
            decoder, work = ltx_decoder(channels, layers, part)
            row = {"name": name, "parameters": parameters(decoder), "seconds": seconds_of(work, min(times, repeats))}
            rows_told.append({**row, **vars(part)})
            tell(decoders=rows_told)


def our_forward(transformer: nn.Module, spec: ModelSpec, shape: LatentShape) -> Callable[[], Tensor]:
    """One forward of our transformer for the whole clip, its first frame known, as in sampling."""
    known = torch.zeros(1, shape.frames, dtype=torch.bool)
    known[:, 0] = True
    text = torch.randn(1, TEXT_TOKENS, spec.transformer.text_width).bfloat16()
    told = Conditioning(text, torch.ones(1, TEXT_TOKENS, dtype=torch.bool))
    length = torch.full((1,), float(shape.frames))
    clips = Clips(torch.full((1,), 0.5), known, torch.linspace(0, 1, shape.frames)[None], length, told)
    x = torch.randn(shape.bcthw).bfloat16()
    return lambda: transformer(x, clips)


def ltx_transformer(spec: ModelSpec, canvas: Canvas) -> tuple[nn.Module, Callable[[], object]]:
    """LTX-Video's transformer at our width, depth, heads and text, and one forward of it for the canvas."""
    from diffusers import LTXVideoTransformer3DModel

    ours = spec.transformer
    net = LTXVideoTransformer3DModel(
        num_attention_heads=ours.heads,
        attention_head_dim=ours.width // ours.heads,
        cross_attention_dim=ours.width,
        num_layers=ours.depth,
        caption_channels=ours.text_width,
    )
    net = net.eval().requires_grad_(False).bfloat16()
    frames, rows, columns = canvas.grid
    x = torch.randn(1, frames * rows * columns, 128).bfloat16()
    text = torch.randn(1, TEXT_TOKENS, ours.text_width).bfloat16()
    mask = torch.ones(1, TEXT_TOKENS, dtype=torch.bfloat16)

    def forward() -> object:
        return net(
            hidden_states=x,
            encoder_hidden_states=text,
            timestep=torch.tensor([500.0]),
            encoder_attention_mask=mask,
            num_frames=frames,
            height=rows,
            width=columns,
            rope_interpolation_scale=(8 / 24, 32, 32),
            return_dict=False,
        )

    return net, forward


def ltx_decoders(
    spec: ModelSpec, canvas: Canvas
) -> Iterable[tuple[str, tuple[int, ...], tuple[int, ...], Canvas, int]]:
    """Name, channels, residual blocks by level, canvas and repeats of each decoder of LTX-Video to be run."""
    own = spec.autoencoder
    level = max(1, round((own.paint_depth + 2) / 5))
    yield (
        "AutoencoderKLLTXVideo, our width, depth",
        (own.fine_width, *[own.paint_width] * 3),
        (level,) * 5,
        canvas,
        2,
    )
    part = replace(canvas, frames=min(canvas.frames, (PUBLISHED_LATENT_FRAMES - 1) * 8 + 1))
    yield "AutoencoderKLLTXVideo, as published", PUBLISHED, PUBLISHED_LAYERS, part, 1


def ltx_decoder(
    channels: tuple[int, ...], layers: tuple[int, ...], canvas: Canvas
) -> tuple[nn.Module, Callable[[], object]]:
    """LTX-Video's decoder and one decode of the canvas, in one piece."""
    from diffusers import AutoencoderKLLTXVideo

    net = AutoencoderKLLTXVideo(
        block_out_channels=(16, 16, 16, 16),  # the encoder is not run
        layers_per_block=(1, 1, 1, 1, 1),
        decoder_block_out_channels=channels,
        decoder_layers_per_block=layers,
    )
    net = net.eval().requires_grad_(False).bfloat16()
    z = torch.randn(1, 128, *canvas.grid).bfloat16()
    return net.decoder, lambda: net.decode(z, return_dict=False)


def parameters(net: nn.Module) -> int:
    """Numbers that were learned."""
    return sum(p.numel() for p in net.parameters())


def tell(**found: Any) -> None:
    """One finding, on a line of its own."""
    print(json.dumps(found), flush=True)


def main() -> None:
    """Runs one part."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", choices=("rate", "ours", "peers"))
    parser.add_argument("--model", default="mini")
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--size", default="1280x720")
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args()
    torch.manual_seed(0)
    if given.part == "rate":
        tell(rate={"tflops": matmul_rate(), "threads": torch.get_num_threads()})
        return
    request = road.request(PROMPT, seconds=given.seconds, size=given.size, model=given.model)
    if given.part == "ours":
        ours(given.model, request, given.repeats)
    else:
        peers(given.model, request, given.repeats, given.quick)


if __name__ == "__main__":
    main()
