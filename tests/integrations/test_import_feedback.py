"""Feedback from files: checked first, stored once through the intake of all channels, told row by row, taken back."""

import datetime
import io

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.errors import Conflict
from events.models import Event
from feedback.models import CustomerAccount, FeedbackItem, FeedbackLink
from feedback.services import (
    Incoming,
    analyze_batch,
    archive_item,
    create_account,
    receive_items,
    update_item,
)
from integrations import services
from integrations.algorithms.sayings import MADE_KEY
from integrations.models import ImportRow
from integrations.services import importing
from integrations.services.feedback import ItemWriter
from tests.integrations.conftest import carried_out, counts, csv_text, reasons, said, undone, upload
from tests.integrations.workbooks import workbook

HEADER = "id,date,author,e-mail,role,customer,product,stars,title,comment,language,url"
MARTA = "F-1,2026-03-14,Marta Nilsson,marta@halden.example,Warehouse lead,Halden Freight,Atlas Insights,2,Labels,"
MARTA += "Every third label is shifted.,English,https://help.example/1"
#: Rows that bring no key of their own.
REVIEWS = csv_text(
    "Review,Author,Date,Stars", "Great for us,Ann,2026-03-01,5", "It crashes,Bob,2026-03-02,1", "It crashes,Cid,,1"
)


@pytest.fixture
def halden(acme, alice):
    return create_account(actor=alice, organization=acme, name="Halden Freight", email_domain="halden.example")


def feedback(*lines: str, header: str = HEADER):
    return upload("feedback.csv", csv_text(header, *lines))


def texts() -> list[str]:
    return list(FeedbackItem.objects.order_by("pk").values_list("text", flat=True))


def analyzed(organization) -> None:
    while analyze_batch(organization_id=organization.pk, now=timezone.now()):
        pass


def test_a_check_says_what_would_happen_and_writes_nothing(checked, halden, product):
    run = checked(feedback(MARTA, "F-2,,,,,,,,,,,"))

    assert counts(run, "feedback_item") == {"rows": 2, "parked": 0, "create": 1, "error": 1}
    assert run.rows.get(plan="create").label == "Labels"
    assert reasons(run) == ["Nothing was said: its text is empty."]
    assert said(run) == ["1 feedback item says nothing"]
    assert not FeedbackItem.objects.exists()
    assert not Event.objects.filter(kind__startswith="feedback").exists()


def test_a_row_is_stored_with_all_that_it_says(imported, alice, halden, product):
    run = imported(feedback(MARTA))

    item = FeedbackItem.objects.get()
    assert reasons(run) == []
    assert (item.channel, item.external_key, item.text, item.title) == (
        "upload", "F-1", "Every third label is shifted.", "Labels",
    )  # fmt: skip
    assert (item.author_name, item.author_email, item.author_role) == (
        "Marta Nilsson", "marta@halden.example", "Warehouse lead",
    )  # fmt: skip
    assert (item.account, item.product, item.rating, item.language) == (halden, product, 2, "en")
    assert item.source_url == "https://help.example/1"
    assert item.said_at == datetime.datetime(2026, 3, 14, 12, tzinfo=datetime.UTC)
    assert Event.objects.get(kind="feedback_item.created").actor == alice
    assert item.analysis_state == "waiting"


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("2026-03-14", "2026-03-14T11:00:00+00:00"),  # noon in Oslo
        ("2026-03-14 08:30", "2026-03-14T07:30:00+00:00"),
        ("2026-03-14T08:30:00Z", "2026-03-14T08:30:00+00:00"),
        ("2026-03-14T08:30:00.250-05:00", "2026-03-14T13:30:00.250000+00:00"),
        ("14 Mar 2026 5:12 PM", "2026-03-14T16:12:00+00:00"),
        ("1773477000", "2026-03-14T08:30:00+00:00"),
    ],
)
def test_a_day_is_noon_where_the_application_is_and_an_instant_is_what_it_says(imported, settings, written, instant):
    settings.TIME_ZONE = "Europe/Oslo"

    imported(feedback(f"It crashes,{written}", header="comment,created at"))

    item = FeedbackItem.objects.get()
    assert item.said_at.astimezone(datetime.UTC).isoformat() == instant


