"""Quality of what comes out: subject, motion and background judged from outside; photographs measured when animated.

    make bench-quality                          200 prompts of held-out combinations, then 20 photographs
    make bench-quality PROMPTS=file.jsonl       a stranger's prompts, {"prompt", "subject", "motion", "background"} a
                                                row; labels may be missing
    make bench-quality PHOTOS=folder            one's own photographs
    make bench-quality ARGS="--only text --full 8"    eight clips judged from the finished 720p file as well

The judge learns from renders alone (`benchmarks/judge.py`), states its own accuracy first, and the bench is void where
that is below 97 %. Results are kept under benchmarks/out, so a run that was stopped goes on where it was.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol, cast

import cv2
import numpy as np
import numpy.typing as npt
import torch
from benchmarks import animation, photographs
from benchmarks import judge as j
from benchmarks import judge_training as jt
from benchmarks.cases import HEADS, Case, held_out_cases, read_cases
from benchmarks.results import Kept, key_of, surroundings, wilson

import vitascope
from vitascope import media, policy, road
from vitascope.engines import load
from vitascope.types import Decision, ModelId, Pixels, Refused, Request

BARS = {"subject": 0.5, "motion": 0.6, "background": 0.8}
LEAST_ACCURACY = 0.97
SHOWN = 24
EXIT_VOID = 1
EXIT_BELOW = 1
EXIT_INPUT = 2


class Previewer(Protocol):
    """What the bench needs of the engine: low-resolution frames of a clip, and which weights they come from."""

    model: Any

    def preview(self, request: Request, count: int = 8) -> Pixels: ...


@dataclass(frozen=True)
class Source:
    """Where clips come from: a name, what results depend on, and the clip (8, H, W, 3) of a case or None if refused."""

    name: str
    weights: str
    clip: Callable[[Case], Pixels | None]


class _Unlogged:
    """The bench keeps its own record of refusals."""

    def record(self, decision: Decision) -> None:
        """Nothing to do."""


def from_model(name: str, options: dict[str, Any]) -> Source:
    """Low-resolution frames by the engine's public preview, once the guard has let the prompt pass."""
    engine = cast(Previewer, load.load(name))
    weights: ModelId = engine.model.id

    def clip(case: Case) -> Pixels | None:
        request = road.request(case.prompt, seed=case.seed, model=name, **options)
        if isinstance(policy.decide(request, _Unlogged()), Refused):
            return None
        return engine.preview(request, j.FRAMES)

    return Source(f"{weights.name} {weights.version}", f"{weights.sha256} {sorted(options.items())}", clip)


def from_road(name: str, options: dict[str, Any], weights: str) -> Source:
    """Frames of the finished 720p file, as a user gets it."""

    def clip(case: Case) -> Pixels | None:
        try:
            made = vitascope.generate(case.prompt, seed=case.seed, model=name, **options)
        except vitascope.errors.Refusal:
            return None
        picks = [round(k / (j.FRAMES - 1) * (made.request.num_frames - 1)) for k in range(j.FRAMES)]
        return np.stack(list(_picked(made.frames, picks)))

    return Source(f"{name}, finished files", f"road {weights}", clip)


def _picked(chunks: Iterator[Pixels], picks: Sequence[int]) -> Iterator[Pixels]:
    index = 0
    for chunk in chunks:
        for frame in chunk:
            if index in picks:
                yield cv2.resize(frame, (j.SEEN_WIDTH, j.SEEN_HEIGHT), interpolation=cv2.INTER_AREA)
            index += 1


def from_renders() -> Source:
    """The renderer in the model's place: what a perfect model would get from this bench."""
    return Source(
        "renders in the model's place",
        f"renders {j.world_hash()}",
        lambda case: j.clip_of(case.scene) if case.scene else None,
    )


@dataclass(frozen=True, eq=False)
class Neighbours:
    """Training renders to compare with, as small vectors: their pictures, what they show, and a distance."""

    renders: j.Renders
    vectors: npt.NDArray[np.float32]

    @cached_property
    def _lengths(self) -> npt.NDArray[np.float32]:
        return np.einsum("nd,nd->n", self.vectors, self.vectors)

    @staticmethod
    def of(renders: j.Renders, cache: Path) -> Neighbours:
        """Vectors of every training render, kept in the file `cache`."""
        if not cache.exists():
            small = np.stack([_small(clip) for clip in renders.clips])
            partial = cache.with_suffix(".partial.npy")
            np.save(partial, small)
            partial.replace(cache)
        return Neighbours(renders, np.load(cache).astype(np.float32) / 255)

    def nearest(self, clip: Pixels) -> tuple[int, float]:
        """Index of the training render most like the clip, and how far it is: rms of pixels from 0 to 1."""
        v = _small(j.shrink(clip)).astype(np.float32) / 255
        squared = self._lengths - 2 * self.vectors @ v + v @ v
        index = int(squared.argmin())
        return index, float(np.sqrt(max(0.0, float(squared[index])) / len(v)))

    def label(self, index: int, labels: j.Labels) -> str:
        """What the training render shows, in words."""
        t = self.renders.truth
        subject, moves = labels.subjects[t.subject[index]], labels.motions[t.motion[index]]
        return f"{subject}, {moves}, {labels.backgrounds[t.background[index]]}"


