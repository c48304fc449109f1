"""The watermark's channel code: mends what noise breaks, and never makes a payload out of noise."""

from __future__ import annotations

import numpy as np
import pytest

from vitascope.provenance import code

PAYLOAD = bytes.fromhex("0123456789abcdef")


def test_the_coded_signs_are_as_many_as_the_constant_says() -> None:
    signs = code.encode(PAYLOAD)
    assert signs.shape == (code.CODED_BITS,)
    assert set(np.unique(signs)) == {-1.0, 1.0}


@pytest.mark.parametrize("payload", [bytes(8), b"\xff" * 8, PAYLOAD])
def test_a_payload_comes_back_from_its_own_signs(payload: bytes) -> None:
    assert code.decode(code.encode(payload)) == payload


def test_noise_as_strong_as_the_signs_is_mended() -> None:
    draw = np.random.default_rng(0)
    decoded = [code.decode(code.encode(PAYLOAD) + draw.standard_normal(code.CODED_BITS)) for _ in range(20)]
    assert decoded.count(PAYLOAD) >= 18


def test_a_tenth_of_the_signs_turned_round_is_mended() -> None:
    draw = np.random.default_rng(1)
    for _ in range(10):
        signs = code.encode(PAYLOAD)
        signs[draw.choice(code.CODED_BITS, code.CODED_BITS // 10, replace=False)] *= -1
        assert code.decode(signs) == PAYLOAD


def test_noise_alone_has_no_payload() -> None:
    draw = np.random.default_rng(2)
    assert [code.decode(draw.standard_normal(code.CODED_BITS)) for _ in range(200)] == [None] * 200


def test_silence_has_no_payload() -> None:
    assert code.decode(np.zeros(code.CODED_BITS)) is None


def test_a_payload_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="7 bytes, expected 8"):
        code.encode(b"1234567")
