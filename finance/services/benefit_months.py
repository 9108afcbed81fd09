"""Planning and measuring benefits by month, and taking that back."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.models import User
from core.access import require
from core.errors import Conflict, FieldErrors
from events.models import Event
from events.services import change_recorded
from finance.models import Benefit, BenefitMonth, BenefitUnit

#: A profile is 50 years long at most.
MOST_MONTHS = 600
VALUES = ("planned_value", "realized_value", "note")
#: No value is larger than a column holds: 14 digits before the point.
LARGEST = Decimal(10) ** 14
#: What the log calls the values of a month, and what they are where there is no such month.
WORDS = {"planned": "planned_value", "realized": "realized_value", "note": "note"}
NOTHING = {"planned_value": None, "realized_value": None, "note": ""}
AMOUNT = "_amount"
MEASURED = "benefit.measured"
#: Month -> what to set in it.
Wanted = dict[datetime.date, dict[str, Any]]


@dataclass(frozen=True)
class UndoneMonths:
    """The benefit whose months were taken back, and how many values were left since somebody changed them after."""

    benefit: Benefit
    left: int


@transaction.atomic
def set_benefit_months(
    *, actor: User, benefit: Benefit, months: Iterable[Mapping[str, Any]], expected_version: int | None = None
) -> Benefit:
    """Plan and measure a benefit: many months at once, also after its program has closed.

    Args:
        months: `month` (any day of it) and what to set of `planned_value`, `realized_value` and `note`; what is not
            named stays. A month that is left with neither value goes.
    Raises:
        NotAllowed: the actor's role may not change finances, or amounts are hidden from them.
        StaleEdit: somebody changed the benefit or its months since `expected_version`.
        FieldErrors: a month comes twice, or a value is too large.
    One event tells of all months, each with its values before and after.
    """
    require(actor, "finance.edit", benefit.organization_id)
    return _set_months(actor, benefit, _by_month(months), expected_version)


@transaction.atomic
def undo_benefit_months(*, actor: User, benefit: Benefit, request_id: str) -> UndoneMonths:
    """Take back what the actor planned and measured in one request; a value that somebody changed since is left.

    Raises:
        NotAllowed: the actor's role may not change finances, or amounts are hidden from them.
        Conflict: there is nothing of the actor's to take back, or all of it has changed since.
    """
    require(actor, "finance.edit", benefit.organization_id)
    events = Event.objects.filter(organization_id=benefit.organization_id).about(Benefit._meta.label_lower, benefit.pk)
    mine = events.filter(actor=actor, request_id=request_id, kind=MEASURED).exclude(request_id="")
    event = mine.order_by("-id").first()
    if event is None:
        raise Conflict("There is nothing to undo: it was not you who did this, or it is undone already.")
    benefit = Benefit.objects.select_for_update().get(pk=benefit.pk)
    wanted, left = _taken_back(benefit, event)
    if not wanted:
        raise Conflict("Nothing was taken back: somebody has changed these months since.")
    return UndoneMonths(_set_months(actor, benefit, wanted, note="Took back the change before."), left)


def _taken_back(benefit: Benefit, event: Event) -> tuple[Wanted, int]:
    """The months of an event as they were before, and how many of its values are others by now."""
    kept = {row.month: row for row in BenefitMonth.objects.filter(benefit=benefit)}
    wanted: Wanted = {}
    left = 0
    for key, (before, after) in event.changes.items():
        word, text = key.removesuffix(AMOUNT).split(" ")
        name, month = WORDS[word], datetime.date.fromisoformat(f"{text}-01")
        now = _plain(getattr(kept[month], name)) if month in kept else NOTHING[name]
        if now != after:
            left += 1
            continue
        wanted.setdefault(month, {})[name] = before if name == "note" or before is None else Decimal(before)
    return wanted, left


def _set_months(
    actor: User, benefit: Benefit, wanted: Wanted, expected_version: int | None = None, note: str = ""
) -> Benefit:
    benefit = Benefit.objects.select_for_update().get(pk=benefit.pk)
    kept = {row.month: row for row in BenefitMonth.objects.filter(benefit=benefit)}
    changes: dict[str, list[Any]] = {}
    changed: list[BenefitMonth] = []
    gone: list[BenefitMonth] = []
    for month, values in sorted(wanted.items()):
        row = kept.get(month) or BenefitMonth(organization_id=benefit.organization_id, benefit=benefit, month=month)
        told = _set(row, values)
        if not told:
            continue
        changes |= {f"{name} {month:%Y-%m}{_ending(name, benefit)}": pair for name, pair in told.items()}
        (gone if row.planned_value is None and row.realized_value is None else changed).append(row)
    changed_benefit = change_recorded(
        MEASURED, actor=actor, subject=benefit, values={}, expected_version=expected_version, note=note, also=changes
    )
    _write(changed, gone)
    return changed_benefit


def _by_month(months: Iterable[Mapping[str, Any]]) -> Wanted:
    wanted: Wanted = {}
    for given in months:
        month = given["month"].replace(day=1)
        if month in wanted:
            raise FieldErrors({"month": f"{month:%Y-%m} comes twice."})
        if any(abs(given[name]) >= LARGEST for name in VALUES[:2] if given.get(name) is not None):
            raise FieldErrors({"month": f"{month:%Y-%m}: a value has at most 14 digits before the point."})
        wanted[month] = {name: given[name] for name in VALUES if name in given}
    if len(wanted) > MOST_MONTHS:
        raise FieldErrors({"month": f"At most {MOST_MONTHS} months at once."})
    return wanted


def _set(row: BenefitMonth, values: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Set what differs, and tell it: field -> before and after. A month that is left with no value keeps no note."""
    told = {}
    then = {name: values.get(name, getattr(row, name)) for name in VALUES}
    if then["planned_value"] is None and then["realized_value"] is None:
        then["note"] = ""
    for name, value in then.items():
        before = getattr(row, name)
        if before != value:
            setattr(row, name, value)
            told[name.removesuffix("_value")] = [_plain(before), _plain(value)]
    return told


def _plain(value: Any) -> Any:
    """A value as the log keeps it."""
    return format(value.normalize(), "f") if isinstance(value, Decimal) else value


def _ending(name: str, benefit: Benefit) -> str:
    """What marks a value in the log as an amount of money, to be hidden from those who see none."""
    return AMOUNT if name != "note" and benefit.unit == BenefitUnit.MONEY else ""


def _write(changed: list[BenefitMonth], gone: list[BenefitMonth]) -> None:
    for row in changed:
        row.full_clean(exclude=["benefit"], validate_unique=False, validate_constraints=False)
    BenefitMonth.objects.bulk_create([row for row in changed if row.pk is None])
    BenefitMonth.objects.bulk_update([row for row in changed if row.pk is not None], VALUES)
    BenefitMonth.objects.filter(pk__in=[row.pk for row in gone if row.pk]).delete()
