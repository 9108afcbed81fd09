"""The prioritize board: ranked rows, cells edited in place, and what it costs to rank anew."""

import datetime
import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership
from core.tenancy import organization_url
from events.models import Event
from projects.models import Project
from scoring.models import Criterion, ModelVersion, Score, Scorecard
from scoring.services import archive_scoring_model, create_scoring_model, update_criterion, update_scoring_model

pytestmark = pytest.mark.django_db
HTMX = {"headers": {"HX-Request": "true"}}
#: Statements of any page are about people, sessions and the scope; a page's own are about these.
OWN = re.compile(r'"(scoring|projects|programs|portfolio|events|finance|resources)_')


def at(name, *args, query=""):
    return organization_url("acme", f"scoring:{name}", *args) + (f"?{query}" if query else "")


@pytest.fixture
def ranked(rice, ideas, give):
    """SSO before OCR; PAY lacks its effort."""
    sso, ocr, pay = ideas
    give(rice, sso, reach=1850, impact=2, confidence="0.8", effort=14)
    give(rice, ocr, reach=1500, impact=1, confidence="0.8", effort=11)
    give(rice, pay, reach=2200, impact="0.5", confidence="0.5")
    return rice


@pytest.fixture
def signed_in(client, alice):
    client.force_login(alice)
    return client


def key(model, name):
    return Criterion.objects.get(model=model, key=name, archived_at=None)


def cell(model, item, name, query=""):
    return at("score-cell", model.pk, "project", item.pk, key(model, name).pk, query=query)


def names(response):
    return re.findall(r'<a class="t" href="[^"]+">([^<]+)</a>', response.content.decode())


def seen(model, item, name):
    return {"seen": Score.objects.get(project=item, criterion__model=model, criterion__key=name).version}


def own(captured):
    return [query["sql"] for query in captured.captured_queries if OWN.search(query["sql"])]


def test_the_board_lists_ranks_and_says_what_is_missing_after_all_that_are_ranked(signed_in, ranked, project):
    page = signed_in.get(at("board"))
    text = page.content.decode()

    assert names(page) == ["Single sign-on", "Invoice OCR", "Apollo", "Usage-based billing"]
    assert "reach × impact × confidence ÷ effort" in text
    assert "Missing: Effort" in text
    assert "A missing value is never taken for zero" in text
    assert "4 candidates" in text
    assert "80%" in text


def test_everybody_reads_and_only_those_who_may_score_see_open_cells(client, ranked, ideas, vera, charlie):
    client.force_login(vera)
    page = client.get(at("board")).content.decode()
    assert "cell-edit" not in page
    assert client.get(cell(ranked, ideas[0], "reach")).status_code == 403
    assert client.post(cell(ranked, ideas[0], "reach"), {"value": "1"}, **HTMX).status_code == 403
    assert client.get(at("explain", ranked.pk, "project", ideas[0].pk)).status_code == 200
    client.force_login(charlie)
    assert client.get(at("board")).status_code == 404


def test_without_a_model_or_a_candidate_the_board_says_what_to_do(client, acme, alice, vera):
    client.force_login(vera)
    assert "No scoring model yet" in client.get(at("board")).content.decode()
    create_scoring_model(actor=alice, organization=acme, template="rice")
    assert "Nothing to rank yet" in client.get(at("board")).content.decode()


