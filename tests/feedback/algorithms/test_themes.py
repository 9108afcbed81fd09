"""Themes: found, named, kept through time, and obedient to people."""

import numpy as np
import pytest

from feedback.algorithms.embedding import embed
from feedback.algorithms.phrases import names_of, wording
from feedback.algorithms.themes import NONE, Decisions, assign, choose_k, cluster, k_means

EXPORT = [
    "Export to CSV fails",
    "CSV export is broken",
    "Cannot export to CSV",
    "The CSV export misses rows",
    "Export to CSV is slow",
]
LOGIN = [
    "Login with SSO fails",
    "I cannot log in with SSO",
    "SSO login is broken",
    "Single sign-on login error",
    "SSO login loops",
]
DARK = [
    "Please add dark mode",
    "Dark mode please",
    "A dark theme would be nice",
    "I want dark mode",
    "Dark theme for the eyes",
]
TEXTS = [*EXPORT, *LOGIN, *DARK]
VECTORS = embed(TEXTS)


def rng() -> np.random.Generator:
    return np.random.default_rng(7)


def grouped(labels) -> list[set[int]]:
    return sorted(
        ({int(n) for n in np.flatnonzero(labels == label)} for label in set(labels.tolist()) if label >= 0), key=min
    )


THREE = [set(range(5)), set(range(5, 10)), set(range(10, 15))]


def test_items_about_the_same_share_a_theme_and_its_name_says_what():
    found = cluster(VECTORS, rng(), k=3)

    names = names_of(wording(TEXTS, found.labels))
    named = [names[int(found.labels[place])] for place in (0, 5, 10)]
    assert grouped(found.labels) == THREE
    assert "csv" in named[0]
    assert "sso" in named[1]
    assert "dark" in named[2]


def test_the_number_of_themes_is_found_in_the_data():
    middles = np.eye(8, 16)
    points = np.repeat(middles, 30, axis=0) + rng().normal(0, 0.05, (240, 16))
    points = (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)

    assert choose_k(points, rng()) == 8


def test_the_same_seed_gives_the_same_themes():
    assert cluster(VECTORS, rng()).labels.tolist() == cluster(VECTORS, rng()).labels.tolist()


def test_themes_keep_their_numbers_when_clustered_again():
    first = cluster(VECTORS, rng(), k=3)
    more = embed(
        [*TEXTS, "Invoice shows the wrong tax", "Wrong tax on the invoice", "The invoice has a wrong tax rate"]
    )
    before = np.concatenate([first.labels, [NONE] * 3])

    again = cluster(more, np.random.default_rng(99), before=before, k=4)

    assert again.labels[:15].tolist() == first.labels.tolist()
    assert set(again.labels[15:].tolist()).isdisjoint(first.numbers.tolist())
    assert len(set(again.labels[15:].tolist())) == 1


def test_what_arrives_joins_the_nearest_theme_or_waits():
    found = cluster(VECTORS, rng(), k=3)

    labels = assign(
        embed(["CSV export does not work", "The cafeteria serves cold soup", ""]), found.numbers, found.centers
    )

    assert labels.tolist() == [found.labels[0], NONE, NONE]
    assert assign(VECTORS, np.zeros(0, np.int64), np.zeros((0, 256), np.float32)).tolist() == [NONE] * 15


def test_a_pinned_item_stays_where_a_person_put_it():
    first = cluster(VECTORS, rng(), k=3)
    dark = int(first.labels[10])

    again = cluster(VECTORS, rng(), first.labels, Decisions(pinned={0: dark}), k=3)

    assert again.labels[0] == dark
    assert again.labels[1:].tolist() == first.labels[1:].tolist()


def test_split_themes_stay_two():
    first = cluster(VECTORS, rng(), k=3)

    split = cluster(VECTORS, rng(), first.labels, Decisions(apart=[[{0, 1, 2}, {3, 4}]]), k=3)

    assert len({int(label) for label in split.labels[:3]}) == 1
    assert set(split.labels[3:5].tolist()).isdisjoint(split.labels[:3].tolist())


def test_nothing_and_blank_items_make_no_theme():
    assert cluster(np.zeros((0, 8), np.float32), rng()).labels.tolist() == []
    assert cluster(np.zeros((3, 8), np.float32), rng()).labels.tolist() == [NONE] * 3
    assert names_of(wording(["", ""], np.array([0, 0]))) == {0: "(no words)"}


def test_more_clusters_than_items_are_refused():
    with pytest.raises(ValueError, match="as many items"):
        k_means(VECTORS, 16, rng())


def test_no_two_themes_have_the_same_name():
    names = names_of(wording(["slow export"] * 4, np.array([0, 0, 1, 1])))

    assert len(set(names.values())) == 2


def test_a_merge_holds_whichever_half_a_new_clustering_finds_the_larger():
    first = cluster(VECTORS, rng(), k=3)
    export, login = int(first.labels[0]), int(first.labels[5])
    before = np.where(first.labels == login, export, first.labels)
    held = Decisions(together=[(export, [{0, 1, 2}, {5, 6, 7}])])

    again = cluster(VECTORS, rng(), before, held, k=3)

    assert set(again.labels[:10].tolist()) == {export}
    assert again.labels[10:].tolist() == first.labels[10:].tolist()


def test_a_split_takes_the_items_along_that_are_nearest_to_each_part_and_keeps_the_numbers():
    before = np.array([3] * 3 + [8] * 2 + [5] * 10)

    again = cluster(VECTORS, rng(), before, Decisions(apart=[[{0, 1}, {3, 4}]]), k=3)

    assert set(again.labels[:2].tolist()) == {3}
    assert set(again.labels[3:5].tolist()) == {8}
    assert int(again.labels[2]) in {3, 8}


def test_what_is_about_nothing_that_others_say_is_of_no_theme():
    texts = [*TEXTS, "The cafeteria serves cold soup", "My cat sleeps on the keyboard"]

    found = cluster(embed(texts), rng(), k=3)

    assert found.labels[-2:].tolist() == [NONE, NONE]
    assert grouped(found.labels) == THREE


def test_new_themes_get_numbers_that_no_other_theme_has():
    assert cluster(VECTORS, rng(), k=3, first_new=40).numbers.tolist() == [40, 41, 42]
