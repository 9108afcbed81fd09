"""The audit log: who did what, to which row, from what to what, when and from where."""

import datetime
import io

import pytest
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from core.tenancy import organization_scope
from events.models import Event
from events.services import happened_at
from projects.services import change_status, report_project, update_project


def url():
    return reverse("events:audit-list")


def page(client, **query):
    return client.get(url(), query).getvalue().decode()


@pytest.fixture
def reader(client, alice):
    client.force_login(alice)
    return client


@pytest.fixture
def history(project, alice, petra):
    """Petra renamed the project long ago; Alice put it on hold today."""
    with happened_at(timezone.now() - datetime.timedelta(days=40)):
        update_project(actor=petra, project=project, name="Artemis")
    return change_status(actor=alice, project=project, to="on_hold", reason="Waits for money.")


def test_it_tells_who_did_what_to_which_row_and_why(reader, history):
    html = page(reader)

    assert "Petra" in html
    assert "<del>Apollo</del> <ins>Artemis</ins>" in html
    assert "<del>Active</del> <ins>On hold</ins>" in html
    assert "“Waits for money.”" in html
    assert reverse("projects:project-detail", args=[history.pk]) in html


def test_a_long_text_is_shortened_on_the_page_and_whole_in_the_file(reader, alice, project):
    update_project(actor=alice, project=project, description="word " * 400 + "end")

    assert "word end" not in page(reader)
    assert "word end" in page(reader, format="csv")


def test_the_newest_stands_first(reader, history):
    html = page(reader)

    assert html.index("On hold") < html.index("Artemis</ins>")


@pytest.mark.parametrize(
    ("query", "found", "left_out"),
    [
        ({"q": "money"}, "On hold", "Artemis</ins>"),
        ({"kind": "updated"}, "Artemis</ins>", "On hold"),
        ({"days": "30"}, "On hold", "Artemis</ins>"),
        ({"subject": "projects.project"}, "Artemis</ins>", "nothing at all"),
    ],
)
def test_it_is_narrowed_by_what_when_and_word(reader, history, query, found, left_out):
    html = page(reader, **query)

    assert found in html
    assert left_out not in html.split('id="audit-table"')[1]


def test_it_is_narrowed_by_person_and_by_the_system_itself(reader, history, petra, acme):
    Event.objects.create(
        organization=acme, kind="rollup.checked", actor_name="Portolan", subject_type="accounts.organization",
        subject_id=str(acme.pk), subject_name="Acme",
    )  # fmt: skip

    theirs = page(reader, actor=petra.pk).split('id="audit-table"')[1]
    its_own = page(reader, actor="system").split('id="audit-table"')[1]

    assert "Artemis</ins>" in theirs
    assert "On hold" not in theirs
    assert "checked" in its_own
    assert "Artemis</ins>" not in its_own


@pytest.mark.parametrize(
    "query", [{"actor": "999999"}, {"days": "soon"}, {"before": "x"}, {"kind": "'"}, {"after": "-1"}]
)
def test_nonsense_in_the_address_breaks_nothing(reader, history, query):
    assert reader.get(url(), query).status_code == 200


def test_older_entries_follow_on_pages_without_a_gap(reader, project, alice, monkeypatch):
    monkeypatch.setattr("events.selectors.words.PAGE_SIZE", 3)
    for number in range(8):
        update_project(actor=alice, project=project, name=f"Name {number}")
    seen, query = [], {}
    for _ in range(3):
        answer = reader.get(url(), query)
        lines = answer.context["page"].lines
        seen += [line.changes[0].after for line in lines]
        query = {"before": answer.context["page"].older or 0}

    assert seen == [f"Name {number}" for number in range(7, -1, -1)]
    assert answer.context["page"].older is None
    back = reader.get(url(), {"after": answer.context["page"].newer}).context["page"]
    assert [line.changes[0].after for line in back.lines] == ["Name 4", "Name 3", "Name 2"]


def test_htmx_gets_the_table_alone(reader, history):
    html = reader.get(url(), headers={"HX-Request": "true"}).getvalue().decode()

    assert "<html" not in html
    assert 'id="audit-table"' in html


def test_a_csv_file_holds_all_that_matches_and_runs_no_formula(reader, project, alice):
    update_project(actor=alice, project=project, name="=HYPERLINK(1)")

    response = reader.get(url(), {"format": "csv", "q": "HYPERLINK"})

    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0].startswith("When,Who,E-mail,Event,Subject")
    assert len(lines) == 2
    assert ",'=HYPERLINK(1)," in lines[1]
    assert "name: Apollo → =HYPERLINK(1)" in lines[1]


def test_an_xlsx_file_holds_the_same(reader, history):
    response = reader.get(url(), {"format": "xlsx"})

    rows = (
        CalamineWorkbook.from_filelike(io.BytesIO(b"".join(response.streaming_content)))
        .get_sheet_by_index(0)
        .to_python()
    )
    assert rows[0][0] == "When"
    assert [row[3] for row in rows[1:]] == ["project.status_changed", "project.updated"]
    assert rows[1][8] == "Waits for money."


@pytest.mark.parametrize("who", ["petra", "bob", "vera"])
def test_only_those_who_lead_may_read_it(client, request, history, who):
    client.force_login(request.getfixturevalue(who))

    assert client.get(url()).status_code == 403
    assert client.get(url(), {"format": "csv"}).status_code == 403


def test_an_outsider_finds_nothing(client, history, charlie, other):
    client.force_login(charlie)

    assert client.get(url()).status_code == 404
    with organization_scope(other):
        assert "Artemis" not in page(client)


def test_it_cannot_be_written_to(reader):
    for method in ("post", "put", "delete"):
        assert getattr(reader, method)(url()).status_code == 405


def test_an_empty_log_says_what_it_will_hold(reader, acme):
    assert "Nothing has happened yet" in page(reader)
    assert "No entries match these filters" in page(reader, q="nothing")


def test_fifty_entries_cost_as_many_queries_as_one(
    reader, project, alice, django_assert_max_num_queries, django_assert_num_queries
):
    report_project(actor=alice, project=project, reported_health="green")
    with django_assert_max_num_queries(14) as few:
        page(reader)
    for number in range(49):
        update_project(actor=alice, project=project, name=f"Name {number}")

    with django_assert_num_queries(len(few)):
        page(reader)
