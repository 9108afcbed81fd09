"""Pages of money: budget, grid, entries, approved budgets, exchange rates."""

import json
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.models import Membership
from core.tenancy import organization_url
from finance.models import Budget, ExchangeRate, FinancialEntry
from finance.services import approve_budget
from tests.finance.conftest import cell

pytestmark = pytest.mark.django_db


def at(name, *args):
    return organization_url("acme", f"finance:{name}", *args)


@pytest.fixture
def grid_url(project):
    return f"{at('project-budget-grid', project.pk)}?kind=budget&from=2026-01"


@pytest.fixture
def signed_in(client, alice):
    client.force_login(alice)
    return client


@pytest.fixture
def filled(put, project, program):
    put(
        cell(project, "2026-01", "100", line="Licences"),
        cell(project, "2026-02", "200", of="capex"),
        cell(project, "2026-01", "90", kind="actual", line="Licences"),
        cell(project, "2026-03", "150", kind="forecast"),
        cell(project, "2026-04", "700", of="revenue"),
        cell(program, "2026-01", "1000"),
    )


def test_the_budget_page_of_a_project_shows_tiles_chart_and_variance(signed_in, project, filled):
    page = signed_in.get(at("project-budget", project.pk)).content.decode()

    assert "Estimate at completion" in page
    assert 'id="figure-burn-up"' in page
    assert "FY2026" in page
    assert f"/entries/?project={project.pk}&amp;kind=budget&amp;entry_class=opex&amp;from_month=2026-01" in page


def test_the_budget_page_of_a_program_shows_given_beside_allocated(signed_in, program, filled):
    page = signed_in.get(at("program-budget", program.pk)).content.decode()

    assert "Given to the program" in page
    assert "$700" in page


@pytest.mark.parametrize("kind", ["project", "program", "product"])
def test_a_subject_without_entries_says_what_they_are(signed_in, kind, request):
    row = request.getfixturevalue(kind)

    assert "No entries yet" in signed_in.get(at(f"{kind}-budget", row.pk)).content.decode()


OF_MONEY = ("portfolio-budget-grid", "portfolio-budget-history", "portfolio-budget-approve", "project-budget")


@pytest.mark.parametrize("page", [*OF_MONEY, "project-budget-grid", "project-budget-history"])
def test_pages_of_money_are_for_those_who_see_amounts(client, alice, vera, charlie, filled, page, request):
    url = at(page, request.getfixturevalue(page.partition("-")[0]).pk)
    seer = alice if page.endswith("approve") else vera
    client.force_login(charlie)
    assert client.get(url).status_code == 404
    client.force_login(seer)
    assert client.get(url).status_code == 200
    client.force_login(vera)
    Membership.objects.filter(user=vera).update(sees_amounts=False)
    assert client.get(url).status_code == 403


def test_entries_and_rates_are_for_those_who_see_amounts(client, vera, filled):
    Membership.objects.filter(user=vera).update(sees_amounts=False)
    client.force_login(vera)

    assert client.get(at("entry-list")).status_code == 403
    assert client.get(f"{at('entry-list')}?format=csv").status_code == 403
    assert client.get(at("rate-list")).status_code == 403


def sent(page, **cells):
    """What the form of a grid sends: everything as it was shown, with some cells changed."""
    form = page.context["form"]
    data = {"form_token": form.form_token, "seen": form.seen}
    for line in form.lines:
        if line.is_new:
            data |= {f"{line.key}-class": line.entry_class, f"{line.key}-line": "", f"{line.key}-currency": "USD"}
        else:
            data[f"{line.key}-key"] = f"{line.entry_class}|{line.currency}|{line.line}"
        data |= {each.name: each.text for each in line.cells}
    return data | cells


def test_the_grid_saves_what_changed_and_offers_undo(signed_in, grid_url, project, filled):
    page = signed_in.get(grid_url)
    data = sent(page, **{"r0-2026-02": "1.234,50", "r1-2026-01": "", "n0-2026-03": "(500)"})
    data |= {"n0-class": "revenue", "n0-line": "Refunds"}

    response = signed_in.post(grid_url, data, follow=True)

    assert "Saved 3 cells" in response.content.decode()
    amounts = dict(FinancialEntry.objects.filter(project=project, kind="budget").values_list("line", "amount"))
    assert amounts["Refunds"] == Decimal(-500)
    assert FinancialEntry.objects.filter(project=project, amount=Decimal("1234.50"), entry_class="capex").exists()
    undo = next(message for message in response.context["messages"]).extra_tags.split()[0]
    signed_in.post(undo)
    assert not FinancialEntry.objects.filter(line="Refunds").exists()


