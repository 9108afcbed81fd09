"""Customer accounts from files: found by key, domain and name, amounts with their currency, taken back."""

import datetime
from decimal import Decimal

import pytest

from feedback.models import CustomerAccount
from feedback.services import archive_account, create_account, create_item
from finance.models import ExchangeRate
from integrations import services
from tests.integrations.conftest import carried_out, counts, csv_text, reasons, said, undone, upload

HEADER = "Customer ID,Customer,Segment,ARR,Currency,Renewal date,Website,Account owner"


def accounts(*lines: str, header: str = HEADER):
    return upload("accounts.csv", csv_text(header, *lines))


@pytest.fixture
def halden(acme, alice):
    return create_account(
        actor=alice, organization=acme, name="Halden Freight", email_domain="halden.example", arr_amount=Decimal(100)
    )


@pytest.fixture
def euro(acme):
    return ExchangeRate.objects.create(
        organization=acme, currency="EUR", from_date=datetime.date(2020, 1, 1), rate=Decimal("1.25")
    )


def test_an_account_is_created_with_its_amount_converted_and_its_domain_cleaned(imported, alice, acme, euro):
    run = imported(
        accounts(f'C-1,Halden Freight,Logistics,"€84,000",EUR,2027-01-31,https://www.Halden.example/en,{alice.email}')
    )

    row = CustomerAccount.objects.get()
    assert reasons(run) == []
    assert (row.name, row.segment, row.external_key, row.owner) == ("Halden Freight", "Logistics", "C-1", alice)
    assert (row.arr_amount, row.currency, row.arr_reporting_amount) == (84_000, "EUR", 105_000)
    assert (row.renews_date, row.email_domain) == (datetime.date(2027, 1, 31), "halden.example")


def test_a_check_writes_nothing_and_the_same_file_changes_nothing_the_second_time(checked, imported, alice):
    file = accounts("C-1,Halden Freight,Logistics,84000,,2027-01-31,halden.example,", "C-2,Oslo Ports,,,EUR,,,")

    run = checked(file)
    assert counts(run, "customer_account") == {"rows": 2, "parked": 0, "create": 2}
    assert not CustomerAccount.objects.exists()

    carried_out(alice, run)
    assert imported(file).count("unchanged") == 2


def test_an_account_is_found_by_key_then_domain_then_name(imported, acme, alice, halden):
    oslo = create_account(actor=alice, organization=acme, name="Oslo Ports", external_key="C-2")
    berg = create_account(actor=alice, organization=acme, name="Berg & Sons")

    run = imported(
        accounts("C-1,Halden Freight AS,,,,,halden.example,", "C-2,Port of Oslo,,,,,,", ",BERG & sons,Mining,,,,,")
    )

    assert run.count("updated") == 3
    for row in (halden, oslo, berg):
        row.refresh_from_db()
    assert (halden.name, halden.external_key) == ("Halden Freight AS", "C-1")
    assert oslo.name == "Port of Oslo"
    assert (berg.name, berg.segment) == ("Berg & Sons", "Mining")


def test_what_belongs_to_another_account_is_told_before_anything_is_written(checked, acme, alice, halden):
    create_account(actor=alice, organization=acme, name="Oslo Ports", external_key="C-2", email_domain="oslo.example")

    run = checked(
        accounts(
            "C-9,Oslo Ports,,,,,,",
            "C-2,halden freight,,,,,,",
            "C-2b,Halden Freight,,,,,oslo.example,",
            "7,Twice,,,,,,",
            "8,TWICE,,,,,,",
            "9,Lofoten,,,,,lofoten.example,",
            "10,Vesterålen,,,,,lofoten.example,",
        )  # fmt: skip
    )

    assert counts(run, "customer_account")["error"] == 5
    assert sorted(said(run)) == [
        "2 customer accounts are in these files twice",
        "2 customer accounts have a name that another account has",
        "2 customer accounts have another key here",
    ]
    assert "“Oslo Ports” has the key “C-2” here, and this row another." in reasons(run)
    assert "Row 5 has this name already: it is that of one account." in reasons(run)
    assert "Row 7 has this domain already: it is that of one account." in reasons(run)


