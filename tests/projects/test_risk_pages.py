"""Risks are named, weighed and closed on the pages of their projects, and stand side by side in one list."""

import csv
import io
from decimal import Decimal

import pytest
from django.urls import reverse

from portfolio.models import Portfolio
from programs.models import Program
from projects import services
from projects.models import Project, Risk
from tests.projects.activities import HTMX, queries


def tab(project):
    return reverse("projects:project-risks", args=[project.pk])


def edit(risk):
    return reverse("projects:risk-edit", args=[risk.pk])


def create(project):
    return reverse("projects:risk-create", args=[project.pk])


LISTED = "projects:risk-list"
TYPED = {
    "name": "The tide turns",
    "probability_ratio": "30",
    "impact_amount": "20000",
    "impact_days": "10",
    "response": "mitigate",
}


def form_of(risk, **more):
    """What the edit form sends for a risk as it is."""
    names = ("name", "impact_amount", "impact_days", "response", "status", "version")
    values = {name: getattr(risk, name) for name in names}
    return {**values, "probability_ratio": f"{float(risk.probability_ratio) * 100:g}", **more}


@pytest.fixture
def risk(bob, project):
    return services.create_risk(
        actor=bob,
        project=project,
        name="Vendor fails",
        probability_ratio=Decimal("0.2"),
        impact_amount=Decimal(100_000),
    )


@pytest.fixture
def elsewhere(acme, bob, portfolio):
    """A closed risk in a sub-portfolio of another program."""
    below = Portfolio.objects.create(organization=acme, name="Below", parent=portfolio)
    program = Program.objects.create(organization=acme, portfolio=below, code="US", name="US launch")
    project = Project.objects.create(organization=acme, program=program, code="BORA", name="Bora", currency="USD")
    risk = services.create_risk(
        actor=bob,
        project=project,
        name="Storm",
        probability_ratio=Decimal("0.5"),
        impact_amount=Decimal(80_000),
        owner=bob,
    )
    return services.update_risk(actor=bob, risk=risk, status="closed")


def names(response):
    return [risk.name for risk in response.context["page"]]


# ── Of a project ──


def test_the_tab_shows_the_largest_exposure_first_and_what_is_open(client, bob, project, risk):
    services.create_risk(
        actor=bob, project=project, name="Fire", probability_ratio=Decimal("0.9"), impact_amount=Decimal(50_000)
    )
    gone = services.create_risk(
        actor=bob, project=project, name="Flood", probability_ratio=Decimal("0.1"), impact_amount=Decimal(10_000)
    )
    services.update_risk(actor=bob, risk=gone, status="closed")
    client.force_login(bob)

    response = client.get(tab(project))

    assert names(response) == ["Fire", "Vendor fails", "Flood"]
    assert response.context["totals"].sums == {"impact": Decimal(150_000), "exposure": Decimal(65_000)}
    assert response.context["totals"].counts == {"open": 2}
    assert names(client.get(f"{tab(project)}?status=closed")) == ["Flood"]


def test_the_tab_costs_the_same_for_one_risk_and_for_fifty(client, bob, acme, project, risk):
    client.force_login(bob)
    client.get(tab(project))
    one = queries(client, tab(project))
    many(acme, project, bob, 49)

    assert queries(client, tab(project)) == one


def many(acme, project, owner, count):
    Risk.objects.bulk_create(
        Risk(organization=acme, project=project, name=f"Risk {n}", probability_ratio="0.1", owner=owner, currency="USD")
        for n in range(count)
    )


def test_a_viewer_reads_risks_and_sees_no_buttons(client, vera, project, risk):
    client.force_login(vera)

    page = client.get(tab(project)).content.decode()

    assert "Vendor fails" in page
    assert create(project) not in page
    assert edit(risk) not in page
    assert reverse("projects:risk-archive", args=[risk.pk]) not in page


def test_a_project_without_risks_says_what_a_risk_is(client, bob, vera, project):
    client.force_login(bob)
    assert "No risks yet" in client.get(tab(project)).content.decode()
    client.force_login(vera)
    assert "Apollo has no risks." in client.get(tab(project)).content.decode()


# ── Naming and changing ──


def test_a_risk_is_named_and_a_form_sent_twice_names_it_once(client, bob, project):
    client.force_login(bob)
    for _ in range(2):
        response = client.post(create(project), {**TYPED, "form_token": "once"})
        assert response.headers["Location"] == tab(project)

    risk = Risk.objects.get()
    assert (risk.probability_ratio, risk.exposure_amount, risk.status) == (Decimal("0.3"), Decimal(6000), "open")


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("probability_ratio", "130"),
        ("probability_ratio", "-1"),
        ("probability_ratio", "likely"),
        ("impact_amount", "-5"),
        ("impact_days", "-1"),
        ("response", "pray"),
        ("name", ""),
    ],
)
def test_nonsense_is_refused_at_its_field_and_kept(client, bob, project, field, typed):
    client.force_login(bob)

    response = client.post(create(project), {**TYPED, field: typed})

    assert response.status_code == 422
    assert response.context["form"].errors
    assert response.context["form"][field].value() == typed
    assert not Risk.objects.exists()


def test_a_risk_is_closed(client, bob, project, risk):
    client.force_login(bob)

    response = client.post(edit(risk), form_of(risk, status="closed"))

    risk.refresh_from_db()
    assert response.headers["Location"] == tab(project)
    assert risk.status == "closed"
    assert client.get(tab(project)).context["totals"].sums["exposure"] == 0


