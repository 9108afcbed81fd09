"""Exchange rates: dated, and never taken for 1.0."""

import datetime
from decimal import Decimal

import pytest

from core.errors import Conflict, FieldErrors, NotAllowed
from events.models import Event
from finance.algorithms.rates import MissingRate, RateTable
from finance.models import ExchangeRate, FinancialEntry
from finance.services import remove_rate, set_rate, update_rate
from tests.finance.conftest import cell, month

DAY = datetime.date


def test_the_last_rate_on_or_before_the_last_day_of_the_month_holds():
    table = RateTable("USD", [("EUR", DAY(2026, 2, 15), Decimal("1.2")), ("EUR", DAY(2026, 1, 1), Decimal("1.1"))])

    assert table.convert(Decimal(10), "EUR", DAY(2026, 1, 1)).amount == Decimal(11)
    assert table.convert(Decimal(10), "EUR", DAY(2026, 2, 1)).amount == Decimal(12)
    assert table.convert(Decimal(10), "USD", DAY(1999, 2, 1)).amount == Decimal(10)
    with pytest.raises(MissingRate, match="from EUR to USD on or before 2025-12-31"):
        table.convert(Decimal(10), "EUR", DAY(2025, 12, 1))


@pytest.fixture
def foreign(put, euro, project):
    put(
        cell(project, "2026-01", "100", currency="EUR"),
        cell(project, "2026-03", "100", currency="EUR"),
        cell(project, "2026-03", "1", currency="USD"),
    )


def reported(project):
    rows = FinancialEntry.objects.filter(project=project, currency="EUR").order_by("month")
    return [row.reporting_amount for row in rows]


def add(acme, alice, day, rate, currency="EUR"):
    return set_rate(actor=alice, organization=acme, currency=currency, from_date=day, rate=Decimal(rate))


def test_a_new_rate_converts_the_entries_from_its_month_on_and_the_project_follows(acme, alice, foreign, project):
    add(acme, alice, DAY(2026, 3, 31), "2")

    assert reported(project) == [Decimal(110), Decimal(200)]
    project.refresh_from_db()
    assert project.budget_amount == Decimal("311.00")
    assert Event.objects.filter(kind="project.reconverted").count() == 1


def test_a_changed_rate_converts_again(alice, foreign, project, euro):
    update_rate(actor=alice, rate=euro, from_date=DAY(2025, 1, 1), value=Decimal("1.5"))

    assert reported(project) == [Decimal(150), Decimal(150)]
    assert set(FinancialEntry.objects.filter(currency="EUR").values_list("rate_date", flat=True)) == {DAY(2025, 1, 1)}


def test_a_rate_that_entries_need_is_not_removed_and_the_sentence_says_how_many(alice, foreign, euro):
    with pytest.raises(Conflict, match="2 entries in EUR would have no exchange rate to USD"):
        remove_rate(actor=alice, rate=euro)

    assert ExchangeRate.objects.filter(pk=euro.pk).exists()


def test_only_entries_without_a_later_rate_need_the_first_one(acme, alice, foreign, euro):
    add(acme, alice, DAY(2026, 3, 31), "2")

    with pytest.raises(Conflict, match="1 entry in EUR would have no"):
        remove_rate(actor=alice, rate=euro)


def test_a_rate_that_an_earlier_one_replaces_is_removed_and_entries_follow(acme, alice, foreign, project):
    later = add(acme, alice, DAY(2026, 2, 1), "2")

    remove_rate(actor=alice, rate=later)

    assert reported(project) == [Decimal(110), Decimal(110)]


def test_a_rate_does_not_move_to_after_the_entries_that_need_it(alice, foreign, euro):
    with pytest.raises(Conflict, match="1 entry in EUR"):
        update_rate(actor=alice, rate=euro, from_date=DAY(2026, 2, 10))


def test_the_own_currency_has_no_rate(acme, alice, euro):
    with pytest.raises(FieldErrors, match="own currency"):
        add(acme, alice, DAY(2026, 1, 1), "1", "USD")


def test_program_managers_do_not_change_rates(acme, petra):
    with pytest.raises(NotAllowed):
        add(acme, petra, DAY(2026, 1, 1), "1.1")


def test_entries_of_another_month_are_reported_as_before(acme, alice, foreign, project):
    before = FinancialEntry.objects.get(project=project, month=month("2026-01")).updated_at

    add(acme, alice, DAY(2026, 3, 1), "3")

    assert FinancialEntry.objects.get(project=project, month=month("2026-01")).updated_at == before
