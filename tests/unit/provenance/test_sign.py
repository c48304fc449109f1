"""Mp4 → SignedClip: a manifest that other readers accept, and nothing left behind when it fails."""

from __future__ import annotations

import resource
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.unit.provenance import clips

from vitascope import media, provenance
from vitascope.errors import DiskFull, SigningFailed
from vitascope.provenance.manifest import GENERATION
from vitascope.types import Mp4, Request, Still

SMALL = clips.texture(25, 160, 96)
REQUEST = Request(clips.PROMPT, clips.NEGATIVE, Still(SMALL[0], "ab" * 32, "heron.jpg"), seed=3)


@pytest.fixture
def mp4(tmp_path: Path) -> Mp4:
    return clips.encoded(tmp_path, REQUEST, SMALL)


def test_the_signed_clip_carries_decisions_warnings_and_its_manifest(mp4: Mp4, tmp_path: Path) -> None:
    clip = provenance.sign(mp4, tmp_path / "identity")
    assert clip.decisions == mp4.frames.allowed.decisions
    assert clip.warnings == ("a warning",)
    assert GENERATION in {assertion["label"] for assertion in clip.manifest["assertions"]}


def test_the_signed_clip_is_a_new_file_and_the_unsigned_one_stays(mp4: Mp4, tmp_path: Path) -> None:
    before = mp4.path.read_bytes()
    clip = provenance.sign(mp4, tmp_path / "identity")
    assert clip.path.parent == mp4.path.parent
    assert clip.path != mp4.path
    assert mp4.path.read_bytes() == before


def test_the_frames_the_metadata_and_the_fast_start_survive_signing(mp4: Mp4, tmp_path: Path) -> None:
    clip = provenance.sign(mp4, tmp_path / "identity")
    unsigned, signed = (np.concatenate(list(media.read_frames(path))) for path in (mp4.path, clip.path))
    assert np.array_equal(unsigned, signed)
    assert "AIGC" in media.probe(clip.path).metadata
    assert media.probe(clip.path).faststart


def test_an_identity_can_be_handed_in(mp4: Mp4, tmp_path: Path) -> None:
    identity = provenance.load_or_create(tmp_path / "elsewhere")
    clip = provenance.sign(mp4, identity)
    assert provenance.read_manifest(clip.path).signer == identity.name


@pytest.mark.parametrize("text", [clips.PROMPT, clips.NEGATIVE, "heron.jpg"])
def test_a_private_clip_has_the_users_words_nowhere_in_its_bytes(tmp_path: Path, text: str) -> None:
    open_file, private = (
        provenance.sign(clips.encoded(tmp_path, replace(REQUEST, private=hide), SMALL), tmp_path / "identity")
        for hide in (False, True)
    )
    assert text.encode() in open_file.path.read_bytes()
    assert text.encode() not in private.path.read_bytes()


def test_a_file_that_is_no_mp4_is_not_signed_and_nothing_stays_behind(mp4: Mp4, tmp_path: Path) -> None:
    mp4.path.write_bytes(b"not an mp4" * 100)
    provenance.load_or_create(tmp_path / "identity")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(SigningFailed, match="could not sign"):
        provenance.sign(mp4, tmp_path / "identity")
    assert sorted(tmp_path.rglob("*")) == before


def test_a_file_that_is_gone_is_an_error_with_a_message(mp4: Mp4, tmp_path: Path) -> None:
    mp4.path.unlink()
    with pytest.raises(SigningFailed, match="No such file"):
        provenance.sign(mp4, tmp_path / "identity")


def test_a_disk_without_room_is_called_so_and_nothing_stays_behind(mp4: Mp4, tmp_path: Path) -> None:
    provenance.load_or_create(tmp_path / "identity")
    before = sorted(tmp_path.rglob("*"))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(DiskFull, match="No room"):
            provenance.sign(mp4, tmp_path / "identity")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert sorted(tmp_path.rglob("*")) == before
