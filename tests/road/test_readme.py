"""What the README and the examples show is what happens."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

ROOT = Path(__file__).parents[2]


def run(folder: Path, *arguments: str) -> str:
    done = subprocess.run([sys.executable, *arguments], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_eight_lines_of_the_readme_make_a_clip(tmp_path: Path) -> None:
    found = re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert found
    assert len(found[1].strip().splitlines()) <= 8
    said = run(tmp_path, "-c", found[1])
    assert (tmp_path / "fox.mp4").stat().st_size > 10_000
    assert "allow default" in said


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    noise = np.random.default_rng(0).integers(0, 255, (27, 48, 3), np.uint8)
    Image.fromarray(noise).resize((1280, 720)).save(tmp_path / "photo.jpg")
    return tmp_path / "photo.jpg"


EXAMPLES = {
    "text_to_video.py": ([], "the guard: allow"),
    "image_to_video.py": (["photo.jpg", "the camera pans left"], "saved to animated.mp4"),
    "stream_frames.py": ([], "25 frames of 640x400"),
    "ask_the_guard.py": (["students march for democracy in China", "kling-2024"], "refuse by kling-2024"),
    "refused.py": ([], "refused:"),
}


def test_every_example_is_run() -> None:
    assert set(EXAMPLES) == {path.name for path in (ROOT / "examples").glob("*.py")}


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.usefixtures("picture")
def test_each_example_tells_its_story(name: str, tmp_path: Path) -> None:
    arguments, says = EXAMPLES[name]
    assert says in run(tmp_path, str(ROOT / "examples" / name), *arguments)
