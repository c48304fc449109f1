"""The local signing identity: made once, by whoever is first, and kept from other people's eyes."""

from __future__ import annotations

import stat
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from vitascope.errors import SigningFailed
from vitascope.provenance.identity import CHAIN_FILE, KEY_FILE, load_or_create

MAKE = """
import pathlib, sys
from vitascope.provenance import identity
print(identity.load_or_create(pathlib.Path(sys.argv[1])).name)
"""


def test_the_key_and_its_folder_are_their_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "home" / "identity"
    load_or_create(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / KEY_FILE).stat().st_mode) == 0o600


def test_the_second_use_finds_the_identity_of_the_first(tmp_path: Path) -> None:
    assert load_or_create(tmp_path / "identity") == load_or_create(tmp_path / "identity")


def test_two_installations_have_two_identities(tmp_path: Path) -> None:
    assert load_or_create(tmp_path / "one").name != load_or_create(tmp_path / "two").name


def test_an_empty_folder_that_is_already_there_is_used(tmp_path: Path) -> None:
    (tmp_path / "identity").mkdir()
    load_or_create(tmp_path / "identity")
    assert (tmp_path / "identity" / KEY_FILE).is_file()


def test_threads_that_make_it_at_once_end_with_one_identity(tmp_path: Path) -> None:
    start = threading.Barrier(8)

    def make() -> str:
        start.wait()
        return load_or_create(tmp_path / "identity").name

    with ThreadPoolExecutor(8) as pool:
        names = {job.result() for job in [pool.submit(make) for _ in range(8)]}
    assert len(names) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["identity"]


def test_processes_that_make_it_at_once_end_with_one_identity(tmp_path: Path) -> None:
    command = [sys.executable, "-c", MAKE, str(tmp_path / "identity")]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    names = {process.communicate(timeout=60)[0].strip() for process in running}
    assert names == {load_or_create(tmp_path / "identity").name}
    assert [path.name for path in tmp_path.iterdir()] == ["identity"]


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    load_or_create(tmp_path)
    (tmp_path / KEY_FILE).chmod(0o644)
    with pytest.raises(SigningFailed, match="mode 0644"):
        load_or_create(tmp_path)


@pytest.mark.parametrize("lost", [KEY_FILE, CHAIN_FILE])
def test_a_lost_file_is_named_and_no_new_identity_takes_its_place(tmp_path: Path, lost: str) -> None:
    load_or_create(tmp_path)
    (tmp_path / lost).unlink()
    with pytest.raises(SigningFailed, match=lost):
        load_or_create(tmp_path)
    assert not (tmp_path / lost).exists()


@pytest.mark.parametrize("damaged", [KEY_FILE, CHAIN_FILE])
def test_a_damaged_file_is_an_error_with_a_message(tmp_path: Path, damaged: str) -> None:
    load_or_create(tmp_path)
    (tmp_path / damaged).write_text("not PEM")
    with pytest.raises(SigningFailed, match="cannot be used"):
        load_or_create(tmp_path)


def test_a_key_that_is_not_the_certificates_is_refused(tmp_path: Path) -> None:
    load_or_create(tmp_path / "one")
    load_or_create(tmp_path / "two")
    (tmp_path / "one" / KEY_FILE).write_bytes((tmp_path / "two" / KEY_FILE).read_bytes())
    with pytest.raises(SigningFailed, match="is not the key"):
        load_or_create(tmp_path / "one")


def test_a_home_that_is_no_folder_is_an_error_with_a_message(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    with pytest.raises(SigningFailed, match="cannot be used"):
        load_or_create(tmp_path / "home" / "identity")


def test_the_key_is_not_shown_when_the_identity_is_printed(tmp_path: Path) -> None:
    assert "PRIVATE" not in repr(load_or_create(tmp_path))
