"""A chart's title is a sentence that its data says; every mark opens its rows; the same data stands as a table."""

import datetime
import json
from decimal import Decimal

import pytest

from core.tenancy import organization_scope
from portfolio.charts.dashboard import budget_chart, dashboard_charts, finish_chart, health_chart, spending_chart
from portfolio.models import Rollup
from portfolio.selectors.dashboard import Part

DAY = datetime.date(2026, 6, 1)
ROWS = "/projects/?portfolio=1"


def part(number, name="", kind="program", **values):
    counts = {name: values.pop(name, 0) for name in ("green", "amber", "red", "unreported")}
    money = {f"{name}_amount": Decimal(values.pop(name, 0)) for name in ("budget", "actual")}
    flying = {"in_flight_count": sum(counts.values()), **{f"{health}_count": n for health, n in counts.items()}}
    return Part(kind, number, name or f"Program {number}", Rollup(currency="USD", **flying, **money, **values))


def whole(parts):
    names = ("in_flight_count", "green_count", "amber_count", "red_count", "unreported_count")
    sums = {name: sum(getattr(p.rollup, name) for p in parts) for name in (*names, "budget_amount", "actual_amount")}
    return Rollup(currency="USD", **sums)


def title_of_health(*parts):
    return health_chart(parts, whole(parts), ROWS).title


def title_of_budget(*parts):
    return budget_chart(parts, whole(parts), ROWS).title


def title_of_spending(*parts):
    return spending_chart(parts, whole(parts), ROWS).title


def days(count):
    return DAY + datetime.timedelta(days=count)


def finishing(number, slip, **values):
    return part(
        number, green=1, planned_finish_date=days(100), finish_date=days(100 + slip), slip_days=slip, health="green",
        **values,
    )  # fmt: skip


def title_of_finish(*parts):
    return finish_chart(parts, ROWS, DAY).title


def test_health_says_how_many_are_off_track_and_where():
    assert title_of_health(part(1, "Atlas", red=3, green=6), part(2, red=1)) == (
        "4 of 10 projects are off track, 3 of them in Atlas"
    )
    assert title_of_health(part(1, "Atlas", red=2, green=6), part(2, green=1)) == (
        "2 of 9 projects are off track, all of them in Atlas"
    )
    assert title_of_health(part(1, "Atlas", red=1, green=2)) == "1 of 3 projects is off track, in Atlas"
    assert title_of_health(part(1, "Apollo", kind="project", red=1), part(2, green=1)) == (
        "1 of 2 projects is off track: Apollo"
    )


def test_health_says_so_when_nothing_is_off_track():
    assert title_of_health(part(1, amber=2, green=3)) == "No project is off track; 2 of 5 are at risk"
    assert title_of_health(part(1, green=3)) == "All 3 projects in flight are on track"
    assert title_of_health(part(1, green=1)) == "The project in flight is on track"
    assert title_of_health(part(1, unreported=4)) == "Nothing is reported of 4 projects in flight"
    assert title_of_health(part(1, unreported=1, green=4)) == "No project is off track; 1 of 5 are not reported"


def test_the_budget_says_who_holds_it():
    assert title_of_budget(part(1, "Atlas", budget=770), part(2, budget=240), part(3, budget=100)) == (
        "Atlas holds 69% of the budget"
    )
    spread = [part(number, budget=100 + number) for number in range(10)]
    assert title_of_budget(*spread) == "5 of 10 hold half of the budget, Program 9 the most"


def test_spending_says_who_is_over():
    assert title_of_spending(part(1, "Atlas", budget=100, actual=150), part(2, budget=100)) == (
        "Atlas is 50% over its budget"
    )
    assert title_of_spending(*[part(n, budget=100, actual=150) for n in range(3)]) == "3 of 3 are over their budget"
    assert title_of_spending(part(1, budget=100, actual=50), part(2, budget=100, actual=20)) == (
        "35% of the budget is spent; none is over its budget"
    )
    assert title_of_spending(part(1, "Atlas", actual=5), part(2, budget=100)) == "Atlas spends without a budget"


def test_the_finish_says_who_is_latest():
    assert title_of_finish(finishing(1, 0), finishing(2, -3)) == "Every finish is expected as planned"
    assert title_of_finish(finishing(1, 0), finishing(2, 21, name="Mobile")) == (
        "Mobile finishes 21 days later than planned"
    )
    assert title_of_finish(finishing(1, 1), finishing(2, 21, name="Mobile"), finishing(3, 0)) == (
        "2 of 3 finish later than planned, Mobile by 21 days"
    )


def test_a_chart_that_has_nothing_to_say_is_left_out():
    idle = [part(1), part(2)]

    assert dashboard_charts(idle, whole(idle), ROWS, DAY) == []
    one = [part(1, budget=100, green=1)]
    assert [chart.key for chart in dashboard_charts(one, whole(one), ROWS, DAY)] == ["health"]


@pytest.fixture
def charts(acme):
    parts = [
        part(1, "Über <b>Atlas</b>", green=2, red=1, budget=500, actual=700, **dates(10)),
        part(2, "Same name", amber=1, budget=300, actual=100, **dates(0)),
        part(3, "Same name", unreported=2, budget=200, **dates(3)),
    ]
    with organization_scope(acme):
        return dashboard_charts(parts, whole(parts), ROWS, DAY)


def dates(slip):
    return {"planned_finish_date": days(50), "finish_date": days(50 + slip), "slip_days": slip}


def test_every_mark_opens_its_rows(charts):
    for chart in charts:
        for trace in chart.plot["data"]:
            if trace.get("hoverinfo") != "skip":
                assert all(url.startswith("/o/acme/") for url in trace["customdata"]), chart.key


def test_a_name_is_text_in_a_chart_and_not_html(charts):
    written = json.dumps([chart.plot for chart in charts], default=str)

    assert "<b>Atlas" not in written
    assert "&lt;b&gt;Atlas" in written


def test_two_of_the_same_name_stay_two(charts):
    health = next(chart for chart in charts if chart.key == "health")

    assert [len(trace["y"]) for trace in health.plot["data"]] == [3] * 4
    assert len(health.plot["layout"]["yaxis"]["tickvals"]) == 3


def test_the_same_data_stands_as_a_table(charts):
    tables = {chart.key: chart for chart in charts}

    assert [row.name for row in tables["budget"].rows] == ["Über <b>Atlas</b>", "Same name", "Same name"]
    assert tables["budget"].rows[0].cells == ("$500", "50%")
    assert tables["spending"].rows[0].cells == ["$500", "$700", "140%"]
    for chart in charts:
        assert all(len(row.cells) == len(chart.headers) - 1 for row in chart.rows), chart.key


def test_bars_begin_at_zero(charts):
    for chart in charts:
        if any(trace["type"] == "bar" for trace in chart.plot["data"]):
            assert chart.plot["layout"]["xaxis"]["rangemode"] == "tozero"


def test_two_in_a_row_are_equally_high(charts):
    assert charts[0].size == charts[1].size
    assert charts[2].size == charts[3].size


def test_many_parts_are_cut_and_the_table_has_all():
    parts = [part(number, green=1, budget=number + 1, actual=1) for number in range(40)]
    health = health_chart(parts, whole(parts), ROWS)

    assert len(health.plot["data"][0]["y"]) == 12
    assert len(health.rows) == 40
    assert "12 of 40 shown, all in the table" in health.subtitle
