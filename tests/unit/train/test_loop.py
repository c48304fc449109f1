"""The training loop: it learns, it is the optimizer that it claims to be, and it goes on where it was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from vitascope.model.specs import TransformerSpec
from vitascope.model.text import Conditioning
from vitascope.model.transformer import Clips, Transformer
from vitascope.train import checkpoint
from vitascope.train.loop import OptimizerSpec, TrainState
from vitascope.train.objective import Batch, Noising, flow_loss

SMALL = TransformerSpec(width=24, depth=1, heads=2, ratio=2, text_width=16)
CHANNELS = 4


def transformer() -> Transformer:
    torch.manual_seed(0)
    return Transformer(SMALL, CHANNELS).train()


def batch() -> Batch:
    generator = torch.Generator().manual_seed(1)
    return Batch(
        z_BCTHW=torch.randn(4, CHANNELS, 1, 2, 2, generator=generator),
        known_BT=torch.zeros(4, 1, dtype=torch.bool),
        when_BT=torch.zeros(4, 1),
        length_B=torch.full((4,), 21.0),
        text=Conditioning(torch.randn(4, 3, 16, generator=generator), torch.ones(4, 3, dtype=torch.bool)),
    )


def loss_at(what: Batch, seed: int) -> Callable[[nn.Module], Tensor]:
    def loss(model: nn.Module) -> Tensor:
        def predict(x: Tensor, clips: Clips) -> Tensor:
            return model(x, clips)

        return flow_loss(predict, what, Noising(), torch.Generator().manual_seed(seed))

    return loss


def test_the_rate_rises_stays_and_falls_to_zero() -> None:
    spec = OptimizerSpec(warmup=10, cooldown=0.25)
    assert [spec.factor(step, 0.0) for step in (0, 4, 9, 500)] == pytest.approx([0.1, 0.5, 1, 1])
    assert [spec.factor(500, progress) for progress in (0.5, 0.75, 0.875, 1.0, 1.1)] == pytest.approx([1, 1, 0.5, 0, 0])


def test_a_batch_is_learned_by_heart() -> None:
    state = TrainState.begin(transformer(), OptimizerSpec(5e-3, 5e-3, warmup=5), torch.float32)
    what = batch()
    with torch.no_grad():
        before = float(loss_at(what, 999)(state.model))
    for step in range(60):
        state.update(loss_at(what, step), 0.0)
    with torch.no_grad():
        after = float(loss_at(what, 999)(state.model))
    assert after < 0.4 * before


def test_outside_of_blocks_a_step_is_one_of_plain_adamw() -> None:
    torch.manual_seed(2)
    ours, plain = nn.Linear(6, 3), nn.Linear(6, 3)
    plain.load_state_dict(ours.state_dict())
    spec = OptimizerSpec(other_rate=1e-2, warmup=4, clip=0.5)
    state = TrainState.begin(ours, spec, torch.float32)
    adamw = torch.optim.AdamW(plain.parameters(), lr=1e-2, betas=(0.9, 0.98), weight_decay=0.0)
    x, y = torch.randn(8, 6), torch.randn(8, 3)

    def loss_of(model: nn.Module) -> Tensor:
        return (model(x) - y).square().mean()

    for step in range(12):
        loss, norm = state.update(loss_of, 0.0)
        expected = loss_of(plain)
        adamw.zero_grad()
        expected.backward()
        assert loss == pytest.approx(float(expected.detach()), rel=1e-5)
        assert norm == pytest.approx(float(nn.utils.clip_grad_norm_(plain.parameters(), 0.5)), rel=1e-4)
        adamw.param_groups[0]["lr"] = 1e-2 * min(1, (step + 1) / 4)
        adamw.step()
    for mine, theirs in zip(ours.parameters(), plain.parameters(), strict=True):
        assert torch.allclose(mine, theirs, atol=1e-5)


def test_matrices_in_blocks_alone_are_left_to_muon() -> None:
    state = TrainState.begin(transformer(), OptimizerSpec())
    other, matrices = state.optimizers
    shapes = {tuple(p.shape) for group in matrices.param_groups for p in group["params"]}
    assert isinstance(matrices, torch.optim.Muon)
    assert shapes == {(72, 24), (24, 24), (48, 24), (24, 48)}
    counted = sum(len(group["params"]) for optimizer in (other, matrices) for group in optimizer.param_groups)
    assert counted == len(list(state.model.parameters()))


def test_the_working_weights_are_the_full_ones_in_low_precision() -> None:
    state = TrainState.begin(transformer(), OptimizerSpec(warmup=1))
    what = batch()
    low = Batch(what.z_BCTHW, what.known_BT, what.when_BT, what.length_B, what.text.to("cpu", torch.bfloat16))
    before = [p.detach().clone() for p in state.master]

    def loss_of(model: nn.Module) -> Tensor:
        return flow_loss(lambda x, clips: model(x.bfloat16(), clips), low, Noising(), torch.Generator().manual_seed(0))

    for _ in range(3):
        state.update(loss_of, 0.0)
    for work, full, old in zip(state.model.parameters(), state.master, before, strict=True):
        assert work.dtype == torch.bfloat16
        assert full.dtype == torch.float32
        assert torch.equal(work, full.bfloat16())
        assert not torch.equal(full, old)


def test_a_gradient_that_is_not_finite_changes_nothing_but_the_count() -> None:
    torch.manual_seed(3)
    state = TrainState.begin(nn.Linear(3, 1), OptimizerSpec(warmup=1), torch.float32)
    before = [p.detach().clone() for p in state.master]
    _, norm = state.update(lambda model: (model(torch.ones(1, 3)) * torch.inf).sum(), 0.0)
    assert not torch.isfinite(torch.tensor(norm))
    assert state.step == 1
    assert all(torch.equal(old, new) for old, new in zip(before, state.master, strict=True))
    state.update(lambda model: model(torch.ones(1, 3)).sum(), 0.0)
    assert not all(torch.equal(old, new) for old, new in zip(before, state.master, strict=True))


def test_a_run_taken_up_from_its_checkpoint_gives_the_same_bits(tmp_path: Path) -> None:
    what, spec = batch(), OptimizerSpec(warmup=2, average=0.9)
    whole = TrainState.begin(transformer(), spec, torch.float32)
    for step in range(6):
        whole.update(loss_at(what, step), 0.0)

    first = TrainState.begin(transformer(), spec, torch.float32)
    for step in range(3):
        first.update(loss_at(what, step), 0.0)
    checkpoint.save(tmp_path / "state.pt", first.state_dict())

    torch.manual_seed(77)
    second = TrainState.begin(Transformer(SMALL, CHANNELS).train(), spec, torch.float32)
    kept = checkpoint.load(tmp_path / "state.pt")
    assert kept is not None
    second.load_state_dict(kept)
    assert second.step == 3
    for step in range(3, 6):
        second.update(loss_at(what, step), 0.0)

    assert second.step == whole.step
    for mine, theirs in zip((*second.master, *second.average), (*whole.master, *whole.average), strict=True):
        assert torch.equal(mine, theirs)
    for mine, theirs in zip(second.model.parameters(), whole.model.parameters(), strict=True):
        assert torch.equal(mine, theirs)


def test_the_average_follows_the_weights_and_goes_by_their_names() -> None:
    torch.manual_seed(4)
    model = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2, affine=False)).eval()
    state = TrainState.begin(model, OptimizerSpec(other_rate=0.1, warmup=1, average=0.5))
    start = state.master[0].detach().clone()
    state.update(lambda m: m(torch.ones(2, 3, dtype=torch.bfloat16)).float().sum(), 0.0)
    averaged = state.averaged()
    assert averaged.keys() == model.state_dict().keys()
    assert averaged["0.weight"].dtype == torch.float32
    # the first steps weigh more: a tenth of the old weights is left after one
    assert torch.allclose(averaged["0.weight"], torch.lerp(state.master[0].detach(), start, 0.1), atol=1e-6)
