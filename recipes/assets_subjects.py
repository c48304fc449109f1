"""Build the pictures of the composed world's subjects from two npm packages.

The pictures come from `@lobehub/fluent-emoji-3d` (stills of Microsoft Fluent Emoji, MIT, 256 x 256 WebP with alpha,
named by codepoint); the English labels of `emojibase-data` confirm that each codepoint is the glyph that the table
means. Each still is cropped to its opaque box and saved as WebP under the subject's name.

Example, in an empty folder:

    npm pack @lobehub/fluent-emoji-3d@1.1.0 && tar xzf lobehub-fluent-emoji-3d-1.1.0.tgz && mv package emoji
    npm pack emojibase-data@17.0.0 && tar xzf emojibase-data-17.0.0.tgz && mv package labels
    python recipes/assets_subjects.py emoji/assets labels/en/data.json src/vitascope/world/assets
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from vitascope.world.subjects import SUBJECTS, asset_name

QUALITY = 90
MAX_BYTES = 2_500_000
OPAQUE_FROM = 8  # alpha below this is the halo of lossy alpha, not the picture


@dataclass(frozen=True)
class Glyph:
    """Where a subject's picture comes from: codepoint, its English label, and the rows kept from the top (of 256)."""

    codepoint: str
    label: str
    rows: int = 256


GLYPHS: dict[str, Glyph] = {
    "fox": Glyph("1f98a", "fox"),
    "dog": Glyph("1f415", "dog"),
    "cat": Glyph("1f408-200d-2b1b", "black cat"),
    "elephant": Glyph("1f418", "elephant"),
    "penguin": Glyph("1f427", "penguin"),
    "car": Glyph("1f697", "automobile"),
    "bus": Glyph("1f68c", "bus"),
    "rocket": Glyph("1f680", "rocket"),
    "balloon": Glyph("1f388", "balloon"),
    "apple": Glyph("1f34e", "red apple"),
    "banana": Glyph("1f34c", "banana"),
    "robot": Glyph("1f916", "robot"),
    "butterfly": Glyph("1f98b", "butterfly"),
    "fish": Glyph("1f41f", "fish"),
    "frog": Glyph("1f438", "frog"),
    "bicycle": Glyph("1f6b2", "bicycle"),
    "boat": Glyph("26f5", "sailboat", rows=194),  # the rows below are waves
    "train": Glyph("1f682", "locomotive"),
    "parrot": Glyph("1f99c", "parrot"),
    "owl": Glyph("1f989", "owl"),
    "dinosaur": Glyph("1f996", "T-Rex"),
    "rabbit": Glyph("1f407", "rabbit"),
    "horse": Glyph("1f40e", "horse"),
    "airplane": Glyph("2708-fe0f", "airplane"),
    "helicopter": Glyph("1f681", "helicopter"),
    "tractor": Glyph("1f69c", "tractor"),
    "pig": Glyph("1f416", "pig"),
    "lion": Glyph("1f981", "lion"),
    "panda": Glyph("1f43c", "panda"),
    "zebra": Glyph("1f993", "zebra"),
    "giraffe": Glyph("1f992", "giraffe"),
    "flamingo": Glyph("1f9a9", "flamingo"),
    "duck": Glyph("1f986", "duck"),
    "turtle": Glyph("1f422", "turtle"),
    "whale": Glyph("1f433", "spouting whale"),
    "octopus": Glyph("1f419", "octopus"),
    "crab": Glyph("1f980", "crab"),
    "snail": Glyph("1f40c", "snail"),
    "bee": Glyph("1f41d", "honeybee"),
    "strawberry": Glyph("1f353", "strawberry"),
    "carrot": Glyph("1f955", "carrot"),
    "hamburger": Glyph("1f354", "hamburger"),
    "ice cream": Glyph("1f366", "soft ice cream"),
    "sunflower": Glyph("1f33b", "sunflower"),
    "cactus": Glyph("1f335", "cactus"),
    "mushroom": Glyph("1f344", "mushroom"),
    "umbrella": Glyph("2602-fe0f", "umbrella"),
    "snowman": Glyph("26c4", "snowman without snow"),
    "ghost": Glyph("1f47b", "ghost"),
    "soccer ball": Glyph("26bd", "soccer ball"),
}


def labels(data: Path) -> dict[str, str]:
    """English label by codepoint, lower case, variation selectors left out, from emojibase's `en/data.json`."""
    rows = json.loads(data.read_text(encoding="utf-8"))
    return {_plain(row["hexcode"]): row["label"] for row in rows}


def cut(picture: Image.Image, glyph: Glyph) -> Image.Image:
    """The picture as RGBA, rows below `glyph.rows` dropped, cropped to the box of its opaque pixels."""
    scale = picture.height / 256
    rgba = picture.convert("RGBA").crop((0, 0, picture.width, round(glyph.rows * scale)))
    alpha = rgba.getchannel("A").point(lambda a: 0 if a < OPAQUE_FROM else a)
    rgba.putalpha(alpha)
    box = alpha.getbbox()
    if box is None:
        raise SystemExit(f"{glyph.codepoint} ({glyph.label}) is empty; give the package's own stills")
    rgba = rgba.crop(box)
    rgba.thumbnail((256, 256), Image.Resampling.LANCZOS)
    return rgba


def build(stills: Path, data: Path, out: Path) -> int:
    """Write one WebP for each subject into `out` and remove pictures of no subject; returns the folder's bytes."""
    known = labels(data)
    out.mkdir(parents=True, exist_ok=True)
    wanted = {asset_name(subject) for subject in SUBJECTS}
    for stale in out.glob("*.webp"):
        if stale.name not in wanted:
            stale.unlink()
    for subject in SUBJECTS:
        glyph = GLYPHS[subject.name]
        label = known.get(_plain(glyph.codepoint))
        if label != glyph.label:
            raise SystemExit(f"{glyph.codepoint} is {label!r} in {data}, expected {glyph.label!r}; use emojibase 17")
        with Image.open(stills / f"{glyph.codepoint}.webp") as picture:
            cut(picture, glyph).save(out / asset_name(subject), quality=QUALITY, alpha_quality=100, method=6)
    return sum(file.stat().st_size for file in out.glob("*.webp"))


def _plain(codepoint: str) -> str:
    return codepoint.lower().replace("-fe0f", "")


def main() -> None:
    """Parse the command line, build, say how large the folder is; fail where it passes its ceiling."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stills", type=Path, help="folder of WebP stills named by codepoint")
    parser.add_argument("labels", type=Path, help="en/data.json of emojibase-data")
    parser.add_argument("out", type=Path, help="folder to write the subjects' pictures to")
    args = parser.parse_args()
    size = build(args.stills, args.labels, args.out)
    print(f"{len(SUBJECTS)} pictures, {size:,} bytes in {args.out}")
    if size > MAX_BYTES:
        sys.exit(f"{size:,} bytes pass the ceiling of {MAX_BYTES:,}; lower QUALITY or drop subjects")


if __name__ == "__main__":
    main()
