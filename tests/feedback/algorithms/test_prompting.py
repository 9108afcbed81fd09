"""What is sent to a language model holds neither personal data nor names, wherever a text is cut."""

import pytest

from feedback.algorithms.prompting import LONGEST_ITEM, veil

PERSONAL = ("marta.halden@firma.example", "4111 1111 1111 1111", "DE89 3704 0044 0532 0130 00", "+49 30 9018 2001")


@pytest.mark.parametrize("secret", PERSONAL)
def test_no_part_of_personal_data_is_left_where_a_text_is_cut(secret):
    for place in range(len(secret) + 2):
        text = ("word " * LONGEST_ITEM)[: LONGEST_ITEM - place] + f" {secret} and so on" * 2

        (sent,) = veil([text]).texts

        assert len(sent) <= LONGEST_ITEM
        tail = sent.rpartition("word")[2]
        assert not any(letter.isdigit() or letter == "@" for letter in tail.replace("[", "").partition(" 1]")[0])


def test_no_part_of_a_name_is_left_where_a_text_is_cut():
    for place in range(12):
        text = "x " * ((LONGEST_ITEM - place) // 2) + "Kobayashi wants it. " * 3

        (sent,) = veil([text], people=["Kobayashi"]).texts

        assert "Kob" not in sent


def test_a_name_that_is_a_word_of_a_placeholder_leaves_it_whole():
    text = "Card 4111 1111 1111 1111 of Card Factory fails for Person Nilsson."

    veiled = veil([text], people=["Person Nilsson"], companies=["Card Factory"])

    assert veiled.texts == ("[company 2] [card 1] of [company 1] fails for [person 1].",)
    assert veiled.originals["[card 1]"] == "4111 1111 1111 1111"
