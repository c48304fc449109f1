"""What may be asked for, and how each thing that may not is named."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitascope import errors, road
from vitascope.engines import catalog
from vitascope.types import MAX_PROMPT_CHARS, Request, Still

STILL = Still(np.zeros((64, 64, 3), np.uint8), "0" * 64)


def test_defaults_are_five_seconds_of_720p_at_24_frames() -> None:
    asked = road.request("a red fox runs")
    assert (asked.width, asked.height, asked.fps, asked.seconds, asked.num_frames) == (1280, 720, 24, 5.0, 121)
    assert (asked.model, asked.policy, asked.seed) == ("mini", "default", 0)


def test_steps_and_guidance_default_to_what_the_model_was_tuned_for() -> None:
    for info in catalog.CATALOG:
        asked = road.request("a fox", model=info.name)
        assert (asked.steps, asked.guidance_scale) == (info.steps, info.guidance_scale)


def test_none_means_the_default() -> None:
    assert road.request("a fox", seconds=None, size=None, steps=None, seed=None, policy=None) == road.request("a fox")


def test_every_option_reaches_the_request() -> None:
    asked = road.request(
        "a fox",
        still=STILL,
        negative="rain",
        size="640x400",
        fps=12,
        seconds=2,
        seed=7,
        steps=3,
        guidance=1,
        model="tiny",
        policy="open",
        label=True,
        private=True,
    )
    assert asked == Request("a fox", "rain", STILL, 640, 400, 12, 2.0, 7, 3, 1.0, "tiny", "open", True, True)


@pytest.mark.parametrize("prompt", ["", "   ", "\n\t", "\u200b", "\u200b \ufeff", "\u2028"])
def test_a_prompt_without_a_visible_character_is_empty(prompt: str) -> None:
    with pytest.raises(errors.PromptEmpty):
        road.request(prompt)
    assert road.request(prompt, still=STILL).prompt == prompt


def test_a_prompt_may_be_as_long_as_the_limit_and_no_longer() -> None:
    assert road.request("x" * MAX_PROMPT_CHARS)
    with pytest.raises(errors.PromptTooLong, match="20,000"):
        road.request("x" * 20_000)
    with pytest.raises(errors.PromptTooLong, match="negative prompt"):
        road.request("a fox", negative="x" * 20_000)


@pytest.mark.parametrize("character", ["\0", "\x07", "\x1b", "\x7f", "\x85", "\udc80"])
def test_control_characters_are_named_with_their_place(character: str) -> None:
    with pytest.raises(errors.PromptControlCharacters, match=f"U\\+{ord(character):04X} at character 3"):
        road.request(f"a {character}fox")
    with pytest.raises(errors.PromptControlCharacters):
        road.request("a fox", negative=character)


@given(st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=200).filter(str.isprintable))
def test_text_in_any_script_is_kept_as_it_is(prompt: str) -> None:
    assert road.request(f"x{prompt}").prompt == f"x{prompt}"


def test_line_breaks_and_tabs_are_text() -> None:
    assert road.request("a fox\r\n\truns").prompt == "a fox\r\n\truns"


@pytest.mark.parametrize("seconds", [0, 0.99, 10.01, 1000, -1, float("nan"), float("inf"), True, "5"])
def test_a_length_out_of_range_is_named(seconds: float) -> None:
    with pytest.raises(errors.SecondsOutOfRange, match="1 to 10"):
        road.request("a fox", seconds=seconds)


@pytest.mark.parametrize("seconds", [1, 2.5, 10])
def test_a_length_in_range_is_taken(seconds: float) -> None:
    assert road.request("a fox", seconds=seconds).num_frames == round(seconds * 24) + 1


@pytest.mark.parametrize(("aspect", "size"), [("16:9", (1280, 720)), ("9:16", (720, 1280)), ("1:1", (720, 720))])
def test_each_aspect_has_its_canvas(aspect: str, size: tuple[int, int]) -> None:
    asked = road.request("a fox", aspect=aspect)
    assert (asked.width, asked.height) == size


def test_every_aspect_is_a_size_that_every_model_draws() -> None:
    assert all(info.sizes.admits(*size) for info in catalog.CATALOG for size in catalog.ASPECTS.values())


@pytest.mark.parametrize("size", ["320x320", "1280x1280", "640X400", "640×400", " 640x400 ", (640, 400)])
def test_a_supported_size_is_taken_as_text_or_pair(size: str | tuple[int, int]) -> None:
    assert road.request("a fox", size=size).width in (320, 640, 1280)


@pytest.mark.parametrize(
    "size",
    ["640", "640x", "x640", "640x401", "240x320", "1360x720", "99999x99999", "-320x320", "a", "", (640,), (1.5, 2)],
)
def test_any_other_size_is_refused_with_the_rule(size: str | tuple[int, int]) -> None:
    with pytest.raises(errors.SizeUnsupported, match="multiples of 80 from 320 to 1280"):
        road.request("a fox", size=size)


def test_an_unknown_aspect_is_named() -> None:
    with pytest.raises(errors.SizeUnsupported, match="4:3"):
        road.request("a fox", aspect="4:3")


def test_size_and_aspect_together_contradict() -> None:
    with pytest.raises(errors.SizeUnsupported, match="give one"):
        road.request("a fox", aspect="1:1", size="640x400")


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("fps", 7),
        ("fps", 61),
        ("fps", 24.5),
        ("seed", -1),
        ("seed", 2**63),
        ("seed", "7"),
        ("steps", 0),
        ("steps", 101),
        ("guidance", -0.1),
        ("guidance", 20.5),
        ("guidance", float("nan")),
        ("guidance", "3"),
    ],
)
def test_an_option_out_of_range_is_named(option: str, value: object) -> None:
    with pytest.raises(errors.OptionOutOfRange, match=option):
        road.request("a fox", **{option: value})


@pytest.mark.parametrize(("option", "values"), [("fps", (8, 60)), ("seed", (0, 2**63 - 1)), ("steps", (1, 100))])
def test_ranges_include_their_ends(option: str, values: tuple[int, int]) -> None:
    for value in values:
        assert road.request("a fox", **{option: value})


def test_an_unknown_model_is_answered_with_the_known_ones() -> None:
    with pytest.raises(errors.ModelUnknown, match="mini, tiny"):
        road.request("a fox", model="gpt")


def test_a_prompt_that_is_no_text_is_named() -> None:
    with pytest.raises(errors.InvalidRequest, match="bytes"):
        road.request(b"a fox")  # pyright: ignore[reportArgumentType]


def test_an_option_that_there_is_not_is_named() -> None:
    with pytest.raises(TypeError, match=r"no option second; there is: .*seconds"):
        road.request("a fox", second=3)  # pyright: ignore[reportCallIssue]