def _small(clip: Pixels) -> npt.NDArray[np.uint8]:
    return np.stack([cv2.resize(frame, (32, 18), interpolation=cv2.INTER_AREA) for frame in clip[::2]]).ravel()


def judge_cases(
    cases: Sequence[Case], source: Source, judge: j.Judge, near: Neighbours, folder: Path
) -> list[dict[str, Any]]:
    """A row of results a case, made or taken from the kept ones; the frames of the first few are kept for the sheet."""
    kept, begun, made = Kept(folder / "clips.jsonl"), time.monotonic(), 0
    rows: list[dict[str, Any]] = []
    for number, case in enumerate(cases):
        key = key_of(source.weights, case.prompt, case.seed, case.subject, case.motion, case.background)
        picture = folder / "frames" / f"{key}.npy"
        row = kept.get(key)
        if row is None or (number < SHOWN and not picture.exists()):
            clip = source.clip(case)
            row = kept.put(key, _judged(case, clip, judge, near))
            made += 1
            if clip is not None and number < SHOWN:
                picture.parent.mkdir(parents=True, exist_ok=True)
                np.save(picture, np.stack([j.shrink(clip)[k] for k in range(j.FRAMES)]))
            if made % 10 == 0:
                each = (time.monotonic() - begun) / made
                print(f"  {number + 1} of {len(cases)} clips, {each:.1f} s each", flush=True)
        rows.append(row)
    return rows


def _judged(case: Case, clip: Pixels | None, judge: j.Judge, near: Neighbours) -> dict[str, Any]:
    row: dict[str, Any] = {"prompt": case.prompt, "seed": case.seed, "wanted": {h: case.wanted(h) for h in HEADS}}
    if clip is None:
        return {**row, "refused": True, "told": dict.fromkeys(HEADS, "")}
    seen = judge.look([clip])
    names = {"subject": judge.labels.subjects, "motion": judge.labels.motions, "background": judge.labels.backgrounds}
    chances = {"subject": seen.subject[0], "motion": seen.motion[0], "background": seen.background[0]}
    index, distance = near.nearest(clip)
    return {
        **row,
        "told": {head: names[head][int(chances[head].argmax())] for head in HEADS},
        "sure": {head: round(float(chances[head].max()), 4) for head in HEADS},
        "nearest": index,
        "distance": round(distance, 5),
    }


def report(rows: Sequence[dict[str, Any]], title: str) -> dict[str, Any]:
    """Prints accuracies with intervals and where it goes wrong; returns the figures."""
    print(f"\n{title}: {len(rows)} prompts")
    figures: dict[str, Any] = {"prompts": len(rows), "refused": sum(bool(r.get("refused")) for r in rows)}
    if figures["refused"]:
        print(f"  {figures['refused']} refused by the guard (counted as wrong)")
    for head in HEADS:
        asked = [r for r in rows if r["wanted"][head]]
        right = sum(r["told"][head] == r["wanted"][head] for r in asked)
        if not asked:
            print(f"  {head:<10} nothing to judge: no row names one that the judge knows")
            continue
        low, high = wilson(right, len(asked))
        share = right / len(asked)
        mark = "reached" if share >= BARS[head] else "BELOW"
        print(
            f"  {head:<10} {share:7.1%} right  ({right} of {len(asked)}; 95 % interval {low:.1%} to {high:.1%}; "
            f"bar {BARS[head]:.0%} {mark})"
        )
        figures[head] = {"right": right, "of": len(asked), "share": share, "interval": [low, high], "bar": BARS[head]}
        figures[head]["by_label"] = _by_label(asked, head)
    for head in HEADS:
        if head in figures:
            _print_confusion(rows, head, figures[head]["by_label"])
    return figures


