"""The training loop: low-precision weights for the work, full-precision ones for the optimizer, an average for use.

Methods: Kingma and Ba 2015 (Adam), Jordan et al. 2024 (Muon: orthogonalised momentum for matrices), Karras et al. 2022
(averaged weights). With several processes (torchrun) gradients are averaged over them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import torch
import torch.distributed as dist
from torch import Tensor, nn


@dataclass(frozen=True)
class OptimizerSpec:
    """Learning rates and their course: a warm-up, a plateau, and a fall to zero over the last `cooldown` of a run."""

    matrix_rate: float = 2e-3
    other_rate: float = 1e-3
    warmup: int = 100
    cooldown: float = 0.3
    average: float = 0.998
    clip: float = 1.0

    def factor(self, step: int, progress: float) -> float:
        """The multiplier of the learning rates at `step`, with `progress` of the run's budget used (0 to 1)."""
        rise = min(1.0, (step + 1) / self.warmup)
        fall = min(1.0, max(0.0, (1 - progress) / self.cooldown))
        return rise * fall


@dataclass
class TrainState:
    """All that a run needs to go on: the working model, its full-precision weights, their average, the optimizers."""

    model: nn.Module
    spec: OptimizerSpec
    step: int = 0
    master: list[nn.Parameter] = field(default_factory=list)
    average: list[Tensor] = field(default_factory=list)
    optimizers: list[torch.optim.Optimizer] = field(default_factory=list)

    @classmethod
    def begin(cls, model: nn.Module, spec: OptimizerSpec, dtype: torch.dtype = torch.bfloat16) -> TrainState:
        """A fresh run of `model`, whose weights become `dtype`."""
        master = [nn.Parameter(p.detach().float().clone()) for p in model.parameters()]
        names = [name for name, _ in model.named_parameters()]
        matrices = [p for name, p in zip(names, master, strict=True) if ".blocks." in name and p.ndim == 2]
        others = [p for name, p in zip(names, master, strict=True) if not (".blocks." in name and p.ndim == 2)]
        optimizers: list[torch.optim.Optimizer] = [
            torch.optim.AdamW(others, lr=spec.other_rate, betas=(0.9, 0.98), weight_decay=0.0, fused=True)
        ]
        if matrices:
            optimizers.append(
                torch.optim.Muon(matrices, lr=spec.matrix_rate, weight_decay=0.02, adjust_lr_fn="match_rms_adamw")
            )
        model.to(dtype)
        average = [p.detach().clone() for p in master]
        return cls(model, spec, 0, master, average, optimizers)

    def update(self, loss_of: Callable[[nn.Module], Tensor], progress: float) -> tuple[float, float]:
        """One step; returns the loss and the norm of the gradient."""
        loss = loss_of(self.model)
        loss.backward()
        for full, work in zip(self.master, self.model.parameters(), strict=True):
            full.grad = torch.zeros_like(full) if work.grad is None else work.grad.float()
            work.grad = None
        self._share()
        norm = float(nn.utils.clip_grad_norm_(self.master, self.spec.clip))
        if math.isfinite(norm):
            self._apply(progress)
        self.step += 1
        return float(loss.detach()), norm

    def _share(self) -> None:
        if not dist.is_initialized():
            return
        flat = torch.cat([p.grad.flatten() for p in self.master if p.grad is not None])
        dist.all_reduce(flat)
        flat /= dist.get_world_size()
        start = 0
        for p in self.master:
            assert p.grad is not None
            p.grad.copy_(flat[start : start + p.numel()].view_as(p))
            start += p.numel()

    @torch.no_grad()
    def _apply(self, progress: float) -> None:
        factor = self.spec.factor(self.step, progress)
        rates = (self.spec.other_rate, self.spec.matrix_rate)
        for optimizer, rate in zip(self.optimizers, rates, strict=False):
            for group in optimizer.param_groups:
                group["lr"] = rate * factor
            optimizer.step()
        decay = min(self.spec.average, (self.step + 1) / (self.step + 10))
        full = [p.detach() for p in self.master]
        for mean, work, value in zip(self.average, self.model.parameters(), full, strict=True):
            mean.lerp_(value, 1 - decay)
            work.copy_(value)

    def averaged(self) -> dict[str, Tensor]:
        """The averaged weights by name, float32, with the model's buffers."""
        names = [name for name, _ in self.model.named_parameters()]
        weights = dict(zip(names, (p.clone() for p in self.average), strict=True))
        return weights | {name: b.detach().float() for name, b in self.model.named_buffers()}

    def state_dict(self) -> dict[str, object]:
        """Everything as tensors and plain values, for a checkpoint."""
        return {
            "step": self.step,
            "master": [p.detach() for p in self.master],
            "average": self.average,
            "optimizers": [o.state_dict() for o in self.optimizers],
        }

    @torch.no_grad()
    def load_state_dict(self, state: dict[str, object]) -> None:
        """Goes on from a checkpoint of the same model."""
        step, master, average, optimizers = (state[k] for k in ("step", "master", "average", "optimizers"))
        assert isinstance(step, int) and isinstance(master, list)
        assert isinstance(average, list) and isinstance(optimizers, list)
        self.step = step
        for mine, theirs in zip(self.master, master, strict=True):
            mine.copy_(theirs)
        for mine, theirs in zip(self.average, average, strict=True):
            mine.copy_(theirs)
        for mine, theirs in zip(self.optimizers, optimizers, strict=True):
            mine.load_state_dict(theirs)
        for work, value in zip(self.model.parameters(), self.master, strict=True):
            work.copy_(value)
