"""Captions for scenes: a grammar with synonyms and free word order, so that no sentence form is learned by heart."""

from __future__ import annotations

import re

import numpy as np

from vitascope.world import backgrounds, motion, subjects
from vitascope.world.motion import Phrase
from vitascope.world.scene import COLOURS, UNCAPTIONED, Actor, Palette, Scene

_SIZE_WORDS = {"small": ("small", "little", "tiny"), "large": ("large", "big", "huge"), "": ("",)}
_LIGHT_PHRASES = {
    "dusk": ("at dusk", "in the evening light", "at sundown"),
    "night": ("at night", "in the dark", "by night"),
    "fog": ("in fog", "in the mist", "on a foggy day"),
}
_WORD = re.compile(r"[^\W_]+")
_OPENINGS = ("a video of ", "a clip of ", "a shot of ", "footage of ")


def caption(scene: Scene, rng: np.random.Generator) -> str:
    """One sentence, or a list of phrases, that names what the scene shows; another one at each call."""
    background = None if scene.background == UNCAPTIONED else backgrounds.find(scene.background)
    place = ""
    if background is not None:
        place = f"{_pick(rng, background.prepositions)} {_pick(rng, background.nouns)}"
    light = _pick(rng, _LIGHT_PHRASES[scene.light]) if scene.light in _LIGHT_PHRASES else ""
    camera = ""
    if scene.camera != "static" or rng.random() < 0.05:
        camera = _pick(rng, motion.camera_move(scene.camera).phrases)
    return _arrange(rng, _actors(scene, rng), [place, light], camera)


def vocabulary(palette: Palette) -> frozenset[str]:
    """Every word that captions of the palette's scenes can hold, in lower case, and no other."""
    chosen = [subjects.find(name) for name in palette.subjects]
    phrases = ["a", "an", "the", *_OPENINGS, *(word for subject in chosen for word in subject.words)]
    if palette.max_actors > 1:
        phrases.append("and")
    if palette.size_share > 0:
        phrases.extend(word for words in _SIZE_WORDS.values() for word in words)
    if palette.colour_share > 0 and any(subject.colourable for subject in chosen):
        phrases.extend(COLOURS)
    kinds = {subject.kind for subject in chosen}
    for name in palette.motions:
        for phrase in motion.motion(name).phrases:
            if phrase.kinds is None or phrase.kinds & kinds:
                phrases.extend((phrase.third, phrase.ing, *phrase.after))
    for name in palette.backgrounds:
        background = backgrounds.find(name)
        phrases.extend((*background.nouns, *background.prepositions))
    for light in palette.lights:
        phrases.extend(_LIGHT_PHRASES.get(light, ()))
    for name in {"static", *(palette.cameras if palette.camera_share > 0 else ())}:
        phrases.extend(motion.camera_move(name).phrases)
    return frozenset(word for phrase in phrases for word in _WORD.findall(phrase.lower()))


def _actors(scene: Scene, rng: np.random.Generator) -> str:
    finite = rng.random() < 0.6
    return " and ".join(_actor(actor, rng, finite) for actor in scene.actors)


def _actor(actor: Actor, rng: np.random.Generator, finite: bool) -> str:
    subject = subjects.find(actor.subject)
    noun = subject.words[0] if rng.random() < 0.6 else _pick(rng, subject.words)
    described = " ".join(w for w in (_pick(rng, _SIZE_WORDS[actor.size_word]), actor.colour, noun) if w)
    options = [p for p in motion.motion(actor.motion).phrases if p.kinds is None or subject.kind in p.kinds]
    phrase: Phrase = options[int(rng.integers(len(options)))]
    after = _pick(rng, phrase.after)
    if motion.motion(actor.motion).heads and rng.random() < 0.05:
        after = ""
    verb = phrase.third if finite else phrase.ing
    return f"{_article(rng, described)} {verb} {after}".strip()


def _article(rng: np.random.Generator, described: str) -> str:
    if rng.random() < 0.12:
        return f"the {described}"
    return f"{'an' if described[0] in 'aeiou' else 'a'} {described}"


def _arrange(rng: np.random.Generator, actors: str, circumstances: list[str], camera: str) -> str:
    around = [part for part in circumstances if part]
    rng.shuffle(around)
    if not actors:
        body = " ".join(around)
    elif around and rng.random() < 0.25:
        body = f"{around[0]}, {' '.join([actors, *around[1:]])}"
    elif around and rng.random() < 0.12:
        body = f"{actors}, {', '.join(around)}"
    else:
        body = " ".join([actors, *around])
    if camera:
        body = f"{camera}, {body}" if rng.random() < 0.35 else f"{body}, {camera}"
        body = body.strip(", ")
    elif actors and rng.random() < 0.08:
        body = _pick(rng, _OPENINGS) + body
    if rng.random() < 0.3:
        body = body[:1].upper() + body[1:] + ("." if rng.random() < 0.7 else "")
    return body


def _pick(rng: np.random.Generator, options: tuple[str, ...]) -> str:
    return options[int(rng.integers(len(options)))]
