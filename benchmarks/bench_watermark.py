"""How the watermark does: what survives, what it costs, and how often it is seen where it is not.

    python benchmarks/bench_watermark.py --photos FOLDER --videos FOLDER

Both folders are optional: scikit-image's photographs and procedural pictures are always there. Prints the machine, the
versions and counts; every clip comes from a seed, so a second run prints the same counts.
"""

from __future__ import annotations

import argparse
import io
import platform
import time
from collections.abc import Iterator
from importlib import metadata
from itertools import islice
from pathlib import Path

import av
import cv2
import numpy as np
import skimage.data

from vitascope.provenance import watermark
from vitascope.types import Pixels

PAYLOAD = bytes.fromhex("c0ffee0123456789")
CANVASES = ((1280, 720), (720, 1280), (720, 720))
SKIMAGE = ("astronaut", "coffee", "chelsea", "rocket", "brick", "grass", "gravel", "hubble_deep_field", "page", "moon")


def main() -> None:
    """Runs the three parts and prints their figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=Path, help="a folder of pictures")
    parser.add_argument("--videos", type=Path, help="a folder of videos")
    parser.add_argument("--unmarked", type=int, default=1000, help="clips without a mark to search (default 1000)")
    parser.add_argument("--marked", type=int, default=60, help="clips to mark and encode (default 60)")
    given = parser.parse_args()
    cv2.setNumThreads(1)
    packages = ", ".join(f"{name} {metadata.version(name)}" for name in ("numpy", "opencv-python-headless", "av"))
    print(f"machine: {processor()}, one thread; Python {platform.python_version()}, {packages}")
    pictures = dict(photographs(given.photos))
    print(f"pictures: {len(pictures)}; videos: {len(films(given.videos))}")
    speed(pictures["astronaut"])
    search_unmarked(given.unmarked, list(pictures.values()), films(given.videos))
    if given.marked:
        survive(given.marked, pictures, films(given.videos))


def processor() -> str:
    """The processor's name, as the system gives it."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def photographs(folder: Path | None) -> Iterator[tuple[str, Pixels]]:
    """Named RGB pictures: scikit-image's, and those of the folder."""
    for name in SKIMAGE:
        try:
            picture = getattr(skimage.data, name)()
        except (OSError, ModuleNotFoundError):
            continue  # not in this installation: scikit-image would download it
        yield name, picture if picture.ndim == 3 else cv2.cvtColor(picture, cv2.COLOR_GRAY2RGB)
    for path in sorted(folder.iterdir()) if folder else ():
        picture = cv2.imread(str(path))
        if picture is not None:
            yield path.stem, cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)


def films(folder: Path | None) -> list[Path]:
    """The videos in the folder."""
    return sorted(path for path in folder.iterdir() if path.suffix in (".mp4", ".mkv")) if folder else []


def pan(picture: Pixels, frames: int, size: tuple[int, int], draw: np.random.Generator) -> Pixels:
    """The camera over a picture, a new way each time, now and then standing still: (T, H, W, 3)."""
    width, height = size
    zoom = max(width / picture.shape[1], height / picture.shape[0]) * draw.uniform(1.1, 1.6)
    speed = draw.uniform(-4, 4, 2) * (draw.random() < 0.8)
    grown = 1 + draw.uniform(-0.002, 0.002) * (draw.random() < 0.5)
    middle = np.array([picture.shape[1], picture.shape[0]]) * zoom / 2 - np.array(size) / 2
    moved = []
    for t in range(frames):
        scale = zoom * grown**t
        shift = -(middle * scale / zoom + speed * t)
        matrix = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]], np.float32)
        how = {"flags": cv2.INTER_CUBIC, "borderMode": cv2.BORDER_REFLECT}
        moved.append(cv2.warpAffine(picture, matrix, size, **how))
    return np.stack(moved).astype(np.uint8)


def film(path: Path, frames: int, size: tuple[int, int], start: int = 0) -> Pixels:
    """Frames of a video, brought to a size: (T, H, W, 3)."""
    with av.open(str(path)) as container:
        cut = islice(container.decode(video=0), start, start + frames)
        seen = [cv2.resize(frame.to_ndarray(format="rgb24"), size, interpolation=cv2.INTER_CUBIC) for frame in cut]
    return np.stack(seen).astype(np.uint8)


