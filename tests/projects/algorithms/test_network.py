"""The order of a network, and the circle that is named when there is none."""

import networkx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projects.algorithms.network import THIN, CycleError, Network, build_network, closing_path, spread

some_links = st.integers(1, 60).flatmap(
    lambda size: st.tuples(
        st.just(size),
        st.lists(st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)), max_size=3 * size),
    )
)


def built(size: int, links: list[tuple[int, int]]) -> Network:
    return build_network(size, [tail for tail, _ in links], [head for _, head in links])


@settings(max_examples=200, deadline=None)
@given(some_links, st.randoms())
def test_levels_are_the_longest_paths_and_links_are_kept_both_ways(network, random):
    size, pairs = network
    numbers = list(range(size))
    random.shuffle(numbers)
    links = [(numbers[min(pair)], numbers[max(pair)]) for pair in pairs if pair[0] != pair[1]]

    answer = built(size, links)

    graph = networkx.MultiDiGraph(links)
    graph.add_nodes_from(range(size))
    depth = {}
    for node in networkx.topological_sort(graph):
        depth[node] = max((depth[before] + 1 for before in graph.predecessors(node)), default=0)
    level = np.searchsorted(answer.levels, answer.rank, side="right") - 1
    assert level.tolist() == [depth[node] for node in range(size)]
    assert answer.order[answer.rank].tolist() == list(range(size))
    waited_for = np.diff(answer.out_start) > 0
    for first, last in zip(answer.levels[:-1], answer.levels[1:], strict=True):
        assert waited_for[first:last].tolist() == sorted(waited_for[first:last].tolist(), reverse=True)
    incoming = [
        (int(answer.order[answer.in_source[place]]), int(answer.order[rank]), int(answer.in_link[place]))
        for rank in range(size)
        for place in range(answer.in_start[rank], answer.in_start[rank + 1])
    ]
    outgoing = [
        (int(answer.order[rank]), int(answer.order[answer.out_target[place]]), int(answer.out_link[place]))
        for rank in range(size)
        for place in range(answer.out_start[rank], answer.out_start[rank + 1])
    ]
    assert sorted(incoming) == sorted(outgoing) == sorted((*pair, number) for number, pair in enumerate(links))
    assert answer.in_link[answer.out_place].tolist() == answer.out_link.tolist()


@settings(max_examples=200, deadline=None)
@given(some_links)
def test_a_circle_is_named_in_the_order_of_its_links_and_only_where_there_is_one(network):
    size, links = network
    is_sortable = networkx.is_directed_acyclic_graph(networkx.MultiDiGraph(links))

    if is_sortable:
        assert built(size, links).size == size
        return
    with pytest.raises(CycleError) as refused:
        built(size, links)
    path = refused.value.path
    assert path[0] == path[-1]
    assert len(set(path)) == len(path) - 1
    assert all(pair in set(links) for pair in zip(path[:-1], path[1:], strict=True))


def test_the_circle_is_told_by_the_names_of_its_activities():
    names = ["Kick-off", "Design freeze", "Supplier order", "Prototype"]

    with pytest.raises(CycleError, match="in a circle: Design freeze → Supplier order → Prototype → Design"):
        build_network(4, [0, 1, 2, 3], [1, 2, 3, 1], names)


@settings(max_examples=200, deadline=None)
@given(some_links, st.integers(0, 59), st.integers(0, 59))
def test_one_more_link_closes_a_circle_exactly_where_a_path_leads_back(network, tail, head):
    size, pairs = network
    links = [(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]]
    tail, head = tail % size, head % size
    graph = networkx.DiGraph(links)
    graph.add_nodes_from(range(size))

    path = closing_path(built(size, links), tail, head)

    assert bool(path) == networkx.has_path(graph, head, tail)
    if path:
        assert path[0] == path[-1] == tail
        assert path[1] == head
        assert all(graph.has_edge(*pair) for pair in zip(path[1:-1], path[2:], strict=True))


def test_wide_and_thin_levels_are_sorted_alike():
    wide = 5 * THIN
    links = [(0, 1 + number) for number in range(wide)] + [(1 + number, wide + 1) for number in range(wide)]
    links += [(wide + 1, wide + 2), (0, wide + 2)]

    network = built(wide + 3, links)

    assert network.levels.tolist() == [0, 1, 1 + wide, 2 + wide, 3 + wide]
    assert network.order[0] == 0
    assert network.order[-1] == wide + 2


def test_nothing_is_a_network_too_and_a_link_to_nobody_is_refused():
    assert build_network(0, [], []).size == 0
    assert build_network(3, [], []).levels.tolist() == [0, 3]
    assert spread(np.array([5, 2, 9]), np.array([7, 2, 12])).tolist() == [5, 6, 9, 10, 11]
    with pytest.raises(ValueError, match="does not exist"):
        build_network(2, [0], [2])
    with pytest.raises(ValueError, match="same length"):
        build_network(2, [0], [])
