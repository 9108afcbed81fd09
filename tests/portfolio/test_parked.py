"""What an import parked gets its name and its place, one by one or many at once, and can be parked again."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events.models import Event
from portfolio.models import Portfolio, ProductShare, Rollup
from portfolio.services import rebuild_rollups
from programs.models import Program
from programs.services import update_program
from projects.models import Project
from projects.services import update_project
from tests.filling import sentences

FRAGMENT = {"HX-Request": "true"}
NO_NAME, NO_PLACE = "No name in the file.", "Its program 009 is not in the file."


@pytest.fixture
def url(acme):
    return reverse("portfolio:parked")


@pytest.fixture
def lost_program(acme):
    return Program.objects.create(organization=acme, code="LP", name="009-704", parked_reason="Its portfolio is 38.")


@pytest.fixture
def lost_project(acme):
    return Project.objects.create(
        organization=acme, code="LO", name="009-1422", external_key="2207", currency="USD", parked_reason=NO_PLACE
    )


@pytest.fixture
def nameless(acme, program):
    return Project.objects.create(
        organization=acme, program=program, code="NN", name="009-1423", currency="USD", parked_reason=NO_NAME
    )


def save(row):
    return reverse("portfolio:parked-save", args=["program" if isinstance(row, Program) else "project", row.pk])


def keys(response):
    return [parked.key for parked, _ in response.context["rows"]]


def test_parked_rows_say_why_programs_first(client, vera, lost_program, lost_project, nameless, project, url):
    client.force_login(vera)

    response = client.get(url)

    assert keys(response) == [f"program:{lost_program.pk}", f"project:{lost_project.pk}", f"project:{nameless.pk}"]
    text = response.content.decode()
    assert "Its portfolio is 38." in text
    assert "3 rows" in text
    assert 'name="parent"' not in text


def test_a_parked_row_counts_where_the_page_says(
    client, vera, acme, program, product, lost_program, lost_project, nameless, url
):
    ProductShare.objects.create(organization=acme, project=lost_project, product=product, share_ratio=1)
    Project.objects.create(organization=acme, program=lost_program, code="BE", name="Below", currency="USD")
    rebuild_rollups(acme.pk)
    nowhere = dict.fromkeys(("project", "program", "portfolio", "product"))

    def projects(**node):
        return Rollup.objects.get(**{**nowhere, **node}).project_count

    assert projects() == 3
    assert projects(product=product) == 1
    assert projects(program=lost_program) == 1
    assert projects(program=program) == projects(portfolio=program.portfolio) == 1  # the nameless one
    client.force_login(vera)
    assert "A missing name changes no total." in client.get(url).content.decode()
    shown = [
        client.get(reverse("projects:project-detail", args=[row.pk])).content.decode()
        for row in (lost_project, nameless)
    ]
    assert "It counts in no program or portfolio until it belongs to one" in shown[0]
    assert "It counts where it belongs, and waits for a name." in shown[1]


def test_nothing_parked_is_said(client, alice, project, url):
    client.force_login(alice)

    assert b"Nothing is parked" in client.get(url).content


def test_the_list_narrows_by_kind_reason_and_words(client, alice, lost_program, lost_project, nameless, url):
    client.force_login(alice)

    assert keys(client.get(url, {"kind": "program"})) == [f"program:{lost_program.pk}"]
    assert keys(client.get(url, {"reason": NO_NAME})) == [f"project:{nameless.pk}"]
    assert keys(client.get(url, {"q": "2207"})) == [f"project:{lost_project.pk}"]
    assert keys(client.get(url, {"q": "nowhere"}, headers=FRAGMENT)) == []
    reasons = client.get(url).context["filter"].fields["reason"].choices
    assert (NO_NAME, f"{NO_NAME} (1)") in reasons


def test_reasons_are_counted_together_wherever_in_a_file_the_rows_stood(client, alice, acme, url):
    Project.objects.bulk_create(
        Project(
            organization=acme,
            code=f"N{n}",
            name=f"N{n}",
            currency="USD",
            parked_reason=f"No program is given. (projects.csv, row {n})",
        )
        for n in range(3)
    )
    client.force_login(alice)

    reasons = client.get(url).context["filter"].fields["reason"].choices

    assert reasons[1:] == [("No program is given.", "No program is given. (3)")]
    assert len(keys(client.get(url, {"reason": "No program is given."}))) == 3


@pytest.mark.parametrize("query", [{"kind": "x"}, {"reason": "x"}, {"q": "\0"}, {"page": "9"}, {"rows": "x"}], ids=str)
def test_nonsense_in_the_address_is_no_error(client, alice, lost_project, url, query):
    client.force_login(alice)

    assert client.get(url, query).status_code == 200


def test_one_row_and_fifty_cost_the_same_queries(client, alice, acme, lost_program, lost_project, url):
    client.force_login(alice)
    client.get(url)
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    Project.objects.bulk_create(
        Project(organization=acme, code=f"N{n}", name=f"N{n}", currency="USD", parked_reason=NO_PLACE)
        for n in range(48)
    )
    with CaptureQueriesContext(connection) as fifty:
        response = client.get(url)

    assert len(keys(response)) == 50
    assert len(fifty) == len(one) <= 12


def test_many_are_paged(client, alice, acme, url):
    Project.objects.bulk_create(
        Project(organization=acme, code=f"N{n}", name=f"N{n:02}", currency="USD", parked_reason=NO_PLACE)
        for n in range(60)
    )
    client.force_login(alice)

    response = client.get(url, {"page": 2, "rows": 50})

    assert len(keys(response)) == 10
    assert response.context["page"].paginator.count == 60


def test_a_saved_row_leaves_the_list_with_an_undo(client, petra, lost_project, nameless, program, url):
    client.force_login(petra)

    response = client.post(
        save(lost_project), {"name": "Passport denial", "parent": "EU launch (EU)", "version": 1}, headers=FRAGMENT
    )

    lost_project.refresh_from_db()
    assert (lost_project.name, lost_project.program, lost_project.parked_reason) == ("Passport denial", program, "")
    text = response.content.decode()
    assert "<tr" not in text
    assert 'id="parked-count" hx-swap-oob="true">1 row<' in text
    assert "Passport denial" in text
    event = Event.objects.get()
    assert event.kind == "project.updated"
    assert f'action="{reverse("portfolio:parked-undo", args=[event.pk, event.pk])}"' in text


def test_when_the_last_row_has_left_the_page_is_loaded_anew(client, petra, lost_project, program, url):
    client.force_login(petra)

    response = client.post(save(lost_project), {"name": "Named", "parent": "EU launch"}, headers=FRAGMENT)

    assert response["HX-Redirect"] == url
    text = client.get(url).content.decode()
    assert "Nothing is parked" in text
    assert "“Named” has its place." in text
    assert "/parked/undo/" in text


def test_undo_parks_it_again_as_it_was(client, petra, lost_project, program, url):
    client.force_login(petra)
    client.post(save(lost_project), {"name": "Named", "parent": "EU launch"}, headers=FRAGMENT)
    event = Event.objects.get()

    response = client.post(reverse("portfolio:parked-undo", args=[event.pk, event.pk]))

    lost_project.refresh_from_db()
    assert response["Location"] == url
    assert sentences(response)[-1] == "Parked “009-1422” again."
    assert (lost_project.name, lost_project.program, lost_project.parked_reason) == ("009-1422", None, NO_PLACE)


def test_undo_after_a_later_change_is_refused(client, petra, alice, lost_project, program):
    client.force_login(petra)
    client.post(save(lost_project), {"name": "Named", "parent": "EU launch"}, headers=FRAGMENT)
    undo = reverse("portfolio:parked-undo", args=[Event.objects.get().pk] * 2)
    lost_project.refresh_from_db()
    update_project(actor=alice, project=lost_project, name="Changed since")

    assert client.post(undo).status_code == 409
    lost_project.refresh_from_db()
    assert (lost_project.name, lost_project.program) == ("Changed since", program)


def test_undo_takes_back_only_what_the_person_did(client, petra, alice, vera, lost_project, program):
    client.force_login(petra)
    client.post(save(lost_project), {"name": "Named", "parent": "EU launch"}, headers=FRAGMENT)
    undo = reverse("portfolio:parked-undo", args=[0, Event.objects.get().pk])

    for person in (alice, vera):
        client.force_login(person)
        assert client.post(undo).status_code == 404
    assert client.get(undo).status_code == 405


def test_a_name_alone_is_enough_where_the_place_is_known(client, petra, nameless, url):
    client.force_login(petra)
    (form,) = [form for parked, form in client.get(url).context["rows"] if parked.row == nameless]

    assert form["parent"].value() == "EU launch (EU)"
    assert (
        client.post(save(nameless), {"name": "Found", "parent": "EU launch (EU)"}, headers=FRAGMENT).status_code == 200
    )
    nameless.refresh_from_db()
    assert not nameless.is_parked


def test_a_project_may_go_directly_into_a_portfolio(client, petra, lost_project, portfolio):
    client.force_login(petra)

    client.post(save(lost_project), {"name": "Named", "parent": "Core portfolio (portfolio)"}, headers=FRAGMENT)

    lost_project.refresh_from_db()
    assert (lost_project.portfolio, lost_project.program) == (portfolio, None)


def test_a_program_goes_into_a_portfolio_only(client, petra, lost_program, lost_project, program, portfolio):
    client.force_login(petra)

    refused = client.post(save(lost_program), {"name": "Named", "parent": "EU launch (EU)"}, headers=FRAGMENT)
    assert refused.status_code == 422
    assert "No program or portfolio is called “EU launch (EU)”" in refused.content.decode()
    client.post(save(lost_program), {"name": "Named", "parent": "core portfolio"}, headers=FRAGMENT)
    lost_program.refresh_from_db()
    assert (lost_program.name, lost_program.portfolio, lost_program.parked_reason) == ("Named", portfolio, "")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"name": "", "parent": "EU launch"}, "This field is required."),
        ({"name": "x" * 201, "parent": "EU launch"}, "at most 200 characters"),
        ({"name": "Named", "parent": ""}, "Name the place it belongs to."),
        ({"name": "Named", "parent": "nowhere"}, "is called “nowhere”"),
        ({"name": "Named", "parent": "Twice"}, "2 places are called “Twice”"),
        ({"name": "Named", "parent": "x" * 400}, "at most 300 characters"),
    ],
    ids=str,
)
def test_a_bad_answer_comes_back_in_its_row(client, petra, acme, lost_project, program, portfolio, data, sentence):
    Portfolio.objects.create(organization=acme, name="Twice")
    Program.objects.create(organization=acme, portfolio=portfolio, code="T", name="Twice")
    client.force_login(petra)

    response = client.post(save(lost_project), data, headers=FRAGMENT)

    text = response.content.decode()
    assert response.status_code == 422
    assert text.lstrip().startswith("<tr")
    assert sentence in text
    assert not data["parent"] or f'value="{data["parent"]}"' in text
    lost_project.refresh_from_db()
    assert lost_project.is_parked


def test_without_script_a_row_is_saved_or_comes_back_on_top(client, petra, lost_program, lost_project, program, url):
    client.force_login(petra)

    refused = client.post(save(lost_project), {"name": "Named", "parent": "nowhere"})
    assert refused.status_code == 422
    assert "<html" in refused.content.decode()
    assert keys(refused) == [f"project:{lost_project.pk}", f"program:{lost_program.pk}"]
    done = client.post(save(lost_project), {"name": "Named", "parent": "EU launch"}, follow=True)
    assert done.request["PATH_INFO"] == url
    assert "“Named” has its place." in done.content.decode()
    assert "/parked/undo/" in done.content.decode()


def test_a_row_that_somebody_else_placed_is_not_placed_again(client, petra, alice, lost_project, program, portfolio):
    update_project(actor=alice, project=lost_project, portfolio=portfolio)
    client.force_login(petra)

    response = client.post(save(lost_project), {"name": "Named", "parent": "EU launch", "version": 1}, headers=FRAGMENT)

    assert response.status_code == 422
    assert "was given a place in the meantime" in response.content.decode()
    lost_project.refresh_from_db()
    assert lost_project.portfolio == portfolio


def test_a_row_sent_twice_is_saved_once(client, petra, lost_project, program):
    client.force_login(petra)
    data = {"name": "Named", "parent": "EU launch", "form_token": "abc", "version": 1}

    for _ in range(2):
        assert client.post(save(lost_project), data, headers=FRAGMENT).status_code == 200
    assert Event.objects.count() == 1


def test_all_ticked_rows_get_one_place_and_one_undo(client, petra, acme, lost_program, lost_project, portfolio, url):
    picked = [f"program:{lost_program.pk}", f"project:{lost_project.pk}"]
    client.force_login(petra)

    response = client.post(url, {"picked": picked, "parent": "Core portfolio"}, follow=True)

    assert "Gave 2 rows a place." in response.content.decode()
    assert not Project.objects.parked().exists()
    assert Program.objects.get(pk=lost_program.pk).portfolio == portfolio
    first, last = Event.objects.order_by("pk").values_list("pk", flat=True)
    assert sentences(client.post(reverse("portfolio:parked-undo", args=[first, last]))) == ["Parked 2 rows again."]
    assert Project.objects.parked().get() == lost_project
    assert Program.objects.parked().get() == lost_program


def test_a_program_among_the_ticked_does_not_go_into_a_program_and_nothing_is_changed(
    client, petra, lost_program, lost_project, program, url
):
    picked = [f"project:{lost_project.pk}", f"program:{lost_program.pk}"]
    client.force_login(petra)

    response = client.post(url, {"picked": picked, "parent": "EU launch"})

    assert response.status_code == 409
    assert "A program belongs to a portfolio" in response.content.decode()
    assert response.context["picked"] == picked
    assert Project.objects.parked().count() == Program.objects.parked().count() == 1


@pytest.mark.parametrize(
    ("picked", "parent", "sentence"),
    [
        ([], "EU launch", "Tick the rows to assign."),
        (["project:99999"], "EU launch", "One of the ticked rows is no longer parked."),
        (["x", "program:", "program:1e9"], "EU launch", "One of the ticked rows is no longer parked."),
        (None, "", "Name the place it belongs to."),
        (None, "nowhere", "is called “nowhere”"),
    ],
)
def test_a_bad_assignment_is_refused_in_words(client, petra, lost_project, program, url, picked, parent, sentence):
    client.force_login(petra)
    picked = [f"project:{lost_project.pk}"] if picked is None else picked

    response = client.post(url, {"picked": picked, "parent": parent})

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert Project.objects.parked().count() == 1


def test_the_role_decides(client, bob, vera, lost_project, program, url):
    for person in (bob, vera):
        client.force_login(person)
        assert client.post(save(lost_project), {"name": "x", "parent": "EU launch"}).status_code == 403
        assert client.post(url, {"picked": [f"project:{lost_project.pk}"], "parent": "EU launch"}).status_code == 403
    assert Project.objects.parked().count() == 1


def test_another_organization_gets_404_and_another_kind_too(client, charlie, petra, lost_project, url):
    client.force_login(charlie)
    assert client.post(save(lost_project)).status_code == client.get(url).status_code == 404
    client.force_login(petra)
    assert client.post(reverse("portfolio:parked-save", args=["portfolio", 1])).status_code == 404
    assert client.get(save(lost_project)).status_code == 405


def test_a_change_to_something_else_leaves_a_row_without_a_name_parked(petra, nameless, acme, portfolio):
    unnamed = Program.objects.create(
        organization=acme, portfolio=portfolio, code="UN", name="009-704", parked_reason=NO_NAME
    )

    assert update_project(actor=petra, project=nameless, manager=petra).is_parked
    assert update_program(actor=petra, program=unnamed, reported_health="green").is_parked
    assert not update_program(actor=petra, program=unnamed, name="Named").is_parked
