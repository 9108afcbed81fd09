"""Who gave an item which score in a session, and the score that they agree on instead."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from core.access import can
from core.htmx import wants_fragment
from core.pages import MemberRequest
from scoring.forms.score import ScoreForm
from scoring.models import ITEM_KINDS, Criterion, Score
from scoring.selectors import by_rater
from scoring.selectors.board import typed_text
from scoring.selectors.sheet import item_model
from scoring.views.board_asked import board_url, query_of


@require_GET
@vary_on_headers("HX-Request")
def score_raters(request: MemberRequest, model: int, kind: str, item: int, criterion: int) -> HttpResponse:
    """The votes on an item by rater, as the latest revealed session has them; htmx gets them for a popover."""
    if kind not in ITEM_KINDS:
        raise Http404
    of_model = Criterion.objects.visible_to(request.user).live().filter(model__archived_at=None, model=model)
    row = get_object_or_404(of_model.select_related("model"), pk=criterion)
    subject = get_object_or_404(item_model(kind).objects.visible_to(request.user), pk=item)
    heard = by_rater(row, kind, subject.pk)
    context = {
        "criterion": row,
        "subject": subject,
        "heard": heard,
        "spread": heard.on(row) if heard else None,
        "base": reverse("scoring:score-raters", args=[model, kind, item, 0]).removesuffix("0/"),
        "query": query_of(request),
        "board_url": board_url(request, model),
        "nav": "scoring:board",
        "is_popover": wants_fragment(request),
        **reconciling(request, row, kind, subject, heard),
    }
    return render(request, f"scoring/{'_raters_said' if context['is_popover'] else 'raters_said'}.html", context)


def reconciling(request: MemberRequest, criterion: Criterion, kind: str, subject: Any, heard: Any) -> dict[str, Any]:
    """The score as it is, and for who may change it a form that begins with the median."""
    score = Score.objects.filter(**{kind: subject}, criterion=criterion).first()
    now = criterion.shown(score.value) if score else ""
    if heard is None or subject.is_archived or not can(request.user, "score.edit", request.organization):
        return {"now": now, "form": None}
    form = ScoreForm(criterion=criterion, currency=request.organization.currency, score=score)
    spread = heard.on(criterion)
    if spread and spread.median is not None:
        form.initial["value"] = typed_text(criterion, float(spread.median))
    form.initial["comment"] = ""
    form.initial["reconcile"] = True
    for name, field in form.fields.items():
        field.widget.attrs["id"] = f"reconciled-{name}"
        field.help_text = ""
    action = reverse("scoring:score-cell", args=[criterion.model_id, kind, subject.pk, criterion.pk])
    return {"now": now, "form": form, "action": f"{action}?{query_of(request)}"}
