"""How subjects and the camera move: visible tables of names, words and paths.

Lengths are in frame heights, angles in radians (clockwise on screen), `u` runs from 0 at the first frame to 1 at the
last. Screen axes: x to the right, y down, the origin in the middle of the frame.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Pose:
    """Offset (x, y) from the actor's anchor, in frame heights; `scale` and `squash` multiply its size."""

    x: float = 0.0
    y: float = 0.0
    scale: float = 1.0
    angle: float = 0.0
    squash: float = 1.0


@dataclass(frozen=True)
class Phrase:
    """A verb in two forms and what follows it: "a fox runs / running / to the left"."""

    third: str
    ing: str
    after: tuple[str, ...] = ("",)
    kinds: frozenset[str] | None = None


@dataclass(frozen=True)
class Motion:
    """A motion of a subject. `path(u, reach)` gives its pose; `reach` is the half-width of free way, in frame heights.

    `heads` is -1 or 1 where the subject must face left or right; `centred` motions need their anchor near the middle.
    """

    name: str
    phrases: tuple[Phrase, ...]
    path: Callable[[float, float], Pose]
    heads: int = 0
    centred: bool = False


@dataclass(frozen=True)
class View:
    """The camera's state: its centre (x, y) in the world, in frame heights, `zoom` and `roll`."""

    x: float = 0.0
    y: float = 0.0
    zoom: float = 1.0
    roll: float = 0.0


@dataclass(frozen=True)
class CameraMove:
    """A camera move, with the phrases that name it; `path(u, amount)` gives the view, `amount` about 1."""

    name: str
    phrases: tuple[str, ...]
    path: Callable[[float, float], View]


def _hops(u: float, count: int) -> float:
    s = (u * count) % 1.0
    return 4 * s * (1 - s)


def _zigzag(u: float) -> float:
    return 1 - abs((u * 6 + 1) % 4 - 2)


_ANIMAL = frozenset({"animal"})
_VEHICLE = frozenset({"vehicle"})
_THING = frozenset({"food", "plant", "object", "toy", "person", "sky"})
_TO_LEFT = ("left", "to the left", "leftwards", "from right to left")
_TO_RIGHT = ("right", "to the right", "rightwards", "from left to right")


def _sideways(where: tuple[str, ...]) -> tuple[Phrase, ...]:
    return (
        Phrase("moves", "moving", where),
        Phrase("goes", "going", where),
        Phrase("runs", "running", where, _ANIMAL),
        Phrase("walks", "walking", where, _ANIMAL),
        Phrase("drives", "driving", where, _VEHICLE),
        Phrase("travels", "travelling", where, _VEHICLE),
        Phrase("slides", "sliding", where, _THING),
        Phrase("glides", "gliding", where),
        Phrase("drifts", "drifting", where, _THING),
    )


