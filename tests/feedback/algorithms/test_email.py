"""A message of the mail becomes what its author wrote, whatever programs and networks did to it."""

import datetime
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.algorithms.email import read_letter
from feedback.algorithms.pages import text_of_html
from feedback.algorithms.quotes import own_words


def letter(body: bytes = b"Hello.\r\n", **headers: str):
    head = {"From": "Marta Nilsson <marta@halden.example>", "Subject": "Labels", "Message-ID": "<1@halden.example>"}
    said = {**head, **{name.replace("_", "-"): value for name, value in headers.items()}}
    lines = [f"{name}: {value}" for name, value in said.items() if value is not None]
    return read_letter("\r\n".join(lines).encode() + b"\r\n\r\n" + body)


RUSSIAN = "Добрый день! Этикетки съезжают при каждой печати, и принтер останавливается. Помогите, пожалуйста."
MULTIPART = b"Content-Type: multipart/mixed; boundary=a\n"
MIXED = b"""--x\r
Content-Type: multipart/alternative; boundary=y\r
\r
--y\r
Content-Type: text/plain; charset=utf-8\r
Content-Transfer-Encoding: quoted-printable\r
\r
Die Etiketten verrutschen. Gr=C3=BC=C3=9Fe\r
--y\r
Content-Type: text/html; charset=utf-8\r
\r
<p>Die <b>Etiketten</b> verrutschen.</p>\r
--y--\r
--x\r
Content-Type: image/png; name="=?utf-8?q?Foto_1=2Epng?="\r
Content-Disposition: attachment; filename="=?utf-8?q?Foto_1=2Epng?="\r
Content-Transfer-Encoding: base64\r
\r
aGFsbG8=\r
--x\r
Content-Type: text/plain; name=log.txt\r
Content-Disposition: attachment; filename*=utf-8''l%C3%B6g.txt\r
\r
not what was said\r
--x--\r
"""


def test_a_plain_message_tells_who_wrote_what_and_when():
    found = letter(Date="Sun, 29 Nov 2026 10:00:00 +0100")

    assert (found.key, found.subject, found.text) == ("<1@halden.example>", "Labels", "Hello.")
    assert (found.author_name, found.author_email) == ("Marta Nilsson", "marta@halden.example")
    assert found.sent_at == datetime.datetime(2026, 11, 29, 9, tzinfo=datetime.UTC)
    assert (found.attachments, found.automatic) == ((), "")


def test_of_several_parts_the_plain_text_is_read_and_attachments_are_named():
    found = letter(MIXED, Content_Type="multipart/mixed; boundary=x")

    assert found.text == "Die Etiketten verrutschen. Grüße"
    assert found.attachments == ("Foto 1.png", "lög.txt")


def test_html_alone_becomes_text_without_links_pictures_or_styles():
    page = (
        b"<html><head><style>p {color: red}</style><script>alert(1)</script></head><body><h2>Labels</h2>"
        b"<p>1. Every <b>third</b> is shifted &amp; torn.<br>- again</p><ul><li>blue</li><li>red</li></ul>"
        b"<p><a href='https://track.example/x'>See here</a><img src='https://track.example/pixel.gif'></p>"
        b"</body></html>"
    )
    found = letter(page, Content_Type="text/html; charset=utf-8")

    assert "1. Every third is shifted & torn." in found.text
    assert "See here" in found.text
    assert "blue" in found.text
    for absent in ("track.example", "color", "alert", "**", "\\", "#"):
        assert absent not in found.text


def test_a_message_without_an_id_is_known_by_its_content():
    assert letter(Message_ID=None).key == letter(Message_ID=None).key != letter(b"Other.", Message_ID=None).key
    long = letter(Message_ID=f"<{'x' * 300}@halden.example>")
    assert long.key.startswith("sha256:")
    assert len(long.key) <= 200


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ({"Auto_Submitted": "auto-replied (vacation)"}, "Auto-Submitted: auto-replied"),
        ({"Auto_Submitted": "auto-generated; x=1"}, "Auto-Submitted: auto-generated"),
        ({"Precedence": "Bulk"}, "Precedence: bulk"),
        ({"Return_Path": "<>"}, "Return-Path: <>"),
        ({"Content_Type": "multipart/report; boundary=x"}, "Content-Type: multipart/report"),
        ({"Auto_Submitted": "no"}, ""),
        ({"Return_Path": "<marta@halden.example>"}, ""),
        ({"Precedence": "list"}, ""),
    ],
)
def test_what_no_person_wrote_is_told_from_what_one_did(headers, said):
    assert letter(**headers).automatic == said


