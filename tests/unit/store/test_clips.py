from __future__ import annotations

import errno
import hashlib
import os
import stat
from pathlib import Path

import pytest

from vitascope import errors, store
from vitascope.store import clips
from vitascope.types import ClipRef, SignedClip

BYTES = b"an mp4 by courtesy" * 1000


@pytest.fixture
def signed(tmp_path: Path) -> SignedClip:
    workshop = tmp_path / "workshop"
    workshop.mkdir()
    path = workshop / "signed.mp4"
    path.write_bytes(BYTES)
    path.chmod(0o600)
    return SignedClip(path, {}, (), ())


def test_put_moves_the_file_and_tells_its_hash(signed: SignedClip, tmp_path: Path) -> None:
    ref = store.put(signed, tmp_path / "out.mp4")
    assert ref == ClipRef(tmp_path / "out.mp4", hashlib.sha256(BYTES).hexdigest())
    assert ref.path.read_bytes() == BYTES
    assert not signed.path.exists()


def test_put_replaces_what_was_there(signed: SignedClip, tmp_path: Path) -> None:
    (tmp_path / "out.mp4").write_bytes(b"old")
    assert store.put(signed, tmp_path / "out.mp4").path.read_bytes() == BYTES


def test_a_clip_is_as_readable_as_any_new_file_of_the_user(signed: SignedClip, tmp_path: Path) -> None:
    (tmp_path / "ordinary").touch()
    ref = store.put(signed, tmp_path / "out.mp4")
    assert stat.S_IMODE(ref.path.stat().st_mode) == stat.S_IMODE((tmp_path / "ordinary").stat().st_mode)


@pytest.mark.skipif(not os.access("/dev/shm", os.W_OK), reason="needs a second file system at /dev/shm")
def test_put_goes_across_disks(signed: SignedClip) -> None:
    destination = Path("/dev/shm") / f"vitascope-test-{os.getpid()}.mp4"
    try:
        assert store.put(signed, destination).path.read_bytes() == BYTES
        assert not list(destination.parent.glob(".vitascope-*"))
    finally:
        destination.unlink(missing_ok=True)


def test_copy_leaves_the_clip_where_it_is(signed: SignedClip, tmp_path: Path) -> None:
    ref = store.put(signed, tmp_path / "first.mp4")
    copied = store.copy(ref, tmp_path / "second.mp4")
    assert copied.sha256 == ref.sha256
    assert ref.path.read_bytes() == copied.path.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["first.mp4", "second.mp4", "workshop"]


def test_a_failed_put_leaves_the_old_file_and_no_new_one(signed: SignedClip, tmp_path: Path) -> None:
    folder = tmp_path / "taken"
    (folder / "out.mp4").mkdir(parents=True)
    with pytest.raises(errors.OutputUnwritable):
        store.put(signed, folder / "out.mp4")
    assert [path.name for path in folder.iterdir()] == ["out.mp4"]


def test_a_good_destination_passes_and_nothing_is_left(tmp_path: Path) -> None:
    store.check_destination(tmp_path / "out.mp4")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("missing/out.mp4", "no folder"),
        ("folder", "is a folder"),
        ("file/out.mp4", "no folder"),
        ("fifo", "device or a pipe"),
        ("x" * 300 + ".mp4", "Cannot write"),
    ],
)
def test_a_bad_destination_is_named_before_any_work(tmp_path: Path, name: str, says: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(errors.OutputUnwritable, match=says):
        store.check_destination(tmp_path / name)


def test_a_device_is_never_replaced_by_a_clip() -> None:
    with pytest.raises(errors.OutputUnwritable):
        store.check_destination(Path("/dev/full"))


def test_a_folder_that_cannot_be_written_to_is_named() -> None:
    with pytest.raises(errors.OutputUnwritable):
        store.check_destination(Path("/proc/self/out.mp4"))


def test_too_little_room_is_named_before_any_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clips, "ROOM_NEEDED", 2**62)
    with pytest.raises(errors.DiskFull):
        store.check_destination(tmp_path / "out.mp4")


def test_a_full_disk_is_told_from_a_forbidden_one(tmp_path: Path) -> None:
    with pytest.raises(errors.DiskFull), store.file_errors(tmp_path), Path("/dev/full").open("wb", buffering=0) as full:
        full.write(b"x")
    with pytest.raises(errors.OutputUnwritable), store.file_errors(tmp_path):
        (tmp_path / "missing" / "file").touch()


def test_an_error_that_is_not_about_writing_passes_as_it_is(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="not ours") as caught, store.file_errors(tmp_path):
        raise OSError(errno.ECONNRESET, "not ours")
    assert not isinstance(caught.value, errors.VitascopeError)
