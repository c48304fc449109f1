"""What the manifest says, and that a clip can be made again from it and from nothing less."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit.provenance import clips

from vitascope import provenance
from vitascope.errors import InvalidRequest, ManifestAbsent
from vitascope.provenance import manifest
from vitascope.types import Mp4, Request, Still

STILL = Still(np.zeros((2, 2, 3), np.uint8), "ab" * 32, "heron.jpg")
REQUEST = Request(clips.PROMPT, clips.NEGATIVE, STILL, seed=2**63 - 1, guidance_scale=4.5, steps=3)


def mp4(request: Request) -> Mp4:
    made = clips.reviewed([np.zeros((25, 96, 160, 3), np.uint8)], request).frames
    return Mp4(Path("unused.mp4"), made, provenance.payload_of(made.model, made.allowed.request), "77" * 32)


def definition(request: Request) -> dict[str, Any]:
    """The definition after a trip through JSON, as the signed file has it."""
    return json.loads(json.dumps(manifest.definition(mp4(request))))


def assertion(told: dict[str, Any], label: str) -> dict[str, Any]:
    return next(each["data"] for each in told["assertions"] if each["label"] == label)


def test_the_clip_is_declared_as_made_by_a_trained_model() -> None:
    created = assertion(definition(REQUEST), "c2pa.actions.v2")["actions"][0]
    assert created["action"] == "c2pa.created"
    assert created["digitalSourceType"].endswith("/trainedAlgorithmicMedia")


def test_the_assertion_names_model_versions_decisions_watermark_and_pixels() -> None:
    told = assertion(definition(REQUEST), manifest.GENERATION)
    assert told["model"] == {"name": "tiny", "version": "0.1", "sha256": "5a" * 32}
    assert set(told["packages"]) == {"vitascope", "torch", "av"}
    assert told["decisions"] == [
        {"id": "decision-1", "pack": "default", "version": "3", "surface": "prompt", "outcome": "label"}
    ]
    assert told["watermark"]["payload"] == mp4(REQUEST).payload.hex()
    assert told["pixels_sha256"] == "77" * 32


def test_the_still_is_an_ingredient_with_its_hash_and_name() -> None:
    (ingredient,) = definition(REQUEST)["ingredients"]
    assert ingredient["title"] == "heron.jpg"
    assert ingredient["instance_id"] == "sha256:" + "ab" * 32
    assert ingredient["relationship"] == "inputTo"


def test_a_clip_from_text_has_no_ingredient() -> None:
    assert definition(replace(REQUEST, still=None))["ingredients"] == []


def test_the_whole_request_comes_back_from_the_manifest() -> None:
    asked = mp4(REQUEST).frames.allowed.request
    assert manifest.record_of(definition(REQUEST)).request(still=STILL) == asked


def test_whole_numbers_where_fractions_belong_are_read_as_fractions() -> None:
    told = definition(replace(REQUEST, still=None))
    assertion(told, manifest.GENERATION)["request"]["seconds"] = 1
    assert isinstance(manifest.record_of(told).request().seconds, float)


@pytest.mark.parametrize("text", [clips.PROMPT, clips.NEGATIVE, "heron.jpg"])
def test_a_private_manifest_has_none_of_the_users_words(text: str) -> None:
    assert text not in json.dumps(definition(replace(REQUEST, private=True)))


def test_a_private_manifest_keeps_the_hash_of_the_still() -> None:
    assert manifest.record_of(definition(replace(REQUEST, private=True))).still_sha256 == STILL.sha256


def test_two_private_clips_of_one_prompt_have_different_hashes() -> None:
    one, two = (manifest.record_of(definition(replace(REQUEST, private=True))).hidden for _ in range(2))
    assert one["prompt"].sha256 != two["prompt"].sha256


def test_a_private_clip_is_made_again_by_who_knows_the_words() -> None:
    record = manifest.record_of(definition(replace(REQUEST, private=True)))
    again = record.request(prompt=clips.PROMPT, negative_prompt=clips.NEGATIVE, still=STILL)
    assert (again.prompt, again.negative_prompt, again.private) == (clips.PROMPT, clips.NEGATIVE, True)


def test_an_empty_negative_prompt_of_a_private_clip_need_not_be_given() -> None:
    record = manifest.record_of(definition(Request(clips.PROMPT, private=True)))
    assert record.request(prompt=clips.PROMPT).negative_prompt == ""


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"still": STILL, "negative_prompt": clips.NEGATIVE}, "prompt is not in the manifest"),
        ({"still": STILL, "prompt": clips.PROMPT}, "negative_prompt is not in the manifest"),
        ({"still": STILL, "prompt": "guess", "negative_prompt": clips.NEGATIVE}, "prompt given is not the one"),
        ({"prompt": clips.PROMPT, "negative_prompt": clips.NEGATIVE}, "give that picture"),
        ({"prompt": clips.PROMPT, "negative_prompt": clips.NEGATIVE, "still": replace(STILL, sha256="cd" * 32)}, "SHA"),
    ],
)
def test_a_private_clip_is_not_made_again_from_anything_else(given: dict[str, Any], message: str) -> None:
    record = manifest.record_of(definition(replace(REQUEST, private=True)))
    with pytest.raises(InvalidRequest, match=message):
        record.request(**given)


def test_another_prompt_than_the_recorded_one_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="not the one in the manifest"):
        manifest.record_of(definition(replace(REQUEST, still=None))).request(prompt="another")


def test_a_manifest_of_another_maker_has_no_record() -> None:
    with pytest.raises(ManifestAbsent, match="not made by Vitascope"):
        manifest.record_of({"assertions": [{"label": "c2pa.actions.v2", "data": {}}]})


@pytest.mark.parametrize("broken", [{}, {"format": 99}, {"format": 1, "request": None}])
def test_a_record_in_a_form_that_is_not_known_is_said_to_be_so(broken: dict[str, Any]) -> None:
    with pytest.raises(ManifestAbsent, match="not one that this version reads"):
        manifest.record_of({"assertions": [{"label": manifest.GENERATION, "data": broken}]})


def test_a_record_with_a_field_of_the_wrong_type_is_refused() -> None:
    told = definition(replace(REQUEST, still=None))
    assertion(told, manifest.GENERATION)["request"]["seed"] = "seven"
    with pytest.raises(ManifestAbsent, match="seed is 'seven'"):
        manifest.record_of(told)


def test_the_aigc_key_has_the_fields_of_the_standard() -> None:
    ready = clips.marked([np.zeros((1, 96, 160, 3), np.uint8)], REQUEST)
    told = json.loads(provenance.aigc_metadata(ready))
    assert list(told) == [
        "Label",
        "ContentProducer",
        "ProduceID",
        "ReservedCode1",
        "ContentPropagator",
        "PropagateID",
        "ReservedCode2",
    ]
    assert told["Label"] == "1"
    assert told["ProduceID"] == ready.payload.hex()
