"""What a business case counts, reckons and lets be changed."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.models import Membership
from core.errors import FieldErrors, NotAllowed, StaleEdit
from events.models import Event
from finance import services
from finance.models import BusinessCase
from finance.selectors import case_read, counted_entries
from portfolio.models import ProductShare
from projects.models import Project
from tests.filling import answers, text_of
from tests.finance.conftest import month

TODAY = datetime.date(2026, 3, 10)


def page(subject, name="business-case", **query):
    kind = subject._meta.model_name
    address = reverse(f"finance:{kind}-{name}", args=[subject.pk])
    return address + ("?" + "&".join(f"{key}={value}" for key, value in query.items()) if query else "")


@pytest.fixture
def investment(project, enter):
    """1,000 out in January, 300 back in each of the following five months."""
    enter(project, "actual", "capex", "2026-01", 1000)
    for number in range(2, 7):
        enter(project, "forecast", "benefit", f"2026-0{number}", 300)
    return project


def test_actuals_count_in_months_that_have_ended_and_forecasts_from_then_on(project, enter):
    enter(project, "budget", "opex", "2026-01", 1)
    enter(project, "forecast", "opex", "2026-01", 2)
    enter(project, "actual", "opex", "2026-01", 4)
    enter(project, "forecast", "opex", "2026-02", 8)
    enter(project, "budget", "opex", "2026-02", 16)
    enter(project, "actual", "opex", "2026-03", 32)
    enter(project, "forecast", "opex", "2026-03", 64)
    enter(project, "budget", "opex", "2026-04", 128)

    read = case_read(project, TODAY)

    assert [row.cost for row in read.months] == [4, 8, 64, 128]
    assert [sorted(row.kinds) for row in read.months] == [["actual"], ["forecast"], ["forecast"], ["budget"]]
    assert [row.cost for row in case_read(project, TODAY, "budget").months] == [1, 16, 0, 128]


def test_a_class_without_an_actual_keeps_its_forecast_in_a_month_that_has_ended(project, enter):
    enter(project, "actual", "opex", "2026-01", 4)
    enter(project, "forecast", "capex", "2026-01", 100)

    assert case_read(project, TODAY).figures.cost == 104


def test_months_without_entries_lie_between_at_nothing(project, enter):
    enter(project, "actual", "capex", "2026-01", 100)
    enter(project, "forecast", "revenue", "2026-04", 110)

    read = case_read(project, TODAY)

    assert [row.net for row in read.months] == [-100, 0, 0, 110]
    assert round(read.figures.payback.periods, 9) == Decimal("3.909090909")


def test_a_program_counts_its_approved_projects_and_itself_and_not_the_budget_that_it_gives_them(
    acme, program, project, enter
):
    gone, idea = (
        Project.objects.create(organization=acme, program=program, code=code, name=code, currency="USD", **more)
        for code, more in (
            ("GONE", {"status": "active", "archived_at": datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)}),
            ("IDEA", {"status": "proposed"}),
        )
    )
    enter(program, "forecast", "opex", "2026-05", 1)
    enter(project, "forecast", "opex", "2026-05", 10)
    enter(gone, "forecast", "opex", "2026-05", 100)
    enter(idea, "forecast", "opex", "2026-05", 1_000)
    enter(program, "budget", "capex", "2026-05", 10_000)

    assert case_read(program, TODAY).figures.cost == 11
    assert case_read(idea, TODAY).figures.cost == 1_000


def test_a_product_counts_the_share_of_a_project_that_serves_it(acme, product, project, enter):
    ProductShare.objects.create(organization=acme, project=project, product=product, share_ratio=Decimal("0.25"))
    enter(project, "forecast", "opex", "2026-05", 100)
    enter(product, "forecast", "revenue", "2026-05", 40)

    figures = case_read(product, TODAY).figures

    assert (figures.cost, figures.income) == (25, 40)


def test_horizon_and_first_month_narrow_the_case_and_what_is_left_out_is_counted(petra, investment):
    services.create_business_case(actor=petra, project=investment, horizon_months=3)

    read = case_read(investment, TODAY)

    assert [f"{row.month:%Y-%m}" for row in read.months] == ["2026-01", "2026-02", "2026-03"]
    assert read.outside == 3


def test_the_rows_behind_each_total_add_up_to_it(acme, product, project, enter):
    ProductShare.objects.create(organization=acme, project=project, product=product, share_ratio=Decimal("0.3333"))
    enter(project, "actual", "opex", "2026-01", "100.01")
    enter(project, "budget", "opex", "2026-01", 7)
    enter(project, "forecast", "capex", "2026-05", "33.33")
    enter(product, "forecast", "revenue", "2026-05", 12)

    read = case_read(product, TODAY)

    rows = counted_entries(product, TODAY)
    assert sum(row.amount for row in rows if row.entry.entry_class == "opex") == dict(read.classes)["opex"]
    assert sum(row.amount for row in counted_entries(product, TODAY, classes=["capex"])) == dict(read.classes)["capex"]
    may = counted_entries(product, TODAY, month=month("2026-05"))
    assert sorted(row.entry.entry_class for row in may) == ["capex", "revenue"]


def test_assumptions_are_created_then_changed_and_the_log_tells_both(petra, project):
    case = services.create_business_case(actor=petra, project=project, discount_ratio=Decimal("0.08"))
    told = [{"text": " It sells. ", "owner": "Petra"}, {"text": ""}]
    services.update_business_case(actor=petra, case=case, expected_version=1, assumptions=told)

    case.refresh_from_db()
    assert case.assumptions == [{"text": "It sells.", "owner": "Petra"}]
    events = Event.objects.filter(subject_type="finance.businesscase").order_by("id")
    assert [event.kind for event in events] == ["business_case.created", "business_case.updated"]
    with pytest.raises(StaleEdit):
        services.update_business_case(actor=petra, case=case, expected_version=1, summary="Late")


def test_a_second_case_a_wrong_assumption_and_a_rate_below_minus_100_percent_are_refused(petra, project):
    services.create_business_case(actor=petra, project=project)

    with pytest.raises(ValidationError, match="has a business case already"):
        services.create_business_case(actor=petra, project=project)
    with pytest.raises(FieldErrors, match="Assumption 1"):
        services.create_business_case(actor=petra, project=project, assumptions=["It sells."])
    with pytest.raises(ValidationError):
        services.update_business_case(
            actor=petra, case=BusinessCase.objects.get(), discount_ratio=Decimal(-1)
        )  # fmt: skip


def test_contributors_may_not_change_it(bob, project):
    with pytest.raises(NotAllowed):
        services.create_business_case(actor=bob, project=project)


def test_the_page_tells_its_figures_and_leads_to_their_rows(client, alice, investment):
    client.force_login(alice)

    text = text_of(client.get(page(investment)))

    assert "Nobody has set the assumptions yet" in text
    assert "Net present value" in text
    assert "side=costs" in text
    rows = client.get(page(investment, "business-case-rows", side="costs"))
    assert rows.context["total"] == 1000
    assert client.get(page(investment, "business-case-rows")).context["total"] == 500


def test_the_oil_pump_shows_both_rates_and_no_single_one(client, alice, project, enter):
    for when, entry_class, amount in (("01", "capex", 1600), ("02", "revenue", 10000), ("03", "opex", 10000)):
        enter(project, "budget", entry_class, f"2026-{when}", amount)
    client.force_login(alice)

    text = text_of(client.get(page(project)))

    assert "There is no single internal rate of return" in text


def test_what_is_shown_adds_up_to_what_is_shown_below_it(client, alice, acme, product, project, enter):
    ProductShare.objects.create(organization=acme, project=project, product=product, share_ratio=Decimal("0.3333"))
    for number in range(1, 8):
        enter(project, "budget", "opex", f"2026-0{number}", "10.01")
    client.force_login(alice)

    table = client.get(page(product)).context["table"]

    assert sum(row.values[0] for row in table.rows) == table.cost
    assert sum(row.values[4] for row in table.rows) == table.npv
    assert all(value == round(value, 2) for row in table.rows for value in row.values)


def test_without_entries_the_page_says_what_it_needs(client, alice, vera, project):
    client.force_login(alice)
    assert "No cash flow yet" in text_of(client.get(page(project)))
    client.force_login(vera)
    assert "nothing to judge" in text_of(client.get(page(project)))


def test_the_form_saves_assumptions_in_words_and_comes_back_to_the_case(client, petra, investment):
    client.force_login(petra)
    address = page(investment, "business-case-edit")

    sent = answers(client.get(address), discount_ratio="8", text_0="It sells.", owner_0="Petra", timing="end")
    response = client.post(address, sent)

    assert response["Location"] == page(investment)
    case = BusinessCase.objects.get()
    assert (case.discount_ratio, case.timing) == (Decimal("0.08"), "end")
    assert case.assumptions == [{"text": "It sells.", "owner": "Petra"}]
    assert "It sells." in text_of(client.get(page(investment)))


def test_a_wrong_rate_is_told_at_its_field_and_what_was_typed_is_kept(client, petra, investment):
    client.force_login(petra)
    address = page(investment, "business-case-edit")

    response = client.post(address, answers(client.get(address), discount_ratio="-100", text_0="Kept text"))

    assert response.status_code == 422
    assert "discount_ratio" in response.context["form"].errors
    assert "Kept text" in text_of(response)


@pytest.mark.parametrize("name", ["business-case", "business-case-rows", "earned-value", "benefits"])
def test_members_without_the_right_to_amounts_get_403_and_no_tab(client, vera, project, name):
    Membership.objects.filter(user=vera).update(sees_amounts=False)
    client.force_login(vera)

    assert client.get(page(project, name)).status_code == 403
    assert "business-case" not in text_of(client.get(reverse("projects:project-detail", args=[project.pk])))


def test_viewers_read_and_may_not_edit(client, vera, investment):
    client.force_login(vera)

    assert client.get(page(investment)).status_code == 200
    assert client.get(page(investment, "business-case-edit")).status_code == 403


def test_months_come_as_a_file(client, alice, investment):
    client.force_login(alice)

    text = text_of(client.get(page(investment, format="csv")))

    assert "2026-01-01,actual,1000.00" in text