def test_a_file_that_comes_twice_is_stored_once_with_keys_or_without(imported):
    keyed = csv_text("id,comment", "1,It crashes", "2,It is slow")

    imported(upload("keyed.csv", keyed), upload("reviews.csv", REVIEWS))
    again = imported(upload("keyed.csv", keyed), upload("reviews.csv", REVIEWS))

    assert again.count("unchanged") == again.row_count == FeedbackItem.objects.count() == 5
    assert FeedbackItem.objects.filter(external_key__startswith=MADE_KEY).count() == 3
    assert Event.objects.filter(kind="feedback_item.created").count() == 5


def test_the_same_words_twice_in_a_file_are_told_and_stored_once(imported):
    run = imported(upload("reviews.csv", REVIEWS + "It crashes,Bob,2026-03-02,1\r\n"))

    assert reasons(run) == ["The same text by the same author on the same day stands in row 3 of reviews.csv already."]
    assert FeedbackItem.objects.count() == 3


def test_a_key_of_another_system_does_not_change_what_was_said(imported, checked):
    imported(upload("a.csv", csv_text("id,comment", "1,It crashes")))

    run = checked(upload("b.csv", csv_text("id,comment", "1,Love it")))

    assert said(run) == ["1 feedback item is here already with another text"]
    assert "leave their column out" in reasons(run)[0]


def test_who_said_it_can_be_told_later_and_taken_back(imported, checked, alice, acme, halden, product):
    imported(feedback("F-1,2026-03-14,,,,,,,Labels,Shifted,,"))
    analyzed(acme)

    run = checked(feedback("F-1,2026-03-14,Marta,,,Halden Freight,Atlas Insights,2,Labels,Shifted,,"))
    assert reasons(run) == []  # the analyser is nobody
    assert {name for name, *_ in run.rows.get().change_lines} == {"author name", "account", "product", "rating"}
    run = carried_out(alice, run)
    item = FeedbackItem.objects.get()
    assert (item.author_name, item.account, item.product, item.rating) == ("Marta", halden, product, 2)
    assert "product" in item.labels_by_person

    undone(alice, run)

    item.refresh_from_db()
    assert (item.author_name, item.account, item.product, item.rating) == ("", None, None, None)
    assert (item.is_archived, "product" in item.labels_by_person) == (False, False)


def test_what_somebody_changed_since_is_named_before_it_is_replaced(imported, checked, bob):
    imported(feedback("F-1,,Marta,,,,,,,Shifted,,"))
    update_item(actor=bob, item=FeedbackItem.objects.get(), author_name="Marta N.")

    run = checked(feedback("F-1,,Marta,,,,,,,Shifted,,"))

    assert reasons(run) == ["It was changed here after the last import; the file's values replace: author name."]


def test_an_import_is_archived_by_undo_though_the_analyser_read_it_and_comes_back(imported, alice, acme):
    run = imported(upload("reviews.csv", REVIEWS))
    analyzed(acme)

    run = undone(alice, run)

    assert run.count("undone") == 3
    assert not FeedbackItem.objects.live().exists()
    assert imported(upload("reviews.csv", REVIEWS)).count("restored") == 3
    assert FeedbackItem.objects.live().count() == 3


def test_undo_keeps_what_somebody_changed_or_built_on(imported, alice, bob, acme, project):
    run = imported(upload("reviews.csv", REVIEWS))
    great, crash, _ = FeedbackItem.objects.order_by("pk")
    update_item(actor=bob, item=great, author_name="Anna")
    FeedbackLink.objects.create(organization=acme, item=crash, project=project)

    run = undone(alice, run)

    assert (run.count("kept"), run.count("undone")) == (2, 1)
    kept = [row.reasons for row in run.rows.filter(status="kept").order_by("number")]
    assert kept == ["Kept: Bob changed it after the import.", "Kept: it is linked to what it asks for."]


def test_what_a_person_archived_stays_archived(imported, checked, bob):
    imported(upload("reviews.csv", REVIEWS))
    archive_item(actor=bob, item=FeedbackItem.objects.order_by("pk")[0])

    run = checked(upload("reviews.csv", REVIEWS))

    assert said(run) == ["1 feedback item is archived here"]


