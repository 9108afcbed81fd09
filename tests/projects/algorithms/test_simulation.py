"""Monte Carlo: when a network may finish, what decides it, and how sure a date is."""

import numpy as np
import pytest
from hypothesis import given, settings

from projects.algorithms.estimates import Shape, three_points
from projects.algorithms.network import build_network
from projects.algorithms.simulation import (
    CHUNK,
    DelayFactors,
    Links,
    RiskEvents,
    chance,
    percentiles,
    simulate,
)
from tests.projects.algorithms.networks import linked, links_of, slow_pass

# Hillier & Lieberman, "Introduction to Operations Research", chapter "Project management with PERT/CPM": Reliable
# Construction Co., in weeks. The mean critical path A-B-C-E-F-J-L-N takes 44; 47 are allowed, and PERT alone calls that
# 84 % sure.
RELIABLE = {
    "A": (1, 2, 3, ""), "B": (2, 3.5, 8, "A"), "C": (6, 9, 18, "B"), "D": (4, 5.5, 10, "C"), "E": (1, 4.5, 5, "C"),
    "F": (4, 4, 10, "E"), "G": (5, 6.5, 11, "D"), "H": (5, 8, 17, "EG"), "I": (3, 7.5, 9, "C"), "J": (3, 9, 9, "FI"),
    "K": (4, 4, 4, "J"), "L": (1, 5.5, 7, "J"), "M": (1, 2, 3, "H"), "N": (5, 5.5, 9, "KL"),
}  # fmt: skip


def chain(*lengths):
    """Chains of activities side by side, which start together."""
    before, after, first = [], [], 0
    for length in lengths:
        before += range(first, first + length - 1)
        after += range(first + 1, first + length)
        first += length
    return build_network(first, before, after), Links.finish_to_start(len(before))


def certain(values):
    return three_points(values, values, values)


def reliable():
    names = list(RELIABLE)
    pairs = [(names.index(first), names.index(name)) for name in names for first in RELIABLE[name][3]]
    network = build_network(len(names), *zip(*pairs, strict=True))
    low, likely, high, _ = zip(*RELIABLE.values(), strict=True)
    return names, network, three_points(low, likely, high), Links.finish_to_start(len(pairs))


@settings(max_examples=200, deadline=None)
@given(linked())
def test_without_variance_every_sample_has_the_deterministic_dates_and_critical_path(case):
    network, before, after, kinds, lags, durations = case
    start, critical, driving = slow_pass(network, before, after, kinds, lags, durations)

    found = simulate(
        network,
        certain(durations),
        links_of(kinds, lags),
        seed=3,
        samples=7,
        targets=[np.array([node]) for node in range(network.size)],
    )

    assert (found.finish == max(start[node] + durations[node] for node in start)).all()
    for node in range(network.size):
        assert (found.targets[node] == start[node] + durations[node]).all()
    assert set(np.flatnonzero(found.criticality == 1)) == critical
    assert set(np.flatnonzero(found.link_criticality == 1)) == driving
    assert set(np.unique(found.criticality)) <= {0, 1}
    assert found.drivers == ()


def test_two_equal_paths_finish_later_than_either_by_the_merge_bias():
    """The expected maximum of two equal normal values is their mean plus their deviation over the root of pi (Clark,
    "The greatest of a finite set of random variables", Operations Research 9:2, 1961)."""
    network, links = chain(40, 40)
    estimates = three_points([8.0] * 80, [10.0] * 80, [15.0] * 80, Shape.TRIANGULAR)
    mean = 40 * (8 + 10 + 15) / 3
    deviation = np.sqrt(40 * (8**2 + 10**2 + 15**2 - 8 * 10 - 8 * 15 - 10 * 15) / 18)

    found = simulate(network, estimates, links, seed=11, samples=40_000, targets=[np.array([39]), np.array([79])])

    assert found.targets.mean(axis=1) == pytest.approx([mean, mean], rel=0.0005)
    assert found.finish.mean() - mean == pytest.approx(deviation / np.sqrt(np.pi), rel=0.03)
    assert found.criticality == pytest.approx(np.full(80, 0.5), abs=0.02)


def test_the_textbook_project_has_its_expected_path_and_is_less_sure_than_pert_alone_says():
    names, network, estimates, links = reliable()
    path = [names.index(name) for name in "ABCEFJLN"]

    assert estimates.mean.tolist() == [2, 4, 10, 6, 4, 5, 7, 9, 7, 8, 4, 5, 2, 6]
    assert estimates.mean[path].sum() == 44
    found = simulate(network, estimates, links, seed=5, samples=20_000)

    assert 44 < found.finish.mean() < 47
    assert 0.5 < chance(found.finish, 47) < 0.84
    assert found.criticality[path].min() > 0.5
    assert found.criticality[names.index("K")] < found.criticality[names.index("L")]
    assert names[found.drivers[0].index] == "C"


def test_a_single_estimate_has_the_percentiles_of_its_distribution():
    network, links = chain(1)
    triangular = simulate(network, three_points(2, 5, 12, Shape.TRIANGULAR), links, seed=1, samples=20_000)
    pert = simulate(network, three_points(2, 5, 12), links, seed=1, samples=20_000)
    exact = 2 + 10 * np.random.default_rng(9).beta(1 + 4 * 0.3, 1 + 4 * 0.7, size=1_000_000)

    assert percentiles(triangular.finish)[1] == pytest.approx(12 - np.sqrt(0.2 * 10 * 7), rel=0.01)
    assert percentiles(pert.finish) == pytest.approx(np.quantile(exact, [0.5, 0.8, 0.95]), rel=0.01)
    assert 2 <= pert.finish.min() <= pert.finish.max() <= 12