def test_a_stale_form_shows_who_changed_what_and_keeps_what_was_typed(client, bob, petra, risk):
    services.update_risk(actor=petra, risk=Risk.objects.get(), name="Vendor fails in May")
    client.force_login(bob)

    response = client.post(edit(risk), form_of(risk, name="Vendor is late"))

    page = response.content.decode()
    assert response.status_code == 409
    assert "Petra" in page
    assert "Vendor fails in May" in page
    assert 'value="Vendor is late"' in page


def test_a_person_of_another_organization_owns_no_risk(client, bob, charlie, risk):
    client.force_login(bob)

    assert client.post(edit(risk), form_of(risk, owner=charlie.pk)).status_code == 422


def test_an_archived_risk_counts_no_longer_and_comes_back(client, bob, project, risk):
    client.force_login(bob)
    restore = reverse("projects:risk-restore", args=[risk.pk])

    page = client.post(reverse("projects:risk-archive", args=[risk.pk]), {"version": risk.version}, follow=True)

    assert names(page) == []
    assert restore in page.content.decode()  # Undo
    assert names(client.get(f"{tab(project)}?archived=1")) == ["Vendor fails"]
    assert names(client.post(restore, follow=True)) == ["Vendor fails"]


def test_a_risk_changed_since_it_was_seen_is_not_archived(client, bob, petra, risk):
    services.update_risk(actor=petra, risk=Risk.objects.get(), name="Vendor fails in May")
    client.force_login(bob)

    response = client.post(reverse("projects:risk-archive", args=[risk.pk]), {"version": 1})

    assert response.status_code == 409
    assert "Petra" in response.content.decode()


# ── The list ──


def test_the_list_is_narrowed_by_what_stands_in_the_address(client, bob, project, portfolio, risk, elsewhere):
    client.force_login(bob)

    def found(query):
        return set(names(client.get(reverse(LISTED) + query)))

    assert found("") == {"Vendor fails", "Storm"}
    assert found(f"?project={project.pk}") == {"Vendor fails"}
    assert found(f"?program={elsewhere.project.program_id}") == {"Storm"}
    assert found(f"?portfolio={portfolio.pk}") == {"Vendor fails", "Storm"}
    assert found(f"?portfolio={elsewhere.project.program.portfolio_id}") == {"Storm"}
    assert found("?status=open") == {"Vendor fails"}
    assert found(f"?owner={bob.pk}") == {"Storm"}
    assert found("?q=bora storm") == {"Storm"}
    assert found("?archived=1") == set()


def test_the_list_is_sorted_by_exposure_unless_the_address_says_otherwise(client, bob, risk, elsewhere):
    client.force_login(bob)

    assert names(client.get(reverse(LISTED))) == ["Storm", "Vendor fails"]
    assert names(client.get(reverse(LISTED) + "?sort=exposure")) == ["Vendor fails", "Storm"]
    assert names(client.get(reverse(LISTED) + "?sort=-impact")) == ["Vendor fails", "Storm"]


def test_risks_of_an_archived_project_are_not_listed(client, alice, project, risk):
    services.archive_project(actor=alice, project=project)
    client.force_login(alice)

    assert names(client.get(reverse(LISTED))) == []


def test_the_list_costs_the_same_for_one_risk_and_for_fifty(client, bob, acme, project, risk):
    client.force_login(bob)
    client.get(reverse(LISTED))
    one = queries(client, reverse(LISTED))
    many(acme, project, bob, 49)

    assert queries(client, reverse(LISTED)) == one


def test_htmx_gets_the_table_alone(client, bob, project, risk):
    client.force_login(bob)

    for url in (reverse(LISTED), tab(project)):
        assert client.get(url, **HTMX).content.strip().startswith(b'<div id="risk-table">')


def test_nothing_found_is_told_from_nothing_there(client, bob, project):
    client.force_login(bob)
    assert "No risks yet" in client.get(reverse(LISTED)).content.decode()
    assert "No risks match" in client.get(reverse(LISTED) + "?q=nonesuch").content.decode()


def test_the_export_holds_all_that_match_and_no_formulas(client, bob, acme, project):
    many(acme, project, bob, 60)
    services.create_risk(actor=bob, project=project, name="@SUM(1)", probability_ratio=Decimal(1))
    client.force_login(bob)

    rows = list(csv.reader(io.StringIO(b"".join(client.get(reverse(LISTED) + "?format=csv")).decode("utf-8-sig"))))

    assert len(rows) == 62
    assert "'@SUM(1)" in {row[2] for row in rows}
    assert len(list(csv.reader(io.StringIO(b"".join(client.get(reverse(LISTED) + "?format=csv&q=SUM")).decode())))) == 2
    assert b"".join(client.get(reverse(LISTED) + "?format=xlsx"))[:2] == b"PK"


# ── Who may ──


def test_a_viewer_changes_nothing(client, vera, project, risk):
    client.force_login(vera)

    for url in (create(project), edit(risk)):
        assert client.get(url).status_code == 403, url
    for url in (create(project), edit(risk), *acts(risk)):
        assert client.post(url, TYPED).status_code == 403, url
    assert Risk.objects.get().version == 1


def acts(risk):
    return [reverse(f"projects:risk-{act}", args=[risk.pk]) for act in ("archive", "restore")]


def test_an_outsider_finds_nothing(client, charlie, project, risk):
    client.force_login(charlie)

    for url in (reverse(LISTED), tab(project), create(project), edit(risk)):
        assert client.get(url).status_code == 404, url
    for url in (create(project), edit(risk), *acts(risk)):
        assert client.post(url, TYPED).status_code == 404, url


def test_pages_refuse_other_methods(client, bob, project, risk):
    client.force_login(bob)

    for url in (reverse(LISTED), tab(project)):
        assert client.post(url).status_code == 405, url
    for url in acts(risk):
        assert client.get(url).status_code == 405, url
    for url in (create(project), edit(risk)):
        assert client.delete(url).status_code == 405, url
