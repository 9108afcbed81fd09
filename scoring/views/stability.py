"""How firm ranks are: asked for here, drawn by a worker, shown with what their order hangs on."""

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRefresh

from core.access import require
from core.exports import FORMATS, export
from core.htmx import wants_fragment
from core.pages import MemberRequest, form_page, page_of, posted
from scoring import services
from scoring.charts.stability import rank_ranges
from scoring.filters import StabilityRunFilter
from scoring.forms.scorecard import StabilityForm
from scoring.models import StabilityRun
from scoring.selectors.runs import RunRead, read_run
from scoring.views.ranking import Chosen, choice, chosen

PLACE = "scoring:board"
USUAL = {"samples": 1_000, "spread_ratio": 0.2, "seed": 1}
HEADER = ("Rank", "Code", "Name", "Score", "Fits in", "Verdict", *(f"Rank P{p}" for p in (10, 25, 50, 75, 90)),
          "Disagreement")  # fmt: skip


@require_GET
@vary_on_headers("HX-Request")
def stability_list(request: MemberRequest) -> HttpResponse:
    """Runs of rank stability, the newest first."""
    kept = StabilityRun.objects.visible_to(request.user)
    rows = kept.defer("result").select_related("model", "model_version", "requested_by", "job")
    found = StabilityRunFilter(request.GET, rows, request=request)
    page = page_of(request, found.qs.order_by("-pk"))
    context: dict[str, Any] = {"page": page, "filter": found, "tab": "scorecards", "nav": PLACE}
    context["is_empty"] = not page.paginator.count and not request.GET
    name = "scoring/_stability_table.html" if wants_fragment(request) else "scoring/stability_list.html"
    return render(request, name, context)


@require_http_methods(["GET", "POST"])
def stability_create(request: MemberRequest) -> HttpResponse:
    """Ask how firm the ranks of a model are."""
    require(request.user, "job.start", request.organization)
    found = chosen(request)
    if found is None:
        return render(request, "scoring/stability_form.html", {"nav": PLACE, **choice(request, None)})
    there = reverse("scoring:stability-detail", args=[0]).replace("/0/", "/{pk}/")
    return form_page(
        request,
        form=stability_form(request, found),
        template="scoring/stability_form.html",
        save=lambda form: services.run_stability(
            actor=request.user, model=found.model, kind=found.kind, selection=found.selection,
            day=timezone.localdate(), result_path=there, **form.values(),
        ),
        done=lambda row: reverse("scoring:stability-detail", args=[row.pk]),
        message="{row} is under way.",
        context={"nav": PLACE, **choice(request, found), "count": found.sheet.ranked.ranks.astype(bool).sum()},
    )  # fmt: skip


def stability_form(request: MemberRequest, found: Chosen) -> StabilityForm:
    """The form, with the board's line to begin with."""
    initial = {**USUAL, "top_count": found.model.top_count or 5}
    return StabilityForm(
        posted(request),
        initial=initial,
        scoring_model=found.model,
        user=request.user,
        organization=request.organization,
    )


@require_GET
@vary_on_headers("HX-Request")
def stability_detail(request: MemberRequest, pk: int) -> HttpResponseBase:
    """A run: how far it is, then what came out; with `format`, as a file."""
    rows = StabilityRun.objects.visible_to(request.user)
    row = get_object_or_404(rows.select_related("model", "model_version", "requested_by", "job", "session"), pk=pk)
    read = read_run(row)
    is_waiting = read is None and row.job is not None and not row.job.is_finished
    if wants_fragment(request) and not is_waiting:
        return HttpResponseClientRefresh()
    if read is not None and (file_format := request.GET.get("format", "")) in FORMATS:
        return export(lines(read), header=HEADER, name=f"stability-{pk}", file_format=file_format)
    context: dict[str, Any] = {"row": row, "read": read, "is_waiting": is_waiting, "nav": PLACE, "here": request.path}
    context["figure"] = rank_ranges(read, "#items") if read else None
    context["is_old"] = row.model.number != row.model_version.number
    return render(request, "scoring/stability_detail.html", context)


def lines(read: RunRead) -> list[list[Any]]:
    """A run as rows of a file."""
    return [
        [
            item["rank"], item["code"], item["name"], item["score"], item["in_top"], item["verdict"],
            *(item["quantiles"] or [None] * 5), item["disagreement"],
        ]
        for item in read.result["items"]
    ]  # fmt: skip