@pytest.mark.parametrize(
    ("charset", "content", "text"),
    [
        ("iso-8859-1", "Grüße".encode("latin-1"), "Grüße"),
        ("no-such-charset", "Grüße".encode(), "Grüße"),
        ("us-ascii", "Grüße".encode(), "Grüße"),
        ("utf-8", "Grüße aus Köln".encode("cp1252"), "Grüße aus Köln"),
        ("utf-8", RUSSIAN.encode("cp1251"), RUSSIAN),
        ("utf-7; charset=x", b"Hello", "Hello"),
        ("rot13", "Grüße".encode(), "Grüße"),
        ("base64", b"R3LDvMOfZQ==", "R3LDvMOfZQ=="),
        ("unicode_escape", b"C:\\new \\q", "C:\\new \\q"),
        ("punycode", "bcher-kva Grüße".encode(), "bcher-kva Grüße"),
        ("idna", b"xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("x" * 5_000, "Grüße".encode(), "Grüße"),
    ],
)
def test_a_wrong_character_set_does_not_lose_the_text(charset, content, text):
    assert letter(content, Content_Type=f"text/plain; charset={charset}").text == text


def test_headers_in_any_dress_are_read():
    assert letter(Subject="=?utf-8?B?R3LDvMOfZQ==?= =?iso-8859-1?q?K=F6ln?=").subject == "GrüßeKöln"
    assert letter(Subject="Grüße ohne Kodierung").subject == "Grüße ohne Kodierung"
    assert letter(Subject="=?no-such-set?q?abc?=").subject == "=?no-such-set?q?abc?="
    assert letter(Subject="=?utf-8?b?!!!?=").subject
    assert letter(From="=?utf-8?q?Zo=C3=AB?= <zoe@ketch.example>").author_name == "Zoë"
    nobody = letter(From="Undisclosed")
    assert (nobody.author_name, nobody.author_email) == ("Undisclosed", "")
    assert letter(Date="yesterday").sent_at is None
    assert letter(Date="Thu, 32 Foo 99999 25:61:00 +9999").sent_at is None


def test_a_character_set_that_is_itself_encoded_loses_no_text():
    assert letter("Grüße".encode(), Content_Type="text/plain; charset*=us-ascii''utf-8").text == "Grüße"
    assert letter("Grüße".encode(), Content_Type="text/plain; charset*=punycode''utf-8").text == "Grüße"
    assert letter(Content_Type="image/png; name*=rot13''l%C3%B6g.png").attachments == ("lög.png",)


def test_what_is_too_long_for_an_address_is_none():
    longest = f"a@{'b' * 244}.example"

    assert letter(From=f"<{longest}>").author_email == longest
    assert letter(From=f"Marta <b{longest}>").author_email == ""
    assert letter(From=f"Marta <b{longest}>").author_name == "Marta"


def test_a_flowed_text_is_put_together_again():
    body = b"The labels \r\nare shifted.\r\n\r\n> quoted \r\n> more\r\nNew line.\r\n"

    assert letter(body, Content_Type="text/plain; format=flowed").text == (
        "The labels are shifted.\n\n> quoted \n> more\nNew line."
    )


def test_parts_without_an_end_and_messages_within_are_survived():
    cut = letter(b"--x\r\nContent-Type: text/plain\r\n\r\nStill said.", Content_Type="multipart/mixed; boundary=x")
    assert cut.text == "Still said."
    forwarded = (
        b"--x\r\n\r\nSee below.\r\n--x\r\nContent-Type: message/rfc822\r\n\r\nSubject: In\r\n\r\nInner.\r\n--x--\r\n"
    )
    found = letter(forwarded, Content_Type="multipart/mixed; boundary=x")
    assert (found.text, found.attachments) == ("See below.", ("message/rfc822",))
    deep = b"".join(b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (n, n + 1) for n in range(60))
    assert letter(deep, Content_Type="multipart/mixed; boundary=b0").text == ""


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=600), st.sampled_from([b"", b"Content-Type: text/html\n", MULTIPART]))
def test_whatever_arrives_is_read_without_an_error(raw, head):
    found = read_letter(head + raw)

    assert found.key
    assert len(found.key) <= 200
    found.text.encode()
    found.subject.encode()


ANSWER = "It works now, thank you!"


