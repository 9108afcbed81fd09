"""Whether a project is on track, judged from its figures, with the reasons in words.

Thresholds, for a project in flight on a day:

| what | at risk (amber) | off track (red) |
|---|---|---|
| finish behind plan, or start overdue | 30 days, or 10 % of the planned duration | 90 days, or 25 % |
| cost over budget | 10 % | 25 % |
| progress behind elapsed time; spending ahead of progress | 15 points | 30 points |
| projects of a group off track; at risk | any; a third | a third; - |

Sources: 30 and 90 days are the steps in which the US Federal IT Dashboard rated schedules (GAO-10-701, July 2010).
10 % is the variance from cost and schedule goals that the Federal Acquisition Streamlining Act of 1994, title V,
tolerates; 25 % is a critical change of a major automated information system (10 U.S.C. 2445c, 2007). The points and
thirds are ours. A slip of less than five days is within a working week of the plan and never counts by ratio.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

GREEN, AMBER, RED, UNREPORTED = "green", "amber", "red", "unreported"
WORST_FIRST = (RED, AMBER, GREEN)

SLIP_DAYS = (30, 90)
SLIP_RATIO = (Decimal("0.10"), Decimal("0.25"))
SMALLEST_SLIP_DAYS = 5
COST_RATIO = (Decimal("0.10"), Decimal("0.25"))
GAP_RATIO = (Decimal("0.15"), Decimal("0.30"))
GROUP_RATIO = Decimal(1) / 3
MOST_REASONS = 3


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a project; None where nothing is."""

    status: str
    is_in_flight: bool
    has_started: bool
    planned_start_date: datetime.date | None = None
    planned_finish_date: datetime.date | None = None
    expected_finish_date: datetime.date | None = None
    budget: Decimal | None = None
    actual: Decimal | None = None
    progress: Decimal | None = None

    @property
    def planned_days(self) -> int | None:
        """Calendar days from planned start to planned finish, both included."""
        if self.planned_start_date is None or self.planned_finish_date is None:
            return None
        return (self.planned_finish_date - self.planned_start_date).days + 1


@dataclass(frozen=True, slots=True)
class Health:
    """green, amber, red or unreported, and the facts that decided it, the worst first."""

    value: str
    reasons: tuple[str, ...]


Verdict = tuple[str, str]


def project_health(facts: Facts, day: datetime.date) -> Health:
    """Health of a project as its figures show it on `day`; the worst verdict holds.

    Money alone can put a project at risk, never on track: on track needs something known about its schedule.
    Cost: O(1).
    """
    if not facts.is_in_flight:
        return Health(UNREPORTED, (f"{facts.status}: not under way, so there is nothing to judge.",))
    schedule = [verdict for rule in SCHEDULE_RULES if (verdict := rule(facts, day))]
    money = [verdict for rule in MONEY_RULES if (verdict := rule(facts, day))]
    verdicts = sorted([*schedule, *money], key=lambda verdict: WORST_FIRST.index(verdict[0]))
    if not verdicts:
        return Health(UNREPORTED, ("No dates, budget or progress: there is nothing to judge.",))
    value = verdicts[0][0]
    reasons = tuple(sentence for _, sentence in verdicts[:MOST_REASONS])
    if value == GREEN and not schedule:
        return Health(UNREPORTED, (*reasons, "No dates or progress: too little to call it on track."))
    return Health(value, reasons)


def shown_health(computed: Health, reported: str, note: str) -> Health:
    """What its manager says, if anything was said, else what the figures show."""
    if not reported:
        return computed
    words = {GREEN: "on track", AMBER: "at risk", RED: "off track"}[reported]
    reasons = [f"Reported {words}: {note}" if note else f"Reported {words}."]
    if computed.value not in (reported, UNREPORTED):
        reasons.append(f"The figures alone: {computed.reasons[0]}")
    return Health(reported, tuple(reasons))


def group_health(green: int, amber: int, red: int, unreported: int) -> Health:
    """Health of projects in flight together: a program, a portfolio, or what serves a product.

    Args:
        green, amber, red, unreported: numbers of projects in flight; shares are of those that are known.
    """
    known = green + amber + red
    if not known:
        sentence = "None of its projects in flight is reported." if unreported else "It has no projects in flight."
        return Health(UNREPORTED, (sentence,))
    whole = known + unreported
    off, at_risk = f"{red} of {whole} off track", f"{amber} of {whole} at risk"
    reasons = tuple(words for words, count in ((off, red), (at_risk, amber)) if count)
    if red >= known * GROUP_RATIO:
        return Health(RED, reasons)
    if red or amber >= known * GROUP_RATIO:
        return Health(AMBER, reasons)
    return Health(GREEN, (*reasons, f"{green} of {whole} on track"))


