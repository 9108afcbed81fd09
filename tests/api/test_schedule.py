"""Dependencies and the effects of edits over REST."""

import datetime
from decimal import Decimal

import pytest

from projects import services
from projects.models import Activity, Dependency

PREVIEW = "/api/v1/schedule/preview/"


@pytest.fixture
def chain(petra, project):
    """Design from 4 to 8 May 2026, Build from the 11th to the 13th, Launch on the 18th."""
    spans = {"Design": (4, 8), "Build": (11, 13), "Launch": (18, 18)}
    return [
        services.create_activity(
            actor=petra,
            project=project,
            name=name,
            kind="milestone" if name == "Launch" else "task",
            planned_start_date=datetime.date(2026, 5, first),
            planned_finish_date=datetime.date(2026, 5, last),
        )
        for name, (first, last) in spans.items()
    ]


@pytest.fixture
def api(petra, acme, api_for):
    return api_for(petra, acme)


def new(chain, **more):
    return {"predecessor": chain[0].pk, "successor": chain[1].pk, "lag_minutes": "2400.0", **more}


def test_a_preview_says_what_moves_and_saves_nothing(api, chain, petra):
    services.create_dependency(actor=petra, predecessor=chain[1], successor=chain[2])

    answer = api.send("post", PREVIEW, {"edit": "create_dependency", "values": new(chain)})

    assert answer.status_code == 200, answer.json()
    body = answer.json()
    assert [(move["name"], move["start"], move["days"]) for move in body["moves"]] == [
        ("Build", "2026-05-18", 7),
        ("Launch", "2026-05-20", 2),
    ]
    assert body["programs"][0]["name"] == "EU launch"
    assert Dependency.objects.count() == 1
    assert Activity.objects.get(name="Build").planned_start_date == datetime.date(2026, 5, 11)


def test_what_was_previewed_is_saved_with_its_token_and_refused_when_the_plan_has_changed(api, chain, alice):
    token = api.send("post", PREVIEW, {"edit": "create_dependency", "values": new(chain)}).json()["token"]
    services.update_activity(
        actor=alice, activity=Activity.objects.get(name="Build"), planned_finish_date=datetime.date(2026, 5, 14)
    )

    refused = api.send("post", "/api/v1/dependencies/", new(chain, expected_plan=token))
    token = api.send("post", PREVIEW, {"edit": "create_dependency", "values": new(chain)}).json()["token"]
    saved = api.send("post", "/api/v1/dependencies/", new(chain, expected_plan=token))

    assert (refused.status_code, refused.json()["code"]) == (409, "plan_changed")
    assert "Alice" in refused.json()["detail"]
    assert saved.status_code == 201
    assert saved.json()["predecessor_name"] == "Design"
    assert Activity.objects.get(name="Build").planned_start_date == datetime.date(2026, 5, 18)


def test_a_circle_is_a_conflict_with_its_path(api, chain, petra):
    services.create_dependency(actor=petra, predecessor=chain[0], successor=chain[1])
    back = {"predecessor": chain[1].pk, "successor": chain[0].pk}

    answer = api.send("post", PREVIEW, {"edit": "create_dependency", "values": back})

    assert answer.status_code == 409
    assert "Design → Build → Design" in answer.json()["detail"] or "Build → Design → Build" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("edit", "values", "moved"),
    [
        (
            "update_activity",
            {"planned_start_date": "2026-05-13", "planned_finish_date": "2026-05-20"},
            ["Design", "Build"],
        ),
        ("update_activity", {"name": "Draw"}, []),
    ],
)
def test_an_edit_of_an_activity_is_previewed(api, chain, petra, edit, values, moved):
    services.create_dependency(actor=petra, predecessor=chain[0], successor=chain[1])

    answer = api.send("post", PREVIEW, {"edit": edit, "id": chain[0].pk, "values": values})

    assert [move["name"] for move in answer.json()["moves"]] == moved


def test_a_dependency_is_changed_and_taken_away_in_previews(api, chain, petra):
    made = services.create_dependency(actor=petra, predecessor=chain[0], successor=chain[1])
    longer = {"edit": "update_dependency", "id": made.pk, "values": {"lag_minutes": "960"}}

    changed = api.send("post", PREVIEW, longer).json()
    removed = api.send("post", PREVIEW, {"edit": "archive_dependency", "id": made.pk}).json()

    assert [move["name"] for move in changed["moves"]] == ["Build"]
    assert removed["moves"] == []


def test_rescheduling_is_previewed_and_names_what_is_stale(api, chain, petra, project):
    auto = services.create_activity(actor=petra, project=project, name="Paint", is_manual=False)
    Activity.objects.filter(pk=auto.pk).update(planned_start_date=None, planned_finish_date=None)

    answer = api.send("post", PREVIEW, {"edit": "reschedule_project", "id": project.pk}).json()

    assert [move["name"] for move in answer["moves"]] == ["Paint"]


def test_contributors_and_viewers_do_not_preview_dependencies_and_strangers_find_nothing(
    chain, bob, vera, charlie, acme, other, api_for
):
    body = {"edit": "create_dependency", "values": new(chain)}

    assert api_for(bob, acme).send("post", PREVIEW, body).status_code == 403
    assert api_for(vera, acme).send("post", PREVIEW, body).status_code == 403
    assert api_for(charlie, other).send("post", PREVIEW, body).status_code in {400, 404}
    theirs = api_for(charlie, other).send("post", PREVIEW, {"edit": "update_activity", "id": chain[0].pk})
    assert (theirs.status_code, theirs.json()["errors"]["id"]) == (
        400,
        ["There is no such row, or it is not yours to see."],
    )


def test_nonsense_is_named_at_its_field(api, chain):
    assert api.send("post", PREVIEW, {"edit": "explode"}).status_code == 400
    assert "lag_minutes" in str(
        api.send("post", PREVIEW, {"edit": "create_dependency", "values": new(chain, lag_minutes="soon")}).json()
    )
    assert api.send("post", PREVIEW, {"edit": "update_activity", "values": {}}).status_code == 400


def test_dependencies_are_found_by_project_program_owner_and_lateness(api, chain, petra, project):
    services.create_dependency(actor=petra, predecessor=chain[0], successor=chain[1], owner=petra)
    services.create_dependency(
        actor=petra, predecessor=chain[2], successor=chain[1], slip_policy="none", lag_minutes=Decimal(0)
    )

    def names(query):
        rows = api.send("get", f"/api/v1/dependencies/?{query}").json()["results"]
        return [row["predecessor_name"] for row in rows]

    assert names(f"project={project.pk}") == ["Design", "Launch"]
    assert names(f"owner={petra.pk}") == ["Design"]
    assert names(f"activity={chain[2].pk}") == ["Launch"]
    assert names("crossing=true") == []
    assert "Launch" in names("late=true")


def test_a_project_names_its_root_and_a_dependency_takes_it(api, chain, petra, acme, program):
    made = api.send("post", "/api/v1/projects/", {"name": "Zeus", "program": program.pk}).json()

    answer = api.send("post", "/api/v1/dependencies/", {"predecessor": chain[2].pk, "successor": made["root_activity"]})

    assert answer.status_code == 201, answer.json()
    assert answer.json()["successor_name"] == "Zeus"
