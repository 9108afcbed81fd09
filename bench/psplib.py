"""Instances of PSPLIB (Kolisch & Sprecher 1996) as levelling problems."""

import csv
import re
from pathlib import Path

import numpy as np

from resources.algorithms.rcpsp import Problem

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data" / "psplib"


def read_instance(path: Path) -> Problem:
    """A single-mode instance (.sm); the first and the last job are its start and its end."""
    lines = path.read_text(encoding="ascii", errors="replace").splitlines()
    relations = _rows(lines, "PRECEDENCE RELATIONS:", 2)
    requests = _rows(lines, "REQUESTS/DURATIONS:", 3)
    capacities = np.array(_rows(lines, "RESOURCEAVAILABILITIES:", 2)[0])
    durations = np.array([row[2] for row in requests])
    links = [
        (row[0] - 1, head - 1, row_duration)
        for row, row_duration in zip(relations, durations.tolist(), strict=True)
        for head in row[3:]
    ]
    return Problem(durations, np.array([row[3:] for row in requests]), capacities, tuple(links))


def _rows(lines: list[str], title: str, skip: int) -> list[list[int]]:
    first = next(number for number, line in enumerate(lines) if line.startswith(title)) + skip
    rows = []
    for line in lines[first:]:
        if line.startswith("*"):
            break
        rows.append([int(text) for text in re.findall(r"\d+", line)])
    return rows


def best_known(size: str) -> dict[str, tuple[int, int]]:
    """For each instance the best bounds that are published, from below and from above."""
    with (FOLDER / size / "best_known.csv").open(encoding="ascii") as file:
        return {row["problem"]: _span(row["optimum"]) for row in csv.DictReader(file)}


def _span(text: str) -> tuple[int, int]:
    low, _, high = text.partition("..")
    return int(low or 0), int(high or low)


def generated(size: int, seed: int) -> Problem:
    """An instance after ProGen, which PSPLIB was made with: durations 1 to 10, each activity waits for one to three
    of the ten before it, uses each of four resources with a chance of one half by 1 to 10 units; of each resource
    there is what one activity needs at most and a fifth of the way from there to the peak of the earliest schedule."""
    rng = np.random.default_rng(seed)
    durations = rng.integers(1, 11, size)
    links = []
    for head in range(1, size):
        tails = {int(one) for one in rng.integers(max(0, head - 10), head, rng.integers(1, 4))}
        links += [(tail, head, int(durations[tail])) for tail in sorted(tails)]
    demands = np.where(rng.random((size, 4)) < 0.5, rng.integers(1, 11, (size, 4)), 0)
    free = Problem(durations, demands, demands.sum(axis=0), tuple(links))
    load = np.zeros((4, free.horizon), dtype=np.int64)
    for node, start in enumerate(free.heads):
        load[:, start : start + int(durations[node])] += demands[node][:, None]
    least = demands.max(axis=0)
    return Problem(durations, demands, least + (load.max(axis=1) - least) // 5, tuple(links))
