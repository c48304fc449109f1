"""Which words of a prompt a set of weights does not know, so that the user is told instead of being surprised.

English by rule: words are compared by their possible base forms ("running", "runs" and "ran" are one word). Writing in
other scripts is compared as a whole. The words that the weights know come from their card.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

_LATIN_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_VOWEL = re.compile(r"[aeiouy]")
_PICTURES = frozenset({"So", "Sk"})
_JOINERS = frozenset({"Mn", "Mc", "Me", "Cf"})

_HOLDING = """
    a an the this that these those some any each every another other both all its it it's he she they them his her
    their my your our i we you me us him there here who which what whose where when while as if so than then too also
    and or but nor not no yet is are was were be been being am has have had having do does did doing done can could
    will would shall should may might must let lets let's get gets got isn't aren't doesn't don't
    of in on at by to from for with without within into onto upon over under above below behind beneath beside besides
    between among amid through throughout across along around about against near past toward towards out off inside
    outside during before after until like via per one ones front middle top bottom side
"""
_PRAISING = """
    very really quite rather so much more most less least many few several lots lot just only even still again always
    beautiful pretty nice lovely cute amazing awesome stunning gorgeous great good best perfect wonderful
"""
_ABOUT_THE_CLIP = """
    video videos clip clips scene scenes shot shots footage film movie view image picture frame frames camera show shows
    showing shown depict depicts depicting see seen make makes making create generate please
    cinematic high low quality resolution detailed detail details definition hd fullhd uhd sharp professional
    4k 8k 2k 480p 720p 1080p 1440p 2160p 24fps 25fps 30fps 60fps fps
"""
STOP_WORDS = frozenset(f"{_HOLDING} {_PRAISING} {_ABOUT_THE_CLIP}".split())
"""Words that hold a sentence together, words about how much and how good, words about the clip itself."""

_FORMS = """
    run: ran; fly: flew flown; swim: swam swum; drive: drove driven; fall: fell fallen; rise: risen;
    sink: sank sunk; go: went gone; come: came; spin: spun; swing: swung; shake: shook shaken; grow: grew grown;
    shrink: shrank shrunk shrunken; leap: leapt; spring: sprang sprung; slide: slid; creep: crept; speed: sped;
    ride: rode ridden; stand: stood; sit: sat; sleep: slept; eat: ate eaten; drink: drank drunk; sing: sang sung;
    throw: threw thrown; blow: blew blown; shine: shone; lie: lying; mouse: mice; goose: geese;
    foot: feet; tooth: teeth; man: men; woman: women; child: children; person: people; ox: oxen; octopus: octopi;
    cactus: cacti; big: bigger biggest; small: smaller smallest; large: larger largest; tiny: tinier tiniest;
    fast: faster fastest; slow: slower slowest slowly; quick: quickly quicker quickest; snow: snowy snowing;
    rain: rainy raining; fog: foggy; mist: misty; sand: sandy; sun: sunny; star: starry; cloud: cloudy;
    storm: stormy; grass: grassy; wind: windy; grey: gray; colour: color
"""
_IRREGULAR = {
    form: base for base, _, forms in (e.strip().partition(":") for e in _FORMS.split(";")) for form in forms.split()
}


def unknown_words(prompt: str, known: frozenset[str]) -> tuple[str, ...]:
    """The content words of `prompt` that are not in `known`, each once, in order and spelled as the user wrote them.

    `known` holds words or phrases in any inflection and case. A stretch of text in another script than Latin is one
    entry, unless `known` holds it whole. Function words and words about the clip itself ("video", "4k") are never
    reported; numbers are, when not known, for they promise a count.
    """
    bases = _known_bases(known)
    missing: dict[str, str] = {}
    for word in _words(prompt):
        folded = _fold(word)
        if folded not in STOP_WORDS and bases.isdisjoint(_bases(folded)):
            missing.setdefault(folded, word)
    return tuple(missing.values())


@lru_cache(maxsize=8)
def _known_bases(known: frozenset[str]) -> frozenset[str]:
    return frozenset(base for phrase in known for word in _words(phrase) for base in _bases(_fold(word)))


def _words(text: str) -> Iterator[str]:
    """Latin words one by one, without a possessive 's; stretches of other scripts whole; pictures one by one."""
    start = 0
    for end, foreign in _stretches(text):
        stretch = text[start:end]
        start = end
        if foreign:
            yield from _foreign(stretch)
        else:
            yield from (re.sub(r"['’]s$", "", found) for found in _LATIN_WORD.findall(stretch))


def _stretches(text: str) -> Iterator[tuple[int, bool]]:
    """Stretches of one script: where each ends in `text`, and whether it is another script than Latin."""
    foreign = False
    for i, character in enumerate(text):
        kind = _is_foreign(character)
        if kind is not None and kind != foreign:
            yield i, foreign
            foreign = kind
    yield len(text), foreign


def _is_foreign(character: str) -> bool | None:
    """True for letters beyond Latin and pictures, False for Latin letters and digits, None for what takes no side."""
    category = unicodedata.category(character)
    if category in _PICTURES and not character.isascii():
        return True
    if category in _JOINERS or not character.isalnum():
        return None
    return not (character.isascii() or unicodedata.name(character, "").startswith("LATIN"))


def _foreign(stretch: str) -> Iterator[str]:
    """Pictures one by one, and what stands between them whole, without the punctuation around it."""
    phrase = ""
    for character in (*stretch, "\0"):
        picture = unicodedata.category(character) in _PICTURES
        if not picture and character != "\0":
            phrase += character
            continue
        trimmed = _trimmed(phrase)
        if trimmed:
            yield trimmed
        phrase = ""
        if picture:
            yield character


def _trimmed(phrase: str) -> str:
    inner = [i for i, character in enumerate(phrase) if character.isalnum()]
    return phrase[inner[0] : inner[-1] + 1] if inner else ""


def _fold(word: str) -> str:
    """Lower case, without accents, with the plain apostrophe."""
    decomposed = unicodedata.normalize("NFD", word.casefold().replace("’", "'"))
    return "".join(c for c in decomposed if unicodedata.category(c) != "Mn")


def _bases(word: str) -> frozenset[str]:
    """`word` and every form that it could be an inflection of; some of them are no words, which does no harm."""
    found = {word, *_without_s(word)}
    if word.endswith("ing"):
        found.update(_verb_stems(word[:-3]))
    if word.endswith("ed"):
        found.update(_verb_stems(word[:-2]))
    if word in _IRREGULAR:
        found.add(_IRREGULAR[word])
    return frozenset(found)


def _without_s(word: str) -> Iterable[str]:
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return ()
    if word.endswith("ies"):
        return (word[:-3] + "y", word[:-1])
    if word.endswith("ves"):
        return (word[:-3] + "f", word[:-3] + "fe", word[:-1])
    if word.endswith("es"):
        return (word[:-2], word[:-1])
    return (word[:-1],)


def _verb_stems(stem: str) -> Iterable[str]:
    """What a verb may be called whose -ing or -ed form begins with `stem`: jump, glid-e, hop-p, carr-i."""
    if len(stem) < 2 or not _VOWEL.search(stem):
        return
    if len(stem) > 2:
        yield stem
    yield stem + "e"
    if stem[-1] == stem[-2] and len(stem) > 3:
        yield stem[:-1]
    if stem.endswith("i"):
        yield stem[:-1] + "y"