def test_an_activity_is_critical_as_often_as_it_takes_longer_than_what_runs_beside_it():
    network = build_network(3, [0, 1], [2, 2])
    estimates = three_points([0, 12, 1], [10, 12, 1], [20, 12, 1], Shape.TRIANGULAR)

    found = simulate(network, estimates, Links.finish_to_start(2), seed=2, samples=50_000)

    longer = (20 - 12) ** 2 / (20 * 10)
    assert found.criticality == pytest.approx([longer, 1 - longer, 1], abs=0.01)
    assert found.link_criticality == pytest.approx([longer, 1 - longer], abs=0.01)
    assert [driver.index for driver in found.drivers] == [0]
    assert found.drivers[0].cruciality == pytest.approx(found.criticality[0] * found.drivers[0].correlation)


def test_what_is_shared_delays_all_at_once_so_that_the_sum_varies_more():
    network, links = chain(4)
    shared = DelayFactors(three_points(0.8, 1, 1.8, Shape.TRIANGULAR), [np.arange(4)])
    each = DelayFactors(
        three_points([0.8] * 4, [1] * 4, [1.8] * 4, Shape.TRIANGULAR), [np.array([n]) for n in range(4)]
    )

    together = simulate(network, certain([10.0] * 4), links, seed=4, samples=20_000, factors=shared)
    apart = simulate(network, certain([10.0] * 4), links, seed=4, samples=20_000, factors=each)

    assert together.finish.mean() == pytest.approx(apart.finish.mean(), rel=0.005)
    assert together.finish.std() == pytest.approx(2 * apart.finish.std(), rel=0.03)
    assert [(driver.kind, driver.index) for driver in together.drivers] == [("factor", 0)]
    assert together.drivers[0].correlation == pytest.approx(1, abs=1e-6)
    assert together.drivers[0].swing == pytest.approx(2.5631 * together.finish.std(), rel=1e-3)


def test_a_risk_happens_as_often_as_it_is_probable_and_costs_days_and_money():
    network, links = chain(2)
    risks = RiskEvents(np.array([0.3]), certain([5.0]), three_points(100, 200, 300), [np.array([1])])

    found = simulate(network, certain([10.0, 10.0]), links, seed=8, samples=50_000, risks=risks)

    assert chance(found.finish, 20) == pytest.approx(0.7, abs=0.01)
    assert set(np.unique(found.finish)) == {20, 25}
    assert found.risk_cost.mean() == pytest.approx(60, rel=0.03)
    assert (found.risk_cost[found.finish == 20] == 0).all()
    assert [(driver.kind, driver.index, driver.cruciality) for driver in found.drivers] == [("risk", 0, None)]


def test_the_seed_decides_and_the_number_of_threads_does_not():
    _, network, estimates, links = reliable()
    arguments = {"samples": 3 * CHUNK + 20, "targets": [np.array([12, 13])]}

    once = simulate(network, estimates, links, seed=1, **arguments)
    again = simulate(network, estimates, links, seed=1, threads=2, **arguments)
    other = simulate(network, estimates, links, seed=2, **arguments)

    assert (once.finish == again.finish).all()
    assert (once.targets == again.targets).all()
    assert (once.criticality == again.criticality).all()
    assert (once.link_criticality == again.link_criticality).all()
    assert once.drivers == again.drivers
    assert len(once.finish) == 3 * CHUNK + 20
    assert not (once.finish == other.finish).all()


def test_no_activity_starts_before_its_floor():
    network, links = chain(2)

    found = simulate(network, certain([3.0, 4.0]), links, seed=1, samples=5, floor=np.array([0.0, 10.0]))

    assert (found.finish == 14).all()
    assert found.criticality.tolist() == [0, 1]


def test_the_tornado_names_the_ten_greatest_and_the_greatest_first():
    network, links = chain(14)
    high = np.linspace(11, 37, 14)

    found = simulate(network, three_points([10.0] * 14, [10.5] * 14, high), links, seed=6, samples=5000)

    assert len(found.drivers) == 10
    swings = [driver.swing for driver in found.drivers]
    assert swings == sorted(swings, reverse=True)
    assert found.drivers[0].index in (12, 13)
    assert 0 not in {driver.index for driver in found.drivers}


@pytest.mark.parametrize(
    ("points", "sentence"),
    [
        ((5, 4, 9), "Estimate 1 is not in order: optimistic 5, most likely 4, pessimistic 9."),
        ((-1, 4, 9), "Estimate 1 is negative (-1)."),
        ((1, float("nan"), 9), "Estimate 1 is no number."),
        (([1, 2], [2, 3], [3, float("inf")]), "Estimate 2 is no number."),
    ],
)
def test_an_estimate_that_makes_no_sense_is_refused_in_words(points, sentence):
    with pytest.raises(ValueError, match=sentence.replace("(", r"\(").replace(")", r"\)")):
        three_points(*points)


def test_what_does_not_belong_together_is_refused_in_words():
    network, links = chain(2)

    with pytest.raises(ValueError, match="3 durations and 1 links do not belong to a network of 2 activities"):
        simulate(network, certain([1.0, 2.0, 3.0]), links, seed=1)
    with pytest.raises(ValueError, match="nothing to simulate"):
        simulate(network, certain([1.0, 2.0]), links, seed=1, samples=0)
