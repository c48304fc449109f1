"""Terms and how they are found: a hash look-up a word, so that cost does not grow with the number of terms.

A term is a word, a phrase, or a template: `(a|b) c` stands for "a c" and "b c", `(a|) c` for "a c" and "c", and `wor*`
for every word that starts so. In scripts that part words by spaces a term matches whole words; in Chinese, Japanese or
Thai it matches anywhere.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

# scripts written without spaces between words: Thai, Lao, Burmese, Khmer, kana, Han
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
WORD = re.compile(rf"[^\W_{UNSPACED}]+")
UNSPACED_CHARACTER = re.compile(rf"[{UNSPACED}]")
# a phrase does not run across the end of a sentence
SENTENCE_END = re.compile(r"[.!?;:…]\s|[。！？；]|\n\s*\n")
BRACKETS = re.compile(r"\(([^()]*)\)")
MOST_EXPANSIONS = 5_000
SHORTEST_JOINED = 4


def expand(template: str) -> tuple[str, ...]:
    """Every term that a template stands for, folded to lower case and common width, without doubles.

    Raises ValueError on unbalanced brackets, on a star that does not end the term, on a template that stands for more
    than 5,000 terms, and on one that leaves nothing to look for.
    """
    pieces = BRACKETS.split(template)
    if any(bracket in piece for piece in pieces for bracket in "()"):
        raise ValueError("brackets that do not pair; write (one|other) and nest none")
    choices = [piece.split("|") if odd % 2 else [piece] for odd, piece in enumerate(pieces)]
    count = 1
    for choice in choices:
        count *= len(choice)
    if count > MOST_EXPANSIONS:
        raise ValueError(f"stands for {count} terms; {MOST_EXPANSIONS} at most: split it, or use all_of")
    terms = dict.fromkeys(" ".join(fold("".join(parts)).split()) for parts in itertools.product(*choices))
    for term in terms:
        if "*" in term[:-1]:
            raise ValueError("a star stands only at the end of a term")
        if not (WORD.search(term) or UNSPACED_CHARACTER.search(term)):
            raise ValueError("leaves no letters to look for")
    return tuple(terms)


def fold(text: str) -> str:
    """Lower case and common width: the form in which terms are kept and compared."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


@dataclass(frozen=True)
class Find:
    """Characters [start, end) of the searched text where a term of `group` stands."""

    group: int
    start: int
    end: int


@dataclass(frozen=True)
class Phrase:
    """What must follow a phrase's first word: further words, the last one perhaps only as a beginning."""

    rest: tuple[str, ...]
    stem: bool
    group: int


class TermIndex:
    """Finds the terms of many groups in one pass over a text."""

    def __init__(self) -> None:
        self.words: dict[str, list[int]] = {}
        self.phrases: dict[tuple[str, str], list[Phrase]] = {}
        self.stem_phrases: dict[str, list[Phrase]] = {}
        self.stems: dict[str, list[int]] = {}
        self.stem_lengths: tuple[int, ...] = ()
        self.unspaced: dict[str, list[tuple[str, int]]] = {}
        self.joined: dict[str, list[int]] = {}
        self.joined_lengths: tuple[int, ...] = ()

    def add(self, templates: Iterable[str], group: int) -> None:
        """Adds every term of `templates` under the number `group`."""
        for template in templates:
            for term in expand(template):
                self.add_term(term, group)
        self.stem_lengths = tuple(sorted({len(stem) for stem in self.stems}))
        self.joined_lengths = tuple(sorted({len(joined) for joined in self.joined}))

    def add_term(self, term: str, group: int) -> None:
        if UNSPACED_CHARACTER.search(term):
            bare = term.rstrip("*")
            self.unspaced.setdefault(bare[0], []).append((bare, group))
            return
        stem = term.endswith("*")
        first, *rest = WORD.findall(term)
        if len(joined := "".join((first, *rest))) >= SHORTEST_JOINED:
            self.joined.setdefault(joined, []).append(group)
        if not rest:
            (self.stems if stem else self.words).setdefault(first, []).append(group)
        elif stem and len(rest) == 1:
            self.stem_phrases.setdefault(first, []).append(Phrase(tuple(rest), stem, group))
        else:
            self.phrases.setdefault((first, rest[0]), []).append(Phrase(tuple(rest), stem, group))

    def find(self, text: str) -> list[Find]:
        """All finds in `text`, which is folded already; overlapping ones too."""
        words = [(match.start(), match.end(), match.group()) for match in WORD.finditer(text)]
        finds: list[Find] = []
        for position, (start, end, word) in enumerate(words):
            finds += [Find(group, start, end) for group in self.words.get(word, ())]
            after = words[position + 1][2] if position + 1 < len(words) else ""
            for phrase in (*self.phrases.get((word, after), ()), *self.stem_phrases.get(word, ())):
                if last := follows(text, words, position, phrase):
                    finds.append(Find(phrase.group, start, last))
            for length in self.stem_lengths:
                if length > len(word):
                    break
                finds += [Find(group, start, end) for group in self.stems.get(word[:length], ())]
        if self.unspaced and not text.isascii():
            finds += self.find_unspaced(text)
        return finds

    def find_joined(self, text: str, run: tuple[int, int]) -> list[Find]:
        """Finds in a stretch of text whose letters stood apart: terms of four letters or more, wherever they begin."""
        finds: list[Find] = []
        start, end = run
        letters = [place for place in range(start, end) if text[place] != " "]
        word = "".join(text[place] for place in letters)
        for first in range(len(word)):
            for length in self.joined_lengths:
                if first + length > len(word):
                    break
                for group in self.joined.get(word[first : first + length], ()):
                    finds.append(Find(group, letters[first], letters[first + length - 1] + 1))
        return finds

    def find_unspaced(self, text: str) -> list[Find]:
        return [
            Find(group, start, start + len(term))
            for start, character in enumerate(text)
            for term, group in self.unspaced.get(character, ())
            if text.startswith(term, start)
        ]


def follows(text: str, words: list[tuple[int, int, str]], position: int, phrase: Phrase) -> int:
    """End of the phrase whose first word stands at `position`, or 0 where the rest does not follow."""
    last = position + len(phrase.rest)
    if last >= len(words):
        return 0
    for offset, wanted in enumerate(phrase.rest, start=1):
        got = words[position + offset][2]
        if got != wanted and not (phrase.stem and position + offset == last and got.startswith(wanted)):
            return 0
    if SENTENCE_END.search(text, words[position][1], words[last][0]):
        return 0
    return words[last][1]
