"""Utilization: who is over and who is free, where each figure leads, and the allocations behind it."""

from decimal import Decimal
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from projects.models import Project
from resources.models import Absence, Allocation, Person
from resources.selectors import utilization
from tests.resources.staff import month, staff_of

FROM_JANUARY = {"start": "2026-01", "months": "3"}


@pytest.fixture
def staff(acme):
    return staff_of(acme)


@pytest.fixture
def given(acme, project):
    def allocate(number, fte, person, of=project, kind="plan"):
        return Allocation.objects.create(
            organization=acme, project=of, kind=kind, month=month(number), fte=Decimal(fte), person=person,
            role=person.role, team=person.team,
        )  # fmt: skip

    return allocate


@pytest.fixture
def orion(acme, program):
    return Project.objects.create(organization=acme, program=program, code="ORION", name="Orion", currency="USD")


def page(client, **query):
    return client.get(reverse("projects:utilization"), FROM_JANUARY | query)


def names(response):
    return [line["row"].name for line in response.context["lines"]]


def test_what_people_give_over_all_projects_is_set_against_what_they_have(acme, staff, given, orion):
    given(1, "0.6", staff.maya)
    given(1, "0.6", staff.maya, of=orion)
    given(2, "0.5", staff.maya)
    given(2, "0.9", staff.maya, kind="actual")
    Absence.objects.create(
        organization=acme, person=staff.maya, first_date=month(2), last_date=month(2).replace(day=28)
    )

    found = utilization(acme.pk, [month(1), month(2), month(3)])

    maya = next(row for row in found.rows if row.name == "Maya")
    assert [(limit.available, limit.allocated) for limit in maya.months] == [
        (1, Decimal("1.2")), (0, Decimal("0.5")), (1, 0),
    ]  # fmt: skip
    assert maya.over_count == 2
    assert [row.name for row in found.rows] == ["Joel", "Maya"]  # a placeholder has no time of its own
    assert found.counts == {"over": 1, "bench": 1, "free": 2}
    assert (found.whole.available, found.whole.allocated) == (5, Decimal("1.7"))


def test_an_archived_projects_allocations_take_nobodys_time(acme, staff, given, orion):
    given(1, "0.6", staff.maya, of=orion)
    Project.objects.filter(pk=orion.pk).update(archived_at=orion.created_at)

    assert utilization(acme.pk, [month(1)]).whole.allocated == 0


def test_the_list_is_narrowed_and_sorted_by_its_address(client, vera, staff, given):
    given(1, "1.5", staff.maya)
    client.force_login(vera)

    assert names(page(client)) == ["Joel", "Maya"]
    assert names(page(client, show="over")) == ["Maya"]
    assert names(page(client, show="bench")) == ["Joel"]
    assert names(page(client, role=staff.designer.pk)) == ["Joel"]
    assert names(page(client, q="may")) == ["Maya"]
    assert names(page(client, sort="-over")) == ["Maya", "Joel"]
    assert page(client, months="9999", start="never", sort="nonsense", kind="guess").status_code == 200


def test_every_figure_leads_to_exactly_the_allocations_behind_it(client, acme, vera, staff, given, orion):
    given(1, "0.6", staff.maya)
    given(1, "0.7", staff.maya, of=orion)
    given(2, "0.5", staff.joel)
    given(2, "3", staff.unnamed)
    client.force_login(vera)

    for query in ({}, {"role": staff.engineer.pk}, {"q": "joel"}, {"show": "over"}):
        shown = page(client, **query).context
        figures = [(limit.allocated, url) for limit, url in shown["totals"]]
        figures += [(limit.allocated, url) for line in shown["lines"] for limit, url in line["cells"]]
        figures += [(line["row"].whole.allocated, line["url"]) for line in shown["lines"]]
        figures.append((shown["whole"].allocated, shown["whole_url"]))
        for allocated, url in figures:
            rows = client.get(url).context
            assert sum(rows["sums"].values()) == allocated, (query, url)


