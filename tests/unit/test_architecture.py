"""The rules of the house that no type checker sees, held by walking the source."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "vitascope"
FILES = sorted(SOURCE.rglob("*.py"))

BUILDERS = {
    "Allowed": "policy",
    "Refused": "policy",
    "Reviewed": "policy",
    "Marked": "provenance",
    "SignedClip": "provenance",
    "Mp4": "media",
}
"""Who alone may build each noun of the road: what makes the road the only one."""

SOLE_IMPORTERS = {"av": "media", "c2pa": "provenance"}
NAMES_OF_NOTHING = {"utils", "util", "helpers", "common", "core", "base", "misc"}
WAIVER = "ceiling:"

FILE_LINES = 500
FUNCTION_LINES = 60
CLASS_LINES = 300
PARAMETERS = 6


def place(path: Path) -> str:
    return str(path.relative_to(SOURCE))


def package(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def name_of(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def imported(path: Path) -> Iterator[tuple[str, int]]:
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, node.lineno


def built(path: Path) -> Iterator[tuple[str, int]]:
    """Every noun that the file builds: by its name, or by `dataclasses.replace` on a parameter annotated with it."""
    for node in nodes(path):
        if isinstance(node, ast.Call):
            yield name_of(node.func), node.lineno
        if isinstance(node, ast.FunctionDef):
            annotated = {a.arg: name_of(a.annotation) for a in node.args.args if a.annotation is not None}
            for call in ast.walk(node):
                if isinstance(call, ast.Call) and name_of(call.func) == "replace" and call.args:
                    yield annotated.get(name_of(call.args[0]), ""), call.lineno


def test_there_is_source_to_walk() -> None:
    assert len(FILES) > 10


@pytest.mark.parametrize("noun", BUILDERS)
def test_only_its_own_station_builds_each_noun_of_the_road(noun: str) -> None:
    strangers = [
        f"{place(path)}:{line}"
        for path in FILES
        if package(path) != BUILDERS[noun]
        for name, line in built(path)
        if name == noun
    ]
    assert strangers == []


def test_nouns_of_the_road_are_not_renamed_to_build_them_unseen() -> None:
    aliases = [
        f"{place(path)}:{node.lineno}"
        for path in FILES
        for node in nodes(path)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name in BUILDERS and alias.asname
    ]
    assert aliases == []


def test_only_settings_reads_the_environment() -> None:
    readers = [
        f"{place(path)}:{node.lineno}"
        for path in FILES
        if package(path) != "settings"
        for node in nodes(path)
        if (isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv", "environb", "putenv"})
        or (isinstance(node, ast.ImportFrom) and node.module == "os" and any(a.name != "PathLike" for a in node.names))
    ]
    assert readers == []


@pytest.mark.parametrize("library", SOLE_IMPORTERS)
def test_a_library_at_the_border_has_one_importer(library: str) -> None:
    others = [
        f"{place(path)}:{line}"
        for path in FILES
        if package(path) != SOLE_IMPORTERS[library]
        for name, line in imported(path)
        if name.split(".")[0] == library
    ]
    assert others == []


def test_no_module_is_named_for_nothing() -> None:
    named = [place(path) for path in FILES if NAMES_OF_NOTHING & {path.stem, path.parent.name}]
    assert named == []


def test_only_the_workers_edge_catches_everything() -> None:
    catchers = [
        f"{place(path)}:{node.lineno}"
        for path in FILES
        if package(path) != "worker"
        for node in nodes(path)
        if isinstance(node, ast.ExceptHandler) and (node.type is None or name_of(node.type) == "Exception")
    ]
    assert catchers == []


def over_the_ceiling(path: Path) -> Iterator[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    if len(lines) > FILE_LINES and WAIVER not in lines[0]:
        yield f"{place(path)} has {len(lines)} lines"
    for node in nodes(path):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        length = (node.end_lineno or node.lineno) - node.lineno + 1
        waived = WAIVER in lines[node.lineno - 1] or "noqa: PLR0913" in lines[node.lineno - 1]
        limit = CLASS_LINES if isinstance(node, ast.ClassDef) else FUNCTION_LINES
        if length > limit and not waived:
            yield f"{place(path)}:{node.lineno} {node.name} has {length} lines"
        if isinstance(node, ast.ClassDef) or waived or package(path) == "cli":
            continue  # a command's parameters are its options
        names = [a.arg for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
        count = len([name for name in names if name not in {"self", "cls"}])
        if count > PARAMETERS:
            yield f"{place(path)}:{node.lineno} {node.name} has {count} parameters"


def test_files_functions_and_classes_stay_under_their_ceilings() -> None:
    assert [found for path in FILES for found in over_the_ceiling(path)] == []


MADE_HERE = re.compile(r"(?i)\bTODO\b|\bFIXME\b|NotImplementedError")


def test_nothing_is_left_for_later() -> None:
    left = [
        f"{place(path)}:{number}"
        for path in FILES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if MADE_HERE.search(line)
    ]
    assert left == []


LIGHT = [
    "vitascope",
    "vitascope.types",
    "vitascope.errors",
    "vitascope.settings",
    "vitascope.store",
    "vitascope.engines",
    "vitascope.engines.catalog",
    "vitascope.engines.load",
    "vitascope.policy",
    "vitascope.media",
    "vitascope.provenance",
    "vitascope.road",
    "vitascope.verify",
    "vitascope.clip",
    *(f"vitascope.cli.{path.stem}" for path in sorted((SOURCE / "cli").glob("*.py")) if path.stem != "__init__"),
]


def test_torch_is_loaded_by_an_engine_alone() -> None:
    """One process imports them all in turn and says which one first brought torch in."""
    code = (
        "import importlib, sys\n"
        f"for name in {LIGHT!r}:\n"
        "    importlib.import_module(name)\n"
        "    if 'torch' in sys.modules: sys.exit(f'{name} imports torch')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_overview_loads_no_command_and_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from vitascope.cli.main import TABLE, main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = {'torch', 'numpy', 'av', 'cv2', 'PIL', 'c2pa', 'pydantic', *(c.module for c in TABLE.values())}\n"
        "sys.exit(', '.join(sorted(heavy & set(sys.modules))) or 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