def procedural(frames: int, size: tuple[int, int], draw: np.random.Generator) -> Pixels:
    """Noise, gradients, stripes, checks or one colour, moving: (T, H, W, 3)."""
    width, height = size
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    kind, period, colour = draw.integers(5), draw.uniform(4, 80), draw.integers(0, 256, 3)
    made = []
    for t in range(frames):
        if kind == 0:
            made.append(draw.integers(0, 256, (height, width, 3)))
            continue
        plane = {
            1: (x + y + t) / (width + height),
            2: 0.5 + 0.5 * np.sin((x + 2 * t) / period),
            3: ((x // period + (y + t) // period) % 2),
            4: np.ones_like(x),
        }[int(kind)]
        made.append(plane[..., None] * colour)
    return np.stack(made).astype(np.uint8)


def encoded(frames: Pixels, crf: int) -> tuple[Pixels, int]:
    """The frames after x264 (preset veryfast), and the file's size in bytes."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=24, options={"crf": str(crf), "preset": "veryfast"})
        stream.height, stream.width = frames.shape[1:3]
        stream.pix_fmt = "yuv420p"
        for frame in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        container.mux(stream.encode())
    size = buffer.tell()
    buffer.seek(0)
    with av.open(buffer) as container:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]), size


def halved(frames: Pixels) -> Pixels:
    """Half the width and height."""
    size = (frames.shape[2] // 2, frames.shape[1] // 2)
    return np.stack([cv2.resize(frame, size, interpolation=cv2.INTER_AREA) for frame in frames]).astype(np.uint8)


def speed(picture: Pixels) -> None:
    """Processor time a frame of 1280×720."""
    frames = pan(picture, 24, (1280, 720), np.random.default_rng(0))
    list(watermark.embed([frames[:2]], PAYLOAD))
    start = time.thread_time()
    marked = list(watermark.embed([frames], PAYLOAD))
    embedding = (time.thread_time() - start) / len(frames)
    start = time.thread_time()
    watermark.detect(marked)
    detecting = (time.thread_time() - start) / len(frames)
    print(f"speed: embed {embedding * 1e3:.1f} ms, detect {detecting * 1e3:.1f} ms a frame of 1280×720")


def search_unmarked(count: int, pictures: list[Pixels], videos: list[Path]) -> None:
    """Clips of 12 frames at 640×360 and its kin: half of photographs, a quarter of videos, a quarter procedural."""
    found = 0
    for seed in range(count):
        draw = np.random.default_rng([1, seed])
        size = [(640, 360), (360, 640), (360, 360)][seed % 3]
        if seed % 4 == 3:
            frames = procedural(12, size, draw)
        elif seed % 4 == 2 and videos:
            frames = film(videos[draw.integers(len(videos))], 12, size, int(draw.integers(25)))
        else:
            frames = pan(pictures[draw.integers(len(pictures))], 12, size, draw)
        found += watermark.detect([frames]).found
        if seed % 100 == 99:
            print(f"unmarked: found in {found} of {seed + 1}", flush=True)


def survive(count: int, pictures: dict[str, Pixels], videos: list[Path]) -> None:
    """Clips of one second on the three canvases: how many give their payload back after each treatment."""
    names = [*pictures, *videos]
    kept: dict[str, int] = {}
    worst, grown, lost = np.inf, [], {}
    for seed in range(count):
        draw = np.random.default_rng([2, seed])
        source, size = names[seed * 37 % len(names)], CANVASES[seed % len(CANVASES)]
        frames = film(source, 25, size) if isinstance(source, Path) else pan(pictures[source], 25, size, draw)
        marked = np.concatenate(list(watermark.embed([frames], PAYLOAD)))
        error = np.mean(np.square(marked[::6].astype(np.float32) - frames[::6]))
        worst = min(worst, 10 * np.log10(255**2 / error))
        seen, length = encoded(marked, 18)
        grown.append(length / encoded(frames, 18)[1])
        treatments = {"crf 18": seen}
        for crf in (23, 28):
            treatments[f"crf {crf}"] = encoded(marked, crf)[0]
            treatments[f"crf {crf}, half size"] = halved(treatments[f"crf {crf}"])
            treatments[f"crf 18, half size at crf {crf}"] = encoded(halved(seen), crf)[0]
        for name, treated in treatments.items():
            ok = watermark.detect([treated]).payload == PAYLOAD
            kept[name] = kept.get(name, 0) + ok
            if not ok:
                lost.setdefault(name, []).append(source.stem if isinstance(source, Path) else source)
    print(f"cost: PSNR {worst:.1f} dB in the worst clip; files at crf 18 grow by {np.mean(grown) - 1:.1%}")
    for name, number in kept.items():
        print(f"survives {name}: {number} of {count}{f'; not {lost[name]}' if name in lost else ''}")


if __name__ == "__main__":
    main()
