"""Monthly money and demand over REST."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership
from portfolio.services import rebuild_rollups
from resources.models import ResourceRole
from tests.portfolio.monthly import FEBRUARY, JANUARY, allocation, entry


@pytest.fixture
def months(acme, project, portfolio):
    role = ResourceRole.objects.create(organization=acme, name="Developer")
    for month in (JANUARY, FEBRUARY):
        entry(project, "100.255", month=month)
        allocation(project, "1.5", month=month, role=role)
    entry(portfolio, "900", kind="budget")
    rebuild_rollups(acme.pk)
    return role


def results(api, path):
    response = api.get(f"/api/v1/{path}")
    assert response.status_code == 200, response.content
    return response.json()["results"]


def test_money_of_a_node_by_month_is_a_decimal_string_with_its_currency(api, months, portfolio):
    rows = results(api, f"money-months/?portfolio={portfolio.pk}&kind=actual&from_month=2026-02-01")
    assert [(row["month"], row["amount"], row["currency"]) for row in rows] == [("2026-02-01", "100.2550000000", "USD")]
    (given,) = results(api, f"money-months/?portfolio={portfolio.pk}&kind=budget")
    assert (given["amount"], given["given_amount"]) == ("0.0000000000", "900.0000000000")


def test_the_organizations_own_rows_name_no_node(api, months):
    rows = results(api, "money-months/?of=organization&entry_class=opex")
    assert len(rows) == 2
    assert {row[node] for row in rows for node in ("project", "program", "portfolio", "product")} == {None}


def test_demand_of_a_node_by_role_and_month(api, months, program):
    rows = results(api, f"demand-months/?program={program.pk}&role={months.pk}&to_month=2026-01-31")
    assert [(row["role_name"], row["team"], row["planned_fte"], row["open_fte"]) for row in rows] == [
        ("Developer", None, "1.500", "1.500")
    ]
    assert results(api, "demand-months/?of=product") == []


def test_a_member_to_whom_amounts_are_hidden_gets_demand_but_no_money(api_for, months, acme, bob):
    Membership.objects.filter(user=bob).update(sees_amounts=False)
    his = api_for(bob, acme)
    assert his.get("/api/v1/money-months/").status_code == 403
    assert his.get("/api/v1/demand-months/").status_code == 200


def test_strangers_get_none_of_it(api_for, months, other, charlie):
    theirs = api_for(charlie, other)
    assert results(theirs, "money-months/") == results(theirs, "demand-months/") == []


def test_nonsense_is_refused_in_words(api, months):
    assert api.get("/api/v1/money-months/?of=activity").status_code == 400
    assert api.get("/api/v1/money-months/?kind=guess").status_code == 400


@pytest.mark.parametrize("path", ["money-months/", "demand-months/"])
def test_a_page_of_rows_takes_as_many_statements_as_one_row(api, months, path):
    def statements(size):
        with CaptureQueriesContext(connection) as seen:
            assert api.get(f"/api/v1/{path}?page_size={size}").status_code == 200
        return len(seen)

    statements(1)
    assert statements(50) == statements(1) <= 4
