"""Urgency: the rule says what it found and why."""

import pytest

from feedback.algorithms.urgency import UrgencyLevel, urgency

LOW, NORMAL, HIGH, URGENT = UrgencyLevel


@pytest.mark.parametrize(
    ("text", "level", "cause"),
    [
        ("The whole site is down since noon", URGENT, "outage"),
        ("After the update all my data was gone, we lost all records", URGENT, "data loss"),
        ("I can see other customers' invoices", URGENT, "security"),
        ("I cannot log in and our audit is on Friday", URGENT, "blocked"),
        ("We need it by Friday", HIGH, "deadline"),
        ("We are looking for an alternative", HIGH, "churn"),
        ("I was charged twice", HIGH, "money"),
        ("It keeps happening", NORMAL, "again and again"),
        ("Nice to have: a darker green", LOW, "can wait"),
        ("Es gab einen Datenverlust", URGENT, "data loss"),
        ("Le site est en panne", URGENT, "outage"),
    ],
)
def test_words_of_a_cause_give_the_level_and_the_reason(text, level, cause):
    found = urgency(text)

    assert found.level == level
    assert found.reasons[0].cause == cause
    assert found.reasons[0].end > found.reasons[0].start


@pytest.mark.parametrize(
    "text",
    [
        "The import ran without data loss",
        "There is no deadline",
        "This is not a security issue",
        "I scroll down",
        "The download works",
        "",
    ],
)
def test_negated_and_innocent_words_do_not_count(text):
    assert (urgency(text).level, urgency(text).reasons) == (NORMAL, ())


def test_not_urgent_takes_back_what_urgent_gave():
    assert urgency("This is not urgent, whenever you have time").level == LOW


def test_a_negative_tone_counts_one_point_only_when_it_is_sure():
    assert (
        urgency("We need it by Friday", negative=0.9).points == urgency("We need it by Friday", negative=0.6).points + 1
    )


def test_a_cause_counts_once_and_reasons_begin_with_the_gravest():
    found = urgency("Outage! Outage! Outage! It is due today.")

    assert [(reason.cause, reason.points) for reason in found.reasons] == [("outage", 4), ("deadline", 2)]
    assert found.points == 6
