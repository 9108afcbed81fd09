"""What the programs are to bring, and by what their money is judged."""

import datetime
import math
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from portfolio.demo.facts import Act, Ref


@dataclass(frozen=True)
class BenefitFacts:
    """A benefit of a program. It rises from `start` days by the day in `ramp` months to `full` a month.

    Args:
        share: what has come of the plan where it was measured.
        unmeasured: so many of the last months that have ended wait for somebody to measure them.
    """

    program: str
    name: str
    measure: str
    unit: str
    owner: str
    start: int
    months: int
    ramp: int
    full: Decimal
    share: Decimal
    unmeasured: int = 0
    is_lower_better: bool = False
    description: str = ""


@dataclass(frozen=True)
class CaseFacts:
    """The business case of a program: rates in percent, and what has to be true with its owner."""

    program: str
    discount: int
    timing: str
    summary: str
    assumptions: tuple[tuple[str, str], ...]


BENEFITS = (
    BenefitFacts(
        "EU", "Subscriptions from European shippers", "New recurring revenue a month", "money", "ines", -150, 30, 12,
        Decimal(240_000), Decimal("0.82"),
        description="Contracts signed by shippers whose data stays in the Union. Renewals are not counted.",
    ),
    BenefitFacts(
        "EU", "Deals no longer lost over residency", "Lost deals that name residency, a month", "count", "tomas", -270,
        30, 10, Decimal(6), Decimal("0.9"), unmeasured=2,
    ),
    BenefitFacts(
        "EU", "Shippers live in the region", "Share of European shippers on the regional cluster", "ratio", "leila",
        -120, 18, 14, Decimal("0.9"), Decimal("0.72"), unmeasured=1,
    ),
    BenefitFacts(
        "CS", "Hosting no longer paid", "Cost of the old data center avoided a month", "money", "ines", -220, 36, 8,
        Decimal(64_000), Decimal("1.06"),
    ),
    BenefitFacts(
        "CS", "Support hours freed", "Hours of support on the old product saved a month", "hours", "tomas", -210,
        30, 9, Decimal(420), Decimal("0.64"), unmeasured=3,
    ),
)  # fmt: skip
CASES = (
    CaseFacts(
        "EU", 10, "mid",
        "The launch pays through new subscriptions in the Union. Without it the European pipeline stays closed: "
        "residency is asked for in every second tender.",
        (
            ("Nine partners are certified by the launch.", "Jonas Lindqvist"),
            ("List prices hold in the first year.", "Ines Okafor"),
            ("The auditor attests residency without a second term.", "Leila Haddad"),
        ),
    ),
    CaseFacts(
        "CS", 8, "end", "Ending the old product pays by what no longer has to be run.",
        (("Six in ten customers move within the family.", "Tomás Riva"),),
    ),
)  # fmt: skip


def tell_benefits(day: datetime.date) -> Iterator[Act]:
    """Benefits with their profiles and business cases, as of a day."""
    for place, facts in enumerate(BENEFITS):
        yield from _benefit(facts, day, place)
    for place, case in enumerate(CASES):
        at = datetime.datetime.combine(day, datetime.time(9, 10 + place), datetime.UTC) - datetime.timedelta(60)
        assumptions = [{"text": text, "owner": owner} for text, owner in case.assumptions]
        fields = {
            "program": Ref(f"program:{case.program}"), "discount_ratio": Decimal(case.discount) / 100,
            "timing": case.timing, "summary": case.summary, "assumptions": assumptions,
        }  # fmt: skip
        yield Act(at, "ines", "create_business_case", "", f"case:{case.program}", fields)


def _benefit(facts: BenefitFacts, day: datetime.date, place: int) -> Iterator[Act]:
    at = datetime.datetime.combine(day, datetime.time(10, 5 * place), datetime.UTC)
    key = f"benefit:{facts.program}-{place}"
    first = (day + datetime.timedelta(facts.start)).replace(day=1)
    months = [_month(first, step) for step in range(facts.months)]
    planned = [_planned(facts, step) for step in range(facts.months)]
    fields = {
        "program": Ref(f"program:{facts.program}"), "name": facts.name, "measure": facts.measure, "unit": facts.unit,
        "owner": Ref(f"person:{facts.owner}"), "is_lower_better": facts.is_lower_better,
        "description": facts.description,
    }  # fmt: skip
    opened = at + datetime.timedelta(facts.start - 60)
    yield Act(opened, "ines", "create_benefit", "", key, fields)
    plan = [{"month": month, "planned_value": value} for month, value in zip(months, planned, strict=True)]
    yield Act(opened + datetime.timedelta(minutes=20), "ines", "set_benefit_months", key, "", {"months": plan})
    ended = [step for step, month in enumerate(months) if month < day.replace(day=1)]
    measured = ended[: len(ended) - facts.unmeasured]
    for part in (measured[: len(measured) // 2], measured[len(measured) // 2 :]):
        if part:
            rows = [{"month": months[step], "realized_value": _realized(facts, planned[step], step)} for step in part]
            told = datetime.datetime.combine(_month(months[part[-1]], 1), datetime.time(14, place), datetime.UTC)
            latest = at - datetime.timedelta(1)
            when = min(told + datetime.timedelta(4), latest)
            yield Act(when, "tomas", "set_benefit_months", key, "", {"months": rows})


def _month(first: datetime.date, step: int) -> datetime.date:
    whole = first.year * 12 + first.month - 1 + step
    return datetime.date(whole // 12, whole % 12 + 1, 1)


def _planned(facts: BenefitFacts, step: int) -> Decimal:
    return _whole(facts, facts.full * min(step + 1, facts.ramp) / facts.ramp)


def _realized(facts: BenefitFacts, planned: Decimal, step: int) -> Decimal:
    """Somewhat less than planned, more so at first."""
    wave = Decimal(round(math.sin(step * 1.7) * 6)) / 100
    return max(Decimal(0), _whole(facts, planned * (facts.share + wave)))


def _whole(facts: BenefitFacts, value: Decimal) -> Decimal:
    unit = {"money": Decimal(100), "ratio": Decimal("0.01")}.get(facts.unit, Decimal(1))
    return (value / unit).quantize(Decimal(1)) * unit
