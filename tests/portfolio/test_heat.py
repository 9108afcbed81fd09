"""The heatmap as a pure function: sums, shades, quarters, proposals, and what hiring changes."""

import datetime
from decimal import Decimal

import pytest

from portfolio.algorithms.heat import Demand, Hire, Supply, heatmap, level_of

JAN, FEB, MAR = (datetime.date(2026, number, 1) for number in (1, 2, 3))
DEVELOPER, TESTER, INGEST, DATA = 1, 2, 10, 20
EACH = [(JAN,), (FEB,), (MAR,)]


def demand(role, team, month, planned, opened="0", actual="0", proposed="0"):
    return Demand(role, team, month, *(Decimal(value) for value in (planned, opened, actual, proposed)))


def supply(role, team, month, fte):
    return Supply(role, team, month, Decimal(fte))


def rows_of(heat):
    return {row.key: row.cells for row in heat.rows}


def test_teams_add_up_their_roles_and_the_total_adds_up_the_teams():
    heat = heatmap(
        [demand(DEVELOPER, INGEST, JAN, "3"), demand(TESTER, INGEST, JAN, "2", "1"), demand(TESTER, DATA, JAN, "1")],
        [supply(DEVELOPER, INGEST, JAN, "4"), supply(TESTER, DATA, JAN, "2")],
        EACH, by="team",
    )  # fmt: skip
    ingest, data = rows_of(heat)[INGEST][0], rows_of(heat)[DATA][0]
    assert (ingest.demand, ingest.open, ingest.capacity, ingest.load) == (5, 1, 4, Decimal("1.25"))
    assert (data.free, data.is_over) == (1, False)
    assert (heat.total.cells[0].demand, heat.total.cells[0].capacity) == (6, 6)
    assert set(rows_of(heatmap([demand(None, INGEST, JAN, "3")], [], EACH, by="role"))) == {None}


def test_a_quarter_shows_the_mean_of_its_months():
    months = [demand(DEVELOPER, None, month, fte) for month, fte in ((JAN, "1"), (FEB, "2"), (MAR, "3"))]
    heat = heatmap(months, [supply(DEVELOPER, None, JAN, "3")], [(JAN, FEB, MAR)], by="role")
    cell = rows_of(heat)[DEVELOPER][0]
    assert (cell.demand, cell.capacity) == (2, 1)


def test_proposals_count_only_when_asked_for_and_are_open():
    row = demand(DEVELOPER, None, JAN, "1", "0", "0", "0.5")
    assert rows_of(heatmap([row], [], EACH, by="role"))[DEVELOPER][0].demand == 1
    with_them = rows_of(heatmap([row], [], EACH, by="role", with_proposals=True))[DEVELOPER][0]
    assert (with_them.demand, with_them.open) == (Decimal("1.5"), Decimal("0.5"))


def test_hiring_adds_capacity_from_its_month_on_and_tells_what_it_changes():
    heat = heatmap(
        [demand(DEVELOPER, None, month, "3") for month in (JAN, FEB, MAR)],
        [supply(DEVELOPER, None, month, "2") for month in (JAN, FEB, MAR)],
        EACH, by="role", hire=Hire(DEVELOPER, None, FEB, Decimal(2)),
    )  # fmt: skip
    cells = rows_of(heat)[DEVELOPER]
    assert [(cell.capacity, cell.hired) for cell in cells] == [(2, 0), (4, 2), (4, 2)]
    assert (cells[1].load_before, cells[1].load) == (Decimal("1.5"), Decimal("0.75"))
    assert (heat.effect.over, heat.effect.missing) == ((3, 1), (3, 1))
    assert heat.effect.peak == (Decimal("1.5"), Decimal("1.5"))


def test_a_hire_for_a_team_without_a_row_gets_one():
    heat = heatmap([], [], EACH, by="team", hire=Hire(DEVELOPER, DATA, JAN, Decimal(1)))
    assert rows_of(heat)[DATA][0].capacity == 1


@pytest.mark.parametrize(
    ("planned", "capacity", "level"),
    [
        ("0", "0", "none"), ("1", "0", "over"), ("0", "5", "0"), ("59", "100", "0"), ("60", "100", "1"),
        ("79", "100", "2"), ("87.4", "100", "3"), ("94", "100", "4"), ("95", "100", "tight"), ("100", "100", "tight"),
        ("100.1", "100", "over"),
    ],
)  # fmt: skip
def test_every_load_has_its_shade(planned, capacity, level):
    assert level_of(Decimal(planned), Decimal(capacity)) == level
