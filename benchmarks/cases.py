"""Prompts that the quality bench puts to a model, and what their clips must show."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from benchmarks import judge as j
from recipes.mini_palette import palette

from vitascope.world import captions
from vitascope.world.scene import Scene, held_out, stage

HEADS = ("subject", "motion", "background")


@dataclass(frozen=True)
class Case:
    """A prompt and what its clip must show; "" where that is not said. `scene` renders it, for checking the bench."""

    prompt: str
    subject: str = ""
    motion: str = ""
    background: str = ""
    seed: int = 0
    scene: Scene | None = None

    def wanted(self, head: str) -> str:
        """The label that the prompt asks of this head."""
        return {"subject": self.subject, "motion": self.motion, "background": self.background}[head]


def held_out_cases(count: int, seed: int = 2024) -> list[Case]:
    """Prompts of held-out combinations, each combination once: a static camera, captions from the grammar."""
    part = replace(palette(), camera_share=0.0)
    rng, combinations = np.random.default_rng(seed), list(held_out(part))
    cases: list[Case] = []
    for number in range(count):
        if number % len(combinations) == 0:
            order = rng.permutation(len(combinations))
        subject, moves, background = combinations[order[number % len(combinations)]]
        scene = stage(rng, part, background, [(subject, moves)])
        prompt = captions.caption(scene, rng)
        while moves in ("left", "right") and moves not in prompt:  # one caption in twenty does not say which way
            prompt = captions.caption(scene, rng)
        scene = replace(scene, background_seed=j.OTHER_SEEDS + scene.background_seed % 16)
        cases.append(Case(prompt, subject, moves, background, seed=number, scene=scene))
    return cases


def read_cases(path: Path, labels: j.Labels) -> list[Case]:
    """A stranger's prompts. Raises `ValueError` with the line that is wrong and what was expected."""
    known = {"subject": labels.subjects, "motion": labels.motions[:-1], "background": labels.backgrounds}
    cases: list[Case] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise ValueError(f"{path}, line {number} is not JSON: {error}.") from error
        if not isinstance(row, dict) or not isinstance(row.get("prompt"), str) or not row["prompt"].strip():
            raise ValueError(
                f'{path}, line {number}: {{"prompt": "…", "subject": "…", …}} was expected, got {line[:80]!r}.'
            )
        said = {head: str(row.get(head) or "").strip().lower() for head in HEADS}
        for head, label in said.items():
            if label and label not in known[head]:
                print(f"  line {number}: the judge knows no {head} {label!r}; it is not judged there")
                said[head] = ""
        cases.append(Case(row["prompt"], **said, seed=int(row.get("seed", number - 1))))
    if not cases:
        raise ValueError(f"{path} holds no prompts; one JSON object a line was expected.")
    return cases
