"""The forms in which a text is judged. Each view maps every character back to the user's own characters.

Views build on one another, in this order, and one that changes nothing is left out:

    as_written → width_folded → simplified_chinese → look_alikes → spaced_letters → leetspeak

A rule may find its words in any of them. Unicode normalisation: UAX #15 (NFKC); what is dropped: format characters,
variation selectors, tags and stray combining marks.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from anyascii import anyascii

from vitascope.policy.lookalikes import ALIKE, LEET, LEET_AS_L, SIMPLIFIED, TWINS
from vitascope.policy.terms import UNSPACED, WORD

INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")
BLANK = frozenset("\u2800")
SEPARATOR = r"[\s.\-_*·•・|/,~+=]"
SEPARATOR_SIGN = re.compile(SEPARATOR)
APART = rf"(?:[^\W_{UNSPACED}]|[@$])"
SPACED_RUN = re.compile(rf"(?<![^\W_]){APART}(?:{SEPARATOR}{{1,4}}{APART}){{2,}}(?![^\W_])")
SPACED_HAN = re.compile(rf"(?<=[{UNSPACED}])[ .\-_*·•・|/~+=]{{1,2}}(?=[{UNSPACED}])")
LEET_WORD = re.compile(r"[\w@$!|+€£]*[^\W\d_][\w@$!|+€£]*")
LEET_OR_NUMBER = re.compile(r"[\w@$!|+€£]+")
HEAVY_LEET = 3
LEET_SIGN = re.compile(r"[0-9@$!|+€£]")


@dataclass(frozen=True)
class View:
    """A form of the user's text. Character i of `text` comes from [starts[i], ends[i]) of the original.

    `runs` are stretches whose letters stood apart, so that where words end in them is not known.
    """

    name: str
    text: str
    starts: Sequence[int]
    ends: Sequence[int]
    runs: tuple[tuple[int, int], ...] = ()

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The place in the user's own text of characters [start, end) of this view."""
        return self.starts[start], self.ends[end - 1]


class Draft:
    """A view being written, character by character."""

    def __init__(self, source: View) -> None:
        self.source = source
        self.characters: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []

    def put(self, text: str, start: int, end: int) -> None:
        """`text` in the place of characters [start, end) of the source."""
        first, last = self.source.starts[start], self.source.ends[end - 1]
        for character in text:
            self.characters.append(character)
            self.starts.append(first)
            self.ends.append(last)

    def keep(self, start: int, end: int) -> None:
        """Characters [start, end) of the source as they are."""
        self.characters += self.source.text[start:end]
        self.starts += self.source.starts[start:end]
        self.ends += self.source.ends[start:end]

    def view(self, name: str, runs: tuple[tuple[int, int], ...] = ()) -> View:
        return View(name, "".join(self.characters), self.starts, self.ends, runs)


def views(text: str) -> Iterator[View]:
    """The views of `text` that differ from one another, in their fixed order; as_written (lower case) comes first."""
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = "".join(low if len(low := character.lower()) == 1 else character for character in text)
    view = View("as_written", lowered, range(len(text)), range(1, len(text) + 1))
    yield view
    if not text.isascii():
        for step in (folded, simplified, look_alikes):
            made = step(view, text)
            if made.text != view.text:
                yield made
                view = made
    joined = spaced_letters(view)
    if joined.text != view.text:
        yield joined
        view = joined
    if LEET_SIGN.search(view.text):
        seen = {view.text}
        for table in (LEET, LEET_AS_L):
            made = leetspeak(view, table)
            if made.text not in seen:
                seen.add(made.text)
                yield made


@lru_cache(maxsize=8_192)
def folded_character(character: str) -> str:
    """One character in common width and lower case; "" for what is not to be seen, " " for other blanks."""
    category = unicodedata.category(character)
    if category == "Cf" or character in INVISIBLE or "\ufe00" <= character <= "\ufe0f":
        return ""
    if "\U000e0100" <= character <= "\U000e01ef":
        return ""
    if category == "Zs" or character in BLANK:
        return " "
    if "\U0001f130" <= character <= "\U0001f189" or "\U0001f1e6" <= character <= "\U0001f1ff":
        return anyascii(character).lower()  # letters in squares and circles, flag letters
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", character).casefold())


def folded(view: View, original: str) -> View:
    """Common width and lower case; without what cannot be seen and without marks heaped on Latin letters."""
    draft = Draft(view)
    for place, character in enumerate(original):
        mark = unicodedata.combining(character) or unicodedata.category(character) == "Me"
        if not (mark and draft.characters and put_mark(draft, character, place)):
            draft.put(folded_character(character), place, place + 1)
    return draft.view("width_folded")


