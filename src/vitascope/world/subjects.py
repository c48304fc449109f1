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
    `colourable` is True where all of its coloured pixels may move to one hue; its words then name no colour.
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
    Subject("robot", ("robot", "android"), "front", "toy", whole=False),
    Subject("butterfly", ("butterfly",), "front", "animal", colourable=True),
    Subject("fish", ("fish",), "left", "animal", colourable=True),
    Subject("frog", ("frog", "toad"), "front", "animal", whole=False),
    Subject("bicycle", ("bicycle", "bike"), "left", "vehicle", colourable=True),
    Subject("boat", ("boat", "sailboat", "sailing boat"), "left", "vehicle", colourable=True),
    Subject("train", ("train", "locomotive", "steam train"), "left", "vehicle"),
    Subject("parrot", ("parrot", "macaw"), "left", "animal"),
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
    # the second fifty
    Subject("star", ("star",), "front", "sky", colourable=True),
    Subject("tree", ("tree", "oak tree"), "front", "plant"),
    Subject("house", ("house", "cottage"), "front", "building"),
    Subject("teddy bear", ("teddy bear", "teddy"), "front", "toy"),
    Subject("taxi", ("taxi", "cab", "taxicab"), "left", "vehicle"),
    Subject("fire engine", ("fire engine", "fire truck"), "left", "vehicle"),
    Subject("kite", ("kite",), "front", "toy"),
    Subject("cow", ("cow",), "left", "animal"),
    Subject("tiger", ("tiger",), "left", "animal"),
    Subject("shark", ("shark",), "left", "animal"),
    Subject("dragon", ("dragon",), "left", "animal", colourable=True),
    Subject("unicorn", ("unicorn",), "left", "animal", whole=False),
    Subject("ladybug", ("ladybug", "ladybird"), "front", "animal", colourable=True),
    Subject("spider", ("spider",), "front", "animal"),
    Subject("snake", ("snake",), "left", "animal", colourable=True),
    Subject("sheep", ("sheep", "ram"), "left", "animal"),
    Subject("monkey", ("monkey",), "left", "animal"),
    Subject("kangaroo", ("kangaroo",), "left", "animal"),
    Subject("dolphin", ("dolphin",), "left", "animal"),
    Subject("jellyfish", ("jellyfish",), "front", "animal", colourable=True),
    Subject("lobster", ("lobster",), "front", "animal"),
    Subject("caterpillar", ("caterpillar",), "left", "animal", colourable=True),
    Subject("hedgehog", ("hedgehog",), "left", "animal"),
    Subject("squirrel", ("squirrel", "chipmunk"), "left", "animal"),
    Subject("mouse", ("mouse", "white mouse"), "left", "animal"),
    Subject("bat", ("bat",), "front", "animal"),
    Subject("swan", ("swan",), "left", "animal"),
    Subject("chick", ("chick", "baby chick"), "left", "animal"),
    Subject("rooster", ("rooster", "chicken", "hen"), "left", "animal"),
    Subject("peacock", ("peacock",), "front", "animal"),
    Subject("eagle", ("eagle", "bald eagle"), "left", "animal"),
    Subject("flying saucer", ("flying saucer", "UFO", "alien ship"), "front", "vehicle"),
    Subject("motorcycle", ("motorcycle", "motorbike"), "left", "vehicle", colourable=True),
    Subject("police car", ("police car",), "left", "vehicle"),
    Subject("truck", ("truck", "lorry", "delivery truck"), "left", "vehicle", colourable=True),
    Subject("racing car", ("racing car", "race car"), "left", "vehicle", colourable=True),
    Subject("sun", ("sun",), "front", "sky"),
    Subject("moon", ("moon", "crescent moon"), "front", "sky"),
    Subject("cloud", ("cloud", "white cloud"), "front", "sky"),
    Subject("planet", ("planet", "ringed planet", "Saturn"), "front", "sky", colourable=True),
    Subject("pineapple", ("pineapple",), "front", "food"),
    Subject("watermelon", ("watermelon", "watermelon slice"), "front", "food"),
    Subject("pizza", ("pizza", "pizza slice", "slice of pizza"), "front", "food"),
    Subject("doughnut", ("doughnut", "donut"), "front", "food"),
    Subject("cupcake", ("cupcake",), "front", "food", colourable=True),
    Subject("rose", ("rose", "red rose"), "front", "plant"),
    Subject("palm tree", ("palm tree", "palm"), "front", "plant"),
    Subject("guitar", ("guitar", "electric guitar"), "front", "object", colourable=True),
    Subject("drum", ("drum",), "front", "object"),
    Subject("heart", ("heart",), "front", "toy", colourable=True),
    # the rest, by kind
    Subject("camel", ("camel", "dromedary"), "left", "animal"),
    Subject("deer", ("deer", "stag"), "left", "animal"),
    Subject("goat", ("goat",), "left", "animal"),
    Subject("llama", ("llama", "alpaca"), "left", "animal"),
    Subject("donkey", ("donkey",), "left", "animal"),
    Subject("gorilla", ("gorilla",), "left", "animal"),
    Subject("orangutan", ("orangutan",), "front", "animal"),
    Subject("rhinoceros", ("rhinoceros", "rhino"), "left", "animal"),
    Subject("hippopotamus", ("hippopotamus", "hippo"), "left", "animal"),
    Subject("leopard", ("leopard", "cheetah"), "left", "animal"),
    Subject("bull", ("bull", "ox"), "left", "animal"),
    Subject("mammoth", ("mammoth", "woolly mammoth"), "left", "animal"),
    Subject("poodle", ("poodle",), "left", "animal"),
    Subject("tabby cat", ("tabby cat", "orange cat", "ginger cat", "tabby"), "left", "animal"),
    Subject("wolf", ("wolf",), "front", "animal", whole=False),
    Subject("bear", ("bear", "brown bear", "grizzly bear"), "front", "animal", whole=False),
    Subject("koala", ("koala", "koala bear"), "front", "animal", whole=False),
    Subject("raccoon", ("raccoon",), "front", "animal", whole=False),
    Subject("hamster", ("hamster",), "front", "animal", whole=False),
    Subject("moose", ("moose", "elk"), "left", "animal", whole=False),
    Subject("boar", ("boar", "wild boar"), "left", "animal", whole=False),
    Subject("skunk", ("skunk",), "left", "animal"),
    Subject("beaver", ("beaver",), "left", "animal"),
    Subject("otter", ("otter", "sea otter"), "left", "animal"),
    Subject("turkey", ("turkey",), "left", "animal"),
    Subject("goose", ("goose",), "left", "animal"),
    Subject("dodo", ("dodo",), "left", "animal"),
    Subject("crow", ("crow", "raven", "blackbird"), "right", "animal"),
    Subject("bird", ("bird", "songbird"), "left", "animal", colourable=True),
    Subject("dove", ("dove", "white dove", "pigeon"), "left", "animal"),
    Subject("brontosaurus", ("brontosaurus", "sauropod", "brachiosaurus"), "left", "animal", colourable=True),
    Subject("lizard", ("lizard", "gecko"), "front", "animal", colourable=True),
    Subject("seal", ("seal", "sea lion"), "left", "animal"),
    Subject("tropical fish", ("tropical fish", "angelfish"), "left", "animal", colourable=True),
    Subject("pufferfish", ("pufferfish", "blowfish"), "left", "animal"),
    Subject("squid", ("squid",), "front", "animal", colourable=True),
    Subject("shrimp", ("shrimp", "prawn"), "left", "animal"),
    Subject("seashell", ("seashell", "shell"), "front", "object"),
    Subject("ant", ("ant", "black ant"), "left", "animal"),
    Subject("beetle", ("beetle", "scarab"), "front", "animal", colourable=True),
    Subject("grasshopper", ("grasshopper", "cricket"), "left", "animal"),
    Subject("scorpion", ("scorpion",), "front", "animal"),
    Subject("ambulance", ("ambulance",), "left", "vehicle"),
    Subject("pickup truck", ("pickup truck", "pickup"), "left", "vehicle", colourable=True),
    Subject("jeep", ("jeep", "SUV"), "left", "vehicle", colourable=True),
    Subject("van", ("van", "minibus"), "left", "vehicle"),
    Subject("rickshaw", ("rickshaw", "auto rickshaw", "tuk-tuk"), "left", "vehicle"),
    Subject("tram", ("tram", "streetcar"), "front", "vehicle"),
    Subject("scooter", ("scooter", "moped", "motor scooter"), "left", "vehicle", colourable=True),
    Subject("kick scooter", ("kick scooter", "push scooter"), "left", "vehicle", colourable=True),
    Subject("skateboard", ("skateboard",), "front", "vehicle"),
    Subject("roller skate", ("roller skate",), "right", "vehicle", colourable=True),
    Subject("speedboat", ("speedboat", "motorboat"), "left", "vehicle", colourable=True),
    Subject("biplane", ("biplane", "propeller plane", "small plane"), "right", "vehicle", colourable=True),
    Subject("satellite", ("satellite",), "front", "vehicle"),
    Subject("sled", ("sled", "sledge", "sleigh"), "left", "vehicle"),
    Subject("castle", ("castle", "palace"), "front", "building"),
    Subject("ferris wheel", ("ferris wheel", "big wheel"), "front", "building"),
    Subject("earth", ("earth", "globe", "planet earth"), "front", "sky"),
    Subject("snowflake", ("snowflake",), "front", "sky", colourable=True),
    Subject("lightning bolt", ("lightning bolt", "lightning"), "front", "sky", colourable=True),
    Subject("tornado", ("tornado", "whirlwind"), "front", "sky"),
    Subject("flame", ("flame", "fire"), "front", "sky"),
    Subject("drop of water", ("drop of water", "water drop", "raindrop"), "front", "sky", colourable=True),
    Subject("tangerine", ("tangerine", "clementine", "mandarin"), "front", "food"),
    Subject("lemon", ("lemon",), "front", "food"),
    Subject("pear", ("pear",), "front", "food"),
    Subject("peach", ("peach",), "front", "food"),
    Subject("cherry", ("cherry", "cherries"), "front", "food"),
    Subject("grapes", ("grapes", "bunch of grapes"), "front", "food", colourable=True),
    Subject("kiwi", ("kiwi", "kiwi fruit"), "front", "food"),
    Subject("avocado", ("avocado",), "front", "food"),
    Subject("eggplant", ("eggplant", "aubergine"), "front", "food"),
    Subject("corn", ("corn", "ear of corn"), "front", "food"),
    Subject("broccoli", ("broccoli",), "front", "food"),
    Subject("tomato", ("tomato",), "front", "food"),
    Subject("chili pepper", ("chili pepper", "chili", "hot pepper"), "front", "food"),
    Subject("hot dog", ("hot dog",), "front", "food"),
    Subject("taco", ("taco",), "front", "food"),
    Subject("french fries", ("french fries", "fries", "chips"), "front", "food"),
    Subject("popcorn", ("popcorn", "bucket of popcorn"), "front", "food"),
    Subject("cookie", ("cookie", "biscuit"), "front", "food"),
    Subject("cake", ("cake", "birthday cake"), "front", "food"),
    Subject("lollipop", ("lollipop",), "front", "food"),
    Subject("pretzel", ("pretzel",), "front", "food"),
    Subject("croissant", ("croissant",), "front", "food"),
    Subject("cheese", ("cheese", "piece of cheese"), "front", "food"),
    Subject("egg", ("egg",), "front", "food"),
    Subject("cup of coffee", ("cup of coffee", "coffee", "coffee cup"), "front", "food"),
    Subject("pine tree", ("pine tree", "fir tree", "evergreen tree"), "front", "plant"),
    Subject("christmas tree", ("christmas tree",), "front", "plant"),
    Subject("tulip", ("tulip",), "front", "plant"),
    Subject("cherry blossom", ("cherry blossom", "blossom", "flower"), "front", "plant", colourable=True),
    Subject("clover", ("clover", "four-leaf clover"), "front", "plant"),
    Subject("maple leaf", ("maple leaf", "leaf"), "front", "plant"),
    Subject("potted plant", ("potted plant", "houseplant"), "front", "plant"),
    Subject("pumpkin", ("pumpkin", "jack-o'-lantern"), "front", "toy"),
    Subject("alien", ("alien",), "front", "toy", whole=False, colourable=True),
    Subject("astronaut", ("astronaut", "spaceman"), "front", "person", whole=False),
    Subject("fairy", ("fairy",), "front", "person"),
    Subject("basketball", ("basketball",), "front", "toy"),
    Subject("baseball", ("baseball",), "front", "toy"),
    Subject("volleyball", ("volleyball",), "front", "toy"),
    Subject("american football", ("american football", "rugby ball"), "front", "toy"),
    Subject("yo-yo", ("yo-yo",), "front", "toy", colourable=True),
    Subject("dice", ("dice", "die"), "front", "toy"),
    Subject("boomerang", ("boomerang",), "front", "toy", colourable=True),
    Subject("nesting doll", ("nesting doll", "matryoshka", "russian doll"), "front", "toy"),
    Subject("pinata", ("pinata", "piñata"), "left", "toy"),
    Subject("disco ball", ("disco ball", "mirror ball"), "front", "object"),
    Subject("violin", ("violin", "fiddle"), "front", "object"),
    Subject("trumpet", ("trumpet",), "front", "object"),
    Subject("saxophone", ("saxophone",), "front", "object"),
    Subject("accordion", ("accordion",), "front", "object", colourable=True),
    Subject("crown", ("crown", "golden crown"), "front", "object"),
    Subject("top hat", ("top hat",), "front", "object"),
    Subject("hat", ("hat", "sun hat"), "front", "object"),
    Subject("diamond", ("diamond", "gem", "gemstone"), "front", "object", colourable=True),
    Subject("bell", ("bell", "golden bell"), "front", "object"),
    Subject("key", ("key", "golden key"), "front", "object"),
    Subject("book", ("book",), "front", "object", colourable=True),
    Subject("pencil", ("pencil",), "front", "object", colourable=True),
    Subject("candle", ("candle",), "front", "object"),
    Subject("light bulb", ("light bulb", "lightbulb"), "front", "object"),
    Subject("lantern", ("lantern", "paper lantern"), "front", "object", colourable=True),
    Subject("magnet", ("magnet",), "front", "object", colourable=True),
    Subject("telescope", ("telescope",), "left", "object"),
    Subject("chair", ("chair", "wooden chair"), "front", "object"),
    Subject("bathtub", ("bathtub", "bath"), "front", "object"),
    Subject("bucket", ("bucket", "pail"), "front", "object", colourable=True),
    Subject("basket", ("basket", "picnic basket"), "front", "object"),
    Subject("alarm clock", ("alarm clock", "clock"), "front", "object", colourable=True),
    Subject("hourglass", ("hourglass",), "front", "object"),
    Subject("trophy", ("trophy", "golden cup"), "front", "object"),
    Subject("gift", ("gift", "present", "gift box"), "front", "object", colourable=True),
    Subject("box", ("box", "cardboard box", "parcel"), "front", "object"),
    Subject("camera", ("camera",), "front", "object"),
    Subject("television", ("television", "TV", "TV set"), "front", "object"),
    Subject("radio", ("radio",), "front", "object"),
    Subject("telephone", ("telephone", "phone"), "front", "object", colourable=True),
    Subject("headphones", ("headphones",), "front", "object"),
    Subject("microphone", ("microphone",), "front", "object"),
    Subject("backpack", ("backpack", "rucksack"), "front", "object", colourable=True),
    Subject("shoe", ("shoe", "sneaker", "running shoe"), "right", "object"),
    Subject("boot", ("boot",), "right", "object", colourable=True),
    Subject("t-shirt", ("t-shirt", "shirt"), "front", "object", colourable=True),
    Subject("anchor", ("anchor",), "front", "object", colourable=True),
    Subject("hammer", ("hammer",), "front", "object"),
    Subject("teapot", ("teapot",), "left", "object", colourable=True),
    Subject("ball of yarn", ("ball of yarn", "yarn"), "front", "object", colourable=True),
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
