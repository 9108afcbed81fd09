"""Personal data: what is found, what is left alone, and that masking loses nothing."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.algorithms.personal import PersonalKind, masked, personal_data, restored

EMAIL, CARD, IBAN, PHONE = PersonalKind.EMAIL, PersonalKind.CARD, PersonalKind.IBAN, PersonalKind.PHONE


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("Write to anna.b+shop@mail.example.org, please.", EMAIL, "anna.b+shop@mail.example.org"),
        ("Mail: jürgen@müller.example.", EMAIL, "jürgen@müller.example"),
        ("_john@example.com_", EMAIL, "john@example.com"),
        ("__john_b@example.com__", EMAIL, "john_b@example.com"),
        ("john@example.com_", EMAIL, "john@example.com"),
        ("请发邮件到john@example.com谢谢", EMAIL, "john@example.com"),
        ("请写john@example.com谢谢.再见", EMAIL, "john@example.com"),
        (
            "taro@example.comまでご連絡いただけますと大変助かりますのでお願いします。",
            EMAIL,
            "taro@example.com",
        ),
        ("메일은john@example.co.kr입니다", EMAIL, "john@example.co.kr"),
        ("Пишите наjohn@example.comпожалуйста", EMAIL, "john@example.com"),
        ("Mail: иван.петров@пример.рф, пожалуйста", EMAIL, "иван.петров@пример.рф"),
        ("Mail: 用户@例子.广告", EMAIL, "用户@例子.广告"),
        ("taro@日本語abc.jp_", EMAIL, "taro@日本語abc.jp"),
        ("Mail: jo@müller.españa!", EMAIL, "jo@müller.españa"),
        ("Mail: jo@shop.xn--p1ai.", EMAIL, "jo@shop.xn--p1ai"),
        ("Mail: jo@mail.b2b-shop.example.", EMAIL, "jo@mail.b2b-shop.example"),
        ("电话+86 138 1234 5678", PHONE, "+86 138 1234 5678"),
        ("電話は+81 90 1234 5678です", PHONE, "+81 90 1234 5678"),
        ("_+49 30 9018200_", PHONE, "+49 30 9018200"),
        ("My card 4111 1111 1111 1111 was charged twice", CARD, "4111 1111 1111 1111"),
        ("Amex 378282246310005.", CARD, "378282246310005"),
        ("My card 4111 1111 1111 1111 12/27 was declined", CARD, "4111 1111 1111 1111"),
        ("4111 1111 1111 1111 123", CARD, "4111 1111 1111 1111"),
        ("4111-1111-1111-1111-123", CARD, "4111-1111-1111-1111"),
        ("4111 1111 1111 1111 20271231", CARD, "4111 1111 1111 1111"),
        ("5500000000000004 03/28 737", CARD, "5500000000000004"),
        ("3782 822463 10005 1234", CARD, "3782 822463 10005"),
        ("ref 22 4111 1111 1111 1111", CARD, "4111 1111 1111 1111"),
        ("ref 4512 4111 1111 1111 1111 12/27", CARD, "4111 1111 1111 1111"),
        ("to DE89 3704 0044 0532 0130 00 please", IBAN, "DE89 3704 0044 0532 0130 00"),
        ("GB82WEST12345698765432 is mine", IBAN, "GB82WEST12345698765432"),
        ("Call +49 (30) 901820-0 or wait", PHONE, "+49 (30) 901820-0"),
        ("call me on 020 7946 0018 today", PHONE, "020 7946 0018"),
        ("(555) 123-4567 is my number", PHONE, "(555) 123-4567"),
        ("phone: 5551234567", PHONE, "5551234567"),
    ],
)
def test_personal_data_is_found_where_it_stands(text, kind, found):
    assert [(one.kind, text[one.start : one.end]) for one in personal_data(text)] == [(kind, found)]


@pytest.mark.parametrize(
    "text",
    [
        "Version 10.15.7 of 2024-05-12 at 14:30:00",
        "Order 4111111111111112 has no right check digit",
        "Invoice 20240512-1234, 12,000,000 rows",
        "DE00 3704 0044 0532 0130 00 is not an account",
        "192.168.100.200 does not answer",
        "user@localhost, @anna and me@",
        "a@b@c and a@example.com@b and a@example.c0m and a@example.com2",
        "谢谢@你们 and あ@い。う",
        "a+49 30 9018200 and 1+49 30 9018200",
        "0000 0000 0000 0000",
        "It costs 1 000 000 EUR",
        "Ratings: 5 4 3 5 4 4 5 3 2 5 4 4 3 5 5 4 3 4 5 4 4 5 3",
        "Rows: 251 300 275 310 290 305 260 315 280 320 295 330",
        "Sold in 2015 2016 2017 2018 2019 2020 2021 2022 2023 2024 2025 2026 2027",
    ],
)
def test_what_only_looks_like_it_is_left(text):
    assert personal_data(text) == []


def test_the_same_address_has_the_same_placeholder_and_comes_back():
    text = "From a@b.example to c@d.example: a@b.example has 4111111111111111"

    done = masked(text)

    assert done.text == "From [e-mail 1] to [e-mail 2]: [e-mail 1] has [card 1]"
    assert restored(done.text, done.originals) == text
    assert restored("I wrote to [e-mail 2] and [e-mail 3]", done.originals) == "I wrote to c@d.example and [e-mail 3]"


def test_a_placeholder_that_the_customer_typed_is_not_taken_for_ours():
    done = masked("[e-mail 1] is what I saw, mine is a@b.example")

    assert done.text == "[e-mail 1] is what I saw, mine is [e-mail 2]"
    assert restored(done.text, done.originals) == "[e-mail 1] is what I saw, mine is a@b.example"


@given(st.text(max_size=300))
def test_masking_any_text_and_putting_back_gives_the_text(text):
    done = masked(text)

    assert restored(done.text, done.originals) == text


@pytest.mark.parametrize(
    "unit", ["a", "@", "a@", "1 ", "+1 ", "DE12", "(0", "4111-", "4111 ", "5 ", ".a", "0-0", "+" + 45 * "1" + " "]
)
def test_a_megabyte_takes_bounded_time(unit):
    begun_at = time.process_time()

    personal_data(unit * (1_000_000 // len(unit)))

    assert time.process_time() - begun_at < 20


@pytest.mark.parametrize(
    "unit",
    [
        "谢",
        "谢@谢.",
        "a@谢.",
        "a@a.",
        "a@" + 8 * "a-." + "a",
        "_",
        "_@",
        "a_",
        "é+1 ",
        "a@b.cd谢",
        "a@" + 60 * "a" + ".",
    ],
)
def test_a_megabyte_around_addresses_takes_bounded_time(unit):
    begun_at = time.process_time()

    personal_data("a@" + unit * (1_000_000 // len(unit)) + "@example.com")

    assert time.process_time() - begun_at < 20


def test_addresses_that_touch_are_each_found():
    text = "a@b.example-c@d.example_e@f.example谢谢g@h.example"

    assert [text[one.start : one.end] for one in personal_data(text)] == [
        "a@b.example", "c@d.example", "e@f.example", "g@h.example",
    ]  # fmt: skip


def test_thousands_of_addresses_in_a_text_take_bounded_time():
    text = " ".join(f"a{number}@b.co" for number in range(50_000))
    begun_at = time.process_time()

    assert len(masked(text).originals) == 50_000

    assert time.process_time() - begun_at < 20
