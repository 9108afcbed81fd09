"""Whether a program, project or product pays: its cash flow, the figures, what they assume and hang on."""

import datetime
import re
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import Membership
from core.access import require
from core.exports import FORMATS, export
from core.pages import MemberRequest, form_page, page_of, posted
from core.templatetags.portolan import money_short, percent
from finance import selectors, services
from finance.algorithms.rounding import largest_remainder, rounded
from finance.charts import cash_chart, rate_chart
from finance.forms import BusinessCaseForm
from finance.models import BusinessCase, EntryClass
from finance.models.entry import COSTS, INCOME
from finance.selectors import BASES, MIXED, CaseRead
from finance.views.budget import Tile
from finance.views.subject import found_subject

#: Where the months stand that every figure of a case is made of.
MONTHS = "#months"
MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
#: Words of an address for several classes together.
SIDES = {"costs": COSTS, "income": INCOME}
FLOW_HEADER = ("Month", "Kinds", *EntryClass.labels, "Net", "Cumulative", "Discounted", "Discounted cumulative")


@dataclass(frozen=True)
class FlowRow:
    """A month as it is shown: costs, income, net, cumulative, discounted and discounted cumulative, rounded."""

    month: datetime.date
    kinds: str
    values: tuple[Decimal, ...]


@dataclass(frozen=True)
class FlowTable:
    """A cash flow as it is shown: its rows add up to its totals."""

    rows: list[FlowRow]
    cost: Decimal
    income: Decimal
    npv: Decimal

    @property
    def net(self) -> Decimal:
        return self.income - self.cost


def flow_table(read: CaseRead) -> FlowTable:
    """Amounts to the cent, discounted ones to the unit, each column rounded such that it adds up."""
    costs = largest_remainder([row.cost for row in read.months])
    incomes = largest_remainder([row.income for row in read.months])
    worth = largest_remainder([row.discounted for row in read.months], Decimal(1))
    nets = [income - cost for cost, income in zip(costs, incomes, strict=True)]
    columns = zip(costs, incomes, nets, accumulate(nets), worth, accumulate(worth), strict=True)
    rows = [
        FlowRow(row.month, ", ".join(sorted(row.kinds)), values)
        for row, values in zip(read.months, columns, strict=True)
    ]
    return FlowTable(rows, sum(costs, Decimal(0)), sum(incomes, Decimal(0)), sum(worth, Decimal(0)))


def class_totals(read: CaseRead) -> list[tuple[EntryClass, Decimal]]:
    """Classes with their totals, rounded such that costs and income are the sums of theirs."""
    shown = []
    for side in (COSTS, INCOME):
        classes = [(each, amount) for each, amount in read.classes if each in side]
        amounts = largest_remainder([amount for _, amount in classes])
        shown += [(each, amount) for (each, _), amount in zip(classes, amounts, strict=True)]
    return shown


def basis_of(request: MemberRequest) -> str:
    """Which kinds of entries count, as the address says."""
    asked = request.GET.get("count", MIXED)
    return asked if asked in BASES else MIXED


@require_GET
def business_case(request: MemberRequest, pk: int, kind: str) -> HttpResponseBase:
    """The business case of a subject; `count` chooses the kinds of entries, `format` gets the months as a file."""
    subject = found_subject(request, kind, pk)
    basis = basis_of(request)
    read = selectors.case_read(subject.row, timezone.localdate(), basis)
    if (file_format := request.GET.get("format", "")) in FORMATS:
        return export(flow_cells(read), header=FLOW_HEADER, name="business-case", file_format=file_format)
    rows_url = f"{subject.url('business-case-rows')}?count={basis}"
    context = subject.head(request, "business-case") | {
        "read": read,
        "bases": BASES,
        "basis": basis,
        "rows_url": rows_url,
        "edit_url": subject.url("business-case-edit"),
    }
    if read.months:
        context |= figures_of(read, rows_url, request.organization.currency)
    return render(request, "finance/business_case.html", context)


def figures_of(read: CaseRead, rows_url: str, currency: str) -> dict[str, Any]:
    """What a business case with a cash flow shows."""
    costs, incomes = read.sensitivity.cost, read.sensitivity.income
    return {
        "tiles": tiles(read, currency),
        "charts": [cash_chart(read, f"{rows_url}&month={{month}}", currency), rate_chart(read, currency)],
        "table": flow_table(read),
        "classes": class_totals(read),
        "scaled": [
            (scale, round(cost), round(income)) for (scale, cost), (_, income) in zip(costs, incomes, strict=True)
        ],
    }


def flow_cells(read: CaseRead) -> Any:
    """The months of a cash flow as rows of a file, in the order of `FLOW_HEADER`."""
    for row in read.months:
        kinds = ", ".join(sorted(row.kinds))
        classes = [row.amounts.get(each) for each in EntryClass]
        values = (row.net, row.cumulative, row.discounted, row.worth)
        yield (row.month, kinds, *classes, *(round(value, 2) for value in values))