def test_an_edit_ranks_anew_says_what_moved_and_is_taken_back(signed_in, ranked, ideas):
    sso, ocr, _ = ideas
    body = {"value": "50 %", **seen(ranked, sso, "confidence")}

    response = signed_in.post(cell(ranked, sso, "confidence", f"model={ranked.pk}"), body, **HTMX)

    text = response.content.decode()
    assert names(response)[:2] == ["Single sign-on", "Invoice OCR"]
    response = signed_in.post(
        cell(ranked, sso, "confidence", f"model={ranked.pk}"),
        {"value": "40", **seen(ranked, sso, "confidence")},
        **HTMX,
    )
    text = response.content.decode()
    assert names(response)[:2] == ["Invoice OCR", "Single sign-on"]
    assert "Its rank moves 1 → 2." in text
    assert "1 → 2</span>" in text
    assert "2 → 1</span>" in text
    undo = re.search(r'hx-post="([^"]+/prioritize/undo/[^"]+)"', text)[1].replace("&amp;", "&")
    current = {"HX-Request": "true", "HX-Current-URL": "http://testserver" + at("board")}
    back = signed_in.post(undo, headers=current)
    assert names(back)[:2] == ["Single sign-on", "Invoice OCR"]
    assert back["HX-Retarget"] == "#board-table"
    assert "Took back 1 score." in back.content.decode()
    assert Score.objects.get(project=sso, criterion__key="confidence").value == Decimal("0.5")


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("confidence", "180", "between 0 % and 100 %"),
        ("reach", "many", "no number"),
        ("impact", "1.5", "choose one of"),
    ],
)
def test_a_wrong_value_is_refused_at_the_cell_in_words(signed_in, ranked, ideas, name, typed, sentence):
    response = signed_in.post(cell(ranked, ideas[0], name), {"value": typed, "seen": 1}, **HTMX)

    assert response.status_code == 422
    assert response["HX-Retarget"] == "#score-error"
    assert sentence in response.content.decode()


def test_somebody_elses_change_is_refused_with_what_it_is_now_and_the_next_try_saves(
    signed_in, ranked, ideas, give, petra
):
    sso = ideas[0]
    old = seen(ranked, sso, "reach")
    give(ranked, sso, actor=petra, reach=77)

    response = signed_in.post(cell(ranked, sso, "reach"), {"value": "99", **old}, **HTMX)

    assert response.status_code == 409
    assert "it is 77 now" in response.content.decode()
    version = re.search(r'data-version="(\d+)"', response.content.decode())[1]
    assert signed_in.post(cell(ranked, sso, "reach"), {"value": "99", "seen": version}, **HTMX).status_code == 200
    page = signed_in.post(cell(ranked, sso, "reach"), {"value": "98", "comment": "", **old})
    assert page.status_code == 409
    assert "it is 99 now" in page.content.decode()
    assert 'value="98"' in page.content.decode()


def test_without_script_a_cell_is_a_page_that_keeps_a_comment_and_goes_back_to_the_board(signed_in, ranked, ideas):
    pay = ideas[2]
    address = cell(ranked, pay, "effort", f"model={ranked.pk}&stage=proposed")
    assert "person-months" in signed_in.get(address).content.decode()

    response = signed_in.post(address, {"value": "13", "comment": "As Sam says.", "seen": "0"})

    assert response.status_code == 302
    assert response["Location"].endswith(f"/prioritize/?model={ranked.pk}&stage=proposed")
    assert Score.objects.get(project=pay, criterion__key="effort").comment == "As Sam says."
    assert "As Sam says." in signed_in.get(response["Location"]).content.decode()
    assert signed_in.post(address, {"value": "", "comment": "", "seen": "1"}).status_code == 302
    assert not Score.objects.filter(project=pay, criterion__key="effort").exists()


FACTS = "budget / 1000 + income + duration_weeks + effort_months + risk_days + risk_cost"


@pytest.mark.parametrize("formula", ["", f"reach * impact * confidence / effort + 0 * if(reach > 0, 1, {FACTS})"])
def test_an_edit_in_a_list_of_five_hundred_takes_fewer_than_six_statements(
    signed_in, alice, acme, rice, program, portfolio, formula
):
    if formula:
        rice = update_scoring_model(actor=alice, model=rice, formula=formula)
    items = Project.objects.bulk_create(
        Project(organization=acme, program=program, code=f"P{n}", name=f"P{n:03}", currency="USD", budget_amount=n)
        for n in range(500)
    )
    values = {"reach": lambda n: 100 + n, "impact": lambda n: 1, "confidence": lambda n: "0.8", "effort": lambda n: 4}
    Score.objects.bulk_create(
        Score(organization=acme, criterion=key(rice, name), project=item, value=Decimal(str(value(n))), version=1)
        for n, item in enumerate(items)
        for name, value in values.items()
    )
    address = cell(rice, items[0], "reach", f"model={rice.pk}&portfolio={portfolio.pk}")
    signed_in.get(at("board"))

    with CaptureQueriesContext(connection) as captured:
        response = signed_in.post(address, {"value": "90000", "seen": 1}, **HTMX)

    assert response.status_code == 200
    assert names(response)[0] == "P000"
    assert "Its rank moves 500 → 1." in response.content.decode()
    assert len(own(captured)) < 6, own(captured)
    assert bool(formula) == any("fact_risk_cost" in statement for statement in own(captured))


