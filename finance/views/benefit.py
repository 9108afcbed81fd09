"""Benefits of programs, projects and products: what they are to bring, and what they brought."""

import secrets
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.access import require
from core.exports import FORMATS, export
from core.middleware import request_id
from core.pages import MemberRequest, form_page, go_on, posted, seen_version
from events.selectors import history_of
from finance import selectors, services
from finance.charts import benefit_chart
from finance.forms import BenefitForm, BenefitGridForm
from finance.models import Benefit
from finance.views.subject import Subject, found_subject, subject_of


def found_benefit(request: MemberRequest, pk: int) -> Benefit:
    """The benefit of an address; 403 for members to whom amounts are hidden."""
    rows = Benefit.objects.visible_to(request.user).select_related("program", "project", "product", "owner")
    benefit = get_object_or_404(rows, pk=pk)
    require(request.user, "finance.read", request.organization)
    return benefit


def address_of(benefit: Benefit) -> str:
    return reverse("finance:benefit-detail", args=[benefit.pk])


@require_GET
def benefits(request: MemberRequest, pk: int, kind: str) -> HttpResponseBase:
    """A subject's benefits with what has come of them; `format` gets all their months as a file."""
    subject = found_subject(request, kind, pk)
    archived = bool(request.GET.get("archived"))
    kept = selectors.benefits_of(subject.row)
    rows = kept.exclude(archived_at=None) if archived else kept.live()
    rows = rows.select_related("program", "project", "product", "owner").order_by("name", "pk")
    reads = selectors.benefit_reads(rows, timezone.localdate())
    if (file_format := request.GET.get("format", "")) in FORMATS:
        cells = selectors.benefit_cells(reads)
        return export(cells, header=selectors.BENEFIT_HEADER, name="benefits", file_format=file_format)
    context = subject.head(request, "benefits") | {
        "reads": reads,
        "archived": archived,
        "overdue": [read for read in reads if read.overdue and not archived],
        "is_empty": not reads and not archived and not kept.exists(),
        "create_url": subject.url("benefit-create"),
        "charts": [benefit_chart(read) for read in reads[:6] if read.months],
    }
    return render(request, "finance/benefits.html", context)


@require_http_methods(["GET", "POST"])
def benefit_create(request: MemberRequest, pk: int, kind: str) -> HttpResponse:
    """Name a benefit of a subject."""
    subject = found_subject(request, kind, pk)
    require(request.user, "finance.edit", request.organization)
    form = BenefitForm(posted(request), user=request.user, organization=request.organization)
    return form_page(
        request,
        form=form,
        template="finance/benefit_form.html",
        save=lambda form: services.create_benefit(actor=request.user, **{kind: subject.row}, **form.values()),
        done=address_of,
        message="Added benefit “{row!s:.80}”. Plan its months below.",
        context=form_context(request, subject),
    )


def form_context(request: MemberRequest, subject: Subject, benefit: Benefit | None = None) -> dict[str, Any]:
    back = address_of(benefit) if benefit else subject.url("benefits")
    return {**subject.head(request, "benefits"), "back_url": back, "benefit": benefit}


@require_http_methods(["GET", "POST"])
def benefit_edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Change what a benefit is."""
    benefit = found_benefit(request, pk)
    require(request.user, "finance.edit", request.organization)
    subject = subject_of_page(request, benefit)
    form = BenefitForm(posted(request), instance=benefit, user=request.user, organization=request.organization)
    return form_page(
        request,
        form=form,
        template="finance/benefit_form.html",
        save=lambda form: services.update_benefit(
            actor=request.user, benefit=benefit, expected_version=form.expected_version, **form.values()
        ),
        done=address_of,
        message="Saved benefit “{row!s:.80}”.",
        context=form_context(request, subject, benefit),
    )


def subject_of_page(request: MemberRequest, benefit: Benefit) -> Subject:
    """A benefit's subject, with what the head of its page shows."""
    return found_subject(request, benefit.subject_kind, subject_of(benefit).row.pk)


@require_GET
def benefit_detail(request: MemberRequest, pk: int) -> HttpResponse:
    """A benefit: what has come of it by month, the grid to plan and measure in, and its history."""
    benefit = found_benefit(request, pk)
    return render(request, "finance/benefit_detail.html", detail(request, benefit))


def detail(request: MemberRequest, benefit: Benefit, data: Any = None) -> dict[str, Any]:
    """What the page of a benefit shows; `data` is what its grid was sent with."""
    today = timezone.localdate()
    [read] = selectors.benefit_reads([benefit], today)
    grid = selectors.grid_of(read, today)
    token = {"form_token": secrets.token_urlsafe(16)}
    return subject_of_page(request, benefit).head(request, "benefits") | {
        "benefit": benefit,
        "read": read,
        "figure": benefit_chart(read) if read.months else None,
        "form": BenefitGridForm(data, benefit=benefit, grid=grid, initial=token),
        "lines": history_of(benefit),
    }


@require_POST
def benefit_months(request: MemberRequest, pk: int) -> HttpResponse:
    """Save what was planned and measured in a benefit's grid."""
    benefit = found_benefit(request, pk)
    require(request.user, "finance.edit", request.organization)
    context = detail(request, benefit, request.POST)
    form = context.pop("form")
    return form_page(
        request,
        form=form,
        template="finance/benefit_detail.html",
        save=lambda form: services.set_benefit_months(
            actor=request.user, benefit=benefit, months=form.changed_months(), expected_version=form.expected_version
        ),
        done=address_of,
        message="Saved the months of “{row!s:.80}”.",
        undo=lambda benefit: (
            reverse("finance:benefit-months-undo", args=[pk, request_id()]) if form.changed_months() else ""
        ),
        context=context,
    )


@require_POST
def benefit_months_undo(request: MemberRequest, pk: int, request_id: str) -> HttpResponse:
    """Take back what the person planned and measured in one request."""
    benefit = found_benefit(request, pk)
    undone = services.undo_benefit_months(actor=request.user, benefit=benefit, request_id=request_id[:64])
    left = f" Left as changed by others since: {undone.left}." if undone.left else ""
    return go_on(request, address_of(benefit), f"Took the change of “{benefit!s:.80}” back.{left}")


@require_POST
def benefit_archive(request: MemberRequest, pk: int) -> HttpResponse:
    """Put a benefit out of sight."""
    benefit = found_benefit(request, pk)
    services.archive_benefit(actor=request.user, benefit=benefit, expected_version=seen_version(request))
    undo = reverse("finance:benefit-restore", args=[pk])
    return go_on(request, subject_of(benefit).url("benefits"), f"Archived benefit “{benefit!s:.80}”.", undo)


@require_POST
def benefit_restore(request: MemberRequest, pk: int) -> HttpResponse:
    """Bring an archived benefit back."""
    benefit = found_benefit(request, pk)
    try:
        services.restore_benefit(actor=request.user, benefit=benefit, expected_version=seen_version(request))
    except ValidationError as error:
        back = f"{subject_of(benefit).url('benefits')}?archived=1"
        return go_on(request, back, f"Not restored: {error.messages[0]}")
    return go_on(request, address_of(benefit), f"Restored benefit “{benefit!s:.80}”.")