def _by_label(rows: Sequence[dict[str, Any]], head: str) -> dict[str, list[int]]:
    asked = Counter(r["wanted"][head] for r in rows)
    right = Counter(r["wanted"][head] for r in rows if r["told"][head] == r["wanted"][head])
    return {label: [right[label], count] for label, count in asked.items()}


def _print_confusion(rows: Sequence[dict[str, Any]], head: str, by_label: dict[str, list[int]]) -> None:
    worst = sorted(by_label.items(), key=lambda item: (item[1][0] / item[1][1], -item[1][1]))[:10]
    worst = [item for item in worst if item[1][0] < item[1][1]]
    if not worst:
        return
    print(f"  {head}, the worst:")
    for label, (right, count) in worst:
        wrong = [r["told"][head] or "refused" for r in rows if r["wanted"][head] == label and r["told"][head] != label]
        taken = ", ".join(f"{name} {times}" for name, times in Counter(wrong).most_common(4))
        print(f"    {label:<22} {right:>3} of {count:<3} taken for: {taken}")


def memory_or_skill(rows: Sequence[dict[str, Any]], near: Neighbours, renders: j.Renders) -> dict[str, float]:
    """Prints how far clips are from the nearest training render, beside how far unseen renders are."""
    own = [r["distance"] for r in rows if "distance" in r]
    unseen = [near.nearest(clip)[1] for clip in renders.clips[:200]]
    if not own:
        return {}
    print(
        f"\nNearest of {len(near.vectors)} training renders, rms of pixels at 32x18 (0 would be a copy): "
        f"clips {np.median(own):.3f} in the median, {min(own):.3f} at least; "
        f"unseen renders {np.median(unseen):.3f} and {min(unseen):.3f}"
    )
    return {"clips": float(np.median(own)), "clips_least": min(own), "unseen_renders": float(np.median(unseen))}


def sheet(
    cases: Sequence[Case], rows: Sequence[dict[str, Any]], judge: j.Judge, near: Neighbours, folder: Path
) -> Path | None:
    """Samples, each with its prompt and what the judge saw, beside the nearest training render."""
    strips: list[Pixels] = []
    words: list[str] = []
    for case, row in zip(cases[:SHOWN], rows[:SHOWN], strict=True):
        picture = folder / "frames" / f"{row['key']}.npy"
        if not picture.exists() or "nearest" not in row:
            continue
        told = ", ".join(
            f"{row['told'][h]}{'' if row['told'][h] == row['wanted'][h] else ' (wrong)' if row['wanted'][h] else ''}"
            for h in HEADS
        )
        strips += [_strip(np.load(picture)), _strip(near.renders.clips[row["nearest"]])]
        words += [
            f"“{case.prompt}” - judge: {told}",
            f"nearest in training ({row['distance']:.3f}): {near.label(row['nearest'], judge.labels)}",
        ]
    if not strips:
        return None
    path = folder / "sheet.png"
    media.save_png(path, media.contact_sheet(strips, 2, 640, words))
    return path


def _strip(clip: Pixels) -> Pixels:
    return np.concatenate([clip[k] for k in (0, 2, 5, 7)], axis=1)


def judge_first(args: argparse.Namespace) -> tuple[j.Judge, Path, list[jt.Accuracy]]:
    """The judge and how good it is, printed; trains it where none is kept."""
    print("\nThe judge (learns from renders only, never from held-out combinations):", flush=True)
    judge, accuracies, folder = jt.open_judge(args.judge, args.minutes)
    for a in accuracies:
        print(
            f"  {a.name:<62} {a.count} clips: subject {a.subject:.1%}, motion {a.motion:.1%}, "
            f"background {a.background:.1%}"
        )
    print("  the last says how far colours and places alone would carry a model without shapes")
    return judge, folder, accuracies


