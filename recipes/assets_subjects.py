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
    "star": Glyph("2b50", "star"),
    "tree": Glyph("1f333", "deciduous tree"),
    "house": Glyph("1f3e0", "house"),
    "teddy bear": Glyph("1f9f8", "teddy bear"),
    "taxi": Glyph("1f695", "taxi"),
    "fire engine": Glyph("1f692", "fire engine"),
    "kite": Glyph("1fa81", "kite"),
    "cow": Glyph("1f404", "cow"),
    "tiger": Glyph("1f405", "tiger"),
    "shark": Glyph("1f988", "shark"),
    "dragon": Glyph("1f409", "dragon"),
    "unicorn": Glyph("1f984", "unicorn"),
    "ladybug": Glyph("1f41e", "lady beetle"),
    "spider": Glyph("1f577-fe0f", "spider"),
    "snake": Glyph("1f40d", "snake"),
    "sheep": Glyph("1f40f", "ram"),
    "monkey": Glyph("1f412", "monkey"),
    "kangaroo": Glyph("1f998", "kangaroo"),
    "dolphin": Glyph("1f42c", "dolphin"),
    "jellyfish": Glyph("1fabc", "jellyfish"),
    "lobster": Glyph("1f99e", "lobster"),
    "caterpillar": Glyph("1f41b", "bug"),
    "hedgehog": Glyph("1f994", "hedgehog"),
    "squirrel": Glyph("1f43f-fe0f", "chipmunk"),
    "mouse": Glyph("1f401", "mouse"),
    "bat": Glyph("1f987", "bat"),
    "swan": Glyph("1f9a2", "swan"),
    "chick": Glyph("1f424", "baby chick"),
    "rooster": Glyph("1f413", "rooster"),
    "peacock": Glyph("1f99a", "peacock"),
    "eagle": Glyph("1f985", "eagle"),
    "flying saucer": Glyph("1f6f8", "flying saucer"),
    "motorcycle": Glyph("1f3cd-fe0f", "motorcycle"),
    "police car": Glyph("1f693", "police car"),
    "truck": Glyph("1f69a", "delivery truck"),
    "racing car": Glyph("1f3ce-fe0f", "racing car"),
    "sun": Glyph("2600-fe0f", "sun"),
    "moon": Glyph("1f319", "crescent moon"),
    "cloud": Glyph("2601-fe0f", "cloud"),
    "planet": Glyph("1fa90", "ringed planet"),
    "pineapple": Glyph("1f34d", "pineapple"),
    "watermelon": Glyph("1f349", "watermelon"),
    "pizza": Glyph("1f355", "pizza"),
    "doughnut": Glyph("1f369", "doughnut"),
    "cupcake": Glyph("1f9c1", "cupcake"),
    "rose": Glyph("1f339", "rose"),
    "palm tree": Glyph("1f334", "palm tree"),
    "guitar": Glyph("1f3b8", "guitar"),
    "drum": Glyph("1f941", "drum"),
    "heart": Glyph("2764-fe0f", "red heart"),
    "camel": Glyph("1f42a", "camel"),
    "deer": Glyph("1f98c", "deer"),
    "goat": Glyph("1f410", "goat"),
    "llama": Glyph("1f999", "llama"),
    "donkey": Glyph("1facf", "donkey"),
    "gorilla": Glyph("1f98d", "gorilla"),
    "orangutan": Glyph("1f9a7", "orangutan"),
    "rhinoceros": Glyph("1f98f", "rhinoceros"),
    "hippopotamus": Glyph("1f99b", "hippopotamus"),
    "leopard": Glyph("1f406", "leopard"),
    "bull": Glyph("1f402", "ox"),
    "mammoth": Glyph("1f9a3", "mammoth"),
    "poodle": Glyph("1f429", "poodle"),
    "tabby cat": Glyph("1f408", "cat"),
    "wolf": Glyph("1f43a", "wolf"),
    "bear": Glyph("1f43b", "bear"),
    "koala": Glyph("1f428", "koala"),
    "raccoon": Glyph("1f99d", "raccoon"),
    "hamster": Glyph("1f439", "hamster"),
    "moose": Glyph("1face", "moose"),
    "boar": Glyph("1f417", "boar"),
    "skunk": Glyph("1f9a8", "skunk"),
    "beaver": Glyph("1f9ab", "beaver"),
    "otter": Glyph("1f9a6", "otter"),
    "turkey": Glyph("1f983", "turkey"),
    "goose": Glyph("1fabf", "goose"),
    "dodo": Glyph("1f9a4", "dodo"),
    "crow": Glyph("1f426-200d-2b1b", "black bird"),
    "bird": Glyph("1f426", "bird"),
    "dove": Glyph("1f54a-fe0f", "dove"),
    "brontosaurus": Glyph("1f995", "sauropod"),
    "lizard": Glyph("1f98e", "lizard"),
    "seal": Glyph("1f9ad", "seal"),
    "tropical fish": Glyph("1f420", "tropical fish"),
    "pufferfish": Glyph("1f421", "blowfish"),
    "squid": Glyph("1f991", "squid"),
    "shrimp": Glyph("1f990", "shrimp"),
    "seashell": Glyph("1f41a", "spiral shell"),
    "ant": Glyph("1f41c", "ant"),
    "beetle": Glyph("1fab2", "beetle"),
    "grasshopper": Glyph("1f997", "cricket"),
    "scorpion": Glyph("1f982", "scorpion"),
    "ambulance": Glyph("1f691", "ambulance"),
    "pickup truck": Glyph("1f6fb", "pickup truck"),
    "jeep": Glyph("1f699", "sport utility vehicle"),
    "van": Glyph("1f690", "minibus"),
    "rickshaw": Glyph("1f6fa", "auto rickshaw"),
    "tram": Glyph("1f68b", "tram car"),
    "scooter": Glyph("1f6f5", "motor scooter"),
    "kick scooter": Glyph("1f6f4", "kick scooter"),
    "skateboard": Glyph("1f6f9", "skateboard"),
    "roller skate": Glyph("1f6fc", "roller skate"),
    "speedboat": Glyph("1f6a4", "speedboat", rows=182),  # the rows below are waves
    "biplane": Glyph("1f6e9-fe0f", "small airplane"),
    "satellite": Glyph("1f6f0-fe0f", "satellite"),
    "sled": Glyph("1f6f7", "sled"),
    "castle": Glyph("1f3f0", "castle"),
    "ferris wheel": Glyph("1f3a1", "ferris wheel"),
    "earth": Glyph("1f30d", "globe showing Europe-Africa"),
    "snowflake": Glyph("2744-fe0f", "snowflake"),
    "lightning bolt": Glyph("26a1", "high voltage"),
    "tornado": Glyph("1f32a-fe0f", "tornado"),
    "flame": Glyph("1f525", "fire"),
    "drop of water": Glyph("1f4a7", "droplet"),
    "tangerine": Glyph("1f34a", "tangerine"),
    "lemon": Glyph("1f34b", "lemon"),
    "pear": Glyph("1f350", "pear"),
    "peach": Glyph("1f351", "peach"),
    "cherry": Glyph("1f352", "cherries"),
    "grapes": Glyph("1f347", "grapes"),
    "kiwi": Glyph("1f95d", "kiwi fruit"),
    "avocado": Glyph("1f951", "avocado"),
    "eggplant": Glyph("1f346", "eggplant"),
    "corn": Glyph("1f33d", "ear of corn"),
    "broccoli": Glyph("1f966", "broccoli"),
    "tomato": Glyph("1f345", "tomato"),
    "chili pepper": Glyph("1f336-fe0f", "hot pepper"),
    "hot dog": Glyph("1f32d", "hot dog"),
    "taco": Glyph("1f32e", "taco"),
    "french fries": Glyph("1f35f", "french fries"),
    "popcorn": Glyph("1f37f", "popcorn"),
    "cookie": Glyph("1f36a", "cookie"),
    "cake": Glyph("1f382", "birthday cake"),
    "lollipop": Glyph("1f36d", "lollipop"),
    "pretzel": Glyph("1f968", "pretzel"),
    "croissant": Glyph("1f950", "croissant"),
    "cheese": Glyph("1f9c0", "cheese wedge"),
    "egg": Glyph("1f95a", "egg"),
    "cup of coffee": Glyph("2615", "hot beverage"),
    "pine tree": Glyph("1f332", "evergreen tree"),
    "christmas tree": Glyph("1f384", "Christmas tree"),
    "tulip": Glyph("1f337", "tulip"),
    "cherry blossom": Glyph("1f338", "cherry blossom"),
    "clover": Glyph("1f340", "four leaf clover"),
    "maple leaf": Glyph("1f341", "maple leaf"),
    "potted plant": Glyph("1fab4", "potted plant"),
    "pumpkin": Glyph("1f383", "jack-o-lantern"),
    "alien": Glyph("1f47d", "alien"),
    "astronaut": Glyph("1f9d1-200d-1f680", "astronaut"),
    "fairy": Glyph("1f9da", "fairy"),
    "basketball": Glyph("1f3c0", "basketball"),
    "baseball": Glyph("26be", "baseball"),
    "volleyball": Glyph("1f3d0", "volleyball"),
    "american football": Glyph("1f3c8", "american football"),
    "yo-yo": Glyph("1fa80", "yo-yo"),
    "dice": Glyph("1f3b2", "game die"),
    "boomerang": Glyph("1fa83", "boomerang"),
    "nesting doll": Glyph("1fa86", "nesting dolls"),
    "pinata": Glyph("1fa85", "piñata"),
    "disco ball": Glyph("1faa9", "mirror ball"),
    "violin": Glyph("1f3bb", "violin"),
    "trumpet": Glyph("1f3ba", "trumpet"),
    "saxophone": Glyph("1f3b7", "saxophone"),
    "accordion": Glyph("1fa97", "accordion"),
    "crown": Glyph("1f451", "crown"),
    "top hat": Glyph("1f3a9", "top hat"),
    "hat": Glyph("1f452", "woman’s hat"),
    "diamond": Glyph("1f48e", "gem stone"),
    "bell": Glyph("1f514", "bell"),
    "key": Glyph("1f511", "key"),
    "book": Glyph("1f4d5", "closed book"),
    "pencil": Glyph("270f-fe0f", "pencil"),
    "candle": Glyph("1f56f-fe0f", "candle"),
    "light bulb": Glyph("1f4a1", "light bulb"),
    "lantern": Glyph("1f3ee", "red paper lantern"),
    "magnet": Glyph("1f9f2", "magnet"),
    "telescope": Glyph("1f52d", "telescope"),
    "chair": Glyph("1fa91", "chair"),
    "bathtub": Glyph("1f6c1", "bathtub"),
    "bucket": Glyph("1faa3", "bucket"),
    "basket": Glyph("1f9fa", "basket"),
    "alarm clock": Glyph("23f0", "alarm clock"),
    "hourglass": Glyph("231b", "hourglass done"),
    "trophy": Glyph("1f3c6", "trophy"),
    "gift": Glyph("1f381", "wrapped gift"),
    "box": Glyph("1f4e6", "package"),
    "camera": Glyph("1f4f7", "camera"),
    "television": Glyph("1f4fa", "television"),
    "radio": Glyph("1f4fb", "radio"),
    "telephone": Glyph("260e-fe0f", "telephone"),
    "headphones": Glyph("1f3a7", "headphone"),
    "microphone": Glyph("1f3a4", "microphone"),
    "backpack": Glyph("1f392", "backpack"),
    "shoe": Glyph("1f45f", "running shoe"),
    "boot": Glyph("1f462", "woman’s boot"),
    "t-shirt": Glyph("1f455", "t-shirt"),
    "anchor": Glyph("2693", "anchor"),
    "hammer": Glyph("1f528", "hammer"),
    "teapot": Glyph("1fad6", "teapot"),
    "ball of yarn": Glyph("1f9f6", "yarn"),
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
