"""Benefits: what was promised by month, what has come of it, and what nobody has measured yet."""

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import accumulate
from typing import Any

from django.db.models import Q

from core.templatetags.portolan import money, money_short, number, percent
from finance.algorithms.discounting import total
from finance.models import Benefit, BenefitMonth, BenefitUnit
from resources.algorithms.months import distance, first_of, months_between, plus_months

#: What stands after a value of a unit.
AFTER: dict[str, str] = {BenefitUnit.HOURS: " h", BenefitUnit.POINTS: " points"}
#: A grid opens with so many months where nothing is planned yet, and so many empty ones after the last.
FIRST_MONTHS, FREE_MONTHS = 24, 6
#: A grid has three fields in each of its rows, and a form a thousand at most.
MOST_MONTHS = 240
BENEFIT_HEADER = (
    "Benefit", "Of", "Measure", "Unit", "Currency", "Owner", "Month", "Planned", "Realized", "Overdue", "Note",
)  # fmt: skip


@dataclass(frozen=True)
class MonthRow:
    """A month of a benefit's profile."""

    month: datetime.date
    planned: Decimal | None
    realized: Decimal | None
    note: str
    is_closed: bool

    @property
    def is_overdue(self) -> bool:
        """It was planned, has ended, and nobody has measured it."""
        return self.is_closed and self.planned is not None and self.realized is None


@dataclass(frozen=True)
class BenefitRead:
    """A benefit with its profile, as of a day. Shares are told by their last month; all other units are added up."""

    benefit: Benefit
    months: list[MonthRow] = field(default_factory=list)

    @property
    def is_share(self) -> bool:
        return self.benefit.unit == BenefitUnit.RATIO

    @property
    def is_money(self) -> bool:
        return self.benefit.unit == BenefitUnit.MONEY

    def words(self, value: Decimal | None, *, is_short: bool = False) -> str:
        """A value in the benefit's unit: $12,000, 62%, 40 h."""
        if value is None:
            return "–"
        if self.is_money:
            currency = self.benefit.currency
            return str(money_short(value, currency) if is_short else money(round(value, 2), currency))
        if self.is_share:
            return str(percent(value, 1 if value * 100 % 1 else 0))
        places = 0 if value == value.to_integral_value() else 2
        return f"{number(value, places)}{AFTER.get(self.benefit.unit, '')}"

    @property
    def told(self) -> dict[str, str]:
        """What its line in a list says, in words."""
        names = ("planned", "planned_so_far", "realized")
        return {name: self.words(getattr(self, name)) for name in names}

    @property
    def lines(self) -> list[tuple["MonthRow", str, str]]:
        """Its months with planned and realized in words."""
        return [(row, self.words(row.planned), self.words(row.realized)) for row in self.months]

    @property
    def planned(self) -> Decimal | None:
        """All that is planned."""
        return self._together([row.planned for row in self.months])

    @property
    def planned_so_far(self) -> Decimal | None:
        """What was planned of the months that are measured."""
        return self._together([row.planned for row in self.months if row.realized is not None])

    @property
    def realized(self) -> Decimal | None:
        return self._together([row.realized for row in self.months])

    @property
    def overdue(self) -> list[datetime.date]:
        return [row.month for row in self.months if row.is_overdue]

    @property
    def attained(self) -> Decimal | None:
        """Realized as a share of what was planned for the months that are measured."""
        planned, realized = self.planned_so_far, self.realized
        return realized / planned if planned and realized is not None else None

    @property
    def is_behind(self) -> bool:
        """Less than planned, or more where lower is better."""
        planned, realized = self.planned_so_far, self.realized
        if planned is None or realized is None:
            return False
        return realized > planned if self.benefit.is_lower_better else realized < planned

    @property
    def last_measured(self) -> datetime.date | None:
        return max((row.month for row in self.months if row.realized is not None), default=None)

    @property
    def running(self) -> list[tuple[datetime.date, Decimal | None, Decimal | None]]:
        """Planned and realized by month as they are drawn: run up, or month by month where it is a share."""
        last = self.last_measured
        planned = [row.planned for row in self.months]
        realized = [row.realized for row in self.months]
        if not self.is_share:
            planned = list(accumulate(value or Decimal(0) for value in planned))
            realized = list(accumulate(value or Decimal(0) for value in realized))
        return [
            (row.month, plan, real if last is not None and row.month <= last else None)
            for row, plan, real in zip(self.months, planned, realized, strict=True)
        ]

    def _together(self, values: Sequence[Decimal | None]) -> Decimal | None:
        known = [value for value in values if value is not None]
        if not known:
            return None
        return known[-1] if self.is_share else total(known)


def benefits_of(subject: Any) -> Any:
    """A subject's benefits; of a program those of its live projects as well."""
    rows = Benefit.objects.filter(organization_id=subject.organization_id)
    if subject._meta.model_name == "program":
        return rows.filter(Q(program=subject) | Q(project__program=subject, project__archived_at=None))
    return rows.filter(**{subject._meta.model_name: subject})


def benefit_reads(benefits: Iterable[Benefit], today: datetime.date) -> list[BenefitRead]:
    """Benefits with their profiles, in their order. Cost: one statement more."""
    rows = list(benefits)
    found: dict[int, list[MonthRow]] = {}
    for each in BenefitMonth.objects.filter(benefit__in=rows).order_by("month", "pk"):
        found.setdefault(each.benefit_id, []).append(_month_row(each, today))
    return [BenefitRead(row, found.get(row.pk, [])) for row in rows]


def _month_row(row: BenefitMonth, today: datetime.date) -> MonthRow:
    return MonthRow(row.month, row.planned_value, row.realized_value, row.note, row.month < first_of(today))


def grid_of(read: BenefitRead, today: datetime.date) -> list[MonthRow]:
    """The months of a benefit's grid without a gap, and some free ones to plan on; two years where there are none."""
    by_month = {row.month: row for row in read.months}
    first = min(by_month, default=first_of(today))
    last = plus_months(max(by_month), FREE_MONTHS) if by_month else plus_months(first, FIRST_MONTHS - 1)
    if distance(first, last) >= MOST_MONTHS:
        last = plus_months(first, MOST_MONTHS - 1)
    return [
        by_month.get(each) or MonthRow(each, None, None, "", each < first_of(today))
        for each in months_between(first, last)
    ]


def benefit_cells(reads: Iterable[BenefitRead]) -> Iterator[tuple[Any, ...]]:
    """Benefits by month as rows of a file, in the order of `BENEFIT_HEADER`; one without months has one row."""
    for read in reads:
        one = read.benefit
        head = (
            one.name, str(one.subject), one.measure, one.get_unit_display(), one.currency,
            str(one.owner) if one.owner else "",
        )  # fmt: skip
        for row in read.months:
            yield (*head, row.month, row.planned, row.realized, row.is_overdue, row.note)
        if not read.months:
            yield (*head, None, None, None, None, "")