def test_what_a_person_archived_as_spam_does_not_come_back_when_the_import_is_undone_and_repeated(
    imported, alice, bob, acme
):
    run = imported(upload("reviews.csv", REVIEWS))
    spam = archive_item(actor=bob, item=FeedbackItem.objects.order_by("pk")[0])
    analyzed(acme)
    undone(alice, run)

    again = imported(upload("reviews.csv", REVIEWS))

    assert (again.count("restored"), again.count("failed")) == (2, 1)
    assert not FeedbackItem.objects.live().filter(pk=spam.pk).exists()


def test_accounts_are_found_by_key_name_and_domain(imported, acme, alice, halden):
    oslo = create_account(actor=alice, organization=acme, name="Oslo Ports", external_key="C-2")

    imported(feedback("1,,,,,halden freight,,,,One,,", "2,,,,,C-2,,,,Two,,", "3,,,ida@halden.example,,,,,,Three,,"))

    found = [item.account for item in FeedbackItem.objects.order_by("external_key").select_related("account")]
    assert found == [halden, oslo, halden]


def test_an_unknown_account_or_product_leaves_its_field_open_and_accounts_can_be_made_from_their_names(
    checked, alice, halden
):
    run = checked(feedback("1,,,,,Nordkapp,Zeus,,,One,,", "2,,,,,Nordkapp,,,,Two,,", "3,,,,,Halden Freight,,,,Three,,"))

    assert counts(run, "feedback_item") == {"rows": 3, "parked": 0, "create": 3}
    assert said(run) == [
        "2 feedback items name an account that is not known", "1 feedback item names a product that is not known",
    ]  # fmt: skip
    assert {finding["consequence"] for finding in run.findings} == {"The field stays open."}

    file = run.files.get()
    services.make_from_names(actor=alice, file=file, target="account", names=["Nordkapp"])
    run = carried_out(alice, services.request_check(actor=alice, run=run))

    assert FeedbackItem.objects.get(external_key="2").account == CustomerAccount.objects.get(name="Nordkapp")
    assert FeedbackItem.objects.get(external_key="1").product is None
    undone(alice, run)
    assert CustomerAccount.objects.get(name="Nordkapp").is_archived


def test_many_rows_go_in_batches_and_each_says_how_far_it_is(checked, alice, monkeypatch):
    monkeypatch.setattr(importing, "BATCH", 50)
    rows = [f"{number},It crashes {number}" for number in range(120)]
    run = checked(upload("feedback.csv", csv_text("id,comment", *rows)))
    told = []

    run = carried_out(alice, run, report=lambda done, total, words: told.append((done, total)))

    assert told == [(0, 120), (50, 120), (100, 120), (120, 120)]
    assert run.count("created") == FeedbackItem.objects.count() == 120


def test_a_batch_of_new_rows_takes_as_many_queries_for_fifty_as_for_five(checked, alice, halden):
    queries = []
    for size in (5, 50):
        rows = [f"{size}-{number},It crashes {number},ann@halden.example" for number in range(size)]
        run = checked(upload("feedback.csv", csv_text("id,comment,e-mail", *rows)))
        with CaptureQueriesContext(connection) as context:
            assert carried_out(alice, run).count("created") == size
        queries.append(len(context))

    assert queries[1] <= queries[0]


def test_a_row_that_came_in_the_meantime_is_told_and_the_others_are_stored(checked, alice, acme, bob):
    run = checked(upload("feedback.csv", csv_text("id,comment", "1,One", "2,Two")))
    receive_items(actor=bob, organization=acme, channel="upload", rows=[Incoming(text="One", external_key="1")])

    run = carried_out(alice, run)

    assert (run.count("unchanged"), run.count("created")) == (1, 1)
    assert texts() == ["One", "Two"]


def test_items_are_created_all_or_none_where_one_came_in_the_meantime(acme, alice, bob):
    receive_items(actor=bob, organization=acme, channel="upload", rows=[Incoming(text="One", external_key="1")])
    rows = [{"text": "Two", "external_key": "2"}, {"text": "One", "external_key": "1"}]

    with pytest.raises(Conflict, match="in the meantime"):
        ItemWriter(alice, acme).create(rows)

    assert texts() == ["One"]