def test_lines_left_empty_take_nothing_from_a_line_without_a_name(signed_in, grid_url, put, project):
    put(cell(project, "2026-01", "100"))

    response = signed_in.post(grid_url, sent(signed_in.get(grid_url)), follow=True)

    assert "Nothing has changed" in response.content.decode()
    assert FinancialEntry.objects.get(project=project).amount == 100


def test_a_wrong_cell_is_named_and_the_text_of_the_others_is_kept(signed_in, grid_url, project, filled):
    page = signed_in.get(grid_url)

    response = signed_in.post(grid_url, sent(page, **{"r0-2026-02": "a lot", "r0-2026-03": "5,000"}))

    text = response.content.decode()
    assert response.status_code == 422
    assert "“a lot” is no amount" in text
    assert 'value="a lot"' in text
    assert 'value="5,000"' in text
    assert not FinancialEntry.objects.filter(project=project, kind="budget", amount=5000).exists()


def test_a_missing_rate_is_said_at_the_cell(signed_in, grid_url, filled):
    page = signed_in.get(grid_url)
    data = sent(page, **{"n0-2026-03": "5"}) | {"n0-currency": "EUR", "n0-line": "Abroad"}

    response = signed_in.post(grid_url, data)

    assert response.status_code == 422
    assert "from EUR to USD on or before 2026-03-31" in response.content.decode()


def test_a_cell_that_somebody_changed_meanwhile_asks_before_it_goes_over_it(
    signed_in, grid_url, put, petra, project, filled
):
    page = signed_in.get(grid_url)
    data = sent(page, **{"r1-2026-01": "111"})
    put(cell(project, "2026-01", "105", line="Licences"), actor=petra)

    response = signed_in.post(grid_url, data)

    assert "Petra changed this meanwhile; it is 105.00 USD now. Saving again goes over it." in response.content.decode()
    again = sent(response, **{"r1-2026-01": "111"})
    signed_in.post(grid_url, again)
    assert FinancialEntry.objects.get(project=project, kind="budget", line="Licences").amount == 111


def test_what_somebody_else_changed_stays_where_the_person_changed_nothing(
    signed_in, grid_url, put, petra, project, filled
):
    page = signed_in.get(grid_url)
    data = sent(page, **{"r0-2026-02": "222"})
    put(cell(project, "2026-01", "105", line="Licences"), actor=petra)

    signed_in.post(grid_url, data)

    amounts = FinancialEntry.objects.filter(project=project, kind="budget", entry_class__in=["capex", "opex"])
    assert set(amounts.values_list("amount", flat=True)) == {Decimal(105), Decimal(222)}


def test_a_change_of_an_approved_budget_is_shown_before_it_is_saved(signed_in, grid_url, alice, project, filled):
    approve_budget(actor=alice, subject=project)
    page = signed_in.get(grid_url)
    data = sent(page, **{"r0-2026-02": "260"})

    shown = signed_in.post(grid_url, data)
    assert "costs $300 → $360" in shown.content.decode()
    assert Budget.objects.count() == 1

    refused = signed_in.post(grid_url, data | {"confirm": "1", "reason": " "})
    assert "Say why it changes" in refused.content.decode()

    signed_in.post(grid_url, data | {"confirm": "1", "reason": "Dearer."})
    assert Budget.objects.get(number=2).cost_amount == 360


@pytest.fixture
def given_url(portfolio):
    return f"{at('portfolio-budget-grid', portfolio.pk)}?from=2026-01"


def test_the_budget_given_to_a_portfolio_is_typed_in_its_grid_and_taken_back(signed_in, given_url, portfolio, acme):
    page = signed_in.get(f"{given_url}&kind=actual")
    assert page.context["grid"].kind == "budget"
    assert 'aria-label="Kind"' not in page.content.decode()
    data = sent(page, **{"n0-2026-03": "12,000", "n0-2026-04": "500"}) | {"n0-class": "capex"}

    response = signed_in.post(given_url, data, follow=True)

    assert "Saved 2 cells" in response.content.decode()
    given = FinancialEntry.objects.filter(portfolio=portfolio)
    assert set(given.values_list("kind", "amount")) == {("budget", Decimal(12000)), ("budget", Decimal(500))}
    undo = next(message for message in response.context["messages"]).extra_tags.split()[0]
    assert signed_in.post(undo).url.endswith(f"/portfolios/{portfolio.pk}/budget/grid/")
    assert not given.exists()


