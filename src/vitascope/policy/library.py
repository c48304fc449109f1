"""Where packs come from: the ones that ship, by name, and a user's own, by path. Each can be tested by its examples."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from vitascope.errors import PackInvalid, PackUnknown
from vitascope.policy.pack import Pack
from vitascope.policy.parse import parse
from vitascope.policy.rules import compiled
from vitascope.types import Outcome, Surface

SHIPPED = "packs"
ENDINGS = (".yaml", ".yml")
LARGEST_PACK_BYTES = 8 * 2**20


@dataclass(frozen=True)
class ExampleFailure:
    """An example of a pack that came out otherwise than the pack says; `rule` is None for the pack's own examples."""

    rule: str | None
    text: str
    expected: Outcome
    got: Outcome
    by: str | None

    def __str__(self) -> str:
        whose = f"rule {self.rule}" if self.rule else "the pack"
        by = f" by {self.by}" if self.by else ""
        return f"{whose} says {self.expected} to {self.text!r}, but it came out as {self.got}{by}"


@lru_cache(maxsize=1)
def pack_names() -> tuple[str, ...]:
    """Names of the packs that ship, in alphabetical order."""
    folder = files(__package__ or "vitascope.policy").joinpath(SHIPPED)
    return tuple(sorted(Path(entry.name).stem for entry in folder.iterdir() if entry.name.endswith(ENDINGS[0])))


def load_pack(name_or_path: str | Path) -> Pack:
    """The pack of that name, or the one in the file at that path (anything that ends in .yaml or .yml).

    Raises PackUnknown where there is none, PackInvalid with line and column where it does not hold together. A pack
    that was read before is not read again until its file changes.
    """
    if str(name_or_path).lower().endswith(ENDINGS):
        return load_file(Path(name_or_path))
    return load_shipped(str(name_or_path))


@lru_cache(maxsize=32)
def load_shipped(name: str) -> Pack:
    if name not in pack_names():
        raise PackUnknown(
            f"got the pack {name!r}; expected one of {', '.join(pack_names())}, or a path ending in .yaml"
        )
    file = files(__package__ or "vitascope.policy").joinpath(SHIPPED, name + ENDINGS[0])
    return parse(file.read_text(encoding="utf-8"), file.name, load_pack)


def load_file(path: Path) -> Pack:
    try:
        stat = path.stat()
        if stat.st_size > LARGEST_PACK_BYTES:
            raise PackInvalid(f"{path}: {stat.st_size} bytes; a pack holds {LARGEST_PACK_BYTES} at most")
        return read_file(path.resolve(), stat.st_mtime_ns, stat.st_size)
    except OSError as error:
        raise PackUnknown(f"cannot read the pack {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise PackInvalid(f"{path}: not UTF-8 text at byte {error.start}") from error


@lru_cache(maxsize=32)
def read_file(path: Path, changed_ns: int, size: int) -> Pack:
    """Reads `path`; its time of change and size are the cache's key. It may extend a pack that ships."""
    return parse(path.read_text(encoding="utf-8"), path.name, load_shipped)


def test_pack(pack: Pack) -> tuple[ExampleFailure, ...]:
    """Every example of the pack that comes out otherwise than it says; none where the pack holds.

    A `refuse` or `label` example must be caught by its own rule; an `allow` example must meet no refusal and no label.
    """
    failures: list[ExampleFailure] = []
    for rule in pack.rules:
        caught: tuple[tuple[Outcome, tuple[str, ...]], ...] = (
            ("refuse", rule.examples.refuse),
            ("label", rule.examples.label),
        )
        for expected, texts in caught:
            failures += [
                failure for text in texts if (failure := miss(pack, text, rule.surfaces[0], (rule.id, expected)))
            ]
        failures += [stop for text in rule.examples.allow if (stop := stopped(pack, text, rule.surfaces[0], rule.id))]
    failures += [stop for text in pack.examples.allow if (stop := stopped(pack, text, "prompt", None))]
    return tuple(failures)


def miss(pack: Pack, text: str, surface: Surface, wanted: tuple[str, Outcome]) -> ExampleFailure | None:
    rule, expected = wanted
    matches = compiled(pack).matches(text, surface)
    if any(match.rule.id == rule and match.rule.action == expected for match in matches):
        return None
    first = matches[0].rule if matches else None
    return ExampleFailure(rule, text, expected, first.action if first else "allow", first.id if first else None)


def stopped(pack: Pack, text: str, surface: Surface, rule: str | None) -> ExampleFailure | None:
    matches = compiled(pack).matches(text, surface)
    if not matches or matches[0].rule.action == "allow":
        return None
    return ExampleFailure(rule, text, "allow", matches[0].rule.action, matches[0].rule.id)
