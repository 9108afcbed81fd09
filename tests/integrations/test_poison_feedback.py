"""Rows of feedback that cannot be stored as they stand: each says why, and the others go in."""

import csv
import io

from feedback.models import FeedbackItem
from tests.integrations.conftest import counts, csv_text, reasons, said, upload

HEADER = "id,date,author,e-mail,role,customer,product,stars,title,comment,language,url"


def feedback(*lines: str, header: str = HEADER):
    return upload("feedback.csv", csv_text(header, *lines))


def test_rows_that_are_poison_are_told_and_the_others_are_stored(imported):
    poison = {
        "empty": "", "blank": "  \u200b ", "nothing": "n/a", "control": "\x01\x02", "nul": "a\x00b",
        "long": "x" * 1_000_000, "right to left": "التطبيق ممتاز‏", "emoji": "🔥👩‍👩‍👧",
        "html": "<script>alert(1)</script>", "formula": "'=1+1", "lines": "one\r\n\r\n\r\n\r\ntwo",
    }  # fmt: skip
    file = io.StringIO()
    csv.writer(file).writerows([["id", "comment"], *poison.items()])

    run = imported(upload("feedback.csv", file.getvalue()))

    refused = {row.key: row.reasons for row in run.rows.filter(status="failed")}
    empty = ("empty", "blank", "nothing", "control")
    assert [key for key in empty if "Nothing was said" not in refused[key]] == []
    assert len(refused) == 6
    assert any("1,000,000 characters; a cell may hold 100,000" in reason for reason in refused.values())
    assert any("NUL byte" in reason for reason in refused.values())
    assert dict(FeedbackItem.objects.values_list("external_key", "text")) == {
        "right to left": "التطبيق ممتاز", "emoji": "🔥👩‍👩‍👧", "html": "<script>alert(1)</script>", "formula": "=1+1",
        "lines": "one\n\ntwo",
    }  # fmt: skip


def test_addresses_stars_and_languages_that_are_none_leave_their_field_open(imported):
    fine = [
        f"{number},,Ann,ann{number}@home.example,,,,5,,Fine {number},de,www.home.example/{number}"
        for number in range(10)
    ]
    odd = [
        "a,,Ann,at home,,,,9,,One,Klingon,ftp:nowhere",
        "b,,Bob,,,,,4.5,,Two,,",
        f"c,,{'B' * 300},,,,,★★★★☆,,Three,,",
    ]

    run = imported(feedback(*fine, *odd))

    assert run.count("created") == 13
    assert {finding["level"] for finding in run.findings} == {"note"}
    assert sorted(said(run)) == [
        "1 feedback item has a language that is not known here",
        "1 feedback item has a source that is no address of a page",
        "1 feedback item has an author that is too long",
        "1 feedback item has an e-mail address that is none",
        "2 feedback items have a star rating that is no whole number from 1 to 5",
    ]
    found = dict(FeedbackItem.objects.values_list("external_key", "rating"))
    assert (found["0"], found["a"], found["b"], found["c"]) == (5, None, None, 4)
    assert FeedbackItem.objects.get(external_key="0").source_url == "https://www.home.example/0"


def test_days_that_are_wrong_or_to_come_keep_their_row_out(checked):
    days = ("It crashes,31/02/2026", "It is slow,2199-01-01", "It jams,1905-01-01", "Fine,2026-01-01")
    run = checked(feedback(*days, header="comment,date"))

    assert counts(run, "feedback_item")["error"] == 3
    assert "1905-01-01 is before 1990: look whether the day is another." in reasons(run)
    assert "2199-01-01 is still to come: nobody can have said it then." in reasons(run)
