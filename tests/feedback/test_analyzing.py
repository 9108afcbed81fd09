"""Items are analyzed once each, whoever dies; what people said of labels stays."""

import datetime

import pytest
from django.utils import timezone

from core.errors import Conflict, FieldErrors, NotAllowed
from events.models import Event
from feedback.algorithms.texts import readable
from feedback.models import Analysis, FeedbackItem, LabelReview
from feedback.querysets import CLAIM_LASTS
from feedback.services import (
    Incoming,
    analyze_batch,
    analyzing,
    correct_labels,
    reanalyze,
    receive_items,
    release_labels,
    retry_analysis,
    triage_items,
)
from tests.feedback.algorithms.poison import POISON
from tests.rows import fresh

LATER = datetime.timedelta(hours=1)


@pytest.fixture
def work(acme):
    """`work()` analyzes until nothing waits; `work(later=…)` some time from now."""

    def until_done(later: datetime.timedelta = datetime.timedelta()) -> int:
        done = 0
        while count := analyze_batch(organization_id=acme.pk, now=timezone.now() + later):
            done += count
        return done

    return until_done


def test_what_waits_is_analyzed_once(said, work):
    items = said("The printer jams again, this is awful.", "I love the new screen!", "Please add dark mode.")

    assert work() == 3
    assert work() == 0
    assert Analysis.objects.count() == 3
    assert [fresh(item).analysis_state for item in items] == ["analyzed"] * 3
    assert [fresh(item).sentiment for item in items[:2]] == ["negative", "positive"]
    assert Event.objects.filter(kind="feedback_item.analyzed").count() == 3


def test_what_a_dead_worker_held_is_taken_up_by_another_and_counted_once(acme, said, work):
    said("One", "Two")
    analyzing._claimed(acme.pk, timezone.now(), 10)  # and the worker dies

    assert work() == 0  # it may still be alive
    assert work(later=CLAIM_LASTS + datetime.timedelta(seconds=1)) == 2
    assert Event.objects.filter(kind="feedback_item.analyzed").count() == 2


def test_a_worker_that_was_only_slow_writes_nothing_over_the_one_that_took_its_items(acme, said, work):
    said("One")
    claim, items = analyzing._claimed(acme.pk, timezone.now(), 10)
    work(later=LATER)

    analyzing._write(claim, analyzing._findings(items, {}))

    assert Event.objects.filter(kind="feedback_item.analyzed").count() == 1


def test_a_text_that_breaks_the_analyser_fails_alone_and_can_be_tried_again(said, work, monkeypatch, bob):
    good, bad = said("Good", "Poison")
    real = analyzing.analyze

    def breaks(asked, products):
        if any(one.text == "Poison" for one in asked):
            raise ValueError("broken")
        return real(asked, products)

    monkeypatch.setattr(analyzing, "analyze", breaks)
    work()
    monkeypatch.undo()

    assert fresh(good).analysis_state == "analyzed"
    assert fresh(bad).analysis_state == "failed"
    assert fresh(bad).analysis_failure == "The analyser could not read this text."
    retry_analysis(actor=bob, item=bad)
    assert work() == 1
    assert fresh(bad).analysis_state == "analyzed"


def test_a_text_that_kills_workers_is_read_alone_and_then_given_up(acme, said, work):
    good, killer = said("Good", "Killer")
    FeedbackItem.objects.filter(pk=killer.pk).update(analysis_attempts=4)

    _, held = analyzing._claimed(acme.pk, timezone.now(), 10)
    assert [item.pk for item in held] == [good.pk]
    _, held = analyzing._claimed(acme.pk, timezone.now(), 10)
    assert [item.pk for item in held] == [killer.pk]  # and the worker dies a fifth time
    work(later=LATER)

    assert fresh(killer).analysis_state == "failed"
    assert "stopped 5 times" in fresh(killer).analysis_failure
    assert fresh(good).analysis_state == "analyzed"