@pytest.mark.parametrize(
    "below",
    [
        "\n\nOn Mon, 3 Nov 2026 at 10:00, Ines Okafor <ines@acme.example> wrote:\n> Is it fixed?\n>\n> Ines",
        "\n\nOn Mon, 3 Nov 2026 at 10:00, Ines Okafor <ines@acme.example>\nwrote:\n\n> Is it fixed?",
        "\n\nAm 03.11.2026 um 10:00 schrieb Ines Okafor:\n> Geht es?",
        "\n\nLe lun. 3 nov. 2026 à 10:00, Ines Okafor a écrit :\n> Et alors ?",
        "\n\n> Is it fixed?\n> Ines",
        "\n\n-----Original Message-----\nFrom: Ines Okafor\nTo: Marta\n\nIs it fixed?",
        "\n\n________________________________\nFrom: Ines Okafor <ines@acme.example>\nSent: Monday, 3 November\n"
        "To: Marta\nSubject: Re: Labels\n\nIs it fixed?",
        "\n\n**Von:** Ines".replace("**", "*") + "\n*Gesendet:* Montag\n*An:* Marta\n*Betreff:* AW: Labels\n\nGeht es?",
        "\n-- \nMarta Nilsson\nHalden Freight\n+47 55 00 00",
        "\n\nSent from my iPhone",
        "\n\nVon meinem iPhone gesendet",
        "\n\n--\nMarta\n\nOn Mon, 3 Nov 2026, Ines wrote:\n> Is it fixed?",
    ],
)  # fmt: skip
def test_the_quote_and_the_signature_at_the_end_are_cut_off(below):
    assert own_words(ANSWER + below) == ANSWER


@pytest.mark.parametrize(
    "text",
    [
        "> Is it fixed?\nYes.\n> And the other?\nNo.",
        "Yes:\n> Is it fixed?\nYes.",
        "On Monday, 3 Nov 2026, Ines wrote:\n> Is it fixed?\n\nYes, it is.",
        "---------- Forwarded message ---------\nFrom: Ola\nDate: Mon\nSubject: Broken\nTo: Marta\n\nIt broke.",
        "From: the very start\nTo: the end it is slow.",
        "I wrote down what failed:\n--\nfirst\n" + "more\n" * 20,
        "On Monday somebody on your side wrote: all is fine. It is not.",
        "Sent from my iPhone",
        "-- \nMarta",
        "Steps:\n1. print\n2. wait\n--------\nthen it jams",
        "From: 3 pages\nI counted: Two: wrong",
    ],
)
def test_what_is_not_certainly_a_quote_or_a_signature_is_kept(text):
    assert own_words(text) == text.strip()


def test_html_of_an_answer_loses_its_quote():
    page = (
        "<div>It works now.</div><br><div class='gmail_quote'><div>On Mon, 3 Nov 2026 at 10:00, Ines &lt;"
        "<a href='mailto:ines@acme.example'>ines@acme.example</a>&gt; wrote:<br></div><blockquote>Is it fixed?<br>Ines"
        "</blockquote></div>"
    )

    assert own_words(text_of_html(page)) == "It works now."


@pytest.mark.parametrize(
    "text",
    ["a\n" * 500_000, "\n" * 500_000 + "x", "x\n" + "On Monday Marta wrote:\n" * 50_000 + "y", "> x\n" * 200_000],
)
def test_a_megabyte_of_lines_takes_bounded_time(text):
    begun_at = time.process_time()

    own_words(text)

    assert time.process_time() - begun_at < 20


def test_flowed_lines_without_end_take_bounded_time():
    raw = b"Content-Type: text/plain; format=flowed\n\n" + b"a \n" * 1_000_000
    begun_at = time.process_time()

    assert read_letter(raw).text.startswith("a a a a")

    assert time.process_time() - begun_at < 20


@pytest.mark.parametrize(
    "head",
    [
        b"From: a@" + b"." * 100_000 + b"\\\n\nx",
        b"Content-Type: text/plain; charset=punycode\n\n%s",
        b"Content-Type: text/plain; charset=punycode\n\n\xff%s",
        b"Content-Type: text/plain; charset*=punycode''%s\n\nx",
        b"Content-Type: image/png; name*=punycode''%s\n\nx",
        b"Content-Type: multipart/mixed; boundary*=punycode''%s\n\nx",
        b"Subject: =?punycode?q?%s?=\n\nx",
    ],
)
def test_a_header_or_character_set_made_to_take_long_takes_bounded_time(head):
    raw = head.replace(b"%s", b"a" * 150_000 + b"-" + b"z9" * 150_000)
    begun_at = time.process_time()

    read_letter(raw)

    assert time.process_time() - begun_at < 10


@pytest.mark.parametrize(
    "unit", ["<a ", "<a b='", "</", "<!--", "<![", "<?", "<blockquote>", "<b a=1>", "<table><tr>", "&lt", "<pre>\n"]
)
def test_a_page_that_never_closes_what_it_opens_takes_bounded_time(unit):
    begun_at = time.process_time()

    text_of_html("<p>Hello</p>" + unit * 50_000 + "<p>x" * 1_000)

    assert time.process_time() - begun_at < 20


def test_what_word_writes_into_pages_is_no_hindrance():
    page = "<p><![if !supportLists]>1.<![endif]> One</p><!--[if mso]>no<![endif]--><o:p>two</o:p><p>n\0il</p>"

    assert text_of_html(page) == "1. One\ntwo\n\nnil" or text_of_html(page).split() == ["1.", "One", "two", "nil"]
