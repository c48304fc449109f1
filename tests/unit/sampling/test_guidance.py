"""Guidance: what each setting means for the estimate, and how often the network is asked."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from vitascope.errors import OptionOutOfRange
from vitascope.model.text import Conditioning
from vitascope.sampling import Guidance, guided


def conditioning(value: float, rows: int = 2) -> Conditioning:
    return Conditioning(torch.full((rows, 3, 4), value, dtype=torch.float64), torch.ones(rows, 3, dtype=torch.bool))


FOR, AGAINST = conditioning(2.0), conditioning(-0.5)


class Network:
    """A predictor whose estimate is x, scaled by its conditioning and time; it counts the batches it is given."""

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.times: list[Tensor] = []

    def __call__(self, x: Tensor, t_B: Tensor, cond: Conditioning) -> Tensor:
        self.batches.append(x.shape[0])
        self.times.append(t_B)
        weight_B = cond.tokens_BLD.mean((1, 2)) + t_B
        return x * weight_B[:, None, None, None] + weight_B[:, None, None, None].sin()


def latents() -> Tensor:
    return torch.randn(2, 3, 4, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(0))


def alone(cond: Conditioning, t: float = 0.5) -> Tensor:
    x = latents()
    return Network()(x, torch.full((2,), t, dtype=torch.float64), cond)


@pytest.mark.parametrize("together", [True, False])
def test_scale_one_is_the_conditional_estimate_in_one_call(together: bool) -> None:
    network = Network()
    out = guided(network, FOR, AGAINST, Guidance(1.0, together=together))(latents(), 0.5)
    assert torch.equal(out, alone(FOR))
    assert network.batches == [2]


def test_scale_zero_is_the_negative_estimate_in_one_call() -> None:
    network = Network()
    out = guided(network, FOR, AGAINST, Guidance(0.0))(latents(), 0.5)
    assert torch.equal(out, alone(AGAINST))
    assert network.batches == [2]


@pytest.mark.parametrize("scale", [-1.0, 0.3, 2.0, 7.5])
def test_estimate_lies_on_the_line_through_both(scale: float) -> None:
    out = guided(Network(), FOR, AGAINST, Guidance(scale))(latents(), 0.5)
    assert torch.allclose(out, (1 - scale) * alone(AGAINST) + scale * alone(FOR), atol=1e-12)


def test_one_call_of_both_equals_two_calls() -> None:
    one, two = Network(), Network()
    joined = guided(one, FOR, AGAINST, Guidance(3.0))(latents(), 0.5)
    apart = guided(two, FOR, AGAINST, Guidance(3.0, together=False))(latents(), 0.5)
    assert torch.equal(joined, apart)
    assert one.batches == [4]
    assert two.batches == [2, 2]


def test_outside_its_interval_the_conditional_estimate_stands_alone() -> None:
    network = Network()
    denoise = guided(network, FOR, AGAINST, Guidance(3.0, interval=(0.2, 0.8)))
    for t in (1.0, 0.81, 0.19):
        assert torch.equal(denoise(latents(), t), alone(FOR, t))
    assert network.batches == [2, 2, 2]
    for t in (0.8, 0.2):
        assert not torch.equal(denoise(latents(), t), alone(FOR, t))
    assert network.batches[3:] == [4, 4]


def test_network_is_told_the_time_of_each_sample_in_the_dtype_of_x() -> None:
    network = Network()
    guided(network, FOR, AGAINST, Guidance(3.0))(latents(), 0.25)
    assert network.times[0].tolist() == [0.25] * 4
    assert network.times[0].dtype == torch.float64


def test_full_rescale_gives_each_channel_the_conditional_spread_and_keeps_its_mean() -> None:
    plain = guided(Network(), FOR, AGAINST, Guidance(4.0))(latents(), 0.5)
    out = guided(Network(), FOR, AGAINST, Guidance(4.0, rescale=1.0))(latents(), 0.5)
    assert torch.allclose(out.std((2, 3)), alone(FOR).std((2, 3)), atol=1e-12)
    assert torch.allclose(out.mean((2, 3)), plain.mean((2, 3)), atol=1e-12)
    assert not torch.allclose(out.std((2, 3)), plain.std((2, 3)))


def test_half_rescale_lies_half_way() -> None:
    out = [guided(Network(), FOR, AGAINST, Guidance(4.0, rescale=r))(latents(), 0.5) for r in (0.0, 0.5, 1.0)]
    assert torch.allclose(out[1], (out[0] + out[2]) / 2, atol=1e-12)


def test_rescale_of_a_flat_channel_stays_finite() -> None:
    def flat(x: Tensor, t_B: Tensor, cond: Conditioning) -> Tensor:
        return torch.zeros_like(x) + cond.tokens_BLD.mean((1, 2))[:, None, None, None]

    out = guided(flat, FOR, AGAINST, Guidance(4.0, rescale=1.0))(latents(), 0.5)
    assert torch.allclose(out, torch.full_like(out, -0.5 + 4 * 2.5))


@pytest.mark.parametrize("interval", [(-0.1, 1.0), (0.5, 0.4), (0.0, 1.1)])
def test_impossible_interval_is_an_error(interval: tuple[float, float]) -> None:
    with pytest.raises(OptionOutOfRange, match="interval"):
        Guidance(interval=interval)


def test_impossible_rescale_is_an_error() -> None:
    with pytest.raises(OptionOutOfRange, match="rescale"):
        Guidance(rescale=1.5)
