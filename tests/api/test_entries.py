"""Entries, exchange rates and budgets over REST."""

from decimal import Decimal

import pytest

from accounts.models import Membership
from finance.models import Budget, ExchangeRate, FinancialEntry
from tests.api.conftest import errors_of

ENTRIES = "/api/v1/entries/"


def row(project, **more):
    return {
        "project": project.pk, "kind": "budget", "entry_class": "opex", "month": "2026-01-01", "amount": "100.00",
        **more,
    }  # fmt: skip


@pytest.fixture
def entry(api, project):
    return api.send("post", ENTRIES, row(project)).json()


def test_an_entry_is_added_read_changed_and_removed(api, project, entry):
    assert (entry["currency"], entry["reporting_amount"], entry["program"]) == ("USD", "100.0000000000", None)
    url = f"{ENTRIES}{entry['id']}/"
    tag = api.get(url).headers["ETag"]

    changed = api.send("patch", url, {"amount": "120.00"}, If_Match=tag)
    assert (changed.status_code, changed.json()["amount"]) == (200, "120.00")
    assert api.send("patch", url, {"amount": "130.00"}, If_Match=tag).status_code == 412
    assert api.delete(url).status_code == 204
    assert api.get(ENTRIES).json()["results"] == []


def test_an_entry_names_exactly_one_subject(api, project, program):
    response = api.send("post", ENTRIES, row(project, program=program.pk))

    assert response.status_code == 400
    assert "exactly one of" in errors_of(response)["non_field_errors"][0]


def test_a_missing_rate_is_an_error_at_the_currency_with_pair_and_date(api, project):
    response = api.send("post", ENTRIES, row(project, currency="EUR"))

    assert response.status_code == 400
    assert "from EUR to USD on or before 2026-01-31" in errors_of(response)["currency"][0]


def test_many_entries_are_set_at_once_with_a_result_for_each(api, project, program, entry):
    body = [
        row(project, amount="1.00"),
        row(project, month="2026-02-01"),
        {**row(project), "project": None, "program": program.pk},
        row(project, month="2026-03-01", amount=None),
    ]

    response = api.send("post", f"{ENTRIES}bulk/", {"entries": body})

    assert response.status_code == 200
    assert [one["result"] for one in response.json()["results"]] == ["updated", "created", "created", "unchanged"]
    assert response.json()["results"][0]["id"] == entry["id"]


def test_one_wrong_row_saves_nothing_and_is_named_in_its_place(api, project, entry):
    body = [row(project, month="2026-02-01"), row(project, month="2026-03-01", currency="EUR")]

    response = api.send("post", f"{ENTRIES}bulk/", {"entries": body})

    assert response.status_code == 400
    good, wrong = errors_of(response)["entries"]
    assert good == {}
    assert "EUR to USD" in wrong["currency"][0]
    assert FinancialEntry.objects.count() == 1


def test_more_than_a_thousand_rows_are_refused(api, project):
    response = api.send("post", f"{ENTRIES}bulk/", {"entries": [row(project)] * 1001})

    assert response.status_code == 400


def test_a_thousand_rows_cost_as_many_statements_as_ten(api, project, django_assert_max_num_queries):
    body = [row(project, line=f"Line {n}") for n in range(1000)]

    with django_assert_max_num_queries(30):
        response = api.send("post", f"{ENTRIES}bulk/", {"entries": body})

    assert len(response.json()["results"]) == 1000


def test_a_subject_of_another_organization_is_no_row_here(api, project, foreign):
    body = [row(foreign["project"])]

    response = api.send("post", f"{ENTRIES}bulk/", {"entries": body})

    assert response.status_code == 400
    assert errors_of(response)["entries"][0]["project"] == ["There is no such row, or it is not yours to see."]


def test_entries_are_filtered_by_subject_kind_class_and_month(api, project, program, entry):
    api.send("post", ENTRIES, row(project, month="2026-02-01", kind="actual"))
    api.send("post", ENTRIES, {**row(project), "project": None, "program": program.pk})

    def count(query):
        return len(api.get(f"{ENTRIES}?{query}").json()["results"])

    assert count(f"project={project.pk}") == 2
    assert count(f"in_program={program.pk}") == 3
    assert count(f"below_program={program.pk}&kind=actual") == 1
    assert count("from_month=2026-02") == 1
    assert count("to_month=2026-01&entry_class=opex") == 2
    assert api.get(f"{ENTRIES}?from_month=soon").status_code == 400


def test_roles_and_strangers_are_refused(api_for, acme, other, bob, charlie, project, entry):
    assert api_for(bob, acme).send("post", ENTRIES, row(project, month="2026-02-01")).status_code == 403
    assert api_for(charlie, other).get(f"{ENTRIES}{entry['id']}/").status_code == 404


def test_a_member_who_sees_no_amounts_gets_403_from_every_address_of_money(api_for, acme, vera, project, entry):
    Membership.objects.filter(user=vera).update(sees_amounts=False)
    blind = api_for(vera, acme)

    for url in (ENTRIES, "/api/v1/budgets/", "/api/v1/exchange-rates/", f"/api/v1/projects/{project.pk}/budget/"):
        assert blind.get(url).status_code == 403, url


def test_rates_are_added_changed_and_removed_and_entries_follow(api, project):
    rate = api.send("post", "/api/v1/exchange-rates/", {"currency": "EUR", "from_date": "2026-01-01", "rate": "1.1"})
    assert rate.status_code == 201
    api.send("post", ENTRIES, row(project, currency="EUR"))
    url = f"/api/v1/exchange-rates/{rate.json()['id']}/"

    assert api.send("patch", url, {"rate": "1.2"}).status_code == 200
    assert FinancialEntry.objects.get().reporting_amount == Decimal(120)
    refused = api.delete(url)
    assert refused.status_code == 409
    assert "1 entry in EUR would have no exchange rate" in refused.json()["detail"]
    assert ExchangeRate.objects.exists()


def test_a_budget_is_approved_changed_with_a_reason_and_compared(api, project, entry):
    first = api.send("post", "/api/v1/budgets/", {"project": project.pk})
    assert (first.status_code, first.json()["number"]) == (201, 1)

    refused = api.send("patch", f"{ENTRIES}{entry['id']}/", {"amount": "150.00"})
    assert "Budget 1 of “Apollo” is approved" in errors_of(refused)["reason"][0]
    api.send("patch", f"{ENTRIES}{entry['id']}/", {"amount": "150.00", "reason": "Dearer."})

    second = Budget.objects.get(number=2)
    compared = api.get(f"/api/v1/budgets/{second.pk}/compare/?against={first.json()['id']}").json()
    assert compared["cost_change_amount"] == "50.00"
    assert [(line["before"], line["after"]) for line in compared["rows"]] == [("100.00", "150.00")]
    assert len(api.get(f"/api/v1/budgets/{second.pk}/lines/").json()["results"]) == 1
    assert api.get(f"/api/v1/budgets/{second.pk}/compare/?against=1").status_code == 400


def test_the_figures_of_a_program_stand_beside_those_of_its_projects(api, project, program, entry):
    api.send("post", ENTRIES, {**row(project, amount="90.00"), "project": None, "program": program.pk})

    figures = api.get(f"/api/v1/programs/{program.pk}/budget/").json()

    assert (figures["given_amount"], figures["children_amount"], figures["unallocated_amount"]) == (
        "90.00", "100.00", "-10.00",
    )  # fmt: skip
    assert [child["project"] for child in figures["children"]] == [project.pk]
