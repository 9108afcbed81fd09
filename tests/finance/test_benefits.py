"""Benefits: named, planned and measured by month, also after the work has closed."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from core.errors import FieldErrors, NotAllowed, StaleEdit
from events.models import Event
from finance import services
from finance.forms.benefit import ValueField
from finance.models import Benefit, BenefitMonth
from finance.selectors import benefit_reads
from programs.services import archive_program
from tests.filling import answers, text_of
from tests.finance.conftest import month
from tests.projects.activities import queries

TODAY = datetime.date(2026, 4, 15)


def values(when, planned=None, realized=None, **more):
    return {"month": month(when), "planned_value": planned, "realized_value": realized, **more}


def listed(subject):
    return reverse(f"finance:{subject._meta.model_name}-benefits", args=[subject.pk])


def detail(benefit):
    return reverse("finance:benefit-detail", args=[benefit.pk])


@pytest.fixture
def profile(petra, benefit):
    """January to May planned, January and March measured."""
    services.set_benefit_months(
        actor=petra,
        benefit=benefit,
        months=[
            values("2026-01", Decimal(100), Decimal(80)),
            values("2026-02", Decimal(100)),
            values("2026-03", Decimal(100), Decimal(90)),
            values("2026-04", Decimal(100)),
            values("2026-05", Decimal(100)),
        ],
    )
    return benefit


def test_a_month_that_has_ended_unmeasured_is_overdue_and_the_present_one_is_not(profile):
    [read] = benefit_reads([profile], TODAY)

    assert read.overdue == [month("2026-02")]


def test_attainment_compares_the_months_that_were_measured(profile):
    [read] = benefit_reads([profile], TODAY)

    assert (read.planned, read.planned_so_far, read.realized) == (500, 200, 170)
    assert read.attained == Decimal("0.85")
    assert not read.is_behind  # fewer calls are better


def test_shares_are_told_by_their_last_month_and_never_added(petra, acme, program):
    share = services.create_benefit(actor=petra, program=program, name="Adoption", measure="Users", unit="ratio")
    services.set_benefit_months(
        actor=petra, benefit=share,
        months=[values("2026-01", Decimal("0.2"), Decimal("0.1")), values("2026-02", Decimal("0.4"), Decimal("0.3"))],
    )  # fmt: skip

    [read] = benefit_reads([share], TODAY)

    assert (read.planned, read.realized, read.words(read.realized)) == (Decimal("0.4"), Decimal("0.3"), "30%")


def test_one_event_tells_all_months_and_the_version_counts_up_once(profile):
    profile.refresh_from_db()

    event = Event.objects.get(kind="benefit.measured")
    assert event.changes["planned 2026-01"] == [None, "100"]
    assert event.changes["realized 2026-03"] == [None, "90"]
    assert profile.version == 2


def test_values_in_money_are_told_as_amounts(petra, program):
    saved = services.create_benefit(actor=petra, program=program, name="Savings", measure="Cost a month")
    services.set_benefit_months(actor=petra, benefit=saved, months=[values("2026-01", Decimal(5))])

    assert saved.currency == "USD"
    assert list(Event.objects.get(kind="benefit.measured").changes) == ["planned 2026-01_amount"]


def test_a_month_left_with_nothing_goes_and_what_is_not_sent_stays(petra, profile):
    services.set_benefit_months(
        actor=petra, benefit=profile,
        months=[values("2026-02"), {"month": month("2026-01"), "realized_value": Decimal(70)}],
    )  # fmt: skip

    kept = {row.month: (row.planned_value, row.realized_value) for row in BenefitMonth.objects.all()}
    assert month("2026-02") not in kept
    assert kept[month("2026-01")] == (100, 70)


def test_saving_the_same_again_records_nothing(petra, profile):
    services.set_benefit_months(actor=petra, benefit=profile, months=[values("2026-02", Decimal("100.0000"), note="")])

    assert Event.objects.filter(kind="benefit.measured").count() == 1


def test_somebody_elses_change_of_months_is_not_overwritten(petra, profile):
    with pytest.raises(StaleEdit):
        services.set_benefit_months(
            actor=petra, benefit=profile, months=[values("2026-02", Decimal(1))], expected_version=1
        )

    assert BenefitMonth.objects.get(month=month("2026-02")).planned_value == 100


def test_a_month_twice_or_a_value_too_large_is_refused(petra, benefit):
    with pytest.raises(FieldErrors, match="comes twice"):
        services.set_benefit_months(
            actor=petra, benefit=benefit, months=[values("2026-02", Decimal(1)), values("2026-02", Decimal(2))]
        )
    with pytest.raises(FieldErrors, match="14 digits"):
        services.set_benefit_months(actor=petra, benefit=benefit, months=[values("2026-02", Decimal(10) ** 15)])


def months_of(benefit):
    rows = BenefitMonth.objects.filter(benefit=benefit).order_by("month")
    return list(rows.values_list("month", "planned_value", "realized_value", "note"))


def undo_of(response):
    return next(message for message in response.context["messages"]).extra_tags.split()[0]


def test_saved_months_are_taken_back_to_the_last_note(client, petra, profile):
    """A month that was emptied comes back with its note, and one that was new goes."""
    services.set_benefit_months(actor=petra, benefit=profile, months=[values("2026-02", Decimal(100), note="Late")])
    before = months_of(profile)
    client.force_login(petra)
    form = client.get(detail(profile)).context["form"]
    sent = {name: form[name].value() or "" for name in form.fields}
    sent |= {"planned-2026-02": "", "realized-2026-03": "1,5", "planned-2026-06": "7", "note-2026-06": "New"}

    response = client.post(reverse("finance:benefit-months", args=[profile.pk]), sent, follow=True)
    assert len(months_of(profile)) == len(before)
    assert months_of(profile) != before
    undo = undo_of(response)
    assert "Took the change" in client.post(undo, follow=True).content.decode()

    assert months_of(profile) == before
    assert client.post(undo).status_code == 409


def test_saving_nothing_offers_no_undo(client, petra, profile):
    client.force_login(petra)
    form = client.get(detail(profile)).context["form"]
    sent = {name: form[name].value() or "" for name in form.fields}

    response = client.post(reverse("finance:benefit-months", args=[profile.pk]), sent, follow=True)

    assert not next(iter(response.context["messages"])).extra_tags.strip().startswith("/")


def test_undo_leaves_what_somebody_changed_since_and_only_takes_back_ones_own(client, alice, petra, vera, profile):
    client.force_login(petra)
    form = client.get(detail(profile)).context["form"]
    sent = {name: form[name].value() or "" for name in form.fields}
    sent |= {"planned-2026-02": "5", "planned-2026-03": "6"}
    undo = undo_of(client.post(reverse("finance:benefit-months", args=[profile.pk]), sent, follow=True))
    services.set_benefit_months(actor=alice, benefit=profile, months=[values("2026-03", Decimal(8), Decimal(90))])

    client.force_login(vera)
    assert client.post(undo).status_code == 403
    client.force_login(alice)
    assert client.post(undo).status_code == 409
    client.force_login(petra)
    assert "Left as changed by others since: 1." in client.post(undo, follow=True).content.decode()

    kept = {row[0]: row[1] for row in months_of(profile)}
    assert (kept[month("2026-02")], kept[month("2026-03")]) == (100, 8)


def test_it_is_measured_after_its_program_has_closed(alice, petra, program, project, profile):
    project.archived_at = timezone.now()
    project.save()
    archive_program(actor=alice, program=program)

    services.set_benefit_months(
        actor=petra, benefit=profile, months=[{"month": month("2026-02"), "realized_value": Decimal(60)}]
    )

    assert BenefitMonth.objects.get(month=month("2026-02")).realized_value == 60


def test_a_benefit_in_hours_has_no_currency_and_two_of_a_name_are_refused(petra, program):
    saved = services.create_benefit(actor=petra, program=program, name="Time", measure="Hours", unit="hours")

    assert saved.currency == ""
    with pytest.raises(ValidationError, match="has this name"):
        services.create_benefit(actor=petra, program=program, name="Time", measure="Hours", unit="hours")


def test_contributors_may_not_change_benefits(bob, benefit):
    with pytest.raises(NotAllowed):
        services.set_benefit_months(actor=bob, benefit=benefit, months=[values("2026-02", Decimal(1))])


def test_the_list_of_a_program_holds_those_of_its_projects_and_flags_what_is_overdue(
    client, alice, petra, program, project, profile
):
    services.create_benefit(actor=petra, project=project, name="Less paper", measure="Sheets", unit="count")
    client.force_login(alice)

    text = text_of(client.get(listed(program)))

    assert "Less paper" in text
    assert "to be measured" in text
    assert "Less paper" in text_of(client.get(listed(project)))
    assert "Fewer calls" not in text_of(client.get(listed(project)))


def test_the_list_takes_as_few_statements_for_twenty_as_for_one(client, alice, acme, program, benefit):
    client.force_login(alice)
    client.get(listed(program))
    one = queries(client, listed(program))
    rows = Benefit.objects.bulk_create(
        Benefit(organization=acme, program=program, name=f"B{n}", measure="M", unit="count", owner=alice)
        for n in range(19)
    )
    BenefitMonth.objects.bulk_create(
        BenefitMonth(organization=acme, benefit=row, month=month("2026-01"), planned_value=1) for row in rows
    )

    assert queries(client, listed(program)) == one


def test_a_benefit_is_added_planned_in_its_grid_archived_and_restored(client, petra, program):
    client.force_login(petra)
    new = reverse("finance:program-benefit-create", args=[program.pk])
    sent = answers(client.get(new), name="Savings", measure="Cost a month", unit="money", is_lower_better=None)
    assert client.post(new, sent)["Location"]
    benefit = Benefit.objects.get()

    page = client.get(detail(benefit))
    months = reverse("finance:benefit-months", args=[benefit.pk])
    first = page.context["form"].grid[0].month
    response = client.post(months, answers(page, **{f"planned-{first:%Y-%m}": "1,200.50"}))

    assert response.status_code == 302
    assert BenefitMonth.objects.get().planned_value == Decimal("1200.5")
    assert "$1,200.50" in text_of(client.get(detail(benefit)))
    client.post(reverse("finance:benefit-archive", args=[benefit.pk]))
    assert "No benefits" in text_of(client.get(listed(program)))
    client.post(reverse("finance:benefit-restore", args=[benefit.pk]))
    assert "Savings" in text_of(client.get(listed(program)))


def test_a_wrong_value_is_told_at_its_cell_and_nothing_is_saved(client, petra, profile):
    client.force_login(petra)
    sent = answers(client.get(detail(profile)), **{"planned-2026-01": "many", "planned-2026-02": "7"})

    response = client.post(reverse("finance:benefit-months", args=[profile.pk]), sent)

    assert response.status_code == 422
    assert "Write a number" in text_of(response)
    assert BenefitMonth.objects.get(month=month("2026-02")).planned_value == 100


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("1,200.5", "1200.5"), ("1.200,5", "1200.5"), ("1 200", "1200"), ("1,200", "1200"), ("0,5", "0.5"), ("−3", "-3")],
)
def test_values_are_read_as_people_and_spreadsheets_write_them(typed, kept):
    assert ValueField(is_share=False).clean(typed) == Decimal(kept)


def test_shares_are_typed_in_percent_and_nonsense_is_refused():
    assert ValueField(is_share=True).clean("62.5%") == Decimal("0.625")
    for nonsense in ("NaN", "1e99", "a", "--1", "1.00001"):
        with pytest.raises(ValidationError):
            ValueField(is_share=False).clean(nonsense)


def test_members_without_the_right_to_amounts_are_refused(client, vera, profile):
    Membership.objects.filter(user=vera).update(sees_amounts=False)
    client.force_login(vera)

    assert client.get(detail(profile)).status_code == 403


def test_viewers_see_the_months_and_no_fields(client, vera, profile):
    client.force_login(vera)

    text = text_of(client.get(detail(profile)))

    assert "planned-2026-01" not in text
    assert client.post(reverse("finance:benefit-months", args=[profile.pk])).status_code == 403


def test_all_months_come_as_a_file(client, alice, program, profile):
    client.force_login(alice)

    text = text_of(client.get(listed(program) + "?format=csv"))

    assert "Fewer calls,EU launch,Support calls a month,Count,,Alice,2026-02-01,100.0000,,yes" in text
