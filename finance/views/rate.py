"""Exchange rates, in the settings."""

from itertools import groupby
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.access import require
from core.exports import FORMATS, export
from core.pages import MemberRequest, form_page, go_on, posted, seen_version
from finance import services
from finance.forms import RateForm
from finance.models import ExchangeRate
from finance.selectors.rates import currencies_used, used_by_rate

HEADER = ("Currency", "From", "Rate", "Source")


@require_GET
def rate_list(request: MemberRequest) -> HttpResponseBase:
    """The rates of each currency, the newest first, with how many entries each converts."""
    require(request.user, "finance.read", request.organization)
    rates = list(ExchangeRate.objects.visible_to(request.user).order_by("currency", "-from_date"))
    if (file_format := request.GET.get("format", "")) in FORMATS:
        cells = [(rate.currency, rate.from_date, rate.rate.normalize(), rate.source) for rate in rates]
        return export(cells, header=HEADER, name="exchange-rates", file_format=file_format)
    counts = used_by_rate(rates)
    groups = [
        (currency, [(rate, counts.get(rate.pk, 0)) for rate in group])
        for currency, group in groupby(rates, key=lambda rate: rate.currency)
    ]
    context = {"groups": groups, "used": currencies_used(request.organization), "nav": "accounts:settings"}
    return render(request, "finance/rate_list.html", context)


@require_http_methods(["GET", "POST"])
def rate_create(request: MemberRequest) -> HttpResponse:
    """Say what a currency is worth from a day on."""
    require(request.user, "rate.edit", request.organization)
    initial = {"currency": request.GET.get("currency", "")[:3]}
    form = RateForm(posted(request), user=request.user, organization=request.organization, initial=initial)
    return form_page(
        request,
        form=form,
        template="finance/rate_form.html",
        save=lambda form: services.set_rate(actor=request.user, organization=request.organization, **form.values()),
        done=lambda row: reverse("finance:rate-list"),
        message="Saved the rate of {row}. Its entries are converted again.",
        context={"nav": "accounts:settings"},
    )


@require_http_methods(["GET", "POST"])
def rate_edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Change a rate."""
    require(request.user, "rate.edit", request.organization)
    rate = _found(request, pk)
    shown = {"pk": pk, "name": str(rate), "version": rate.version, "used": used_by_rate([rate]).get(pk, 0)}
    form = RateForm(posted(request), instance=rate, user=request.user, organization=request.organization)
    return form_page(
        request,
        form=form,
        template="finance/rate_form.html",
        save=lambda form: _save(request, rate, form),
        done=lambda row: reverse("finance:rate-list"),
        message="Saved the rate of {row}. Its entries are converted again.",
        context={"rate": shown, "nav": "accounts:settings"},
    )


@require_POST
def rate_remove(request: MemberRequest, pk: int) -> HttpResponse:
    """Remove a rate; its entries take the one before it."""
    rate = _found(request, pk)
    name = str(rate)
    services.remove_rate(actor=request.user, rate=rate, expected_version=seen_version(request))
    return go_on(request, reverse("finance:rate-list"), f"Removed the rate of {name}.")


def _found(request: MemberRequest, pk: int) -> ExchangeRate:
    row: ExchangeRate = get_object_or_404(ExchangeRate.objects.visible_to(request.user), pk=pk)
    return row


def _save(request: MemberRequest, rate: ExchangeRate, form: Any) -> ExchangeRate:
    values = form.values()
    values.pop("currency", None)
    return services.update_rate(
        actor=request.user, rate=rate, value=values.pop("rate"), expected_version=form.expected_version, **values
    )