def tiles(read: CaseRead, currency: str) -> list[Tile]:
    """The six figures by which an investment is judged, each with what it rests on, or why there is none."""
    figures, rate = read.figures, percent(read.case.discount_ratio, 1)
    convention = "mid-month" if read.case.timing == "mid" else "month end"
    roi_words = f"{money_short(figures.income, currency)} for {money_short(figures.cost, currency)}"
    several = " or ".join(percent(each, 1) for each in figures.irr.rates[:3])
    irr = figures.irr.rate
    finance = percent(read.case.discount_ratio if read.case.finance_ratio is None else read.case.finance_ratio, 1)
    again = percent(read.case.discount_ratio if read.case.reinvest_ratio is None else read.case.reinvest_ratio, 1)
    return [
        Tile("Net present value", money_short(figures.npv, currency), f"at {rate} a year, {convention}", url=MONTHS),
        Tile(
            "IRR", percent(irr, 1) if irr is not None else several or "none", figures.irr.reason or "a year", url=MONTHS
        ),
        _ratio_tile("MIRR", figures.mirr.value, figures.mirr.reason or f"financed at {finance}, reinvested at {again}"),
        _ratio_tile("ROI", figures.roi.value, figures.roi.reason or f"{roi_words}, undiscounted"),
        _payback_tile("Payback", figures.payback, read.payback_month),
        _payback_tile("Discounted payback", figures.discounted_payback, read.discounted_payback_month),
    ]


def _ratio_tile(label: str, value: Decimal | None, note: str) -> Tile:
    return Tile(label, "none" if value is None else percent(value, 1), note, url="" if value is None else MONTHS)


def _payback_tile(label: str, found: Any, month: datetime.date | None) -> Tile:
    if found.periods is None or month is None:
        return Tile(label, "none", found.reason)
    note = f"by {date_format(month, 'F Y')}"
    note = f"{note}; lost again later" if found.falls_back else note
    return Tile(label, length_words(found.periods), note, url=MONTHS)


def length_words(periods: Decimal) -> str:
    """A length in months: 2 y 5 mo."""
    years, rest = divmod(int(periods.to_integral_value()), 12)
    return " ".join(
        words for words in (f"{years} y" if years else "", f"{rest} mo" if rest or not years else "") if words
    )


@require_GET
def business_case_rows(request: MemberRequest, pk: int, kind: str) -> HttpResponse:
    """The very entries that a figure of a business case is the sum of: of a class or side, of a month, or all."""
    subject = found_subject(request, kind, pk)
    basis, classes, month = basis_of(request), classes_of(request), month_of(request)
    rows = selectors.counted_entries(subject.row, timezone.localdate(), basis, classes=classes, month=month)
    is_net = not classes or {*classes} & {*COSTS} and {*classes} & {*INCOME}
    signs = {each: -1 if is_net and each in COSTS else 1 for each in EntryClass}
    back = subject.url("business-case")
    context = subject.head(request, "business-case") | {
        "page": page_of(request, rows),
        "total": rounded(sum((row.amount * signs[EntryClass(row.entry.entry_class)] for row in rows), Decimal(0))),
        "is_net": is_net,
        "classes": [EntryClass(each).label.lower() for each in classes],
        "month": month,
        "basis": BASES[basis],
        "back_url": back if basis == MIXED else f"{back}?count={basis}",
    }
    return render(request, "finance/business_case_rows.html", context)


def classes_of(request: MemberRequest) -> tuple[str, ...]:
    """The classes that an address names, one or those of a side; none means all."""
    asked = request.GET.get("class", "")
    return (asked,) if asked in EntryClass.values else tuple(SIDES.get(request.GET.get("side", ""), ()))


def month_of(request: MemberRequest) -> datetime.date | None:
    """The month that an address names."""
    match = MONTH.fullmatch(request.GET.get("month", ""))
    return datetime.date(int(match[1]), int(match[2]), 1) if match and match[1] != "0000" else None


@require_http_methods(["GET", "POST"])
def business_case_edit(request: MemberRequest, pk: int, kind: str) -> HttpResponse:
    """Say what a business case assumes."""
    subject = found_subject(request, kind, pk)
    require(request.user, "finance.edit", request.organization)
    case = selectors.found_case(subject.row)
    form = BusinessCaseForm(posted(request), instance=case, user=request.user, organization=request.organization)
    members = Membership.objects.visible_to(request.user).order_by("user__name")[:200]
    return form_page(
        request,
        form=form,
        template="finance/business_case_form.html",
        save=lambda form: save_case(request, kind, subject.row, case, form),
        done=lambda row: subject.url("business-case"),
        message="Saved what the business case assumes.",
        context={
            **subject.head(request, "business-case"),
            "back_url": subject.url("business-case"),
            "owners": members.values_list("user__name", flat=True),
        },
    )


def save_case(request: MemberRequest, kind: str, row: Any, case: BusinessCase, form: BusinessCaseForm) -> BusinessCase:
    """Create the business case, or change it."""
    if case.pk is None:
        return services.create_business_case(actor=request.user, **{kind: row}, **form.values())
    return services.update_business_case(
        actor=request.user, case=case, expected_version=form.expected_version, **form.values()
    )
