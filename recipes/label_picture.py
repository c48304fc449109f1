"""Draws the text of the visible label, once, for the package: `python recipes/label_picture.py NotoSansCJK-Bold.ttc`.

The font comes with Debian's `fonts-noto-cjk` (SIL Open Font License 1.1, which leaves pictures made with it free).
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

TEXT = "AI生成 · AI generated"
SIMPLIFIED_CHINESE = 2
OUT = Path(__file__).parents[1] / "src/vitascope/provenance/label.png"


def main(font_file: str) -> None:
    """Writes the text, white on black and cropped to its ink, as an 8-bit grey PNG with about 96 pixels a character."""
    font = ImageFont.truetype(font_file, 104, index=SIMPLIFIED_CHINESE)
    left, top, right, bottom = (round(edge) for edge in font.getbbox(TEXT))
    picture = Image.new("L", (right - left, bottom - top))
    ImageDraw.Draw(picture).text((-left, -top), TEXT, font=font, fill=255)
    picture.crop(picture.getbbox()).quantize(16).convert("L").save(OUT, optimize=True)
    print(f"{OUT.name}: {picture.size[0]}×{picture.size[1]} pixels, {OUT.stat().st_size} bytes")


if __name__ == "__main__":
    main(sys.argv[1])