def test_the_rows_are_a_file_as_filtered(client, vera, staff, given):
    given(1, "1.5", staff.maya)
    client.force_login(vera)

    response = page(client, show="over", format="csv")

    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Person,Role,Team,Available,Allocated,Utilization,Months over,2026-01 available,")
    assert lines[1] == "Maya,Engineer,Platform,3.000,1.500,0.5000,1,1.000,1.500,1.000,0,1.000,0"
    assert len(lines) == 2


def test_no_people_yet_is_said_with_what_the_page_is_for(client, acme, vera):
    client.force_login(vera)

    assert "No people yet" in client.get(reverse("projects:utilization")).content.decode()
    assert "No allocations yet" in client.get(reverse("projects:allocation-list")).content.decode()


def test_htmx_gets_the_tables_alone(client, vera, staff, given):
    given(1, "0.5", staff.maya)
    client.force_login(vera)

    for name in ("utilization", "allocation-list"):
        part = client.get(reverse(f"projects:{name}"), headers={"HX-Request": "true"}).content.decode()
        assert "<html" not in part
        assert "<table" in part


def test_the_list_of_allocations_is_narrowed_sorted_and_summed_by_kind(client, vera, staff, given, project, orion):
    given(1, "0.5", staff.maya)
    given(2, "0.7", staff.maya, of=orion)
    given(1, "0.4", staff.joel, kind="actual")
    client.force_login(vera)
    url = reverse("projects:allocation-list")

    everything = client.get(url, {"sort": "-fte"})
    narrowed = client.get(url, {"project": orion.pk, "from_month": "2026-02"})

    assert [row.fte for row in everything.context["page"]] == [Decimal("0.7"), Decimal("0.5"), Decimal("0.4")]
    assert everything.context["sums"] == {"plan": Decimal("1.2"), "actual": Decimal("0.4")}
    assert [row.project for row in narrowed.context["page"]] == [orion]


def test_several_people_of_a_link_stay_chosen_when_another_filter_is_changed(client, vera, staff, given):
    given(1, "0.5", staff.maya)
    given(1, "0.4", staff.joel)
    given(1, "9", staff.unnamed)
    client.force_login(vera)
    url, both = reverse("projects:allocation-list"), f"{staff.maya.pk},{staff.joel.pk}"

    nobody = client.get(url).content.decode()
    linked = client.get(url, {"person": [staff.maya.pk, staff.joel.pk]}).content.decode()
    again = client.get(url, {"person": both, "kind": "plan"})

    assert '<option value="" selected>Anybody</option>' in nobody
    assert f'<option value="{both}" selected>2 people</option>' in linked
    assert again.context["sums"] == {"plan": Decimal("0.9")}


def test_a_persons_panel_tells_project_by_project_against_what_there_is(client, vera, staff, given, project):
    given(1, "1.25", staff.maya)
    client.force_login(vera)

    part = client.get(reverse("projects:person-allocations", args=[staff.maya.pk]) + "?from=2026-01").content.decode()
    free = client.get(reverse("projects:person-allocations", args=[staff.joel.pk])).content.decode()

    assert reverse("projects:project-allocations", args=[project.pk]) in unescape(part)
    assert '<td class="r over">1.25</td>' in part
    assert "Joel is allocated to no project in these months." in free


def test_strangers_see_nobody(client, charlie, staff, given):
    given(1, "0.5", staff.maya)
    client.force_login(charlie)

    assert client.get(reverse("projects:person-allocations", args=[staff.maya.pk])).status_code == 404
    assert "Maya" not in client.get(reverse("projects:utilization")).content.decode()


def test_many_people_take_as_many_queries_as_one(client, acme, vera, staff, given):
    given(1, "0.5", staff.maya)
    client.force_login(vera)
    page(client)
    with CaptureQueriesContext(connection) as few:
        page(client)
    for number in range(40):
        person = Person.objects.create(organization=acme, name=f"P{number}", role=staff.engineer, team=staff.platform)
        given(1, "1.5", person)
    with CaptureQueriesContext(connection) as many:
        page(client)

    assert len(many) == len(few)
