"""Learned tables: arrays in `.npz` files without pickle, each beside a card that tells how it was made."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

FOLDER = Path(__file__).parent / "data"
Table = dict[str, npt.NDArray[Any]]


@cache
def table(name: str) -> Table:
    """The arrays of `data/NAME.npz`; whatever would run code on loading is refused."""
    with np.load(FOLDER / f"{name}.npz", allow_pickle=False) as file:
        return {key: file[key] for key in file.files}


def words_of(array: npt.NDArray[np.uint8]) -> list[str]:
    """A list of words that was stored as bytes."""
    return array.tobytes().decode("utf-8").split("\n")


def bytes_of(words: Sequence[str]) -> npt.NDArray[np.uint8]:
    """Words as bytes, one a line."""
    return np.frombuffer("\n".join(words).encode("utf-8"), np.uint8)


def quantized(values: npt.NDArray[Any]) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """Values as int8 and the scale that brings them back, one for the last axis; a scale of 1 where all are 0."""
    largest = np.abs(values).max(axis=0) if len(values) else np.zeros(values.shape[1:])
    scale = np.where(largest > 0, largest / 127, 1.0).astype(np.float32)
    return np.rint(values / scale).astype(np.int8), scale