def late_days(
    *,
    is_in_flight: bool,
    planned_finish_date: datetime.date | None,
    expected_finish_date: datetime.date | None,
    day: datetime.date,
) -> int:
    """Calendar days by which a project in flight will miss its planned finish, or has missed it on `day`; else 0."""
    if not is_in_flight or planned_finish_date is None:
        return 0
    finish = max(expected_finish_date or planned_finish_date, day)
    return max(0, (finish - planned_finish_date).days)


def _finish(facts: Facts, day: datetime.date) -> Verdict | None:
    planned = facts.planned_finish_date
    if planned is None:
        return None
    expected = facts.expected_finish_date or planned
    if expected < day:
        overdue = (day - planned).days
        if overdue <= 0:
            return GREEN, f"Was expected on {_words(expected)}; planned for {_words(planned)}."
        return _slip_letter(
            overdue, facts
        ), f"Planned to finish on {_words(planned)} and not done {_days(overdue)} later."
    slip = (expected - planned).days
    if slip > 0:
        share = (
            f", {_percent(Decimal(slip) / facts.planned_days)} of its planned duration" if facts.planned_days else ""
        )
        return _slip_letter(slip, facts), f"Expected to finish {_days(slip)} late{share}."
    when = f"{_days(-slip)} early" if slip else "as planned"
    return GREEN, f"Expected to finish {when}, on {_words(expected)}."


def _start(facts: Facts, day: datetime.date) -> Verdict | None:
    planned = facts.planned_start_date
    if planned is None or facts.has_started or planned >= day:
        return None
    overdue = (day - planned).days
    return _slip_letter(overdue, facts), f"Was to start on {_words(planned)} and has not, {_days(overdue)} later."


def _pace(facts: Facts, day: datetime.date) -> Verdict | None:
    if facts.progress is None or facts.planned_start_date is None or not facts.planned_days:
        return None
    passed = (day - facts.planned_start_date).days
    elapsed = min(Decimal(1), max(Decimal(0), Decimal(passed) / facts.planned_days))
    sentence = f"{_percent(facts.progress)} done when {_percent(elapsed)} of the planned time has passed."
    return _letter(elapsed - facts.progress, GAP_RATIO), sentence


def _cost(facts: Facts, day: datetime.date) -> Verdict | None:
    if not facts.budget or facts.actual is None:
        return None
    spent = facts.actual / facts.budget
    sentence = f"{_percent(spent - 1)} over its budget." if spent > 1 else f"Spent {_percent(spent)} of its budget."
    return _letter(spent - 1, COST_RATIO), sentence


def _spending(facts: Facts, day: datetime.date) -> Verdict | None:
    if not facts.budget or facts.actual is None or facts.progress is None:
        return None
    spent = facts.actual / facts.budget
    letter = _letter(spent - facts.progress, GAP_RATIO)
    if letter == GREEN:
        return None
    return letter, f"Spent {_percent(spent)} of its budget for {_percent(facts.progress)} of the work."


Rule = Callable[[Facts, datetime.date], Verdict | None]
SCHEDULE_RULES: tuple[Rule, ...] = (_finish, _start, _pace)
MONEY_RULES: tuple[Rule, ...] = (_cost, _spending)


def _slip_letter(days: int, facts: Facts) -> str:
    amber, red = SLIP_DAYS
    ratio = Decimal(0)
    if facts.planned_days and days >= SMALLEST_SLIP_DAYS:
        ratio = Decimal(days) / facts.planned_days
    if days >= red:
        return RED
    by_ratio = _letter(ratio, SLIP_RATIO)
    return AMBER if by_ratio == GREEN and days >= amber else by_ratio


def _letter(value: Decimal, steps: tuple[Decimal, Decimal]) -> str:
    amber, red = steps
    return RED if value >= red else AMBER if value >= amber else GREEN


def _percent(ratio: Decimal) -> str:
    return f"{round(ratio * 100)}%"


def _days(count: int) -> str:
    return f"{count:,} day{'' if count == 1 else 's'}"


def _words(day: datetime.date) -> str:
    return f"{day.day} {day:%b %Y}"