def test_a_change_of_the_approved_budget_of_a_portfolio_asks_for_its_reason(
    signed_in, client, petra, given_url, put, alice, portfolio
):
    put(cell(portfolio, "2026-02", "300"))
    approve_budget(actor=alice, subject=portfolio)
    data = sent(signed_in.get(given_url), **{"r0-2026-02": "360"})

    shown = signed_in.post(given_url, data)
    assert "costs $300 → $360" in shown.content.decode()
    assert Budget.objects.count() == 1
    signed_in.post(given_url, data | {"confirm": "1", "reason": "Dearer."})

    assert Budget.objects.get(portfolio=portfolio, number=2).cost_amount == 360
    history = signed_in.get(at("budget-detail", Budget.objects.get(number=2).pk), follow=True).content.decode()
    assert "Dearer." in history
    assert "$300 → $360 (+$60)" in history
    client.force_login(petra)
    assert "owners and portfolio managers may change it" in client.get(given_url).content.decode()


def test_the_pages_of_a_nested_portfolio_lead_to_those_above_it(signed_in, acme, portfolio):
    inner = portfolio.__class__.objects.create(organization=acme, name="Inner", parent=portfolio)
    innermost = portfolio.__class__.objects.create(organization=acme, name="Innermost", parent=inner)

    crumbs = signed_in.get(at("portfolio-budget-grid", innermost.pk)).context["above"]

    assert crumbs == [portfolio, inner]


def test_a_program_manager_reads_the_grid_of_an_approved_budget(client, petra, grid_url, alice, project, filled):
    approve_budget(actor=alice, subject=project)
    client.force_login(petra)
    page = client.get(grid_url)

    assert "owners and portfolio managers may change it" in page.content.decode()
    assert client.post(grid_url, {"r0-2026-02": "1", "seen": "{}", "confirm": "1", "reason": "x"}).status_code in {
        403,
        422,
    }
    assert Budget.objects.count() == 1


def test_nonsense_sent_as_seen_breaks_nothing(signed_in, grid_url, filled):
    data = sent(signed_in.get(grid_url)) | {"seen": json.dumps([1])}

    assert signed_in.post(grid_url, data).status_code in {302, 422}


def test_entries_are_listed_narrowed_sorted_and_summed(signed_in, project, filled, django_assert_max_num_queries):
    with django_assert_max_num_queries(14):
        page = signed_in.get(f"{at('entry-list')}?project={project.pk}&kind=budget&sort=-amount")

    text = page.content.decode()
    assert [entry.amount for entry in page.context["page"]] == [700, 200, 100]
    assert page.context["totals"]["costs"] == 300
    assert "of Apollo" in text


def test_the_file_of_entries_makes_formulas_harmless(signed_in, put, project):
    put(cell(project, "2026-01", "100", line="=cmd()"))

    lines = b"".join(signed_in.get(f"{at('entry-list')}?format=csv").streaming_content).decode()

    assert "'=cmd()" in lines
    assert "100.00" in lines


def test_a_budget_is_approved_and_compared_with_the_next(signed_in, put, project, filled):
    url = at("project-budget-approve", project.pk)
    signed_in.post(url, {"expected_number": "0", "reason": ""})
    assert signed_in.post(url, {"expected_number": "1", "reason": ""}).status_code == 422
    put(cell(project, "2026-02", "260", of="capex"), reason="Dearer.")

    page = signed_in.get(at("project-budget-history", project.pk)).content.decode()

    assert "Dearer." in page
    assert "$300 → $360 (+$60)" in page
    detail = signed_in.get(at("budget-detail", Budget.objects.get(number=2).pk))
    assert detail.url.endswith("budget/history/?to=2")


def test_rates_are_added_changed_refused_and_removed_in_the_settings(signed_in, put, project):
    new = {"currency": "eur", "from_date": "2026-01-01", "rate": "1.1", "source": "ECB"}
    assert signed_in.post(at("rate-create"), new).status_code == 302
    rate = ExchangeRate.objects.get()
    put(cell(project, "2026-01", "100", currency="EUR"))

    assert "1.1000" in signed_in.get(at("rate-list")).content.decode()
    signed_in.post(at("rate-edit", rate.pk), {"from_date": "2026-01-01", "rate": "1.2", "version": "1"})
    assert FinancialEntry.objects.get().reporting_amount == 120
    assert signed_in.post(at("rate-remove", rate.pk)).status_code == 409
    FinancialEntry.objects.all().delete()
    assert signed_in.post(at("rate-remove", rate.pk)).status_code == 302
    assert not ExchangeRate.objects.exists()


def test_contributors_do_not_change_rates(client, bob):
    client.force_login(bob)

    assert client.get(at("rate-create")).status_code == 403
    assert client.get(at("rate-list")).status_code == 200


def test_the_tab_is_there_for_those_who_see_amounts_alone(client, vera, project):
    client.force_login(vera)
    url = organization_url("acme", "projects:project-detail", project.pk)
    tab = reverse("finance:project-budget", args=[project.pk])

    assert tab in client.get(url).content.decode()
    Membership.objects.filter(user=vera).update(sees_amounts=False)
    assert tab not in client.get(url).content.decode()
