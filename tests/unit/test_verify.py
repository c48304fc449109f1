"""What verify finds in files that are whole, changed, stripped, or no video at all."""

from __future__ import annotations

import json
from pathlib import Path

import av
import numpy as np
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from tests.unit.provenance import clips

from vitascope import media, provenance, verify
from vitascope.errors import ManifestAbsent, VideoUnreadable
from vitascope.provenance.identity import CHAIN_FILE
from vitascope.types import Request

REQUEST = Request(clips.PROMPT, seed=11)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("verify")


@pytest.fixture(scope="module")
def clip(folder: Path) -> Path:
    return clips.signed(folder, REQUEST)


def changed(clip: Path, at: int, to: Path) -> Path:
    data = bytearray(clip.read_bytes())
    data[at] ^= 0x10
    copy = to / "changed.mp4"
    copy.write_bytes(bytes(data))
    return copy


def stripped(clip: Path, to: Path) -> Path:
    """The same packets in a new container, as a site that hosts videos would make it."""
    copy = to / "stripped.mp4"
    with av.open(str(clip)) as source, av.open(str(copy), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    return copy


def test_a_clip_of_an_own_identity_is_valid_and_untrusted_and_the_text_says_so(clip: Path, folder: Path) -> None:
    seen = verify.verify(clip)
    assert seen.state == "valid_untrusted"
    assert seen.exit_code == 0
    assert seen.signer == provenance.load_or_create(folder / "identity").name
    assert "the signer is not trusted here" in seen.text
    assert "an identity that an installation makes for itself" in seen.text


def test_the_watermark_is_found_and_is_the_one_that_the_manifest_names(clip: Path) -> None:
    mark = verify.verify(clip).watermark
    assert mark.found
    assert mark.matches_manifest is True
    assert mark.confidence > 0.9


def test_the_label_in_the_metadata_is_read(clip: Path) -> None:
    aigc = verify.verify(clip).aigc
    assert aigc is not None
    assert aigc["Label"] == "1"


def test_the_findings_are_plain_json(clip: Path) -> None:
    told = json.loads(json.dumps(verify.verify(clip).to_json()))
    assert told["valid"] is True
    assert told["manifest"]["state"] == "valid_untrusted"
    assert told["manifest"]["trusted"] is False
    assert told["watermark"]["found"] is True
    assert told["made"]["request"]["prompt"] == clips.PROMPT
    assert told["made"]["request"]["seed"] == 11
    assert told["made"]["model"]["name"] == "tiny"


def test_a_signer_whose_authority_is_handed_in_is_trusted(clip: Path, folder: Path) -> None:
    chain = x509.load_pem_x509_certificates((folder / "identity" / CHAIN_FILE).read_bytes())
    seen = verify.verify(clip, trust_anchors=chain[-1].public_bytes(Encoding.PEM).decode())
    assert seen.state == "valid_trusted"
    assert seen.exit_code == 0


@pytest.mark.parametrize("box", ["mdat", "moov"])
def test_one_changed_bit_in_the_video_is_tampering(clip: Path, tmp_path: Path, box: str) -> None:
    at = clip.read_bytes().index(box.encode()) + 4
    seen = verify.verify(changed(clip, at + (2000 if box == "mdat" else 30), tmp_path))
    assert seen.state == "tampered"
    assert seen.exit_code == 1
    assert "changed after it was signed" in seen.text


def test_one_changed_bit_in_what_the_manifest_says_is_tampering(clip: Path, tmp_path: Path) -> None:
    at = clip.read_bytes().index(clips.PROMPT.encode())
    seen = verify.verify(changed(clip, at, tmp_path))
    assert seen.state == "tampered"
    assert seen.watermark.found


@pytest.mark.parametrize("part", range(1, 8))
def test_a_changed_bit_anywhere_after_the_first_box_never_passes(clip: Path, tmp_path: Path, part: int) -> None:
    at = 40 + part * (clip.stat().st_size - 40) // 8
    assert verify.verify(changed(clip, at, tmp_path)).exit_code == 1


def test_pictures_that_are_cut_off_are_tampering_and_not_a_crash(clip: Path, tmp_path: Path) -> None:
    short = tmp_path / "short.mp4"
    short.write_bytes(clip.read_bytes()[: clip.stat().st_size // 2])
    assert verify.verify(short).state == "tampered"


def test_a_stripped_manifest_is_missing_and_the_watermark_is_still_found(clip: Path, tmp_path: Path) -> None:
    payload = verify.verify(clip).watermark.payload
    seen = verify.verify(stripped(clip, tmp_path))
    assert seen.state == "missing"
    assert seen.exit_code == 1
    assert seen.watermark.found
    assert seen.watermark.payload == payload
    assert seen.watermark.matches_manifest is None


def test_other_frames_under_a_manifest_are_told_by_their_watermark(folder: Path, tmp_path: Path) -> None:
    mp4 = clips.encoded(tmp_path, REQUEST)
    forged = provenance.sign(type(mp4)(mp4.path, mp4.frames, bytes(8), mp4.pixels_sha256), folder / "identity")
    seen = verify.verify(forged.path)
    assert seen.watermark.matches_manifest is False
    assert "NOT the one" in seen.text


@pytest.mark.parametrize("kind", ["mp4", "mkv"])
def test_a_video_of_nobodys_has_no_manifest_and_no_watermark(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"plain.{kind}"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        for frame in clips.texture(5, 320, 180):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(frame), format="rgb24")))
        container.mux(stream.encode())
    seen = verify.verify(path)
    assert (seen.state, seen.watermark.found, seen.aigc, seen.record) == ("missing", False, None, None)
    assert seen.exit_code == 1
    with pytest.raises(ManifestAbsent):
        verify.recorded(path)


@pytest.mark.parametrize("name", ["text.mp4", "nowhere.mp4", "."])
def test_what_is_no_video_is_an_error(tmp_path: Path, name: str) -> None:
    (tmp_path / "text.mp4").write_text("hello")
    with pytest.raises(VideoUnreadable):
        verify.verify(tmp_path / name)


def test_the_request_can_be_had_again_from_the_file(clip: Path) -> None:
    asked = verify.recorded(clip).request()
    assert (asked.prompt, asked.seed, asked.width, asked.height) == (clips.PROMPT, 11, 640, 360)


def test_the_frames_recorded_are_hashed_before_they_were_compressed(clip: Path) -> None:
    assert verify.recorded(clip).pixels_sha256 != ""
    assert verify.recorded(clip).payload == provenance.detect(media.read_frames(clip)).payload


def test_a_tampered_file_gives_no_record_to_make_it_again(clip: Path, tmp_path: Path) -> None:
    with pytest.raises(ManifestAbsent, match="changed after it was signed"):
        verify.recorded(changed(clip, clip.stat().st_size - 50, tmp_path))
