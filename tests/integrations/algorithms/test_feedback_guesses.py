"""What files of customers and of what they said are, and what stands in their cells."""

import csv
import datetime
import io

import pytest

from integrations.algorithms.guessing import guess_kind, guess_mapping, questions
from integrations.algorithms.profiling import profile
from integrations.algorithms.sayings import key_of_words, parse_domain, parse_instant, parse_language, parse_rating
from integrations.algorithms.values import Ambiguous, NotRead

PLAY_STORE = (
    "Package Name,App Version Code,Reviewer Language,Device,Review Submit Date and Time,"
    "Review Submit Millis Since Epoch,Review Last Update Date and Time,Star Rating,Review Title,Review Text,"
    "Developer Reply Date and Time,Developer Reply Text,Review Link\n"
    "com.atlas,12,en,x,2026-03-01T10:00:00Z,1772359200000,2026-03-02T10:00:00Z,5,,Good app,,,https://play.example/x\n"
    "com.atlas,12,de,x,2026-03-01T10:00:00Z,1772359200000,2026-03-02T10:00:00Z,1,Na,Stürzt ab,,,https://play.example/y"
)
FILES = {
    "reviews": (
        "Date,Author,Rating,Title,Review\n2026-03-01,Ann,4,Nice,Works well for us\n2026-03-04,Bob,1,Bad,It crashes",
        "feedback_item",
        {"Date": "said_at", "Author": "author_name", "Rating": "rating", "Title": "title", "Review": "text"},
    ),
    "play store": (
        PLAY_STORE,
        "feedback_item",
        {
            "Reviewer Language": "language", "Review Submit Date and Time": "said_at", "Star Rating": "rating",
            "Review Title": "title", "Review Text": "text", "Review Link": "source_url",
        },
    ),
    "net promoter score": (
        "Response ID,Submitted at,Company,Email,NPS score,NPS comment\n"
        "1,2026-03-01 10:00,Halden,a@halden.example,5,Great\n2,2026-03-01 10:00,Oslo,b@oslo.example,3,It is slow",
        "feedback_item",
        {
            "Response ID": "external_key", "Submitted at": "said_at", "Company": "account", "Email": "author_email",
            "NPS comment": "text",
        },
    ),
    "tickets": (
        "Ticket ID,Created,Requester,Requester email,Organization,Subject,Description,Status,URL\n"
        "71,03/14/2026 5:12 PM,Ann,a@h.example,Halden,Printer,Every third label is shifted,open,https://h.example/71\n"
        "72,03/15/2026 5:12 PM,Bob,b@h.example,Halden,Label,Every label is shifted,open,https://h.example/72",
        "feedback_item",
        {
            "Ticket ID": "external_key", "Created": "said_at", "Requester": "author_name",
            "Requester email": "author_email", "Organization": "account", "Subject": "title", "Description": "text",
            "URL": "source_url",
        },
    ),
    "form": (
        "Timestamp,Email Address,What could we do better?\n"
        "3/14/2026 17:12:00,a@b.example,Faster search\n3/15/2026 17:12:00,c@b.example,Dark mode please",
        "feedback_item",
        {"Timestamp": "said_at", "Email Address": "author_email", "What could we do better?": "text"},
    ),
    "german": (
        "Kunde,Kommentar,Datum,Bewertung,Sprache\n"
        "Halden,Läuft gut,14.03.2026,4,Deutsch\nOslo,Läuft nicht,15.03.2026,1,de",
        "feedback_item",
        {"Kunde": "account", "Kommentar": "text", "Datum": "said_at", "Bewertung": "rating", "Sprache": "language"},
    ),
    "app reviews": (
        "file,stars,title,comment,label\nBug,5,Almost perfect,Besides the crash,Bug\nBug,1,A photo,Could be great,Bug",
        "feedback_item",
        {"stars": "rating", "title": "title", "comment": "text"},
    ),
    "issues": (
        "repo,created_at,label,title,body\n"
        "a/b,2023-08-26 06:33:37,bug,Cannot add,### Site\na/b,2023-08-27 06:33:37,bug,No,Two",
        "feedback_item",
        {"created_at": "said_at", "title": "title", "body": "text"},
    ),
    "labeled texts": ("text,label\nSo there is no way,0\nGood case,1", "feedback_item", {"text": "text"}),
    "everything": (
        "ID,Customer,Comment,Stars,Date,E-mail,Product,Language,Link\n"
        "1,Halden,fine,5 stars,2026-03-01,a@h.example,Atlas,English,https://x.example",
        "feedback_item",
        {
            "ID": "external_key", "Customer": "account", "Comment": "text", "Stars": "rating", "Date": "said_at",
            "E-mail": "author_email", "Product": "product", "Language": "language", "Link": "source_url",
        },
    ),
    "crm": (
        "Record ID,Company name,Company Domain Name,Industry,Company owner,ARR (USD),Renewal date\n"
        "1,Halden,halden.example,Logistics,a@b.c,84000,2027-01-31\n2,Oslo,oslo.example,Mining,a@b.c,4000,2027-01-31",
        "customer_account",
        {
            "Record ID": "external_key", "Company name": "name", "Company Domain Name": "email_domain",
            "Industry": "segment", "Company owner": "owner", "ARR (USD)": "arr_amount", "Renewal date": "renews_date",
        },
    ),
    "customers": (
        "Customer,Segment,ARR,Currency,Renews on\nHalden,Logistics,84000,EUR,2027-01-01",
        "customer_account",
        {"Customer": "name", "Segment": "segment", "ARR": "arr_amount", "Currency": "currency",
         "Renews on": "renews_date"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_a_file_as_people_and_programs_write_it_is_understood_by_its_columns_alone(name):
    text, kind, wanted = FILES[name]
    header, *rows = csv.reader(io.StringIO(text))
    columns = profile(header, rows)

    assert guess_kind("export.csv", columns) == kind
    mapping = guess_mapping(kind, columns)
    assert {column: source.to for column, source in mapping.columns.items() if source.to} == wanted


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("name,email,role,team,comment\nAnn,a@b.c,Dev,Core,fine", "person"),
        ("program,name,result,comment\nA,b,met,ok", "measure"),
        ("project,kind,class,month,amount,comment\nA,budget,capex,2026-01,100,x", "entry"),
        ("Milestone,Project,Date,Comment\nGo live,Apollo,2026-01-01,late", "activity"),
        ("risk id,risk,probability,impact,comment\n1,Fire,20%,1000,x", "risk"),
    ],
)
def test_a_comment_beside_something_else_makes_no_feedback_of_it(text, kind):
    header, *rows = csv.reader(io.StringIO(text))

    assert guess_kind("export.csv", profile(header, rows)) == kind


def test_a_grade_from_0_to_10_is_not_taken_for_stars():
    header, *rows = csv.reader(io.StringIO("Comment,Score\nFine,9\nGood,10\nBad,2\nSo so,6"))

    assert guess_mapping("feedback_item", profile(header, rows)).column_of("rating") is None


def test_a_day_in_two_ways_is_asked_about():
    header, *rows = csv.reader(io.StringIO("Comment,Date\nFine,03/04/2026 10:00"))
    columns = profile(header, rows)

    asked = questions("feedback_item", guess_mapping("feedback_item", columns), {one.name: one for one in columns})

    assert [question.column for question in asked] == ["Date"]


@pytest.mark.parametrize(
    ("text", "order", "instant"),
    [
        ("2026-03-14", "", "2026-03-14T12:00:00"),
        ("14.03.2026 7:05", "", "2026-03-14T07:05:00"),
        ("03/14/2026 12:30 am", "mdy", "2026-03-14T00:30:00"),
        ("2026-03-14T08:30:00.5+02:00", "", "2026-03-14T08:30:00.500000+02:00"),
        ("Sat, 14 Mar 2026 08:30:00 GMT", "", "2026-03-14T08:30:00+00:00"),
        ("46095", "excel", "2026-03-14T12:00:00"),
        ("46095.75", "excel", "2026-03-14T18:00:00"),
        ("1773477000123", "", "2026-03-14T08:30:00+00:00"),
    ],
)
def test_an_instant_is_read_as_it_is_written(text, order, instant):
    assert parse_instant(text, order).isoformat() == instant


@pytest.mark.parametrize("text", ["soon", "2026-02-30", "2026-03-14 25:00", "14 Mar 2026 13:00 pm", "1e999", "9" * 500])
def test_what_is_no_instant_is_refused(text):
    with pytest.raises(NotRead):
        parse_instant(text)


def test_an_instant_in_two_ways_is_not_guessed():
    with pytest.raises(Ambiguous):
        parse_instant("03/04/2026 10:00")


@pytest.mark.parametrize(
    ("text", "stars"),
    [
        ("4", 4),
        ("4.0", 4),
        ("5 stars", 5),
        ("1 star", 1),
        ("3/5", 3),
        ("3 out of 5", 3),
        ("★★★★☆", 4),
        ("⭐⭐", 2),
        ("2 *", 2),
    ],
)
def test_stars_are_counted(text, stars):
    assert parse_rating(text) == stars


@pytest.mark.parametrize("text", ["0", "6", "4.5", "10", "good", "☆☆☆☆☆", "4/10", "-1", "٤٤", "1" * 400])
def test_half_stars_and_grades_are_none(text):
    with pytest.raises(NotRead):
        parse_rating(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [("en", "en"), ("en-US", "en"), ("pt_BR", "pt"), ("English", "en"), ("DEU", "de"), ("español", "es")],
)
def test_languages_are_brought_to_one_code(text, code):
    assert parse_language(text) == code


@pytest.mark.parametrize("text", ["Klingon", "xyz", "e", "12", "en US please"])
def test_what_is_no_language_is_refused(text):
    with pytest.raises(NotRead):
        parse_language(text)


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("halden.example", "halden.example"), ("@Halden.example", "halden.example"),
        ("a@halden.example", "halden.example"),
        ("https://www.halden.example:443/en?x=1", "halden.example"), ("münchen.example", "münchen.example"),
    ],
)  # fmt: skip
def test_domains_are_freed_of_what_stands_around_them(text, domain):
    assert parse_domain(text) == domain


@pytest.mark.parametrize(
    "text", ["halden", "a b.example", "halden.example, oslo.example", "http://", "x" * 300 + ".com"]
)
def test_what_is_no_domain_is_refused(text):
    with pytest.raises(NotRead):
        parse_domain(text)


def test_a_key_made_of_words_is_the_same_for_the_same_words_author_and_day_alone():
    day = datetime.datetime(2026, 3, 14, 12)  # noqa: DTZ001 - as a file writes it
    said = {"text": "It crashes", "author_name": "Ann", "said_at": day}

    assert key_of_words(said) == key_of_words({**said, "rating": 1, "text": "It  crashes\n"})
    others = [{**said, "text": "It hangs"}, {**said, "author_name": "Bob"}, {**said, "said_at": None}]
    assert len({key_of_words(one) for one in [said, *others]}) == 4
