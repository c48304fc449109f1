"""The whole factory on `tiny`, in two minutes on one core: does every stage run, and does each take up the last one?

python recipes/smoke.py                   # make train-smoke; --run FOLDER keeps what it makes
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

import mini_painter
import mini_transformer
from mini_publish import Release, publish
from mini_run import Budget, Course, Run
from vitascope import policy
from vitascope.engines.mini import MiniEngine
from vitascope.model.specs import TINY
from vitascope.train import checkpoint
from vitascope.train.cache import ShardPlan
from vitascope.types import Allowed, Decision, Outside, Request
from vitascope.weights.build import build
from vitascope.weights.text_files import load_text_encoder
from vitascope.world.scene import Palette

PALETTE = Palette(
    subjects=("fox", "car", "balloon", "apple"),
    motions=("left", "right", "jump"),
    backgrounds=("snowy field", "desert", "ocean"),
    cameras=("pan-left", "zoom-in"),
    camera_share=0.25,
    background_seeds=2,
)
PLANS = {
    "image": ShardPlan(samples=24, looked_at=1, rows=3, columns=4),
    "clip": ShardPlan(samples=12, looked_at=3, uncaptioned=0.2, rows=3, columns=4),
}
PAINTER_STEPS = 6
KILLED_AT = 10
STEPS_IN_ALL = 40
MINUTES = 30.0
REQUEST = Request("a red fox jumps in a snowy field", width=320, height=320, seconds=1.0, steps=3, model="smoke")


class Unrecorded:
    """A decision log for a smoke test: nothing is kept."""

    def record(self, decision: Decision) -> None: ...


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Says what is being done and how long it took."""
    begun = time.monotonic()
    print(f"{name} ...", flush=True)
    yield
    print(f"{name}: {time.monotonic() - begun:.1f} s", flush=True)


def start_and_kill(run: Run) -> int:
    """Starts the transformer's training as a process of its own and kills it; returns the steps that it had saved."""
    path = run.folder / "transformer.pt"
    command = [
        *(sys.executable, str(Path(mini_transformer.__file__)), "train", "--spec", run.spec.name),
        *("--run", str(run.folder), "--minutes", str(MINUTES), "--total", str(MINUTES), "--batch", "6"),
        *("--clips", "0.5", "--log-every", "5", "--save-every", "5"),
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        while process.poll() is None and saved_steps(path) < KILLED_AT:
            time.sleep(0.1)
        if process.poll() is not None:
            raise SystemExit(f"training ended by itself with {process.returncode}; it was to be killed")
        process.send_signal(signal.SIGKILL)
    finally:
        process.kill()
        process.wait()
    return saved_steps(path)


def saved_steps(path: Path) -> int:
    """Steps that the checkpoint at `path` has, 0 where there is none."""
    kept = checkpoint.load(path)
    return kept["state"]["step"] if kept else 0


def losses(run: Run) -> list[tuple[int, dict[str, float]]]:
    """What the log says: steps, and mean losses by kind of batch."""
    lines = [json.loads(line) for line in (run.folder / "log.jsonl").read_text().splitlines()]
    return [(line["step"], line["loss"]) for line in lines]


def train_transformer(run: Run) -> int:
    """Trains until killed, then goes on from the checkpoint; returns the step at which the kill came."""
    with stage("train the transformer, until it is killed"):
        killed_at = start_and_kill(run)
    with stage(f"go on from step {killed_at}"):
        course = Course(Budget(MINUTES, MINUTES, killed_at + STEPS_IN_ALL), batch=6, rate=2e-3, log_every=5)
        reached = mini_transformer.train(run, course, mini_transformer.Mix(clips=0.5))
    if reached != killed_at + STEPS_IN_ALL:
        raise SystemExit(f"training went on to step {reached}, not to {killed_at + STEPS_IN_ALL}")
    steps = [step for step, _ in losses(run)]
    if not any(step > killed_at for step in steps) or not any(step <= killed_at for step in steps):
        raise SystemExit(f"the log holds the steps {steps}; expected some before and some after {killed_at}")
    if not all(math.isfinite(loss) for _, told in losses(run) for loss in told.values()):
        raise SystemExit(f"a loss is not finite: {losses(run)}")
    return killed_at


def draw(run: Run) -> tuple[int, ...]:
    """Frames of a clip by the published weights; returns their shape."""
    decided = policy.decide(REQUEST, Unrecorded())
    if not isinstance(decided, Allowed):
        raise SystemExit(f"the guard refused the prompt: {decided.decision.explanation}")
    engine = MiniEngine(build("smoke", run.folder / "weights"), load_text_encoder())
    frames = engine.frames(decided, Outside(log=Unrecorded()))
    if frames.warnings:
        raise SystemExit(f"the weights warn of words that they learned: {frames.warnings}")
    made = np.concatenate(list(frames.chunks))
    if made.std() == 0:
        raise SystemExit("the frames are blank")
    return made.shape


def smoke(folder: Path) -> dict[str, object]:
    """Runs every stage in `folder`; returns what came out. Raises `SystemExit` where a stage did not do its work."""
    run = Run(folder, TINY, PALETTE)
    with stage("fit the basis"):
        mini_transformer.fit_basis(run, scenes=12)
    with stage("render and encode shards"):
        for kind, plan in PLANS.items():
            mini_transformer.fill_cache(run, kind, 2, plan)
    with stage("train the painter"):
        course = Course(Budget(MINUTES, MINUTES, PAINTER_STEPS), batch=2, rate=1e-3, log_every=2)
        painted = mini_painter.train(run, course, canvas=(640, 400))
    killed_at = train_transformer(run)
    with stage("publish"):
        card = publish(run, Release("smoke", "0", {}, folder / "weights"))
        again = publish(run, Release("smoke", "0", {}, folder / "weights"))
    if again != card:
        raise SystemExit("the same run was published as two different sets of weights")
    with stage("draw a clip"):
        shape = draw(run)
    return {
        "painter_steps": painted,
        "killed_at": killed_at,
        "steps": saved_steps(folder / "transformer.pt"),
        "losses": [loss for _, told in losses(run) for loss in told.values()],
        "weights": {"sha256": card.sha256, "bytes": card.path(folder / "weights").stat().st_size},
        "frames": list(shape),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", type=Path, help="an empty folder to work in; without it, one that is removed")
    args = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    folder = args.run or Path(tempfile.mkdtemp(prefix="vitascope-smoke-"))
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise SystemExit(f"{folder} is not empty: name an empty folder, or none")
    begun = time.monotonic()
    try:
        told = smoke(folder)
    finally:
        if args.run is None:
            shutil.rmtree(folder)
    print(json.dumps({**told, "seconds": round(time.monotonic() - begun, 1)}))


if __name__ == "__main__":
    main()
