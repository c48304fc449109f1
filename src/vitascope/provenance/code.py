"""The channel code under the watermark: 64 bits of payload and a CRC-32, protected by a convolutional code.

A payload becomes `CODED_BITS` signs; the decoder takes one soft value a sign (positive means 1) and gives the payload
back when the CRC agrees. Rate 1/3, constraint length 9, generators 557, 663, 711 (octal; Proakis, "Digital
Communications", table of maximum free distance codes), decoded by Viterbi's algorithm over 256 states.
"""

from __future__ import annotations

import zlib
from functools import lru_cache

import numpy as np
import numpy.typing as npt

PAYLOAD_BYTES = 8
_MEMORY = 8
_STATES = 1 << _MEMORY
_GENERATORS = (0o557, 0o663, 0o711)
_INFO_BITS = (PAYLOAD_BYTES + 4) * 8
CODED_BITS = (_INFO_BITS + _MEMORY) * len(_GENERATORS)

Signs = npt.NDArray[np.float32]


def encode(payload: bytes) -> Signs:
    """The payload (8 bytes) as `CODED_BITS` values of -1 or +1, float32."""
    if len(payload) != PAYLOAD_BYTES:
        raise ValueError(f"got a payload of {len(payload)} bytes, expected {PAYLOAD_BYTES}")
    info = np.unpackbits(np.frombuffer(payload + zlib.crc32(payload).to_bytes(4, "big"), np.uint8))
    outputs, state = _branch_outputs(), 0
    coded: list[Signs] = []
    for bit in [*info.tolist(), *([0] * _MEMORY)]:
        coded.append(outputs[bit, state])
        state = (bit << (_MEMORY - 1)) | (state >> 1)
    return np.concatenate(coded)


def decode(soft: npt.NDArray[np.floating]) -> bytes | None:
    """The payload in `CODED_BITS` soft values, or None where the CRC-32 does not agree."""
    bits = _viterbi(soft.astype(np.float64).reshape(-1, len(_GENERATORS)))
    data = np.packbits(bits[:_INFO_BITS]).tobytes()
    payload, check = data[:PAYLOAD_BYTES], data[PAYLOAD_BYTES:]
    return payload if zlib.crc32(payload).to_bytes(4, "big") == check else None


def _viterbi(soft: npt.NDArray[np.float64]) -> npt.NDArray[np.uint8]:
    """The input bits of the likeliest path from state 0 to state 0; `soft` is (steps, outputs of a step)."""
    steps = soft.shape[0]
    outputs = _branch_outputs()
    states = np.arange(_STATES)
    bit_into = states >> (_MEMORY - 1)
    # the two states that lead into each state differ in the bit that falls out of the register
    before = np.stack([(states << 1) & (_STATES - 1), ((states << 1) & (_STATES - 1)) | 1])
    branch = outputs[bit_into, before]
    metric = np.full(_STATES, -np.inf)
    metric[0] = 0.0
    choices = np.empty((steps, _STATES), np.uint8)
    for step in range(steps):
        candidates = metric[before] + branch @ soft[step]
        choices[step] = candidates[1] > candidates[0]
        metric = np.maximum(candidates[0], candidates[1])
    bits, state = np.empty(steps, np.uint8), 0
    for step in range(steps - 1, -1, -1):
        bits[step] = bit_into[state]
        state = int(before[choices[step, state], state])
    return bits


@lru_cache(maxsize=1)
def _branch_outputs() -> Signs:
    """What the encoder puts out: (input bit, state, generator) → -1 or +1."""
    table = np.empty((2, _STATES, len(_GENERATORS)), np.float32)
    for bit in (0, 1):
        for state in range(_STATES):
            register = (bit << _MEMORY) | state
            table[bit, state] = [2 * ((register & taps).bit_count() & 1) - 1 for taps in _GENERATORS]
    return table