def text_bench(args: argparse.Namespace) -> tuple[bool, dict[str, Any]]:
    """Judges clips of prompts; True where every bar is reached."""
    judge, folder, accuracies = judge_first(args)
    figures: dict[str, Any] = {"judge": [asdict(a) for a in accuracies]}
    if min(a.worst for a in accuracies[:2]) < LEAST_ACCURACY:
        print(
            f"\nVOID: the judge itself is right in less than {LEAST_ACCURACY:.0%} of unseen renders: "
            "nothing that it says counts."
        )
        print(f"Train it longer: remove {folder} and give more time with ARGS='--minutes 40'.")
        return False, figures
    cases = read_cases(args.prompts, judge.labels) if args.prompts else held_out_cases(args.count)
    options = {"steps": args.steps, "guidance": args.guidance, "seconds": args.seconds}
    options = {name: value for name, value in options.items() if value is not None}
    source = from_renders() if args.renders else from_model(args.model, options)
    print(f"\nClips by: {source.name}", flush=True)
    near = Neighbours.of(jt.training(folder.parent, jt.Plan()), folder.parent / "training-small.npy")
    rows = judge_cases(cases, source, judge, near, args.out)
    figures["text"] = report(rows, "A stranger's prompts" if args.prompts else "Prompts of held-out combinations")
    figures["nearest"] = memory_or_skill(rows, near, jt.held_out(folder.parent))
    if path := sheet(cases, rows, judge, near, args.out):
        print(f"Samples beside the nearest training renders: {path}")
    if args.full and not args.renders:
        finished = from_road(args.model, options, source.weights)
        full_rows = judge_cases(cases[: args.full], finished, judge, near, args.out / "full")
        figures["full"] = report(full_rows, "The same by the whole road, judged from the finished 720p files")
    reached = all(figures["text"][h]["share"] >= BARS[h] for h in HEADS if h in figures["text"])
    return reached, figures


def animate_bench(args: argparse.Namespace) -> tuple[bool, dict[str, Any]]:
    """Animates photographs and measures the files; True where every clip is good enough."""
    print(f"\nPhotographs, animated: first frame, sharpness, direction (how: {animation.__file__})")
    photos = photographs.find(args.photos, args.out / "photographs", args.photo_count)
    if not photos:
        print("  no photographs were found: give PHOTOS=folder of pictures of 1,280 pixels or more")
        return False, {}
    print(f"  {len(photos)} photographs: {', '.join(photographs.name_of(p) for p in photos)}", flush=True)
    engine = cast(Previewer, load.load(args.model))
    kept = Kept(args.out / "animated.jsonl")
    job = animation.Job(args.model, engine.model.id.sha256, args.seconds or 5.0)
    found = animation.bench(photos, kept, job, args.everything)
    lines, good = animation.summary(found)
    print("\n" + "\n".join(f"  {line}" for line in lines))
    return good, {"animate": {"summary": lines, "clips": [asdict(a) for a in found]}}


def main() -> int:
    """Runs the benches; 0 where every bar is reached, 1 where not or where the judge is void, 2 for bad input."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prompts", type=Path, help="a stranger's prompts, JSON lines; only they are judged")
    parser.add_argument("--photos", type=Path, help="a folder of photographs of 1,280 pixels or more")
    parser.add_argument("--only", choices=("judge", "text", "animate"))
    parser.add_argument("--count", type=int, default=200, help="prompts of held-out combinations")
    parser.add_argument("--photo-count", type=int, default=20)
    parser.add_argument("--everything", action="store_true", help="every photograph with every prompt")
    parser.add_argument("--full", type=int, default=0, metavar="N", help="judge N finished 720p files as well")
    parser.add_argument("--renders", action="store_true", help="renders in the model's place, to check the bench")
    parser.add_argument("--model", default="mini")
    parser.add_argument("--steps", type=int)
    parser.add_argument("--guidance", type=float)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--minutes", type=float, default=20, help="the most that training the judge may take")
    parser.add_argument("--threads", type=int, help="cores for torch and OpenCV; all by default")
    parser.add_argument(
        "--judge", type=Path, default=Path("runs/judge"), help="where the judge and its renders are kept"
    )
    parser.add_argument("--out", type=Path, default=Path("benchmarks/out/quality"))
    args = parser.parse_args()
    if args.threads:
        torch.set_num_threads(args.threads)
        cv2.setNumThreads(args.threads)
    for name, value in (said := surroundings()).items():
        print(f"{name + ':':<10} {value}")
    good, figures = True, {"surroundings": said}
    try:
        if args.only == "judge":
            figures["judge"] = [asdict(a) for a in judge_first(args)[2]]
        if args.only in (None, "text"):
            good, found = text_bench(args)
            figures |= found
        if args.only == "animate" or (args.only is None and not args.prompts and not args.renders):
            fine, found = animate_bench(args)
            good, figures = good and fine, figures | found
    except (ValueError, OSError, vitascope.errors.InvalidRequest) as error:
        print(f"\n{error}", file=sys.stderr)
        return EXIT_INPUT
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / "quality.json").write_text(json.dumps(figures, indent=1))
    print(f"\nFigures: {args.out / 'quality.json'}\n{'Every bar is reached.' if good else 'NOT every bar is reached.'}")
    return 0 if good else EXIT_BELOW


if __name__ == "__main__":
    sys.exit(main())
