"""How far people and the analyser agree, and the page on which people say what they would have said."""

import random

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from core.access import require
from core.pages import MemberRequest, go_on, id_in
from feedback import services
from feedback.forms import CheckForm
from feedback.models import FeedbackItem
from feedback.selectors.agreement import agreements, item_to_check


@require_GET
def agreement(request: MemberRequest) -> HttpResponse:
    """How often people say what the analyser says, label by label and month by month."""
    found = agreements(request.organization.pk)
    context = {"labels": found, "is_empty": not any(one.overall.count for one in found), "nav": "feedback:inbox"}
    return render(request, "feedback/agreement.html", context)


@require_http_methods(["GET", "POST"])
def agreement_check(request: MemberRequest) -> HttpResponse:
    """Label an item without seeing what the analyser says; then the next."""
    require(request.user, "feedback.triage", request.organization)
    form = CheckForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        rows = FeedbackItem.objects.visible_to(request.user).defer("search")
        item = get_object_or_404(rows, pk=id_in(request.POST.get("item")) or 0)
        services.correct_labels(actor=request.user, item=item, values=form.cleaned_data, is_blind=True)
        return go_on(request, reverse("feedback:agreement-check"), "Kept. Here is the next.")
    shown = id_in(request.POST.get("item"))
    rows = FeedbackItem.objects.visible_to(request.user).select_related("account").defer("search")
    item = rows.filter(pk=shown).first() if shown else item_to_check(request.user, random.Random())  # noqa: S311
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "item": item, "nav": "feedback:inbox"}
    return render(request, "feedback/agreement_check.html", context, status=status)
