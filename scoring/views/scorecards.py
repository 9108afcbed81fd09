"""Frozen scorecards: listed, opened as they stood, compared with today, counted again."""

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods
from django.views.decorators.vary import vary_on_headers

from core.access import require
from core.exports import FORMATS, export
from core.htmx import wants_fragment
from core.pages import MemberRequest, form_page, ordered, page_of, posted
from scoring import services
from scoring.algorithms.frozen import rerun
from scoring.algorithms.telling import kept_score
from scoring.filters import ScorecardFilter
from scoring.forms.scorecard import ScorecardForm
from scoring.models import Scorecard
from scoring.selectors import card_of, compared, digest_of, software_version
from scoring.views.ranking import choice, chosen

SORTS = {"decided": "decided_date", "name": "name", "items": "item_count"}
PLACE = "scoring:board"
#: More rows of who scored what than these are folded.
MOST_OPEN = 60


@require_GET
@vary_on_headers("HX-Request")
def scorecard_list(request: MemberRequest) -> HttpResponse:
    """The organization's scorecards, the last decision first."""
    kept = Scorecard.objects.visible_to(request.user)
    rows = kept.defer("document").select_related("model", "decided_by", "model_version")
    found = ScorecardFilter(request.GET, rows, request=request)
    rows, sort = ordered(request, found.qs, SORTS, "-decided")
    page = page_of(request, rows)
    context = {
        "page": page,
        "sort": sort,
        "filter": found,
        "tab": "scorecards",
        "is_empty": not page.paginator.count and not request.GET,
    }
    name = "scoring/_scorecard_table.html" if wants_fragment(request) else "scoring/scorecard_list.html"
    return render(request, name, context)


def found_card(request: MemberRequest, pk: int) -> Scorecard:
    """The scorecard of an address."""
    rows = Scorecard.objects.visible_to(request.user).select_related("model__organization")
    return get_object_or_404(rows, pk=pk)


def head(row: Scorecard, view: str) -> dict[str, Any]:
    """What each page of a scorecard shows on top."""
    return {"row": row, "card": card_of(row), "view": view, "nav": PLACE}


@require_GET
def scorecard_detail(request: MemberRequest, pk: int) -> HttpResponseBase:
    """A ranking exactly as it stood when it was frozen; with `format`, as a file."""
    row = found_card(request, pk)
    card = card_of(row)
    if (file_format := request.GET.get("format", "")) in FORMATS:
        name = f"scorecard-{row.pk}"
        return export(card.rows(), header=card.header, name=name, file_format=file_format)
    folded = sum(len(item.values) for item in card.items) > MOST_OPEN
    return render(request, "scoring/scorecard_detail.html", {**head(row, "card"), "is_folded": folded})


@require_GET
def scorecard_compare(request: MemberRequest, pk: int) -> HttpResponse:
    """A frozen ranking beside what the same model makes of the same items today."""
    row = found_card(request, pk)
    found = compared(row, request.user, timezone.localdate())
    is_all = request.GET.get("show") == "all"
    rows = found.rows if is_all else [one for one in found.rows if one.is_other]
    context = {**head(row, "compare"), "found": found, "rows": rows, "is_all": is_all}
    return render(request, "scoring/scorecard_compare.html", context)


@require_GET
def scorecard_rerun(request: MemberRequest, pk: int) -> HttpResponse:
    """A frozen ranking counted again from its document alone."""
    row = found_card(request, pk)
    context = {**head(row, "rerun"), "found": rerun(row.document), "software": software_version()}
    return render(request, "scoring/scorecard_rerun.html", context)


@require_http_methods(["GET", "POST"])
def scorecard_create(request: MemberRequest) -> HttpResponse:
    """Freeze a ranking that was decided by, beside what will be kept of it."""
    require(request.user, "ranking.freeze", request.organization)
    found = chosen(request)
    if found is None:
        return render(request, "scoring/scorecard_form.html", {"nav": PLACE, **choice(request, None)})
    sheet, today = found.sheet, timezone.localdate()
    initial = {"decided_date": today, "name": f"{found.model}, {today:%Y-%m-%d}"[:100]}
    context = {"nav": PLACE, "sheet": sheet, "seen": digest_of(sheet)}
    return form_page(
        request,
        form=ScorecardForm(
            posted(request), initial=initial, user=request.user, organization=request.organization
        ),
        template="scoring/scorecard_form.html",
        save=lambda form: services.freeze_scorecard(
            actor=request.user, model=found.model, kind=found.kind, selection=found.selection, day=today,
            seen=request.POST.get("seen", ""), **form.values(),
        ),
        done=lambda card: reverse("scoring:scorecard-detail", args=[card.pk]),
        message="Froze “{row!s:.80}”. Nothing that changes later changes it.",
        context={**context, **choice(request, found), "lines": freeze_lines(sheet)},
    )  # fmt: skip


def freeze_lines(sheet: Any) -> list[dict[str, Any]]:
    """What will be frozen, best first: rank, item, score, and what is missing."""
    ranked, found = sheet.ranked, []
    for number in ranked.order.tolist():
        missing = [one.name for one, gap in zip(sheet.criteria, ranked.missing[number], strict=True) if gap]
        problem = ranked.problem(number)
        rank = int(ranked.ranks[number])
        found.append(
            {
                "item": sheet.items[number],
                "rank": rank or None,
                "score": kept_score(float(ranked.scores[number]) if rank else None),
                "why": f"The formula {problem.sentence}" if problem else "",
                "missing": missing,
            }
        )
    return found
