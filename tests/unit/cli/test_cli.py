"""The command line without a model: help, errors, exit codes, JSON, names of files."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import typer
from PIL import Image

from vitascope import errors
from vitascope.cli import console, interrupt, making
from vitascope.cli.main import TABLE, main


@pytest.fixture(autouse=True)
def _signals_as_they_were() -> Iterator[None]:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGINT, before[0])
    signal.signal(signal.SIGTERM, before[1])


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Runs the command line in an empty folder and gives exit code, standard output and standard error."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as stopped:
            main(arguments)
        said = capsys.readouterr()
        return int(stopped.value.code or 0), said.out, said.err

    return call


@pytest.mark.parametrize("command", TABLE)
def test_every_command_has_help_with_examples(run: Run, command: str) -> None:
    code, out, _ = run(command, "--help")
    assert code == 0
    assert f"vitascope {command}" in out
    if command != "policy":
        assert "Examples" in out


def test_the_overview_names_every_command(run: Run) -> None:
    code, out, _ = run()
    assert code == 0
    assert all(command in out for command in TABLE)


def test_a_misspelt_command_is_answered_with_the_right_one(run: Run) -> None:
    code, _, err = run("generat", "a fox")
    assert code == 2
    assert "generate" in err


BAD = [
    (["generate", ""], errors.PromptEmpty),
    (["generate", "x" * 20_000], errors.PromptTooLong),
    (["generate", "a \x07 fox"], errors.PromptControlCharacters),
    (["generate", "a fox", "--seconds", "0"], errors.SecondsOutOfRange),
    (["generate", "a fox", "--seconds", "1000"], errors.SecondsOutOfRange),
    (["generate", "a fox", "--size", "641x400"], errors.SizeUnsupported),
    (["generate", "a fox", "--steps", "0"], errors.OptionOutOfRange),
    (["generate", "a fox", "-n", "0"], errors.OptionOutOfRange),
    (["generate", "a fox", "-n", "2", "--seed", str(2**63 - 1)], errors.OptionOutOfRange),
    (["generate", "a fox", "--model", "big"], errors.ModelUnknown),
    (["generate", "a fox", "--policy", "big"], errors.PackUnknown),
    (["generate", "a fox", "-o", "missing/out.mp4"], errors.OutputUnwritable),
    (["generate", "a fox", "-o", "/dev/full"], errors.OutputUnwritable),
    (["animate", "missing.jpg"], errors.StillUnreadable),
    (["animate", "text.png"], errors.StillUnreadable),
    (["animate", "cut.jpg"], errors.StillTruncated),
    (["verify", "missing.mp4"], errors.VideoUnreadable),
    (["policy", "check", "a fox", "--policy", "big"], errors.PackUnknown),
]


@pytest.mark.parametrize(
    ("arguments", "leaf"), BAD, ids=lambda value: "-".join(value)[:40] if isinstance(value, list) else None
)
def test_bad_input_has_a_clear_message_a_stable_code_and_no_file(
    run: Run, tmp_path: Path, arguments: list[str], leaf: type[errors.VitascopeError]
) -> None:
    (tmp_path / "text.png").write_text("no picture")
    Image.effect_noise((256, 256), 60).save(tmp_path / "cut.jpg")
    (tmp_path / "cut.jpg").write_bytes((tmp_path / "cut.jpg").read_bytes()[:4000])
    before = sorted(tmp_path.iterdir())

    code, out, err = run(*arguments)
    assert code == leaf.exit_code
    assert f"error {leaf.code}: " in err
    assert " ".join(leaf.hint.split()[:3]) in err
    assert out == ""

    code, out, err = run(*arguments, "--json")
    said = json.loads(out)["error"]
    assert (code, said["code"], said["hint"], err) == (leaf.exit_code, leaf.code, leaf.hint, "")
    assert said["message"]
    assert sorted(tmp_path.iterdir()) == before


def test_a_device_survives_being_named_as_output(run: Run) -> None:
    run("generate", "a fox", "-o", "/dev/full")
    assert Path("/dev/full").is_char_device()


def test_versions_are_printed(run: Run) -> None:
    code, out, _ = run("version", "--json")
    assert code == 0
    assert {"vitascope", "python", "torch"} <= set(json.loads(out))
    assert run("--version")[1].startswith("vitascope")


def test_models_are_listed_with_their_licences(run: Run) -> None:
    code, out, _ = run("models", "--json")
    assert code == 0
    assert {"mini", "tiny"} <= {row["name"] for row in json.loads(out)["models"]}
    assert "licence" in run("models")[1]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("A red fox, running!", "a-red-fox-running"),
        ("民主", "minzhu"),
        ("../../etc/passwd", "etc-passwd"),
        ("!!!", "clip"),
        ("", "clip"),
        ("x" * 200, "x" * 60),
        ("word " * 40, "-".join(["word"] * 12)),
    ],
)
def test_a_file_is_named_for_its_prompt(text: str, name: str) -> None:
    assert making.slug(text) == name


def test_the_first_signal_raises_and_later_ones_only_set_the_flag() -> None:
    interrupt.install()
    assert not interrupt.requested()
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGTERM)
    os.kill(os.getpid(), signal.SIGTERM)
    assert interrupt.requested()
    assert interrupt.exit_code(1) == 128 + signal.SIGTERM
    interrupt.install()
    assert not interrupt.requested()


def test_whatever_a_library_raises_when_interrupted_is_told_as_an_interruption(
    capsys: pytest.CaptureFixture[str],
) -> None:
    interrupt.install()
    with pytest.raises(typer.Exit) as ended, console.reporting(as_json=False):
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
        raise ImportError("initialisation failed")
    assert ended.value.exit_code == 130
    assert "error cancelled" in capsys.readouterr().err
    interrupt.install()


def test_a_mistake_of_ours_is_not_dressed_up() -> None:
    interrupt.install()
    with pytest.raises(ZeroDivisionError), console.reporting(as_json=True):
        raise ZeroDivisionError