def put_mark(draft: Draft, mark: str, place: int) -> bool:
    """Joins a combining mark to the letter before it: composed where Unicode can, else dropped on European letters."""
    base = draft.characters[-1]
    composed = unicodedata.normalize("NFC", base + mark)
    if len(composed) == 1:
        draft.characters[-1] = composed
    elif base > "\u058f" and not "\u1e00" <= base <= "\u1fff":
        return False
    draft.ends[-1] = draft.source.ends[place]
    return True


def simplified(view: View, original: str) -> View:
    """Traditional Chinese characters as simplified ones."""
    return View("simplified_chinese", view.text.translate(SIMPLIFIED), view.starts, view.ends)


def look_alikes(view: View, original: str) -> View:
    """Words that mix scripts, that wear foreign twins of Latin letters, or accents, in plain Latin letters.

    A word wholly in another script stays as it is unless each of its letters is the twin of a Latin one.
    """
    draft = Draft(view)
    done = 0
    for match in WORD.finditer(view.text):
        if match.group().isascii():
            continue
        draft.keep(done, match.start())
        done = match.end()
        own = [original[view.starts[place]] for place in range(*match.span())]
        for place, plain in zip(range(*match.span()), plain_letters(match.group(), own), strict=True):
            draft.put(plain, place, place + 1)
    draft.keep(done, len(view.text))
    return draft.view("look_alikes")


def plain_letters(word: str, own: Sequence[str]) -> list[str]:
    """Each letter of `word` in Latin, or as it is; `own` are the user's letters, whose case may tell (Η is no η)."""
    letters = list(zip(word, own, strict=True))
    if all(letter in TWINS or mine in TWINS or letter.isdigit() for letter, mine in letters):
        return [twin(letter, mine) for letter, mine in letters]
    mixed = any(is_latin(letter) for letter in word)
    return [latin(letter, mine) if mixed else letter for letter, mine in letters]


def twin(letter: str, mine: str) -> str:
    return (TWINS.get(mine) or TWINS.get(letter) or letter).lower()


def latin(letter: str, mine: str) -> str:
    if letter.isascii():
        return letter
    found = TWINS.get(mine) or TWINS.get(letter) or ALIKE.get(letter) or anyascii(letter)
    return found.lower() if found.isalnum() else letter


@lru_cache(maxsize=4_096)
def is_latin(letter: str) -> bool:
    """True for letters of the Latin script, accented and small capitals too."""
    return letter.isascii() or "LATIN" in unicodedata.name(letter, "")


def spaced_letters(view: View) -> View:
    """Letters that stand apart ("b o m b", "b.o.m.b"), joined; where gaps differ, the wider ones part words."""
    draft = Draft(view)
    runs: list[tuple[int, int]] = []
    done = 0
    found = [*SPACED_RUN.finditer(view.text), *SPACED_HAN.finditer(view.text)]
    for match in sorted(found, key=lambda one: one.start()):
        if match.start() < done:
            continue
        draft.keep(done, match.start())
        start = len(draft.characters)
        if match.re is SPACED_RUN:
            join(draft, match)
            runs.append((start, len(draft.characters)))
        done = match.end()
    draft.keep(done, len(view.text))
    return draft.view("spaced_letters", tuple(runs))


def join(draft: Draft, match: re.Match[str]) -> None:
    """Writes the run's letters without what parts them, and a blank where a wider gap or a rarer blank parts words."""
    text = match.group()
    letters = [place for place, sign in enumerate(text) if not SEPARATOR_SIGN.match(sign)]
    gaps = [text[before + 1 : after] for before, after in pairwise(letters)]
    dotted = any(not gap.isspace() for gap in gaps)
    widths = [len(gap) + (dotted and any(sign.isspace() for sign in gap)) for gap in gaps]
    draft.keep(match.start(), match.start() + 1)
    for letter, width in zip(letters[1:], widths, strict=True):
        place = match.start() + letter
        if width > min(widths):
            draft.put(" ", place - 1, place)
        draft.keep(place, place + 1)


def leetspeak(view: View, table: dict[str, str]) -> View:
    """Digits and signs inside words as the letters that they stand for.

    Numbers that hold no letter stay, unless three words or more of the text are written so.
    """
    draft = Draft(view)
    done = 0
    leet_words = sum(1 for match in LEET_WORD.finditer(view.text) if LEET_SIGN.search(match.group()))
    for match in (LEET_WORD if leet_words < HEAVY_LEET else LEET_OR_NUMBER).finditer(view.text):
        if not LEET_SIGN.search(match.group()):
            continue
        draft.keep(done, match.start())
        done = match.end()
        for place in range(*match.span()):
            draft.put(table.get(view.text[place], view.text[place]), place, place + 1)
    draft.keep(done, len(view.text))
    return draft.view("leetspeak", view.runs)
