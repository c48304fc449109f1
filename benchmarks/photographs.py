"""Twenty photographs of 1,280 pixels or more to animate: one's own, the system's wallpapers, or Debian's packages.

Only photographs are taken from the wallpapers: the list was chosen by eye, drawings and patterns left out.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

LEAST_SIDE = 1280
_ENDINGS = {".jpg", ".jpeg", ".png", ".webp"}
_MATE = (
    "Aqua", "Dune", "Garden", "LadyBird", "RainDrops", "Storm", "TwoWings", "YellowFlower", "Blinds", "FreshFlower",
    "Wood", "GreenMeadow",
)  # fmt: skip
_PLASMA = (
    "EveningGlow", "Path", "ColdRipple", "BytheWater", "ColorfulCups", "FallenLeaf", "Grey", "OneStandsOut", "Kite",
    "summer_1am", "DarkestHour",
)  # fmt: skip
PACKAGES = ("mate-backgrounds", "plasma-workspace-wallpapers")


def find(own: Path | None, fetched: Path, count: int) -> list[Path]:
    """Up to `count` photographs whose longer side has 1,280 pixels or more.

    `own` is a folder of one's own; without it the system's wallpapers serve, then those unpacked in `fetched`, which
    are fetched with `apt-get download` (no rights needed, nothing installed), then the pictures of scikit-image.
    """
    if own is not None:
        if not own.is_dir():
            raise NotADirectoryError(f"{own} is not a folder of pictures: give PHOTOS=folder.")
        return _large(sorted(p for p in own.rglob("*") if p.suffix.lower() in _ENDINGS))[:count]
    found = _large(_wallpapers(Path("/usr/share")))
    if len(found) < count:
        if not any(fetched.glob("usr/share/*")):
            _fetch(fetched)
        found = _large([*found, *_wallpapers(fetched / "usr" / "share")])
    if len(found) < count:
        found = _large([*found, *_samples()])
    return list({name_of(path): path for path in found}.values())[:count]


def name_of(path: Path) -> str:
    """What to call a photograph in a table: wallpapers of Plasma are named by their folder."""
    return path.parts[-4] if path.parent.name == "images" else path.stem


def _wallpapers(share: Path) -> list[Path]:
    mate = [share / "backgrounds" / "mate" / "nature" / f"{name}.jpg" for name in _MATE]
    plasma = [share / "wallpapers" / name / "contents" / "images" / "2560x1600.jpg" for name in _PLASMA]
    # in turn, so that a short bench sees both
    longest = max(len(mate), len(plasma))
    return [row[i] for i in range(longest) for row in (mate, plasma) if i < len(row)]


def _samples() -> Iterator[Path]:
    import skimage

    yield Path(skimage.__file__).parent / "data" / "retina.jpg"


def _large(paths: list[Path]) -> list[Path]:
    kept: list[Path] = []
    for path in paths:
        if path.is_file():
            with Image.open(path) as picture:
                if max(picture.size) >= LEAST_SIDE:
                    kept.append(path)
    return kept


def _fetch(folder: Path) -> None:
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        print("  no apt-get here: give PHOTOS=folder of pictures of 1,280 pixels or more")
        return
    folder.mkdir(parents=True, exist_ok=True)
    print(f"  fetching {' and '.join(PACKAGES)} (140 MB, once) ...", flush=True)
    for package in PACKAGES:
        done = subprocess.run(["apt-get", "download", package], cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"  {package} could not be fetched: {done.stderr.strip().splitlines()[-1:]}")
            continue
        for archive in folder.glob(f"{package}_*.deb"):
            subprocess.run(["dpkg-deb", "-x", str(archive.resolve()), str(folder.resolve())], check=True)
            archive.unlink()
