"""Kinds, languages, embeddings, duplicates and themes on small plain cases, and poison for all of them."""

import time

import numpy as np
import pytest

from feedback.algorithms.embedding import embed
from feedback.algorithms.kinds import Kind, classify
from feedback.algorithms.language import languages
from feedback.algorithms.phrases import names_of, wording
from feedback.algorithms.sentiment import analyse
from feedback.algorithms.similarity import Similarity
from feedback.algorithms.stories import draft
from feedback.algorithms.urgency import urgency
from tests.feedback.algorithms.poison import POISON


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("The app crashes when I export", Kind.BUG),
        ("I can't log in since the update", Kind.BUG),
        ("Please add dark mode", Kind.REQUEST),
        ("It would be great if I could filter by owner", Kind.REQUEST),
        ("Love it, thanks!", Kind.PRAISE),
        ("How do I change my password?", Kind.QUESTION),
        ("We ordered in May.", Kind.OTHER),
        ("", Kind.OTHER),
    ],
)
def test_a_plain_text_is_of_its_kind(text, kind):
    assert classify([text], analyse([text])).labels[0] == kind


def test_the_chances_of_all_kinds_are_one():
    assert classify(["Please add a filter"], analyse(["Please add a filter"])).chances.sum() == pytest.approx(1)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The export does not work since the update", "en"),
        ("Der Export funktioniert seit dem Update nicht mehr", "de"),
        ("L'export ne fonctionne plus depuis la mise à jour", "fr"),
        ("La exportación no funciona desde la actualización", "es"),
        ("Экспорт не работает после обновления", "ru"),
        ("導出功能在更新後無法使用", "zh"),
        ("😡 123", ""),
    ],
)
def test_the_language_of_a_sentence_is_told(text, language):
    ((found, ratio),) = languages([text])

    assert found == language
    assert (ratio > 0.5) == bool(language)


def test_of_one_word_the_language_is_less_sure_than_of_a_sentence():
    (_, of_word), (_, of_sentence) = languages(["Great", "The new export is great and it saves us an hour"])

    assert 0 < of_word < of_sentence


def test_vectors_are_of_length_one_and_near_for_the_same_said_otherwise():
    vectors = embed(
        ["The app crashes on login", "Application crash when signing in", "Please add a dark theme", "", "ɸɸɸ 你"]
    )
    likeness = vectors @ vectors.T

    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1)[:3] == pytest.approx(1, abs=1e-5)
    assert not vectors[3].any()
    assert likeness[0, 1] > likeness[0, 2] + 0.3


def test_the_twin_is_found_first_and_scored():
    known = ["Export to CSV fails", "Dark mode please", "Invoices are wrong", "Login with SSO"]

    matches = Similarity(known).top(["CSV export is broken", "single sign-on login"], 2)

    assert [found[0].place for found in matches] == [0, 3]
    assert all(0 <= match.score <= 1 for found in matches for match in found)
    assert Similarity(known).top(["Export to CSV fails"], 1)[0][0].score == pytest.approx(1, abs=1e-3)
    assert Similarity([]).top(["x"]) == [[]]
    assert Similarity(known).top([]) == []


@pytest.mark.parametrize("name", POISON)
def test_poison_stops_nothing_and_takes_bounded_time(name):
    texts = [POISON[name], "Please add dark mode"]
    begun_at = time.process_time()

    kinds = classify(texts, analyse(texts))
    vectors = embed(texts)
    told = languages(texts)
    Similarity(texts).top(texts)
    urgency(texts[0])
    draft(texts)
    names_of(wording(texts, np.array([0, 1])))

    assert time.process_time() - begun_at < 10
    assert kinds.labels[1] == Kind.REQUEST
    assert np.isfinite(vectors).all()
    assert told[1][0] == "en"
