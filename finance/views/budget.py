"""The budget page of a project, program or product: where its money stands against its budget."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from core.pages import MemberRequest
from core.templatetags.portolan import money_short, percent
from finance.charts.burn_up import burn_up_chart, fan_words
from finance.models import EntryKind
from finance.models.entry import COSTS, INCOME
from finance.selectors.standing import Standing, standing_of
from finance.selectors.variance import ZOOMS, Group, Line, variance_table
from finance.views.subject import Subject, found_subject


@dataclass(frozen=True)
class Tile:
    """A headline figure: see core/_tiles.html."""

    label: str
    value: str
    note: str = ""
    of: str = ""
    url: str = ""


@dataclass(frozen=True)
class Links:
    """Where the entries behind a figure are listed."""

    subject: Subject
    standing: Standing

    def to(
        self,
        kinds: Sequence[str] = (),
        classes: Sequence[str] = (),
        first: datetime.date | None = None,
        last: datetime.date | None = None,
    ) -> str:
        query: list[tuple[str, Any]] = [(self._column(kinds), self.subject.row.pk)]
        query += [("kind", kind) for kind in kinds] + [("entry_class", str(each)) for each in classes]
        query += [("from_month", f"{first:%Y-%m}")] if first else []
        query += [("to_month", f"{last:%Y-%m}")] if last else []
        return f"{reverse('finance:entry-list')}?{urlencode(query)}"

    def _column(self, kinds: Sequence[str]) -> str:
        if self.subject.kind != "program":
            return self.subject.kind
        if list(kinds) == [EntryKind.BUDGET]:
            return "program" if self.standing.is_given else "below_program"
        return "in_program"


@dataclass(frozen=True)
class Shown:
    """An amount of the table, and its rows."""

    amount: Decimal | None
    url: str
    is_over: bool = False


def shown_groups(links: Links, columns: Sequence[Any], groups: Sequence[Group]) -> list[dict[str, Any]]:
    """The groups of the variance table with the address of each figure."""

    def cells(line: Line) -> list[Shown]:
        kinds = () if line.is_variance else (line.kind,)
        return [
            Shown(amount, links.to(kinds, line.classes, column.start_date, column.finish_date), column.is_over)
            for amount, column in zip(line.amounts, columns, strict=True)
        ]

    def shown(line: Line) -> dict[str, Any]:
        url = links.to(() if line.is_variance else (line.kind,), line.classes)
        return {"line": line, "cells": cells(line), "url": url}

    return [{"group": group, "lines": [shown(line) for line in group.lines]} for group in groups]


def tiles_of(standing: Standing, links: Links) -> list[Tile]:
    """The headline figures."""
    currency = standing.subject.organization.currency
    budget, actual, estimate = standing.total("budget"), standing.total("actual"), standing.estimate()
    approved = f"budget {standing.approved.number} approved" if standing.approved else "not approved yet"
    spent = f"{percent(actual / budget)} of the budget" if budget else "no budget to compare"
    gap = budget - estimate
    found = [
        Tile("Budget", money_short(budget, currency), approved, url=links.to(["budget"], COSTS)),
        Tile("Actual to date", money_short(actual, currency), spent, url=links.to(["actual"], COSTS)),
        Tile(
            "Estimate at completion", money_short(estimate, currency), "actual so far, then forecast",
            url=links.to(["forecast", "actual"], COSTS),
        ),
    ]  # fmt: skip
    if budget:
        words = "under budget" if gap > 0 else "over budget" if gap < 0 else "as budgeted"
        found.append(
            Tile("Variance at completion", money_short(gap, currency), f"{percent(abs(gap / budget))} {words}")
        )
    return found + further_tiles(standing, links)


def further_tiles(standing: Standing, links: Links) -> list[Tile]:
    """What is left to give of a budget that was given on, and the income, where there are any."""
    currency, found = standing.subject.organization.currency, []
    given = standing.given
    if given.difference is not None and standing.children:
        words = "left to give" if given.difference >= 0 else "more than was given"
        found.append(Tile("Unallocated", money_short(given.difference, currency), words, url="#given"))
    if any(standing.has(kind, INCOME) for kind in EntryKind.values):
        planned = standing.total("budget", INCOME)
        note = f"{money_short(planned, currency)} budgeted" if planned else "not budgeted"
        url = links.to((), INCOME)
        found.append(Tile("Income expected", money_short(standing.estimate(INCOME), currency), note, url=url))
    return found


@require_GET
def subject_budget(request: MemberRequest, pk: int, kind: str) -> HttpResponse:
    """Budget, forecast and actual of a subject; `zoom` shows months, quarters or fiscal years."""
    subject = found_subject(request, kind, pk)
    subject.row.organization = request.organization
    standing = standing_of(subject.row, timezone.localdate())
    zoom = request.GET.get("zoom", "")
    zoom = zoom if zoom in ZOOMS else "quarter" if len(standing.months) > 18 else "month"
    table = variance_table(standing, zoom, request.organization.fiscal_year_start_month)
    links = Links(subject, standing)
    context = {
        **subject.head(request, "budget"),
        "standing": standing,
        "tiles": [] if standing.is_empty else tiles_of(standing, links),
        "figure": burn_up_chart(standing, links.to()),
        "fan_words": fan_words(standing),
        "table": table,
        "groups": shown_groups(links, table.columns, table.groups),
        "zoom": zoom,
        "zooms": ZOOMS,
        "entries_url": links.to(),
        "urls": {name: subject.url(f"budget-{name}") for name in ("grid", "history", "approve")},
    }
    return render(request, "finance/budget.html", context)
