"""Events are told in words."""

import datetime
from decimal import Decimal

from django.template.loader import render_to_string

from accounts.services import create_api_token
from events.models import Event
from events.selectors import event_sentence, history_of, recent_events, words
from portfolio.services import decide_stance, set_product_shares
from projects.services import create_activity, report_project, update_project


def test_a_change_is_told_with_names_days_money_and_shares_as_people_write_them(project, alice, petra):
    update_project(
        actor=alice,
        project=project,
        manager=petra,
        budget_amount=Decimal("1250000.00"),
        planned_finish_date=datetime.date(2026, 4, 10),
    )

    [line] = history_of(project)

    assert (line.actor_name, line.verb, line.noun, line.subject_name) == ("Alice", "changed", "project", "Apollo")
    told = {change.label: (change.before, change.after) for change in line.changes}
    assert told["manager"] == (None, "Petra")
    assert told["budget"] == ("$1,000,000", "$1,250,000")
    assert told["planned finish"][1].replace("\u00a0", " ").startswith("10 Apr")


def test_a_choice_is_told_by_its_label(project, alice):
    report_project(actor=alice, project=project, reported_health="red", health_note="The kit fails at −10 °C.")

    [line] = history_of(project)

    assert [change.after for change in line.changes] == ["Off track", "The kit fails at −10 °C."]
    assert line.sentence.startswith("Alice reported on project Apollo: reported health – → Off track")


def test_shares_are_told_by_product(project, product, alice):
    set_product_shares(actor=alice, project=project, shares={product: Decimal(1)})

    [line] = history_of(project)

    assert [(change.label, change.after) for change in line.changes] == [("products", "Atlas Insights 100%")]


def test_an_activity_leads_to_its_project_and_a_decision_to_its_product(project, product, alice):
    activity = create_activity(actor=alice, project=project, name="Test")
    decision = decide_stance(
        actor=alice, stance="invest", reason="It grows.", decided_date=datetime.date(2026, 1, 5), product=product
    )

    assert [(line.page, line.page_id) for line in history_of(activity)] == [
        ("projects:project-detail", str(project.pk))
    ]
    assert [(line.page, line.page_id) for line in history_of(decision)] == [
        ("portfolio:product-detail", str(product.pk))
    ]


def test_an_event_whose_subject_type_is_gone_is_still_told(acme, alice):
    event = Event.objects.create(
        organization=acme,
        kind="gizmo.turned_over",
        actor=alice,
        actor_name="Alice",
        subject_type="old.gizmo",
        subject_id="7",
        subject_name="Gizmo 7",
        changes={"angle": [1, 2]},
    )

    assert event_sentence(event) == "Alice turned over gizmo Gizmo 7: angle 1 → 2"


def test_many_alike_in_a_row_are_one_sentence_in_the_feed(acme, project, alice):
    for number in range(5):
        create_activity(actor=alice, project=project, name=f"Step {number}")

    lines = recent_events(acme.pk)

    assert [line.what for line in lines] == ["added 5 activities"]


def test_a_run_that_the_feed_has_not_read_to_its_beginning_is_told_as_so_many_and_more(
    acme, project, alice, monkeypatch
):
    monkeypatch.setattr(words, "FEED_WINDOW", 5)
    for number in range(7):
        create_activity(actor=alice, project=project, name=f"Step {number}")

    lines = recent_events(acme.pk)

    assert [line.what for line in lines] == ["added 5+ activities"]


def test_the_feed_is_about_the_work_and_not_about_tokens(acme, project, alice):
    create_api_token(actor=alice, organization=acme, name="Nightly", scope="read")

    assert recent_events(acme.pk) == []


def test_the_feed_partial_writes_each_line_and_says_when_there_are_none(acme, project, alice):
    report_project(actor=alice, project=project, reported_health="green")

    html = render_to_string("events/_feed.html", {"lines": recent_events(acme.pk)})

    assert "<b>Alice</b> reported on project" in html
    assert "<ins>On track</ins>" in html
    assert "Nothing has happened yet." in render_to_string("events/_feed.html", {"lines": []})
