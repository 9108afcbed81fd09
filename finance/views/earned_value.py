"""The earned value of a project or program."""

from urllib.parse import urlencode

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from core.exports import FORMATS, export
from core.pages import MemberRequest
from core.templatetags.portolan import money_short, number
from finance import selectors
from finance.charts import earned_chart
from finance.models import EntryKind
from finance.models.entry import COSTS
from finance.selectors.earned_figures import figure_rows
from finance.views.business_case import Tile
from finance.views.subject import Subject, found_subject

EARNED_HEADER = ("Until", "PV", "EV", "AC")


@require_GET
def earned_value_page(request: MemberRequest, pk: int, kind: str) -> HttpResponseBase:
    """Planned, earned and spent by month, with PMI's figures; `format` gets the months as a file."""
    subject = found_subject(request, kind, pk)
    read = selectors.earned_value(subject.row, timezone.localdate())
    if (file_format := request.GET.get("format", "")) in FORMATS:
        cells = [(row.day, *(_cents(value) for value in (row.pv, row.ev, row.ac))) for row in read.series]
        return export(cells, header=EARNED_HEADER, name="earned-value", file_format=file_format)
    currency = request.organization.currency
    context = subject.head(request, "earned-value") | {"read": read}
    if not read.is_empty:
        context |= {
            "tiles": tiles(read, currency, actuals_url(subject, read)),
            "figure": earned_chart(read, currency, actuals_url(subject, read)),
            "rows": figure_rows(read.figures, currency),
        }
    return render(request, "finance/earned_value.html", context)


def actuals_url(subject: Subject, read: selectors.EarnedRead) -> str:
    """The entries that AC is the sum of."""
    whose = "in_program" if subject.kind == "program" else subject.kind
    query = [
        (whose, subject.row.pk),
        ("kind", EntryKind.ACTUAL.value),
        *(("entry_class", each.value) for each in COSTS),
    ]
    query.append(("to_month", f"{read.today:%Y-%m}"))
    return f"{reverse('finance:entry-list')}?{urlencode(query)}" if read.has_actuals else ""


def _cents(value: object) -> object:
    return None if value is None else round(value, 2)  # type: ignore[call-overload]


def tiles(read: selectors.EarnedRead, currency: str, actuals: str) -> list[Tile]:
    """The headline figures."""
    figures = read.figures
    spi, cpi, eac = figures.spi, figures.cpi, figures.eac_typical
    return [
        Tile("Planned value", money_short(figures.pv, currency), "PV until today"),
        Tile("Earned value", money_short(figures.ev, currency), f"EV, of {money_short(figures.bac, currency)} BAC"),
        Tile("Actual cost", money_short(figures.ac, currency), "AC until this month", url=actuals),
        Tile("SPI", "–" if spi.value is None else number(spi.value, 2), spi.reason or "EV / PV"),
        Tile("CPI", "–" if cpi.value is None else number(cpi.value, 2), cpi.reason or "EV / AC"),
        Tile("EAC", "–" if eac.value is None else money_short(eac.value, currency), eac.reason or "BAC / CPI"),
    ]
