"""What is sent to a language model holds neither personal data nor names, wherever a text is cut."""

import json

import pytest

from feedback.algorithms.prompting import LONGEST_ITEM, AnswerError, read, unveiled, veil

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


CLAIM = {"text": "print", "items": [1]}
GOOD = {
    "role": CLAIM,
    "goal": CLAIM,
    "benefit": CLAIM,
    "criteria": [CLAIM],
    "quotes": [{"item": 1, "words": "print"}],
    "size": "M",
    "size_reason": "small",
}
ODD = (
    None,
    True,
    0,
    -1,
    10**40,
    1.5,
    float("nan"),
    "",
    "\x00\ud800",
    "x" * 50_000,
    [],
    [[]],
    ["M"],
    [None],
    {},
    {"M": []},
)


def _with(place: tuple[object, ...], value: object) -> object:
    """A good answer with a value in one place of it."""
    answer = json.loads(json.dumps(GOOD))
    inner = answer
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    return answer


@pytest.mark.parametrize(
    "place",
    [
        *((name,) for name in GOOD),
        ("goal", "text"),
        ("goal", "items"),
        ("goal", "items", 0),
        ("criteria", 0),
        ("criteria", 0, "text"),
        ("criteria", 0, "items"),
        ("quotes", 0),
        ("quotes", 0, "item"),
        ("quotes", 0, "words"),
    ],
)
@pytest.mark.parametrize("value", ODD, ids=range(len(ODD)))
def test_whatever_stands_in_a_place_of_an_answer_is_read_or_named_as_wrong(place, value):
    try:
        written = read(json.dumps(_with(place, value)), 1)
    except AnswerError:
        return
    texts = [written.goal.text, *(claim.text for claim in written.criteria), *written.quotes.values()]
    assert not any("\x00" in text or "\ud800" in text or len(text) > 500 for text in texts)


@pytest.mark.parametrize(
    "content", ["", "}{", "[1]", "{" * 60_000, '{"size":' * 9_000 + "}", "<think>{}", "\x00{}\x00"]
)
def test_what_is_no_object_is_named_as_wrong(content):
    with pytest.raises(AnswerError):
        read(content, 1)


def test_a_quote_that_is_too_long_once_its_placeholders_are_put_back_is_left_out():
    address = f"{'a' * 60}@{'b' * 60}.example"
    text = " ".join(f"{number}{address}" for number in range(5))
    veiled = veil([text])
    written = read(json.dumps(_with(("quotes", 0, "words"), veiled.texts[0])), 1)
    assert written.quotes

    assert unveiled(written, veiled.originals, [text]).quotes == {}
