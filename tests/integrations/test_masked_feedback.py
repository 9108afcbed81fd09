"""Personal data in files of feedback, where an organization masks it: in what is stored and in what an import keeps."""

from events.models import Event
from feedback.models import FeedbackItem
from feedback.services import set_policy
from integrations import services
from integrations.algorithms.mapping import Mapping as ColumnMapping
from tests.integrations.conftest import carried_out, csv_text, upload

HEADER = "id,date,author,e-mail,role,customer,product,stars,title,comment,language,url"


def feedback(*lines: str):
    return upload("feedback.csv", csv_text(HEADER, *lines))


def test_personal_data_is_masked_in_the_item_the_rows_the_samples_and_the_log(checked, alice, olivia, acme):
    set_policy(actor=olivia, organization=acme, masks_personal_data=True)
    secret = "ida.berg@halden.example"
    run = checked(feedback(f"1,,Ida,{secret},,,,,Write {secret},Write to {secret} please,,", "2,,,,,,,9,,Fine,,"))
    row = run.rows.get(number=2)
    services.correct_cell(actor=alice, row=row, column="comment", text=f"Write to {secret}!")
    run = carried_out(alice, services.request_check(actor=alice, run=run))

    item = FeedbackItem.objects.get(external_key="1")
    assert (item.text, item.title, item.author_email) == ("Write to [e-mail 1]!", "Write [e-mail 1]", secret)
    row.refresh_from_db()
    assert [cell for cell in row.cells if secret in cell] == [secret]  # who said it is kept, as with every channel
    assert secret not in row.label
    columns = {column["name"]: str(column) for column in run.files.get().columns}
    assert [name for name, column in columns.items() if secret in column] == ["e-mail"]
    assert not [event for event in Event.objects.exclude(kind="feedback_item.created") if secret in str(event.changes)]


def test_personal_data_in_a_text_or_title_that_is_too_long_is_masked_in_what_is_said_about_it(
    checked, alice, olivia, acme
):
    set_policy(actor=olivia, organization=acme, masks_personal_data=True)
    secret = "ida.berg@halden.example"
    long = f"{'x' * 190} {secret} "  # the first 200 characters end within the address
    run = checked(
        feedback(
            f"1,,,,,,,,{secret} {'y' * 300},Fine,,",
            f"2,,,,,,,,{long * 2},Fine,,",
            f"3,,,,,,,,{secret},Fine,,",
            f"4,,,,,,,,Fine,{secret},,",
        )
    )

    def quoted():
        return [message["value"] for row in run.rows.order_by("number") for message in row.messages]

    assert len(quoted()) == 2
    assert not [value for value in quoted() if "ida" in value]

    carried_out(alice, run)
    assert len(quoted()) == 2
    assert not [value for value in quoted() if "ida" in value]


def test_what_was_said_about_a_refused_row_is_masked_where_masking_was_asked_for_after_the_check(
    checked, alice, olivia, acme
):
    secret = "ida.berg@halden.example"
    lines = [f"1,{secret} {'x' * 60_000},{secret} {'y' * 60_000}", "2,Fine,"]
    run = checked(upload("feedback.csv", csv_text("id,comment,more", *lines)))
    file = run.files.get()
    mapping = file.mapping | {"columns": file.mapping["columns"] | {"more": {"to": "text"}}}
    services.match_columns(actor=alice, run=run, mappings={file.pk: ColumnMapping.from_json(mapping)})
    run = services.request_check(actor=alice, run=run)
    assert secret in run.rows.get(plan="error").messages[0]["value"]
    set_policy(actor=olivia, organization=acme, masks_personal_data=True)

    carried_out(alice, run)

    (message,) = run.rows.get(status="failed").messages
    assert message["value"].startswith("[e-mail 1] ")
