from __future__ import annotations

import dataclasses

import pytest

from vitascope import errors
from vitascope.engines import catalog


def test_names_are_unique() -> None:
    assert len({info.name for info in catalog.CATALOG}) == len(catalog.CATALOG)


def test_a_model_is_found_by_its_name() -> None:
    assert catalog.find("mini").name == "mini"
    with pytest.raises(errors.ModelUnknown, match="'big'"):
        catalog.find("big")


def test_rows_are_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        catalog.find("mini").steps = 1  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.parametrize(
    ("width", "height", "admitted"), [(320, 320, True), (1280, 720, True), (1280, 719, False), (240, 720, False)]
)
def test_a_size_rule_holds_for_both_sides(width: int, height: int, admitted: bool) -> None:
    assert catalog.find("mini").sizes.admits(width, height) is admitted
    assert catalog.find("mini").sizes.admits(height, width) is admitted