def test_a_row_that_is_not_imported_holds_up_no_other_with_its_name_or_domain(checked, alice, acme):
    archived = create_account(actor=alice, organization=acme, name="Berg", external_key="A5")
    archive_account(actor=alice, account=archived)

    run = carried_out(
        alice,
        checked(
            accounts(
                "A1,Acme,,100,XXX,,acme.example,",
                "A2,Acme,,100,,,acme.example,",
                "A3,Oslo Ports,,,,,,",
                "A3,Lofoten,,,,,,",
                "A4,Lofoten,,,,,,",
                "A5,Halden,,,,,,",
                "A6,Halden,,,,,,",
                "A7,acme,,,,,,",
            )
        ),
    )

    created = CustomerAccount.objects.live().order_by("external_key")
    assert list(created.values_list("external_key", flat=True)) == ["A2", "A3", "A4", "A6"]
    assert reasons(run)[-1] == "Row 3 has this name already: it is that of one account."


def test_of_two_rows_of_one_account_the_second_is_imported_when_the_first_is_left_out(checked, alice):
    run = checked(accounts("A1,Acme,,,,,,", "A2,Acme,,,,,,"))
    first, second = run.rows.order_by("number")
    assert (first.plan, second.plan) == ("create", "error")

    services.leave_out(actor=alice, run=run, rows=[first.pk])
    carried_out(alice, services.request_check(actor=alice, run=run))

    assert CustomerAccount.objects.get().external_key == "A2"


def test_a_currency_in_the_header_is_that_of_its_amounts(imported, halden, euro):
    imported(accounts("Halden Freight,84", "Oslo Ports,", header="Company,ARR (k€)"))

    halden.refresh_from_db()
    assert (halden.arr_amount, halden.currency, halden.arr_reporting_amount) == (84_000, "EUR", 105_000)
    assert CustomerAccount.objects.get(name="Oslo Ports").currency == ""


def test_a_currency_without_a_rate_and_an_amount_below_zero_keep_their_row_out(checked):
    run = checked(accounts("C-1,Halden,,100,NOK,,,", "C-2,Oslo,,-5,,,,"))

    assert counts(run, "customer_account")["error"] == 2
    assert "1 customer account has a currency without an exchange rate" in said(run)


def test_a_domain_that_is_none_leaves_its_field_open(imported):
    run = imported(accounts("C-1,Halden,,,,,see below,", "C-2,Oslo,,,,,info@oslo.example,"))

    assert run.count("created") == 2
    assert said(run) == ["1 customer account has an e-mail domain that is none"]
    assert list(CustomerAccount.objects.order_by("name").values_list("email_domain", flat=True)) == ["", "oslo.example"]


def test_a_domain_names_an_account_that_has_no_name(imported):
    imported(upload("accounts.csv", csv_text("Website,ARR", "halden.example,100")))

    assert CustomerAccount.objects.get().name == "halden.example"


def test_accounts_are_taken_back_but_for_those_of_whom_feedback_is_here(imported, acme, alice, bob, halden, euro):
    run = imported(accounts("C-1,Halden Freight,,84000,EUR,,,", "C-2,Oslo Ports,,,,,oslo.example,", "C-3,Berg,,,,,,"))
    create_item(actor=bob, organization=acme, text="It crashes", author_email="ida@oslo.example")

    run = undone(alice, run)

    halden.refresh_from_db()
    assert (halden.arr_amount, halden.currency, halden.arr_reporting_amount, halden.external_key) == (
        100, "USD", 100, "",
    )  # fmt: skip
    assert not CustomerAccount.objects.get(external_key="C-2").is_archived
    assert CustomerAccount.objects.get(external_key="C-3").is_archived
    assert (run.count("undone"), run.count("kept")) == (2, 1)


def test_accounts_and_what_they_said_come_in_together_whatever_their_order(imported):
    said_by = csv_text("Comment,Company,E-mail", "It crashes,C-1,", "It is slow,,ida@halden.example")

    run = imported(upload("feedback.csv", said_by), accounts("C-1,Halden Freight,,,,,halden.example,"))

    assert reasons(run) == []
    assert CustomerAccount.objects.get().items.count() == 2
