"""What the composed world can show: its subjects, the words people type for them, and their pictures.

The table is in order of distinctness: the first fifty differ most from each other in colour and outline. The pictures
are still renderings of Microsoft Fluent Emoji (MIT licence, see NOTICE); `recipes/assets_subjects.py` builds them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

import numpy as np
import numpy.typing as npt
from PIL import Image

from vitascope.errors import OptionOutOfRange

Faces = Literal["left", "right", "front"]
Kind = Literal["animal", "vehicle", "food", "plant", "object", "toy", "person", "building", "sky"]


@dataclass(frozen=True)
class Subject:
    """One thing that a clip can show.

    `words` are noun phrases without article, the name first, and belong to this subject alone. `faces` is where the
    picture looks or heads; mirror it to turn the subject round. `whole` is False where only head or bust is drawn;
    `colourable` is True where a shift of hue still looks natural.
    """

    name: str
    words: tuple[str, ...]
    faces: Faces
    kind: Kind
    whole: bool = True
    colourable: bool = False


SUBJECTS: tuple[Subject, ...] = (
    # the first fifty: most unlike each other
    Subject("fox", ("fox", "red fox"), "front", "animal", whole=False),
    Subject("dog", ("dog", "puppy"), "left", "animal"),
    Subject("cat", ("cat", "black cat", "kitten"), "left", "animal"),
    Subject("elephant", ("elephant",), "left", "animal"),
    Subject("penguin", ("penguin",), "front", "animal"),
    Subject("car", ("car", "automobile"), "left", "vehicle", colourable=True),
    Subject("bus", ("bus", "coach"), "left", "vehicle", colourable=True),
    Subject("rocket", ("rocket", "rocket ship", "spaceship"), "right", "vehicle"),
    Subject("balloon", ("balloon",), "front", "toy", colourable=True),
    Subject("apple", ("apple", "red apple"), "front", "food"),
    Subject("banana", ("banana",), "front", "food"),
    Subject("robot", ("robot", "android"), "front", "toy", whole=False, colourable=True),
    Subject("butterfly", ("butterfly",), "front", "animal", colourable=True),
    Subject("fish", ("fish",), "left", "animal", colourable=True),
    Subject("frog", ("frog", "toad"), "front", "animal", whole=False),
    Subject("bicycle", ("bicycle", "bike"), "left", "vehicle", colourable=True),
    Subject("boat", ("boat", "sailboat", "sailing boat"), "left", "vehicle", colourable=True),
    Subject("train", ("train", "locomotive", "steam train"), "left", "vehicle", colourable=True),
    Subject("parrot", ("parrot", "macaw"), "left", "animal", colourable=True),
    Subject("owl", ("owl",), "front", "animal"),
    Subject("dinosaur", ("dinosaur", "tyrannosaurus", "T-rex"), "left", "animal", colourable=True),
    Subject("rabbit", ("rabbit", "bunny", "white rabbit"), "left", "animal"),
    Subject("horse", ("horse", "brown horse", "pony"), "left", "animal"),
    Subject("airplane", ("airplane", "aeroplane", "plane", "jet"), "right", "vehicle"),
    Subject("helicopter", ("helicopter",), "left", "vehicle", colourable=True),
    Subject("tractor", ("tractor",), "left", "vehicle", colourable=True),
    Subject("pig", ("pig", "piglet"), "left", "animal"),
    Subject("lion", ("lion",), "front", "animal", whole=False),
    Subject("panda", ("panda", "panda bear"), "front", "animal", whole=False),
    Subject("zebra", ("zebra",), "left", "animal"),
    Subject("giraffe", ("giraffe",), "left", "animal"),
    Subject("flamingo", ("flamingo",), "left", "animal"),
    Subject("duck", ("duck", "mallard"), "left", "animal"),
    Subject("turtle", ("turtle", "tortoise"), "left", "animal"),
    Subject("whale", ("whale", "blue whale"), "left", "animal"),
    Subject("octopus", ("octopus",), "front", "animal", colourable=True),
    Subject("crab", ("crab",), "front", "animal"),
    Subject("snail", ("snail",), "left", "animal"),
    Subject("bee", ("bee", "honeybee", "bumblebee"), "left", "animal"),
    Subject("strawberry", ("strawberry",), "front", "food"),
    Subject("carrot", ("carrot",), "front", "food"),
    Subject("hamburger", ("hamburger", "burger", "cheeseburger"), "front", "food"),
    Subject("ice cream", ("ice cream", "ice cream cone"), "front", "food"),
    Subject("sunflower", ("sunflower",), "front", "plant"),
    Subject("cactus", ("cactus",), "front", "plant"),
    Subject("mushroom", ("mushroom", "toadstool"), "front", "plant", colourable=True),
    Subject("umbrella", ("umbrella", "parasol"), "front", "object", colourable=True),
    Subject("snowman", ("snowman",), "front", "toy"),
    Subject("ghost", ("ghost",), "front", "toy"),
    Subject("soccer ball", ("soccer ball", "football", "ball"), "front", "toy", colourable=True),
)

_BY_NAME = {subject.name: subject for subject in SUBJECTS}


def find(name: str) -> Subject:
    """The subject called `name`. Raises `OptionOutOfRange` where the table holds none of that name."""
    if name not in _BY_NAME:
        raise OptionOutOfRange(f"no subject is called {name!r}; the {len(SUBJECTS)} names are: {', '.join(_BY_NAME)}")
    return _BY_NAME[name]


def asset_name(subject: Subject) -> str:
    """File name of the subject's picture in the assets folder: the name, spaces as hyphens, WebP."""
    return subject.name.replace(" ", "-") + ".webp"


@cache
def sprite(subject: Subject) -> npt.NDArray[np.uint8]:
    """The subject's picture (H, W, 4): sRGB with straight alpha, cropped to its opaque box, at most 256 pixels a side.

    Decoded once; the array is shared and read-only, so copy it before changing it.
    """
    file = resources.files("vitascope.world") / "assets" / asset_name(subject)
    with file.open("rb") as stream, Image.open(stream) as picture:
        pixels = np.array(picture.convert("RGBA"), dtype=np.uint8)
    pixels.setflags(write=False)
    return pixels
