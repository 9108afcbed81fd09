"""Story drafts: in the customers' words, with evidence, and what is missing said so."""

import pytest

from feedback.algorithms.stories import Size, draft


@pytest.mark.parametrize(
    ("text", "goal"),
    [
        ("I would like to export the board to PDF so that I can show it to my boss.", "export the board to PDF"),
        ("Please add dark mode.", "add dark mode"),
        ("It would be great if I could filter by owner.", "filter by owner"),
        ("We need a way to archive old projects, because the list is long.", "archive old projects"),
        ("Can you support CSV import? Thanks", "support CSV import"),
        ("I wish there was an option to mute alerts", "mute alerts"),
        ("Users should be able to sort columns", "sort columns"),
    ],
)
def test_the_goal_is_what_the_customer_asked_for(text, goal):
    found = draft([text])

    assert found.goal == goal
    assert found.goal_quote is not None
    assert text[found.goal_quote.start : found.goal_quote.end].strip(" ,") == goal


def test_the_benefit_is_taken_from_whoever_names_it():
    found = draft(["Please add an export.", "I want to export boards so that my boss can read them."], "Agencies")

    assert (found.role, found.benefit) == ("Agencies", "my boss can read them")
    assert found.benefit_quote is not None
    assert found.benefit_quote.item == 1


def test_what_nobody_said_is_missing_and_not_invented():
    found = draft(["The app is slow today."])

    assert (found.role, found.goal, found.benefit) == (None, None, None)
    assert [quote.text for quote in found.evidence] == ["The app is slow today."]


def test_conditions_become_hints_for_acceptance_criteria():
    text = "Please add an export. It must contain archived items. It should finish within 10 seconds. Nice day."

    found = draft([text])

    assert [quote.text for quote in found.criteria] == [
        "It must contain archived items.",
        "It should finish within 10 seconds.",
    ]
    assert all(text[quote.start : quote.end] == quote.text for quote in found.criteria)


def test_evidence_is_the_sentence_that_asks():
    found = draft(["Hello all. I want to merge two themes. Bye."])

    assert found.evidence[0].text == "I want to merge two themes."


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("Please add an API for tickets", Size.LARGE),
        ("Please rename the button", Size.SMALL),
        ("Please add reminders", Size.MEDIUM),
    ],
)
def test_the_hint_of_size_says_what_it_rests_on(text, size):
    found = draft([text])

    assert found.size == size
    assert found.size_reason


def test_no_items_make_an_empty_draft():
    found = draft([])

    assert (found.role, found.goal, found.benefit, found.evidence) == (None, None, None, ())


def test_each_of_many_items_has_its_own_words_as_evidence():
    found = draft([f"Hello. I want to merge themes, said {number}. Bye." for number in range(50)])

    assert [quote.item for quote in found.evidence] == list(range(50))
