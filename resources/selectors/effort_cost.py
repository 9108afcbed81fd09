"""What planned effort costs: the FTE of roles by month, at the roles' dated day amounts."""

import datetime
from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import TypeVar

from django.db.models import Sum

from resources.algorithms.pricing import NoRate, Rate, price
from resources.models import Allocation, AllocationKind, ResourceRole, RoleRate
from resources.selectors.capacity import Calendars

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class CostRow:
    """A role's effort and what it costs, by month; amounts are exact until they are shown."""

    role_id: int | None
    name: str
    currency: str
    fte: dict[datetime.date, Decimal]
    amounts: dict[datetime.date, Decimal]

    @property
    def whole(self) -> Decimal:
        return sum(self.amounts.values(), Decimal(0))


@dataclass(frozen=True)
class EffortCost:
    """What effort costs by role, and a sentence about each role whose effort has no price in some month."""

    rows: list[CostRow]
    missing: list[str]

    @property
    def currencies(self) -> list[str]:
        return sorted({row.currency for row in self.rows})


def effort_cost(
    organization_id: int,
    project_ids: Collection[int],
    months: list[datetime.date],
    kind: str = AllocationKind.PLAN,
) -> EffortCost:
    """What the effort of projects in some months costs, on the organization's default calendar.

    A role and month whose rate is missing on some working day has no price: a sentence names the role and the first
    such day, and nothing is added up in its place. Effort without a role has none either.
    """
    efforts = _efforts(organization_id, project_ids, months, kind)
    names = dict(
        ResourceRole.objects.filter(organization_id=organization_id, pk__in=[pk for pk in efforts if pk]).values_list(
            "pk", "name"
        )
    )
    rates = _rates(organization_id, names)
    calendar = Calendars(organization_id).engine(None)
    rows: list[CostRow] = []
    missing: dict[int | None, str] = {}
    for role_id in sorted(efforts, key=lambda pk: (pk is None, names.get(pk or 0, "").casefold(), pk or 0)):
        effort = efforts[role_id]
        if role_id is None:
            missing[None] = "Effort that names no role has no price. Give its rows a role."
            continue
        amounts: dict[str, dict[datetime.date, Decimal]] = defaultdict(dict)
        for month, fte in sorted(effort.items()):
            try:
                priced = price(names[role_id], rates.get(role_id, []), calendar, month, fte)
            except NoRate as error:
                missing.setdefault(role_id, str(error))
                continue
            for currency, amount in priced.items():
                amounts[currency][month] = amount
        rows += [CostRow(role_id, names[role_id], currency, effort, by) for currency, by in sorted(amounts.items())]
    return EffortCost(rows, list(missing.values()))


def _efforts(
    organization_id: int, project_ids: Collection[int], months: list[datetime.date], kind: str
) -> dict[int | None, dict[datetime.date, Decimal]]:
    rows = Allocation.objects.filter(
        organization_id=organization_id, project_id__in=project_ids, kind=kind, month__in=months
    )
    found: dict[int | None, dict[datetime.date, Decimal]] = defaultdict(dict)
    for role_id, month, fte in rows.order_by().values_list("role_id", "month").annotate(whole=Sum("fte")):
        found[role_id][month] = fte
    return found


def _rates(organization_id: int, role_ids: Collection[int]) -> dict[int, list[Rate]]:
    found: dict[int, list[Rate]] = defaultdict(list)
    rows = RoleRate.objects.filter(organization_id=organization_id, role_id__in=role_ids).order_by(
        "role_id", "from_date"
    )
    for role_id, *rate in rows.values_list("role_id", "from_date", "day_amount", "currency"):
        found[role_id].append(Rate(*rate))
    return found


def whole_parts(amounts: Mapping[Key, Decimal], whole: Decimal) -> dict[Key, Decimal]:
    """Amounts in whole units of the currency that sum up to `whole`: what is left goes to the largest remainders."""
    parts = {key: amount.quantize(Decimal(1), ROUND_FLOOR) for key, amount in amounts.items()}
    left = int(whole - sum(parts.values(), Decimal(0)))
    for key in sorted(parts, key=lambda key: parts[key] - amounts[key])[: max(left, 0)]:
        parts[key] += 1
    for key in list(parts)[: max(-left, 0)]:
        parts[key] -= 1
    return parts
