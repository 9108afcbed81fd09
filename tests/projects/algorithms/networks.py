"""Networks for the tests of simulation, and the same followed the slow, obvious way."""

import numpy as np
from hypothesis import strategies as st

from projects.algorithms.network import Network, build_network
from projects.algorithms.simulation import Links


def links_of(kinds, lags) -> Links:
    """Links from their field names, FS, SS, FF or SF."""
    return Links(
        np.array([kind[0] == "F" for kind in kinds], dtype=bool),
        np.array([kind[1] == "F" for kind in kinds], dtype=bool),
        np.array(lags, dtype=np.float64),
    )


@st.composite
def linked(draw, most=9):
    """(network, predecessors, successors, kinds, lags, durations) with whole numbers, so that floats are exact."""
    size = draw(st.integers(1, most))
    pairs = [(first, second) for first in range(size) for second in range(first + 1, size)]
    ends = draw(st.lists(st.sampled_from(pairs), max_size=2 * size)) if pairs else []
    names = draw(st.permutations(range(size)))
    before, after = [names[first] for first, _ in ends], [names[second] for _, second in ends]
    kinds = draw(st.lists(st.sampled_from(["FS", "SS", "FF", "SF"]), min_size=len(ends), max_size=len(ends)))
    lags = draw(st.lists(st.integers(-4, 6), min_size=len(ends), max_size=len(ends)))
    durations = draw(st.lists(st.integers(0, 12), min_size=size, max_size=size))
    return build_network(size, before, after), before, after, kinds, lags, durations


def slow_pass(network: Network, before, after, kinds, lags, durations):
    """(start, critical activities, critical links) by plain loops.

    An activity is on a longest path when it ends with the whole or drives one that is.
    """
    start: dict[int, float] = {}
    asked: dict[int, float] = {}
    for node in network.order.tolist():
        start[node] = 0
        for link, head in enumerate(after):
            if head == node:
                tail = before[link]
                bound = start[tail] + (durations[tail] if kinds[link][0] == "F" else 0) + lags[link]
                asked[link] = bound - (durations[node] if kinds[link][1] == "F" else 0)
                start[node] = max(start[node], asked[link])
    end = max(start[node] + durations[node] for node in start)
    critical = {node for node in start if start[node] + durations[node] == end}
    driving = set()
    for node in reversed(network.order.tolist()):
        for link, tail in enumerate(before):
            if tail == node and after[link] in critical and asked[link] == start[after[link]]:
                critical.add(node)
                driving.add(link)
    return start, critical, driving
