"""Networks that others worked by hand, and small ones against all paths."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projects.algorithms.critical_path import Schedule, schedule
from projects.algorithms.plan import LinkKind, Numbers, Plan
from tests.projects.algorithms.plans import EPOCH

#: Hillier & Lieberman, Introduction to Operations Research, 7th ed. (2001), ch. 10, table 10.1 and section 10.3, the
#: Reliable Construction Co.: activity: weeks, predecessors, ES, EF, slack.
RELIABLE = {
    "A": (2, "", 0, 2, 0),
    "B": (4, "A", 2, 6, 0),
    "C": (10, "B", 6, 16, 0),
    "D": (6, "C", 16, 22, 4),
    "E": (4, "C", 16, 20, 0),
    "F": (5, "E", 20, 25, 0),
    "G": (7, "D", 22, 29, 4),
    "H": (9, "EG", 29, 38, 4),
    "I": (7, "C", 16, 23, 2),
    "J": (8, "FI", 25, 33, 0),
    "K": (4, "J", 33, 37, 1),
    "L": (5, "J", 33, 38, 0),
    "M": (2, "H", 38, 40, 4),
    "N": (6, "KL", 38, 44, 0),
}
#: Taylor, Introduction to Management Science, solutions of ch. 8, p. 115: arc: length, ES, EF, LS, LF, slack. An arc
#: follows all that end where it begins. Arc 4-5 is a dummy.
TAYLOR = {
    "1-2": (8, 0, 8, 1, 9, 1),
    "1-3": (10, 0, 10, 0, 10, 0),
    "1-4": (9, 0, 9, 6, 15, 6),
    "2-5": (6, 8, 14, 9, 15, 1),
    "2-6": (4, 8, 12, 16, 20, 8),
    "3-5": (5, 10, 15, 10, 15, 0),
    "4-5": (0, 9, 9, 15, 15, 6),
    "4-7": (7, 9, 16, 20, 27, 11),
    "5-7": (12, 15, 27, 15, 27, 0),
    "5-8": (15, 15, 30, 16, 31, 1),
    "6-9": (18, 12, 30, 20, 38, 8),
    "7-8": (4, 27, 31, 27, 31, 0),
    "8-9": (7, 31, 38, 31, 38, 0),
}


def scheduled(durations: list[int], links: list[tuple[int, int, int, int]]) -> Schedule:
    columns = np.array(links, dtype=np.int64).reshape(-1, 4).T
    names = [f"Activity {number}" for number in range(len(durations))]
    return schedule(
        Plan(
            names,
            EPOCH,
            np.array(durations),
            predecessors=columns[0],
            successors=columns[1],
            link_kinds=columns[2],
            lags=columns[3],
        )
    )


def test_the_reliable_construction_company_finishes_in_44_weeks():
    names = list(RELIABLE)
    links = [(names.index(one), names.index(name), LinkKind.FS, 0) for name in names for one in RELIABLE[name][1]]

    answer = scheduled([RELIABLE[name][0] for name in names], links)

    assert answer.early_start.tolist() == [row[2] for row in RELIABLE.values()]
    assert answer.early_finish.tolist() == [row[3] for row in RELIABLE.values()]
    assert answer.total_float.tolist() == [row[4] for row in RELIABLE.values()]
    assert answer.project_finish.tolist() == [44]
    assert "".join(name for name, critical in zip(names, answer.is_critical, strict=True) if critical) == "ABCEFJLN"


def test_taylors_network_has_all_the_dates_of_its_solution():
    arcs = list(TAYLOR)
    links = [
        (tail, head, LinkKind.FS, 0)
        for tail, one in enumerate(arcs)
        for head, other in enumerate(arcs)
        if one.split("-")[1] == other.split("-")[0]
    ]

    answer = scheduled([row[0] for row in TAYLOR.values()], links)

    for column, dates in enumerate(
        (answer.early_start, answer.early_finish, answer.late_start, answer.late_finish, answer.total_float), start=1
    ):
        assert dates.tolist() == [row[column] for row in TAYLOR.values()]


@pytest.mark.parametrize(
    ("kind", "lag", "start", "late_start"),
    [
        # Two activities of 5 and 3; by hand: the second starts at 5 + lag, at lag, at 5 + lag - 3 or at lag - 3.
        (LinkKind.FS, 2, 7, 0),
        (LinkKind.FS, -2, 3, 0),
        (LinkKind.SS, 4, 4, 0),
        (LinkKind.FF, 1, 3, 0),
        (LinkKind.SF, 9, 6, 0),
        # It may finish at 5 as long as nothing is later: the first then leaves it two units of float.
        (LinkKind.SS, 0, 0, 0),
    ],
)
def test_each_kind_of_link_places_the_successor_where_the_hand_puts_it(kind, lag, start, late_start):
    answer = scheduled([5, 3], [(0, 1, kind, lag)])

    assert answer.early_start.tolist() == [0, start]
    assert answer.late_start[0] == late_start


def all_paths(durations: list[int], links: list[tuple[int, int, int, int]]) -> tuple[Numbers, Numbers]:
    """Early and late starts by trying every path: starts from their own beginning, finishes to the last finish."""
    size = len(durations)
    weight = {
        LinkKind.FS: lambda tail, head: durations[tail],
        LinkKind.SS: lambda tail, head: 0,
        LinkKind.FF: lambda tail, head: durations[tail] - durations[head],
        LinkKind.SF: lambda tail, head: -durations[head],
    }

    def walk(node: int, length: int, visit) -> None:
        visit(node, length)
        for tail, head, kind, lag in links:
            if tail == node:
                walk(head, length + weight[kind](tail, head) + lag, visit)

    early = [-(10**9)] * size
    has_predecessor = {head for _, head, _, _ in links}
    is_floored = {head for _, head, kind, _ in links if kind == LinkKind.FF}

    def note(node: int, length: int) -> None:
        early[node] = max(early[node], length)

    for node in range(size):
        if node not in has_predecessor or node in is_floored:
            walk(node, 0, note)
    finish = max(start + length for start, length in zip(early, durations, strict=True))
    tails = []
    for node in range(size):
        longest = [0]
        walk(node, 0, lambda end, length, longest=longest: longest.append(length + durations[end]))
        tails.append(finish - max(longest[1:]))
    return np.array(early), np.array(tails)


@st.composite
def small_networks(draw):
    size = draw(st.integers(1, 7))
    durations = draw(st.lists(st.integers(0, 9), min_size=size, max_size=size))
    pairs = draw(st.lists(st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)), max_size=10))
    return durations, [
        (min(pair), max(pair), draw(st.sampled_from(list(LinkKind))), draw(st.integers(-4, 6)))
        for pair in pairs
        if pair[0] != pair[1]
    ]


@settings(max_examples=300, deadline=None)
@given(small_networks())
def test_small_networks_agree_with_trying_every_path(network):
    durations, links = network

    answer = scheduled(durations, links)

    early, late = all_paths(durations, links)
    assert answer.early_start.tolist() == early.tolist()
    assert answer.late_start.tolist() == late.tolist()
    assert answer.total_float.tolist() == (late - early).tolist()