def test_the_board_takes_as_many_statements_for_fifty_items_as_for_one(signed_in, acme, rice, program, give, ideas):
    address = at("board", query=f"model={rice.pk}&firm=1")
    signed_in.get(address)

    def count():
        with CaptureQueriesContext(connection) as captured:
            assert signed_in.get(address).status_code == 200
        return len(own(captured))

    first = count()
    for number in range(50):
        item = Project.objects.create(
            organization=acme, program=program, code=f"X{number}", name=f"X{number}", currency="USD"
        )
        give(rice, item, reach=number + 1, impact=1, confidence="0.5", effort=3)
    assert count() == first
    assert first <= 8


def test_filters_choose_who_is_ranked_and_a_search_changes_no_rank(signed_in, ranked, project, program, portfolio):
    assert names(signed_in.get(at("board", query="stage=active"))) == ["Apollo"]
    assert len(names(signed_in.get(at("board", query=f"program={program.pk}&portfolio={portfolio.pk}")))) == 4
    assert names(signed_in.get(at("board", query="program=999"))) == []
    found = signed_in.get(at("board", query="q=ocr"))
    assert names(found) == ["Invoice OCR"]
    assert "<b>2</b>" in found.content.decode()
    assert names(signed_in.get(at("board", query="kind=program"))) == ["EU launch"]
    assert names(signed_in.get(at("board", query=f"kind=program&portfolio={portfolio.pk}"))) == ["EU launch"]
    assert signed_in.get(at("board", query="kind=product&stage=proposed&q=x&page=9")).status_code == 200
    assert signed_in.get(at("board", query="model=999")).status_code == 404


def test_models_stand_side_by_side_and_go_into_the_file(signed_in, ranked, weighted, ideas, give):
    for number, item in enumerate(ideas):
        give(weighted, item, customer_value=3 + number, strategic_fit=6, effort=3, risk=2)
    query = f"model={ranked.pk}&with={weighted.pk}"

    text = signed_in.get(at("board", query=query)).content.decode()
    assert f'<th scope="col" role="columnheader" class="r other">{weighted.name}</th>' in text
    assert "places lower by" in text

    lines = b"".join(signed_in.get(at("board", query=f"{query}&format=csv"))).decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Rank,Places risen,Project,Belongs to,Reach,Impact,Confidence,Effort,Score,Score by")
    assert lines[1].startswith("1,,Single sign-on,")
    assert lines[3].split(",")[-2:] == ["Effort", ""]
    assert signed_in.get(at("board", query=f"{query}&format=xlsx")).status_code == 200


def test_changes_are_told_against_the_latest_scorecard(signed_in, ranked, ideas, acme, alice):
    ranking = [
        {"kind": "project", "id": item.pk, "name": item.name, "rank": 2 - n, "score": 1}
        for n, item in enumerate(ideas[:2])
    ]
    Scorecard.objects.create(
        organization=acme, model=ranked, model_version=ModelVersion.objects.get(model=ranked), name="Autumn",
        decided_by=alice, decided_date=datetime.date(2026, 9, 1), document={"ranking": ranking},
    )  # fmt: skip

    text = signed_in.get(at("board")).content.decode()

    assert "Up 1 since “Autumn”" in text
    assert "Down 1 since “Autumn”" in text


def test_a_formula_that_breaks_for_an_item_says_so_and_the_list_stands(signed_in, ranked, alice, ideas, give):
    update_criterion(actor=alice, criterion=key(ranked, "effort"), lowest=Decimal(0))
    give(ranked, ideas[0], effort=0)
    ranked.refresh_from_db()
    update_scoring_model(actor=alice, model=ranked, top_count=1)

    page = signed_in.get(at("board"))

    assert "The formula divides by zero here, at character" in page.content.decode()
    assert names(page)[0] == "Invoice OCR"
    explained = signed_in.get(at("explain", ranked.pk, "project", ideas[0].pk)).content.decode()
    assert "divides by zero" in explained


