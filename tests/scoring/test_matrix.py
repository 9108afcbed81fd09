"""Items on two measures, and in classes: read, moved by hand, taken back."""

import datetime
import re
from decimal import Decimal

import pytest
from django.urls import reverse

from portfolio.models import Portfolio
from projects.models import Project
from scoring.models import Score
from scoring.selectors import candidates, sheet_of
from scoring.selectors.matrix import axis_of, matrix_of, measures, on_scale, usual_measures
from scoring.services import create_scoring_model

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 11, 29)
HTMX = {"headers": {"HX-Request": "true"}}


@pytest.fixture
def value_effort(acme, alice):
    return create_scoring_model(actor=alice, organization=acme, template="value_effort")


@pytest.fixture
def moscow(acme, alice):
    return create_scoring_model(actor=alice, organization=acme, template="moscow")


def sheet(model, user):
    return sheet_of(model, candidates("project", user).order_by("name", "pk"), "project", DAY)


def test_items_fall_into_the_corners_that_the_middles_of_the_scales_make(value_effort, ideas, give, alice, project):
    for item, value, effort in zip(ideas, (9, 9, 2), (2, 8, 9), strict=True):
        give(value_effort, item, value=value, effort=effort)
    found = sheet(value_effort, alice)

    assert usual_measures(found) == ("effort", "value")
    matrix = matrix_of(found, axis_of(found, "effort", DAY), axis_of(found, "value", DAY))

    assert {place.item.code: place.corner for place in matrix.inside} == {
        "SSO": "Quick wins",
        "OCR": "Big bets",
        "PAY": "Money pits",
    }
    assert [place.item for place in matrix.beside] == [project]


def test_risk_and_value_begins_with_the_models_own_risk_else_with_the_expected_delay(weighted, rice, alice, ideas):
    assert usual_measures(sheet(weighted, alice), "risk") == ("risk", "score")
    assert usual_measures(sheet(rice, alice), "risk") == ("risk_days", "score")
    delays = axis_of(sheet(rice, alice), "risk_days", DAY)
    assert delays.values.tolist() == [0] * len(delays.values)


def test_amounts_are_no_measures_for_those_who_see_none(rice, alice, ideas):
    found = sheet(rice, alice)

    assert {"budget", "npv"} <= measures(found, with_amounts=True).keys()
    assert not {"budget", "npv", "income", "risk_cost"} & measures(found, with_amounts=False).keys()


@pytest.mark.parametrize(
    ("key", "value", "kept"),
    [
        ("impact", 1.4, "1"),
        ("impact", 9, "3"),
        ("reach", -40, "0"),
        ("reach", 1234.5, "1230"),
        ("confidence", 0.51234, "0.512"),
        ("effort", 0.0, "0.25"),
    ],
)
def test_an_item_put_somewhere_gets_the_nearest_value_of_the_scale(rice, key, value, kept):
    assert on_scale(rice.criteria.get(key=key), value) == Decimal(kept)


def test_a_bubble_put_elsewhere_changes_both_scores_and_undo_takes_them_back(
    client, value_effort, ideas, give, alice, acme
):
    sso = ideas[0]
    give(value_effort, sso, value=9, effort=2)
    client.force_login(alice)
    url = f"{reverse('scoring:matrix-move')}?model={value_effort.pk}"

    answer = client.post(url, {"item": sso.pk, "x": "7.9", "y": "3.2", "x_seen": 1, "y_seen": 1}, **HTMX)

    assert answer.status_code == 200
    assert "was moved" in answer.content.decode()
    values = {score.criterion.key: score.value for score in Score.objects.filter(project=sso)}
    assert values == {"effort": Decimal("7.9"), "value": Decimal("3.2")}
    here = f"{reverse('scoring:matrix')}?model={value_effort.pk}"
    undone = client.post(
        reverse("scoring:scores-undo", args=[answer["X-Request-ID"]]), headers={"Referer": f"http://testserver{here}"}
    )
    values = {score.criterion.key: score.value for score in Score.objects.filter(project=sso)}
    assert values == {"effort": Decimal(2), "value": Decimal(9)}
    assert undone["Location"] == here
    shown = client.get(here).content.decode()
    assert "Took back 2 scores." in shown
    client.post(re.search(r'"([^"]+/prioritize/undo/[^"]+)"', shown)[1])
    values = {score.criterion.key: score.value for score in Score.objects.filter(project=sso)}
    assert values == {"effort": Decimal("7.9"), "value": Decimal("3.2")}


def test_a_bubble_that_somebody_else_moved_stays_and_the_page_says_where(client, value_effort, ideas, give, alice):
    sso = ideas[0]
    give(value_effort, sso, value=9, effort=2)
    client.force_login(alice)
    url = f"{reverse('scoring:matrix-move')}?model={value_effort.pk}"

    answer = client.post(url, {"item": sso.pk, "x": "7", "y": "3", "x_seen": 0, "y_seen": 1}, **HTMX)

    assert "it is 2 now" in answer.content.decode()
    assert Score.objects.get(project=sso, criterion__key="value").value == 9