def test_a_correction_stays_whatever_is_analyzed_afterwards_and_is_kept_beside_what_the_machine_said(
    acme, said, work, bob, alice
):
    (item,) = said("I love it when the printer burns.")
    work()
    machine = fresh(item).sentiment
    other = "negative" if machine != "negative" else "positive"

    correct_labels(actor=bob, item=fresh(item), values={"sentiment": other})
    reanalyze(actor=alice, organization=acme, everything=True)
    work()

    assert fresh(item).sentiment == other
    review = LabelReview.objects.get()
    assert (review.label, review.machine_value, review.value, review.reviewed_by) == ("sentiment", machine, other, bob)


def test_a_correction_taken_back_leaves_what_the_machine_found(said, work, bob):
    (item,) = said("I love the new screen!")
    work()
    score = fresh(item).sentiment_score
    correct_labels(actor=bob, item=fresh(item), values={"sentiment": "negative"})

    release_labels(actor=bob, item=fresh(item), labels=["sentiment"])

    assert (fresh(item).sentiment, fresh(item).sentiment_score) == ("positive", score)
    assert fresh(item).labels_by_person == []


def test_an_unknown_label_is_refused_by_name(item, bob):
    with pytest.raises(FieldErrors) as refused:
        correct_labels(actor=bob, item=item, values={"mood": "bad"})

    assert "mood" in refused.value.errors


def test_reanalysis_asks_for_what_another_version_read_and_can_be_asked_for_again(acme, said, work, alice, monkeypatch):
    said("One", "Two", "Three")
    work()
    assert reanalyze(actor=alice, organization=acme) == 0
    Analysis.objects.filter(item__text__in=["One", "Two"]).update(analyzer_version="0")

    assert reanalyze(actor=alice, organization=acme) == 2
    analyze_batch(organization_id=acme.pk, now=timezone.now(), size=1)  # stopped after the first
    assert reanalyze(actor=alice, organization=acme) == 0  # the other waits already

    assert work() == 1
    assert set(Analysis.objects.values_list("analyzer_version", flat=True)) == {analyzing.VERSION}


def test_a_contributor_may_not_have_everything_analyzed_anew(acme, bob):
    with pytest.raises(NotAllowed):
        reanalyze(actor=bob, organization=acme)


def test_triage_of_none_is_refused(acme, bob):
    with pytest.raises(Conflict, match="No feedback is chosen"):
        triage_items(actor=bob, organization=acme, items=[], status="done")


def test_poison_never_stops_a_batch(acme, bob, work):
    texts = {name: text for name, text in POISON.items() if len(text) <= 1_000_000 and readable(text)}
    texts["a megabyte"] = POISON["a megabyte"][:1_000_000]
    rows = [Incoming(text=text, title=name) for name, text in texts.items()]
    items = [one.item for one in receive_items(actor=bob, organization=acme, channel="api", rows=rows)]

    assert work() == len(items) >= 12
    assert {fresh(item).analysis_state for item in items} == {"analyzed"}


def test_what_analysis_finds_fits_its_columns(said, work):
    (item,) = said("Call me on +47 22 12 34 56: Atlas Insights is down, we cannot work! When is it fixed?")
    work()

    analysis = Analysis.objects.get(item=item)
    assert analysis.analyzer_version == analyzing.VERSION
    assert analysis.urgency in {"high", "urgent"}
    assert analysis.urgency_reasons
    assert [what for _, _, what in analysis.personal] == ["phone"]
    assert analysis.language == "en"
    assert 0 < analysis.sentiment_ratio <= 1


def test_an_item_that_is_given_up_does_not_keep_those_behind_it_waiting(acme, said):
    killers = said("Killer", "Another")
    FeedbackItem.objects.filter(pk__in=[item.pk for item in killers]).update(analysis_attempts=5)
    (late,) = said("Late")
    FeedbackItem.objects.filter(pk=late.pk).update(analysis_attempts=2)

    assert analyzing.analyze_batch(organization_id=acme.pk, now=timezone.now()) == 1

    assert [fresh(item).analysis_state for item in (*killers, late)] == ["failed", "failed", "analyzed"]


def test_a_sentiment_that_a_person_clears_has_no_score(acme, said, work, bob):
    (item,) = said("I love this printer.")
    work()
    assert fresh(item).sentiment_score > 0

    correct_labels(actor=bob, item=fresh(item), values={"sentiment": ""})

    assert (fresh(item).sentiment, fresh(item).sentiment_score) == ("", None)
