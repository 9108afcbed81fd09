"""The page of channels, and what is done with mailboxes and with messages that could not be read."""

from typing import Any

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.access import require
from core.pages import MemberRequest, form_page, go_on, posted, seen_version
from core.tenancy import global_url
from feedback import services
from feedback.forms import MailboxForm
from feedback.models import IntakeHook, Mailbox, MailboxFailure

#: So many messages that could not be read stand on the page.
MOST_SHOWN = 100


def to_channels(row: Any = None) -> str:
    return reverse("feedback:channels")


def found_mailbox(request: MemberRequest, pk: int) -> Mailbox:
    """The mailbox of an address."""
    return get_object_or_404(Mailbox.objects.visible_to(request.user).select_related("organization"), pk=pk)


def found_failure(request: MemberRequest, pk: int) -> MailboxFailure:
    """The unread message of an address."""
    return get_object_or_404(MailboxFailure.objects.visible_to(request.user), pk=pk)


def address_of(request: MemberRequest, hook: IntakeHook) -> str:
    """Where a sender sends to."""
    return request.build_absolute_uri(global_url("feedback-hook", public_id=hook.public_id))


@never_cache
@require_GET
def channels(request: MemberRequest) -> HttpResponse:
    """Mailboxes, messages of theirs that could not be read, and hooks."""
    require(request.user, "feedback.manage", request.organization)
    return render(request, "feedback/channels.html", channels_context(request))


def channels_context(request: MemberRequest) -> dict[str, Any]:
    """What the page of channels shows."""
    unread = Q(failures__state__in=("open", "retrying"))
    mailboxes = Mailbox.objects.visible_to(request.user).live().select_related("product")
    failures = MailboxFailure.objects.visible_to(request.user).filter(state__in=("open", "retrying"))
    hooks = IntakeHook.objects.visible_to(request.user).live().select_related("product").order_by("name", "pk")
    return {
        "mailboxes": mailboxes.annotate(unread_count=Count("failures", filter=unread)).order_by("name", "pk"),
        "failures": failures.select_related("mailbox").order_by("-pk")[:MOST_SHOWN],
        "hooks": [(hook, address_of(request, hook)) for hook in hooks],
        "nav": "accounts:settings",
    }


@require_http_methods(["GET", "POST"])
def mailbox_create(request: MemberRequest) -> HttpResponse:
    """Add a mailbox."""
    require(request.user, "feedback.manage", request.organization)
    return form_page(
        request,
        form=MailboxForm(posted(request), user=request.user, organization=request.organization),
        template="feedback/mailbox_form.html",
        save=lambda form: services.create_mailbox(
            actor=request.user, organization=request.organization, **form.values()
        ),
        done=to_channels,
        message="Added mailbox “{row!s:.80}”. It is looked into within a minute; test the connection to know at once.",
        context={"nav": "accounts:settings"},
    )


@require_http_methods(["GET", "POST"])
def mailbox_edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Change a mailbox."""
    mailbox = found_mailbox(request, pk)
    require(request.user, "feedback.manage", request.organization)
    return form_page(
        request,
        form=MailboxForm(posted(request), instance=mailbox, user=request.user, organization=request.organization),
        template="feedback/mailbox_form.html",
        save=lambda form: services.update_mailbox(
            actor=request.user, mailbox=mailbox, expected_version=form.expected_version, **form.values()
        ),
        done=to_channels,
        message="Saved mailbox “{row!s:.80}”.",
        context={"mailbox": mailbox, "nav": "accounts:settings"},
    )


@require_POST
def mailbox_test(request: MemberRequest, pk: int) -> HttpResponse:
    """Sign in and open the folder, now."""
    mailbox = found_mailbox(request, pk)
    count = services.check_mailbox(actor=request.user, mailbox=mailbox)
    text = (
        f"“{mailbox!s:.80}” works: signed in, and {mailbox.folder} holds {count:,} message{'' if count == 1 else 's'}."
    )
    return go_on(request, to_channels(), text)


@require_POST
def mailbox_poll(request: MemberRequest, pk: int) -> HttpResponse:
    """Look into a mailbox at once."""
    mailbox = found_mailbox(request, pk)
    services.poll_mailbox_now(actor=request.user, mailbox=mailbox)
    return go_on(request, to_channels(), f"“{mailbox!s:.80}” is being read; look in a moment.")


@require_POST
def mailbox_pause(request: MemberRequest, pk: int) -> HttpResponse:
    """Stop reading a mailbox, or go on."""
    mailbox = found_mailbox(request, pk)
    is_active = request.POST.get("active") == "1"
    services.update_mailbox(actor=request.user, mailbox=mailbox, is_active=is_active)
    return go_on(request, to_channels(), f"“{mailbox!s:.80}” is {'read again' if is_active else 'paused'}.")


@require_POST
def mailbox_archive(request: MemberRequest, pk: int) -> HttpResponse:
    """Read a mailbox no longer."""
    mailbox = found_mailbox(request, pk)
    services.archive_mailbox(actor=request.user, mailbox=mailbox, expected_version=seen_version(request))
    undo = reverse("feedback:mailbox-restore", args=[pk])
    return go_on(request, to_channels(), f"Archived mailbox “{mailbox!s:.80}”. It is read no longer.", undo)


@require_POST
def mailbox_restore(request: MemberRequest, pk: int) -> HttpResponse:
    """Read an archived mailbox again."""
    mailbox = found_mailbox(request, pk)
    services.restore_mailbox(actor=request.user, mailbox=mailbox, expected_version=seen_version(request))
    return go_on(request, to_channels(), f"Restored mailbox “{mailbox!s:.80}”.")


@require_POST
def failure_retry(request: MemberRequest, pk: int) -> HttpResponse:
    """Read a message again."""
    failure = services.retry_message(actor=request.user, failure=found_failure(request, pk))
    return go_on(request, to_channels(), f"“{failure!s:.80}” is read again; look in a moment.")


@require_POST
def failure_dismiss(request: MemberRequest, pk: int) -> HttpResponse:
    """Leave a message where it is."""
    failure = services.dismiss_message(actor=request.user, failure=found_failure(request, pk))
    return go_on(request, to_channels(), f"“{failure!s:.80}” stays in its mailbox, and is no feedback.")
