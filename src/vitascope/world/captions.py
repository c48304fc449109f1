"""Captions for scenes: a grammar with synonyms and free word order, so that no sentence form is learned by heart."""

from __future__ import annotations

import numpy as np

from vitascope.world import backgrounds, motion, subjects
from vitascope.world.motion import Phrase
from vitascope.world.scene import UNCAPTIONED, Actor, Scene

_SIZE_WORDS = {"small": ("small", "little", "tiny"), "large": ("large", "big", "huge"), "": ("",)}
_LIGHT_PHRASES = {
    "dusk": ("at dusk", "in the evening light", "at sundown"),
    "night": ("at night", "in the dark", "by night"),
    "fog": ("in fog", "in the mist", "on a foggy day"),
}
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


def vocabulary(scene_words: tuple[str, ...], motions: tuple[str, ...], places: tuple[str, ...]) -> frozenset[str]:
    """Every word that captions over the given subjects, motions and backgrounds can hold, in lower case."""
    phrases: list[str] = []
    for name in scene_words:
        phrases.extend(subjects.find(name).words)
    for name in motions:
        for phrase in motion.motion(name).phrases:
            phrases.extend((phrase.third, phrase.ing, *phrase.after))
    for name in places:
        phrases.extend(backgrounds.find(name).nouns)
    for move in motion.CAMERA_MOVES:
        phrases.extend(move.phrases)
    for words in (*_SIZE_WORDS.values(), _OPENINGS):
        phrases.extend(words)
    return frozenset(word for phrase in phrases for word in phrase.lower().replace("-", " ").replace(",", " ").split())


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