def test_a_score_off_the_scale_is_marked_and_does_not_count(signed_in, ranked, alice, ideas):
    update_criterion(actor=alice, criterion=key(ranked, "reach"), highest=Decimal(1600))

    text = signed_in.get(at("board")).content.decode()

    assert "Off the scale of Reach, so it does not count." in text
    assert "Off its scale" in signed_in.get(at("explain", ranked.pk, "project", ideas[0].pk)).content.decode()


def test_how_firm_ranks_are_comes_in_a_second_request_and_without_script_by_a_link(signed_in, ranked, alice, ideas):
    update_scoring_model(actor=alice, model=ranked, top_count=1)
    part = signed_in.get(at("board-firmness", query=f"model={ranked.pk}")).content.decode()

    assert f'data-for="robust-{ideas[0].pk}"' in part
    assert "Could rank" in part
    assert "The line" in part or "soft" in part
    page = signed_in.get(at("board", query="firm=1")).content.decode()
    assert 'class="robust"' in page
    assert "The line: 1 fit" in page
    assert signed_in.get(at("board-firmness")).status_code == 404
    assert signed_in.get(at("board-firmness", query="model=99")).status_code == 404


def test_a_score_is_explained_by_its_formula_numbers_people_and_history(signed_in, ranked, ideas, give, petra, project):
    give(ranked, ideas[0], actor=petra, confidence="0.5")

    text = signed_in.get(at("explain", ranked.pk, "project", ideas[0].pk)).content.decode()

    assert "1,850 × 2 × 50% ÷ 14 = 132.14" in text
    assert "Petra" in text
    assert "80% → 50%" in text
    assert "Rank 1 of 2." in text
    assert "version 1" in text
    project.status = "done"
    project.save()
    assert "no candidate any more" in signed_in.get(at("explain", ranked.pk, "project", project.pk)).content.decode()
    assert signed_in.get(at("explain", ranked.pk, "project", 999)).status_code == 404
    assert signed_in.get(at("explain", ranked.pk, "task", ideas[0].pk)).status_code == 404


def test_contributions_that_are_shown_add_up_to_the_score_that_is_shown(signed_in, weighted, ideas, give):
    give(weighted, ideas[0], customer_value=8, strategic_fit=6, effort=3, risk=2)

    text = signed_in.get(at("explain", weighted.pk, "project", ideas[0].pk)).content.decode()

    adds = [Decimal(found) for found in re.findall(r'data-k="Adds">([\d.]+)<', text)]
    shown = Decimal(re.search(r'data-k="Score"><b>([\d.]+)<', text)[1])
    assert len(adds) == 4
    assert sum(adds) == shown


def test_amounts_are_typed_with_the_currency_and_hidden_from_who_sees_none(client, acme, alice, olivia, ideas, petra):
    criterion = {
        "key": "value", "name": "Worth", "unit": "money", "lowest": Decimal(0), "highest": Decimal(10_000_000),
    }  # fmt: skip
    model = create_scoring_model(
        actor=alice, organization=acme, name="Worth", kind="formula", formula="value", criteria=[criterion]
    )
    client.force_login(alice)
    address = at("score-cell", model.pk, "project", ideas[0].pk, key(model, "value").pk)
    assert client.post(address, {"value": "$1,250,000", "seen": 0}, **HTMX).status_code == 200
    assert "$1,250,000" in client.get(at("board")).content.decode()
    Membership.objects.filter(user=petra).update(sees_amounts=False)
    client.force_login(petra)
    assert "No scoring model yet" in client.get(at("board", query=f"model={model.pk}")).content.decode()
    assert client.get(at("explain", model.pk, "project", ideas[0].pk)).status_code == 404
    archive_scoring_model(actor=alice, model=model)
    client.force_login(alice)
    assert client.get(address).status_code == 404
    assert Event.objects.filter(kind="project.scored").count() == 1


def test_a_model_without_criteria_is_opened_and_covers_nothing(signed_in, api, acme, alice, ideas):
    model = create_scoring_model(actor=alice, organization=acme, name="Empty", kind="weighted")

    assert ideas[0].name in signed_in.get(at("board", query=f"model={model.pk}")).content.decode()
    assert api.get(f"/api/v1/scoring-models/{model.pk}/coverage/?kind=project").status_code == 200
