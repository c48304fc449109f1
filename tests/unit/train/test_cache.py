"""Shards of encoded samples: the same seed gives the same shard, and a pool draws batches from them."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from vitascope.model.specs import TINY
from vitascope.train.cache import TEXT_TOKENS, Pool, ShardPlan, nothing_known, often_first_known, write_shard
from vitascope.weights.build import random_model
from vitascope.weights.text_files import load_text_encoder
from vitascope.world.scene import Palette

PLAN = ShardPlan(samples=5, looked_at=3, rows=2, columns=3)
PALETTE = Palette(("fox", "car"), ("left", "rise"), ("desert",), background_seeds=1)


def write(path: Path, seed: int) -> None:
    write_shard(path, PLAN, PALETTE, seed, (random_model(TINY).autoencoder, load_text_encoder()))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shards")
    write(folder / "00000.safetensors", 0)
    write(folder / "00001.safetensors", 1)
    return folder


def seeded() -> torch.Generator:
    return torch.Generator().manual_seed(4)


def test_one_seed_gives_one_shard(folder: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.safetensors"
    write(again, 0)
    assert again.read_bytes() == (folder / "00000.safetensors").read_bytes()
    assert again.read_bytes() != (folder / "00001.safetensors").read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["again.safetensors"]


def test_a_shard_holds_what_its_plan_says(folder: Path) -> None:
    shard = load_file(folder / "00000.safetensors")
    assert shard["latents"].shape == (5, TINY.autoencoder.channels, 3, 2, 3)
    assert shard["latents"].dtype == torch.bfloat16
    assert shard["tokens"].shape == (5, TEXT_TOKENS, 384)
    assert shard["mask"].shape == (5, TEXT_TOKENS)
    assert shard["when"].shape == (5, 3)
    assert (shard["when"][:, 0] == 0).all()
    assert (shard["length"] >= 5).all()


@pytest.mark.parametrize("size", [1, 3, 7])
def test_batches_have_the_size_asked_for(folder: Path, size: int) -> None:
    pool = Pool(folder, 10, nothing_known)
    assert pool.refresh() == 2
    batch = pool.batch(size, seeded())
    assert batch.z_BCTHW.shape == (size, TINY.autoencoder.channels, 3, 2, 3)
    assert batch.z_BCTHW.dtype == torch.float32
    assert batch.known_BT.shape == batch.when_BT.shape == (size, 3)
    assert len(batch.text) == len(batch.length_B) == size


def test_the_same_generator_draws_the_same_batch(folder: Path) -> None:
    pool = Pool(folder, 10, nothing_known)
    pool.refresh()
    assert torch.equal(pool.batch(4, seeded()).z_BCTHW, pool.batch(4, seeded()).z_BCTHW)


def test_a_pool_takes_up_new_shards_and_forgets_the_oldest(folder: Path, tmp_path: Path) -> None:
    shard = (folder / "00000.safetensors").read_bytes()
    pool = Pool(tmp_path, 3, nothing_known)
    assert pool.refresh() == 0
    for number in range(5):
        (tmp_path / f"{number:05d}.safetensors").write_bytes(shard)
        (tmp_path / f"{number:05d}.partial").write_bytes(b"half a shard")
        assert pool.refresh() == min(3, number + 1)


def test_nothing_is_given_for_text_alone() -> None:
    assert not nothing_known(seeded(), 50, 3).any()


def test_the_first_frame_is_often_given_others_now_and_then_and_never_all() -> None:
    known = often_first_known(seeded(), 4_000, 3)
    assert 0.72 < known[:, 0].float().mean() < 0.78
    assert 0.05 < known[:, 1:].float().mean() < 0.11
    assert not known.all(1).any()
