"""Microsoft Project files for tests: the shared ones, and random plans with everything in them that is kept."""

import datetime
import random
from decimal import Decimal
from pathlib import Path

from django.conf import settings

from integrations.algorithms.mspdi_writing import write_mspdi
from projects.algorithms.exchange import (
    ROOT,
    ExchangedActivity,
    ExchangedBaseline,
    ExchangedBaselineRow,
    ExchangedCalendar,
    ExchangedLink,
    ExchangedPlan,
)

FOLDER = Path(settings.BASE_DIR).parent / "shared" / "data" / "mspdi"
FILES = sorted(FOLDER.glob("*.xml"))
OFFICE = [[[480, 720], [780, 1020]] for _ in range(5)] + [[], []]
NAMES = ["Design", "Baue Prüfstand", "Évaluation", "Строить", "A & B <C>", "“Quoted” 'x'", "日本"]
MONDAY = datetime.datetime(2026, 5, 4, 8)  # noqa: DTZ001 - a plan has no time zone


def file_of(plan: ExchangedPlan) -> bytes:
    return b"".join(write_mspdi(plan))


def task(uid: int, name: str = "", **values) -> str:
    """A task element; `links` and other parts come as `parts`."""
    parts = values.pop("parts", "")
    values = {"UID": uid, "ID": uid, "Name": name or f"Task {uid}", "OutlineLevel": 1, **values}
    values.setdefault("Start", "2026-05-04T08:00:00")
    values.setdefault("Finish", "2026-05-04T17:00:00")
    values.setdefault("Duration", "PT8H0M0S")
    return "<Task>" + "".join(f"<{k}>{v}</{k}>" for k, v in values.items()) + parts + "</Task>"


def link(uid: int, **values) -> str:
    values = {"PredecessorUID": uid, "Type": 1, "LinkLag": 0, "LagFormat": 7, **values}
    return "<PredecessorLink>" + "".join(f"<{k}>{v}</{k}>" for k, v in values.items()) + "</PredecessorLink>"


def project(*tasks: str, head: str = "") -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><Project xmlns="http://schemas.microsoft.com/project">'
        f"<Title>Apollo</Title><StartDate>2026-05-04T08:00:00</StartDate>{head}<Tasks>{''.join(tasks)}</Tasks></Project>"
    ).encode()


def random_plan(seed: int, size: int = 25) -> ExchangedPlan:
    """A plan with every fact that is kept: outline, links, constraints, calendars, baselines, progress, estimates."""
    rng = random.Random(seed)  # noqa: S311 - tests
    activities, level = [], 0
    for number in range(1, size + 1):
        level = rng.randint(1, min(level + 1, 5))
        activities.append(_activity(rng, number, level))
    levels = [one.level for one in activities] + [0]
    activities = [_as_summary(one) if levels[place + 1] > one.level else one for place, one in enumerate(activities)]
    numbers = [one.number for one in activities if one.kind != "summary"]
    pairs = {(a, b) for a, b in (sorted(rng.sample(numbers, 2)) for _ in range(size)) if a != b}
    return ExchangedPlan(
        name=f"Plan {seed} {rng.choice(NAMES)}",
        description="First line\nsecond",
        external_key="" if seed % 2 else f"0000{seed:04d}-AAAA-BBBB-CCCC-000000000000",
        start_at=MONDAY,
        finish_at=MONDAY + datetime.timedelta(days=90, hours=9),
        status_date=rng.choice([None, datetime.date(2026, 5, 1)]),
        calendar="Standard",
        currency="USD",
        calendars=(
            ExchangedCalendar("Night", [[[0, 180], [1380, 1440]]] * 7),
            ExchangedCalendar(
                "Standard",
                OFFICE,
                [
                    {"name": "Ascension", "first": "2026-05-14", "last": "2026-05-14", "shifts": []},
                    {"name": "", "first": "2026-05-16", "last": "2026-05-16", "shifts": [[540, 720]]},
                ],
                [
                    {
                        "name": "Summer",
                        "first": "2026-07-01",
                        "last": "2026-07-31",
                        "week": [[[420, 900]]] * 5 + [[], []],
                    }
                ],
            ),
        ),
        activities=tuple(activities),
        links=tuple(sorted((_link(rng, *pair) for pair in pairs), key=lambda one: (one.successor, one.predecessor))),
        baselines=tuple(ExchangedBaseline(number, _rows(rng, numbers)) for number in sorted(rng.sample(range(11), 2))),
    )


