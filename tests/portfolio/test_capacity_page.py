"""The capacity page: heatmap, what is behind a cell, what if, files, and what it costs."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portfolio.models import DemandMonth, Portfolio
from portfolio.services import rebuild_rollups
from programs.models import Program
from projects.models import Project
from resources.models import Capacity, Person, ResourceRole, Team
from tests.portfolio.monthly import allocation
from tests.portfolio.test_dashboard_pages import text_of

OCTOBER = datetime.date(2026, 10, 1)
NOVEMBER = datetime.date(2026, 11, 1)
MONTHS = "from=2026-10&span=3"


@pytest.fixture
def developer(acme):
    return ResourceRole.objects.create(organization=acme, name="Developer")


@pytest.fixture
def team(acme):
    return Team.objects.create(organization=acme, name="Ingest platform")


@pytest.fixture
def planned(acme, project, developer, team, client, alice):
    """Ingest has 2 developers in October and November, and 2.5 are asked for in October, 1 of them open."""
    ann = Person.objects.create(organization=acme, name="Ann", role=developer, team=team, fte=Decimal(0))
    for month in (OCTOBER, NOVEMBER):
        Capacity.objects.create(organization=acme, role=developer, team=team, month=month, fte=Decimal(2))
    allocation(project, "1.5", month=OCTOBER, role=developer, team=team, person=ann)
    allocation(project, "1", month=OCTOBER, role=developer, team=team)
    rebuild_rollups(acme.pk)
    client.force_login(alice)
    return client


def page(client, query=MONTHS):
    return client.get(f"{reverse('portfolio:capacity')}?{query}")


def test_a_cell_says_in_words_and_numbers_what_its_colour_says(planned, team):
    html = page(planned).content.decode()
    assert 'aria-label="Ingest platform, October 2026: 125%, 2.5 planned of 2.0 FTE (0.5 over), 1.0 open"' in html
    assert 'data-l="over"' in html
    assert f"key={team.pk}&amp;at=2026-10" in html


def test_a_cell_opens_the_projects_and_people_behind_it(planned, team, project):
    response = page(planned, f"{MONTHS}&key={team.pk}&at=2026-10")
    text = text_of(response)
    assert "125% 2.5 planned of 2.0 FTE, 1.0 open" in text
    assert "Apollo" in text
    assert "Ann 1.5" in text
    assert "Developer open 1.0" in text
    assert reverse("projects:project-detail", args=[project.pk]) in response.content.decode()


def test_hiring_is_supposed_in_the_address_and_saved_nowhere(planned, developer, team):
    before = (Capacity.objects.count(), DemandMonth.objects.count())
    query = f"{MONTHS}&hire=1&hire_role={developer.pk}&hire_team={team.pk}&hire_from=2026-10"
    text = text_of(page(planned, query))
    assert "83 125" in text
    assert "Over capacity 1 → to 0 cells" in text
    assert (Capacity.objects.count(), DemandMonth.objects.count()) == before


def test_quarters_follow_the_fiscal_year(planned, acme):
    acme.fiscal_year_start_month = 10
    acme.save()
    html = page(planned, "from=2026-11&span=3&zoom=quarter").content.decode()
    assert "Q1 FY2027" in html


def test_free_and_open_fte_are_shown_instead_of_load(planned):
    assert "-0.5" in text_of(page(planned, f"{MONTHS}&show=free")).replace("−", "-")
    assert "Ingest platform 1 person 1.0" in text_of(page(planned, f"{MONTHS}&show=open"))


def test_the_heatmap_of_one_portfolio_holds_its_demand_alone(planned, acme, portfolio):
    elsewhere = Portfolio.objects.create(organization=acme, name="Elsewhere")
    assert "125" in text_of(page(planned, f"{MONTHS}&portfolio={portfolio.pk}"))
    answer = page(planned, f"{MONTHS}&portfolio={elsewhere.pk}")
    assert f"/portfolios/{elsewhere.pk}/levelling/" in answer.content.decode()
    text = text_of(answer)
    assert "Demand of Elsewhere alone, against the capacity of the whole organization." in text
    assert "125" not in text


def test_proposals_count_when_they_are_asked_for(planned, acme, program, developer, team):
    idea = Project.objects.create(
        organization=acme, program=program, code="I", name="Idea", status="proposed", currency="USD"
    )
    allocation(idea, "1.5", month=NOVEMBER, role=developer, team=team)
    rebuild_rollups(acme.pk)
    assert "Idea" not in text_of(page(planned, f"{MONTHS}&key={team.pk}&at=2026-11"))
    assert "Idea EU launch proposal" in text_of(page(planned, f"{MONTHS}&key={team.pk}&at=2026-11&proposals=on"))


def test_nonsense_in_the_address_shows_the_page_as_it_is_by_default(planned):
    query = "by=x&show=y&zoom=z&from=99-1&span=abc&key=-1&at=2026-13&hire=NaN&hire_role=x&hire_from=0000-00"
    assert page(planned, query).status_code == 200
    assert page(planned, "from=2200-12&span=60").status_code == 200


def test_the_file_has_the_figures(planned):
    response = page(planned, f"{MONTHS}&format=csv")
    lines = b"".join(response.streaming_content).decode().splitlines()
    assert lines[1] == "Ingest platform,October 2026,2.500,1.000,0.000,2.000,0.000,-0.500,1.2500"


def test_without_anything_the_page_says_where_figures_come_from(client, alice, acme):
    client.force_login(alice)
    assert "Capacity comes from people with a role and a team" in text_of(page(client))


def test_strangers_see_nothing_of_it(client, charlie, planned, portfolio, acme):
    client.force_login(charlie)
    assert page(client).status_code == 404


def test_a_portfolio_that_is_not_there_is_not_found(planned):
    assert page(planned, f"{MONTHS}&portfolio=999").status_code == 404


def test_the_page_takes_five_statements_of_its_own_however_many_projects_there_are(
    planned, acme, program, developer, team
):
    def statements(ask):
        ask()
        with CaptureQueriesContext(connection) as seen:
            assert ask().status_code == 200
        return len(seen)

    def own_statements():
        return statements(lambda: page(planned)) - statements(lambda: planned.get(reverse("accounts:settings")))

    few = own_statements()
    for number in range(30):
        other = Project.objects.create(
            organization=acme, program=program, code=f"P{number}", name=f"P{number}", status="active", currency="USD"
        )
        allocation(other, "0.1", month=OCTOBER, role=developer, team=team)
    Program.objects.create(organization=acme, portfolio=program.portfolio, code="X", name="X")
    rebuild_rollups(acme.pk)
    assert own_statements() == few
    # The fifth tells the connection whose rows these reads may see; it is not among those that Django counts.
    assert few <= 4
