"""The pages of levelling: a program's tab, a portfolio's page, and what is accepted there."""

import pytest
from django.urls import reverse

from events.services import claim_job, run_job
from projects import services
from projects.models import LevellingProposal, Project
from resources.models import Capacity
from tests.projects.activities import HTMX, queries
from tests.projects.levelling import in_flight, month, planned


def page(program):
    return reverse("programs:program-levelling", args=[program.pk])


def act(row, verb):
    return reverse(f"projects:levelling-{verb}", args=[row.pk])


FORM = {"group": "role", "most_months": "6", "seed": "1"}


def test_levelling_is_asked_for_on_the_programs_page_and_shown_when_it_is_done(client, acme, petra, program, rivals):
    client.force_login(petra)
    assert "Would later starts ease the load?" in client.get(page(program)).content.decode()

    response = client.post(page(program), FORM)

    assert (response.status_code, response.url) == (302, page(program))
    assert "Levelling of EU launch" in client.get(page(program)).content.decode()
    run_job(claim_job(acme.pk))
    assert client.get(page(program), **HTMX)["HX-Refresh"] == "true"
    text = client.get(page(program)).content.decode()
    for words in ("All 4.0 FTE-months over capacity go away", "Zeus", "Hera"):
        assert words in text
    assert "It is under way." in text
    found = client.get(reverse("projects:levelling-detail", args=[LevellingProposal.objects.get().pk]))
    assert found.url.startswith(page(program))


def test_what_is_ticked_is_put_off_and_can_be_taken_back(client, petra, program, rivals, suggested):
    row = suggested(program=program)
    client.force_login(petra)

    response = client.post(act(row, "accept"), {"project": [rivals["zeus"].pk], "version": row.version}, follow=True)

    assert "Put off 1 project." in response.content.decode()
    assert "1 of 1 accepted" in response.content.decode()
    assert Project.objects.get(name="Zeus").planned_start_date != month(2)
    client.post(act(row, "take-back"))
    assert Project.objects.get(name="Zeus").planned_start_date == month(2)


def test_nothing_ticked_is_refused_in_words(client, petra, program, rivals, suggested):
    row = suggested(program=program)
    client.force_login(petra)

    response = client.post(act(row, "accept"), {"version": row.version})

    assert response.status_code == 409
    assert "No project is chosen" in response.content.decode()


def test_a_discarded_proposal_says_so_and_offers_no_ticks(client, petra, program, rivals, suggested):
    row = suggested(program=program)
    client.force_login(petra)

    text = client.post(act(row, "discard"), follow=True).content.decode()

    assert "<b>Discarded</b> by Petra" in text
    assert 'name="project"' not in text


def test_a_changed_plan_is_said_before_anybody_accepts(client, petra, program, rivals, suggested):
    suggested(program=program)
    services.update_project(actor=petra, project=rivals["zeus"], name="Zeus the second")
    client.force_login(petra)

    assert "The plan has changed since." in client.get(page(program)).content.decode()


def test_what_cannot_be_asked_for_is_said_on_the_form(client, petra, program, rivals):
    Capacity.objects.all().delete()
    client.force_login(petra)

    response = client.post(page(program), FORM)

    assert response.status_code == 409
    assert "No capacity is known of any role" in response.content.decode()
    assert client.post(page(program), {**FORM, "most_months": "99"}).status_code == 422


def test_a_program_without_overload_needs_no_levelling(client, acme, petra, program, developer, zeus, suggested):
    planned(zeus, developer, 2, [1])
    suggested(program=program)
    client.force_login(petra)

    assert "Nothing is over capacity: EU launch needs no levelling." in client.get(page(program)).content.decode()


def test_a_portfolio_has_its_page(client, acme, petra, portfolio, program, rivals, suggested):
    suggested(portfolio=portfolio)
    client.force_login(petra)
    here = reverse("portfolio:portfolio-levelling", args=[portfolio.pk])

    text = client.get(here).content.decode()

    assert "Core portfolio and all below it" in text
    assert "Zeus" in text
    assert client.post(here, FORM).status_code == 302


def test_viewers_read_without_buttons_and_contributors_do_not_accept(
    client, bob, vera, program, rivals, suggested, petra
):
    row = suggested(program=program)
    client.force_login(vera)
    text = client.get(page(program)).content.decode()
    assert "Suggest later starts" not in text
    assert "Put off what is ticked" not in text
    assert client.post(page(program), FORM).status_code == 403
    client.force_login(bob)
    assert client.post(act(row, "accept"), {"project": [rivals["zeus"].pk]}).status_code == 403


@pytest.mark.parametrize("verb", ["accept", "discard", "take-back", "detail"])
def test_strangers_find_nothing(client, charlie, program, rivals, suggested, verb):
    row = suggested(program=program)
    client.force_login(charlie)

    assert client.get(page(program)).status_code == 404
    answer = client.get(act(row, verb)) if verb == "detail" else client.post(act(row, verb))
    assert answer.status_code == 404


def test_the_page_asks_the_database_as_often_for_many_projects(
    client, acme, petra, program, rivals, developer, suggested
):
    suggested(program=program)
    client.force_login(petra)
    few = queries(client, page(program))
    for number in range(12):
        planned(in_flight(acme, program, f"p{number}", "approved", 2, 1), developer, 2, [1])
    suggested(program=program)

    assert queries(client, page(program)) <= few