def _activity(rng: random.Random, number: int, level: int) -> ExchangedActivity:
    start = MONDAY + datetime.timedelta(days=rng.randint(0, 60), hours=rng.choice([0, 2]))
    finish = start + datetime.timedelta(days=rng.randint(0, 5), hours=rng.choice([1, 3, 16]))
    progress = Decimal(rng.choice([0, 0, 37, 100])) / 100
    constraint = rng.choice(["asap", "asap", "alap", "snet", "snlt", "fnet", "fnlt", "mso", "mfo"])
    low = Decimal(rng.randint(1, 4000)) / 10
    has_estimate = rng.random() < 0.4
    return ExchangedActivity(
        number=number,
        level=level,
        name=f"{rng.choice(NAMES)} {number}",
        kind=rng.choice(["task", "task", "milestone"]),
        status="done" if progress == 1 else "in_progress" if progress else rng.choice(["not_started", "cancelled"]),
        description=rng.choice(["", "Why\nand how"]),
        external_key=rng.choice([f"key {number}", f"{number:08d}-1111-2222-3333-444444444444"]),
        progress_ratio=progress.quantize(Decimal("0.0001")),
        is_manual=rng.random() < 0.3,
        is_elapsed=rng.random() < 0.2,
        duration_minutes=Decimal(rng.randint(0, 60_000)) / 10,
        work_minutes=rng.choice([None, Decimal("480.5")]),
        start_at=start,
        finish_at=finish,
        actual_start_at=start if progress else None,
        actual_finish_at=finish if progress == 1 else None,
        planned_cost_amount=rng.choice([None, Decimal("1234.56"), Decimal("0.07")]),
        actual_cost_amount=rng.choice([None, Decimal("99.90")]) if progress else None,
        constraint_type=constraint,
        constraint_at=None if constraint in ("asap", "alap") else start,
        deadline_at=rng.choice([None, finish]),
        calendar=rng.choice(["", "Night", "Standard"]),
        optimistic_minutes=low if has_estimate else None,
        likely_minutes=low * 2 if has_estimate else None,
        pessimistic_minutes=low * 5 if has_estimate else None,
        delay_group=rng.choice(["", "Supplier Öl"]),
    )


def _as_summary(one: ExchangedActivity) -> ExchangedActivity:
    return ExchangedActivity(
        one.number, one.level, one.name, "summary", external_key=one.external_key,
        duration_minutes=Decimal(480), start_at=one.start_at, finish_at=one.finish_at,
    )  # fmt: skip


def _link(rng: random.Random, predecessor: int, successor: int) -> ExchangedLink:
    unit = rng.choice(["working", "elapsed", "percent", "elapsed_percent"])
    lag = Decimal(rng.randint(-9000, 9000))
    if "percent" in unit:
        return ExchangedLink(
            predecessor,
            successor,
            rng.choice(["fs", "ss", "ff", "sf"]),
            unit,
            lag_ratio=Decimal(rng.randint(-50, 150)) / 100,
        )
    return ExchangedLink(predecessor, successor, rng.choice(["fs", "ss", "ff", "sf"]), unit, lag / 10)


def _rows(rng: random.Random, numbers: list[int]) -> dict[int, ExchangedBaselineRow]:
    chosen = [ROOT, *rng.sample(numbers, min(4, len(numbers)))]
    return {
        number: ExchangedBaselineRow(
            MONDAY, MONDAY + datetime.timedelta(days=3), Decimal("2880.5"), None, rng.choice([None, Decimal("12.30")])
        )
        for number in chosen
    }