MOTIONS: tuple[Motion, ...] = (
    Motion("left", _sideways(_TO_LEFT), lambda u, reach: Pose(x=reach * (1 - 2 * u)), heads=-1, centred=True),
    Motion("right", _sideways(_TO_RIGHT), lambda u, reach: Pose(x=reach * (2 * u - 1)), heads=1, centred=True),
    Motion(
        "jump",
        (
            Phrase("jumps", "jumping", ("", "up and down", "again and again")),
            Phrase("bounces", "bouncing", ("", "up and down")),
            Phrase("hops", "hopping", ("", "on the spot")),
        ),
        lambda u, _: Pose(y=0.12 - 0.34 * _hops(u, 3), squash=0.88 + 0.14 * _hops(u, 3)),
    ),
    Motion(
        "spin",
        (
            Phrase("spins", "spinning", ("", "around", "in place")),
            Phrase("rotates", "rotating"),
            Phrase("turns", "turning", ("around", "round and round")),
            Phrase("twirls", "twirling"),
        ),
        lambda u, _: Pose(angle=2 * math.pi * u),
    ),
    Motion(
        "grow",
        (
            Phrase("grows", "growing", ("", "bigger", "larger")),
            Phrase("comes", "coming", ("closer", "nearer", "towards the viewer")),
            Phrase("approaches", "approaching"),
            Phrase("gets", "getting", ("bigger", "larger", "closer")),
        ),
        lambda u, _: Pose(scale=0.62 * 2.3**u),
    ),
    Motion(
        "shrink",
        (
            Phrase("shrinks", "shrinking", ("", "away")),
            Phrase("gets", "getting", ("smaller", "tiny", "farther away")),
            Phrase("recedes", "receding"),
            Phrase("goes", "going", ("away", "into the distance")),
        ),
        lambda u, _: Pose(scale=1.42 * 2.3**-u),
    ),
    Motion(
        "rise",
        (
            Phrase("rises", "rising", ("", "up", "into the air")),
            Phrase("flies", "flying", ("up", "upwards")),
            Phrase("floats", "floating", ("up", "upwards")),
            Phrase("goes", "going", ("up",)),
            Phrase("ascends", "ascending"),
        ),
        lambda u, _: Pose(y=0.26 - 0.52 * u),
        centred=True,
    ),
    Motion(
        "fall",
        (
            Phrase("falls", "falling", ("", "down", "from above")),
            Phrase("drops", "dropping", ("", "down")),
            Phrase("sinks", "sinking", ("", "down")),
            Phrase("descends", "descending"),
            Phrase("goes", "going", ("down",)),
        ),
        lambda u, _: Pose(y=-0.26 + 0.52 * u),
        centred=True,
    ),
    Motion(
        "sway",
        (
            Phrase("sways", "swaying", ("", "from side to side")),
            Phrase("rocks", "rocking", ("", "back and forth", "to and fro")),
            Phrase("swings", "swinging", ("", "to and fro")),
            Phrase("dances", "dancing", kinds=frozenset({"animal", "toy", "person"})),
        ),
        lambda u, _: Pose(angle=0.5 * math.sin(4 * math.pi * u), x=0.06 * math.sin(4 * math.pi * u)),
    ),
    Motion(
        "circle",
        (
            Phrase("circles", "circling"),
            Phrase("moves", "moving", ("in a circle", "in circles")),
            Phrase("goes", "going", ("in a circle", "in circles", "round in circles")),
            Phrase("runs", "running", ("in circles", "in a circle"), _ANIMAL),
            Phrase("flies", "flying", ("in circles", "in a loop")),
        ),
        lambda u, _: Pose(x=0.36 * math.sin(2 * math.pi * u), y=-0.22 * math.cos(2 * math.pi * u)),
        centred=True,
    ),
    Motion(
        "still",
        (
            Phrase("stands", "standing", ("still",)),
            Phrase("rests", "resting"),
            Phrase("waits", "waiting"),
            Phrase("stays", "staying", ("still", "in place")),
        ),
        lambda u, _: Pose(scale=1 + 0.02 * math.sin(4 * math.pi * u)),
    ),
    Motion(
        "shake",
        (
            Phrase("shakes", "shaking"),
            Phrase("trembles", "trembling"),
            Phrase("shivers", "shivering"),
            Phrase("wobbles", "wobbling"),
        ),
        lambda u, _: Pose(x=0.045 * math.sin(24 * math.pi * u), angle=0.12 * math.sin(20 * math.pi * u)),
    ),
    Motion(
        "zigzag",
        (
            Phrase("zigzags", "zigzagging"),
            Phrase("moves", "moving", ("in a zigzag", "in zigzags")),
            Phrase("darts", "darting", ("about", "back and forth")),
        ),
        lambda u, reach: Pose(x=0.8 * reach * _zigzag(u), y=0.2 * (2 * u - 1)),
    ),
    Motion(
        "tumble",
        (
            Phrase("tumbles", "tumbling", ("", "along", "to the right")),
            Phrase("rolls", "rolling", ("", "along", "to the right")),
            Phrase("somersaults", "somersaulting"),
        ),
        lambda u, reach: Pose(x=reach * (2 * u - 1), angle=4 * math.pi * u),
        heads=1,
        centred=True,
    ),
)

CAMERA_MOVES: tuple[CameraMove, ...] = (
    CameraMove("static", ("static shot", "the camera is still", "fixed camera"), lambda u, a: View()),
    CameraMove(
        "pan-left",
        ("the camera pans left", "camera panning left", "pan left", "the camera moves to the left"),
        lambda u, a: View(x=-0.36 * a * u),
    ),
    CameraMove(
        "pan-right",
        ("the camera pans right", "camera panning right", "pan right", "the camera moves to the right"),
        lambda u, a: View(x=0.36 * a * u),
    ),
    CameraMove(
        "tilt-up",
        ("the camera tilts up", "camera tilting up", "tilt up", "the camera moves up"),
        lambda u, a: View(y=-0.2 * a * u),
    ),
    CameraMove(
        "tilt-down",
        ("the camera tilts down", "camera tilting down", "tilt down", "the camera moves down"),
        lambda u, a: View(y=0.2 * a * u),
    ),
    CameraMove(
        "zoom-in",
        ("the camera zooms in", "zoom in", "slow zoom in", "the camera moves closer"),
        lambda u, a: View(zoom=1.45 ** (a * u)),
    ),
    CameraMove(
        "zoom-out",
        ("the camera zooms out", "zoom out", "slow zoom out", "the camera pulls back"),
        lambda u, a: View(zoom=1.45 ** (-a * u)),
    ),
    CameraMove(
        "roll-clockwise",
        ("the camera rolls clockwise", "camera roll clockwise", "the view turns clockwise"),
        lambda u, a: View(roll=-0.16 * a * u),
    ),
    CameraMove(
        "roll-counterclockwise",
        ("the camera rolls counterclockwise", "camera roll counterclockwise", "the view turns counterclockwise"),
        lambda u, a: View(roll=0.16 * a * u),
    ),
)


def motion(name: str) -> Motion:
    """The row of `MOTIONS` with this name; KeyError if there is none."""
    return {row.name: row for row in MOTIONS}[name]


def camera_move(name: str) -> CameraMove:
    """The row of `CAMERA_MOVES` with this name; KeyError if there is none."""
    return {row.name: row for row in CAMERA_MOVES}[name]