def test_a_card_moves_between_classes_and_out_of_them(client, moscow, ideas, alice):
    sso = ideas[0]
    client.force_login(alice)
    url = f"{reverse('scoring:classes-move')}?model={moscow.pk}"

    assert client.post(url, {"item": sso.pk, "level": "3", "seen": 0}, **HTMX).status_code == 200
    assert Score.objects.get(project=sso).value == 3
    page = client.get(reverse("scoring:classes")).content.decode()
    assert page.index("Must") < page.index("Single sign-on") < page.index("Should")

    client.post(url, {"item": sso.pk, "level": "", "seen": 1})
    assert not Score.objects.exists()


def test_a_class_that_is_none_is_refused_in_words(client, moscow, ideas, alice):
    client.force_login(alice)

    answer = client.post(
        f"{reverse('scoring:classes-move')}?model={moscow.pk}", {"item": ideas[0].pk, "level": "9", "seen": 0}, **HTMX
    )

    assert "choose one of 0 (Won&#x27;t)" in answer.content.decode()


@pytest.mark.parametrize("page", ["matrix", "classes"])
def test_pages_are_read_by_every_member_empty_or_not_and_by_no_stranger(
    client, page, vera, charlie, alice, value_effort, moscow, ideas
):
    client.force_login(vera)
    answer = client.get(reverse(f"scoring:{page}"))
    assert answer.status_code == 200
    assert 'data-move=""' in answer.content.decode()
    moved = client.post(reverse(f"scoring:{page}-move"), {"item": ideas[0].pk, "level": "3", "x": "1", "y": "1"})
    assert moved.status_code == 403
    client.force_login(charlie)
    assert client.get(reverse(f"scoring:{page}")).status_code == 404


def test_pages_offer_a_model_where_there_is_none(client, alice):
    client.force_login(alice)

    assert "No scoring model yet" in client.get(reverse("scoring:matrix")).content.decode()
    assert "Nothing is classed yet" in client.get(reverse("scoring:classes")).content.decode()


@pytest.mark.parametrize("page", ["matrix", "classes"])
def test_the_pages_cost_the_same_for_one_item_and_for_fifty(
    client, page, acme, program, alice, value_effort, moscow, django_assert_max_num_queries
):
    client.force_login(alice)

    def add(count, start):
        Project.objects.bulk_create(
            Project(organization=acme, program=program, code=f"X-{n}", name=f"Extra {n}", currency="USD")
            for n in range(start, start + count)
        )

    add(1, 0)
    client.get(reverse(f"scoring:{page}"))
    with django_assert_max_num_queries(18) as few:
        client.get(reverse(f"scoring:{page}"))
    add(49, 1)
    with django_assert_max_num_queries(len(few)):
        client.get(reverse(f"scoring:{page}"))


@pytest.mark.parametrize("page", ["matrix", "classes"])
def test_a_portfolios_own_model_is_about_what_is_in_that_portfolio(client, page, acme, alice, ideas):
    empty = Portfolio.objects.create(organization=acme, name="Empty")
    template = "value_effort" if page == "matrix" else "moscow"
    create_scoring_model(actor=alice, organization=acme, template=template, portfolio=empty)
    client.force_login(alice)

    assert "Single sign-on" not in client.get(reverse(f"scoring:{page}")).content.decode()


def test_kanos_two_questions_give_the_class_with_what_was_answered(client, acme, alice, ideas):
    kano = create_scoring_model(actor=alice, organization=acme, template="kano")
    criterion = kano.criteria.get()
    client.force_login(alice)
    board = client.get(f"{reverse('scoring:classes')}?model={kano.pk}").content.decode()
    cell = reverse("scoring:score-cell", args=[kano.pk, "project", ideas[0].pk, criterion.pk])
    address = f"{cell}?model={kano.pk}&back=classes"
    assert address.replace("&", "&amp;") in board
    form = client.get(address)
    assert "If it is missing, customers say" in form.content.decode()
    token = {"seen": 0, "value": ""}

    half = client.post(address, {**token, "there": "0"})
    against = client.post(address, {**token, "there": "0", "missing": "0"})
    saved = client.post(address, {**token, "there": "0", "missing": "4"})

    assert (half.status_code, "Answer this one too" in half.content.decode()) == (422, True)
    assert (against.status_code, "contradict each other" in against.content.decode()) == (422, True)
    assert saved["Location"] == f"{reverse('scoring:classes')}?model={kano.pk}"
    score = Score.objects.get(project=ideas[0])
    assert (score.value, score.comment) == (3, "If it is there: I like it. If it is missing: I dislike it.")
