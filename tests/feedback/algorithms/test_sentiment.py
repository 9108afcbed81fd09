"""Sentiment: what decides, in which language, and that nothing makes it fall over."""

import time

import numpy as np
import pytest

from feedback.algorithms.sentiment import Sentiment, analyse, model
from feedback.algorithms.tables import FOLDER
from feedback.algorithms.tokens import LONGEST_TEXT, Tokenizer, places, readable
from tests.feedback.algorithms.poison import POISON

NEGATIVE, NEUTRAL, POSITIVE = Sentiment


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("I love the new board, it is fast and beautiful!", POSITIVE),
        ("The export crashes every time, I hate it", NEGATIVE),
        ("The settings page is at the top right.", NEUTRAL),
        ("not good at all", NEGATIVE),
        ("No problems at all, works great", POSITIVE),
        ("It was good, but the last update ruined everything", NEGATIVE),
        ("😡😡😡", NEGATIVE),
        ("❤️ 😍", POSITIVE),
    ],
)
def test_a_plain_text_is_told_right(text, label):
    assert analyse([text]).labels[0] == label


def test_the_words_that_decided_stand_where_the_offsets_say():
    text = "<b>Sorry</b>, but the export is absolutely TERRIBLE 😡"
    found = analyse([text])

    words = found.words(0)

    assert {word.text.lower() for word in words} & {"terrible", "😡"}
    for word in words:
        assert text[word.start : word.end] == word.text
        assert word.weight < 0


def test_a_batch_says_of_each_text_what_it_says_alone():
    texts = ["great", "", "awful, really awful", "the menu", "no way to pay", "GREAT but slow"]
    together = analyse(texts)

    for number, text in enumerate(texts):
        alone = analyse([text])
        assert alone.labels[0] == together.labels[number]
        assert alone.confidence[0] == pytest.approx(together.confidence[number])
        assert [word.text for word in alone.words(0)] == [word.text for word in together.words(number)]


def test_nothing_to_go_by_is_neutral_without_confidence():
    found = analyse(["", " \n", "\x00\x01"])

    assert found.labels.tolist() == [NEUTRAL] * 3
    assert found.confidence.tolist() == [0, 0, 0]
    assert found.scores.tolist() == [0, 0, 0]
    assert analyse([]).labels.shape == (0,)


def test_a_language_without_a_table_is_answered_with_little_confidence():
    found = analyse(["Bu uygulama çok kötü", "Diese App ist leider furchtbar schlecht 😡"], ["tr", "de"])

    assert found.confidence[0] <= 0.45
    assert found.labels[1] == NEGATIVE
    assert found.confidence[1] > 0.45


def test_as_many_languages_as_texts_are_asked_for():
    with pytest.raises(ValueError, match="language"):
        analyse(["a"], [])


@pytest.mark.parametrize("name", POISON)
def test_poison_is_answered_within_bounded_time(name):
    begun_at = time.process_time()

    found = analyse([POISON[name], "I love it"], ["ar", "en"])
    found.words(0)

    assert time.process_time() - begun_at < 5
    assert found.labels[1] == POSITIVE
    assert np.isfinite(found.confidence).all()
    assert ((found.confidence >= 0) & (found.confidence <= 1)).all()


def test_only_the_stated_part_of_a_text_is_looked_at():
    text = "fine " * (LONGEST_TEXT // 5)

    assert analyse([text + "awful " * 10_000]).scores[0] == analyse([text]).scores[0]


def test_tokens_and_their_places_are_as_many():
    tokenizer = Tokenizer(["", "good"])
    for text in ["Good :) soooo <b>good</b> http://a.example/b?c=d !!! 😀 don’t", *POISON.values()]:
        assert tokenizer.read([readable(text)]).counts[0] == len(places(readable(text)))


def test_the_table_is_small_and_holds_no_pickle():
    assert (FOLDER / "sentiment.npz").stat().st_size < 800_000
    assert all(array.dtype != object for array in model().arrays.values())
    assert all((FOLDER / f"{name}.md").exists() for name in ("sentiment", "kinds", "embedding"))