def test_a_workbook_is_read_as_a_text_would_be(imported, halden):
    day = datetime.datetime(2026, 3, 14, 17, 12)  # noqa: DTZ001 - a sheet knows no time zones
    rows = [["Customer", "Review", "Stars", "Date"], ["Halden Freight", "Läuft 🔥\nsehr gut", 5, "2026-03-14"]]

    def fill(book, sheet):
        sheet.write_row(2, 0, ["Halden Freight", "Stürzt ab", 1])
        sheet.write_datetime(2, 3, day, book.add_format({"num_format": "yyyy-mm-dd hh:mm"}))

    run = imported(upload("reviews.xlsx", workbook(("Reviews", rows), fill=fill)))

    assert reasons(run) == []
    good, bad = FeedbackItem.objects.order_by("pk")
    assert (good.text, good.rating, good.account) == ("Läuft 🔥\nsehr gut", 5, halden)
    assert bad.said_at == day.replace(tzinfo=datetime.UTC)


def test_several_columns_fill_one_text_below_their_questions(checked, alice):
    run = checked(
        upload("survey.csv", csv_text("Timestamp,What is good?,What is bad?", "2026-03-14 10:00,Search,The labels"))
    )
    file = run.files.get()
    mapping = file.mapping | {"columns": file.mapping["columns"] | {"What is bad?": {"to": "text"}}}
    services.match_columns(
        actor=alice, run=run, mappings={file.pk: services.answering.ColumnMapping.from_json(mapping)}
    )

    carried_out(alice, services.request_check(actor=alice, run=run))

    assert texts() == ["Search\n\nWhat is bad?: The labels"]


@pytest.mark.parametrize(("who", "status"), [("petra", 200), ("bob", 403), ("vera", 403), ("charlie", 404)])
def test_who_may_import_sees_the_check_of_feedback(client, request, checked, who, status):
    run = checked(upload("reviews.csv", REVIEWS))
    client.force_login(request.getfixturevalue(who))

    for name in ("check", "rows"):
        assert client.get(f"/o/acme/imports/{run.pk}/{name}/").status_code == status


@pytest.mark.parametrize(("who", "is_offered"), [("alice", True), ("bob", False)])
def test_the_inbox_offers_the_import_to_who_may(client, request, acme, who, is_offered):
    client.force_login(request.getfixturevalue(who))

    page = client.get("/o/acme/feedback/").content.decode()

    assert ("/imports/new/" in page) == is_offered


def test_the_wizard_takes_reviews_in_three_steps_and_leads_to_the_inbox(client, alice, acme):
    client.force_login(alice)
    sent = io.BytesIO(REVIEWS.encode())
    sent.name = "reviews.csv"
    run_page = client.post("/o/acme/imports/new/", {"files": [sent]}, follow=True)
    assert "It crashes" in run_page.content.decode()
    address = run_page.request["PATH_INFO"]

    check = client.post(address, follow=True)
    assert "Every row can be imported." in check.content.decode()
    run = ImportRow.objects.first().run
    carried_out(alice, run)

    result = client.get(f"/o/acme/imports/{run.pk}/").content.decode()
    assert "Open the inbox" in result
    item = FeedbackItem.objects.order_by("pk").first()
    assert f"/feedback/{item.pk}/" in client.get(f"/o/acme/imports/{run.pk}/rows/").content.decode()


def test_real_reviews_come_in_as_they_are(checked, alice):
    path = settings.BASE_DIR.parent / "shared" / "data" / "feedback" / "train" / "maalej_app_reviews.csv"
    if not path.is_file():
        pytest.skip("the reviews are not beside this project (../shared/data/feedback)")
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)[:401]

    run = carried_out(alice, checked(upload(path.name, "".join(lines))))

    assert run.count("failed") + run.count("created") == run.row_count
    assert run.count("created") > 0.9 * run.row_count
    assert FeedbackItem.objects.filter(rating=None).count() == 0
