"""What is done with hooks; a secret is in the answer that makes it and nowhere else."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from core.access import require
from core.pages import MemberRequest, form_page, go_on, posted, seen_version
from feedback import services
from feedback.forms import HookForm
from feedback.models import IntakeHook
from feedback.views.mailbox import address_of, channels_context, to_channels


def found_hook(request: MemberRequest, pk: int) -> IntakeHook:
    """The hook of an address."""
    return get_object_or_404(IntakeHook.objects.visible_to(request.user).select_related("organization"), pk=pk)


def secret_page(request: MemberRequest, hook: IntakeHook, secret: str) -> HttpResponse:
    """The channels with the secret of the new hook above them."""
    shown = {"hook": hook, "address": address_of(request, hook), "secret": secret}
    return render(request, "feedback/channels.html", {**channels_context(request), **shown})


@never_cache
@require_http_methods(["GET", "POST"])
def hook_create(request: MemberRequest) -> HttpResponse:
    """Make an address for a sender."""
    require(request.user, "feedback.manage", request.organization)
    made: list[tuple[IntakeHook, str]] = []

    def save(form: HookForm) -> IntakeHook:
        made.append(services.create_hook(actor=request.user, organization=request.organization, **form.values()))
        return made[0][0]

    answer = form_page(
        request,
        form=HookForm(posted(request), user=request.user, organization=request.organization),
        template="feedback/hook_form.html",
        save=save,
        done=to_channels,
        message="Made hook “{row!s:.80}”.",
        context={"nav": "accounts:settings"},
    )
    return secret_page(request, *made[0]) if made else answer


@require_http_methods(["GET", "POST"])
def hook_edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Change a hook, or pause it."""
    hook = found_hook(request, pk)
    require(request.user, "feedback.manage", request.organization)
    return form_page(
        request,
        form=HookForm(posted(request), instance=hook, user=request.user, organization=request.organization),
        template="feedback/hook_form.html",
        save=lambda form: services.update_hook(
            actor=request.user, hook=hook, expected_version=form.expected_version, **form.values()
        ),
        done=to_channels,
        message="Saved hook “{row!s:.80}”.",
        context={"hook": hook, "nav": "accounts:settings"},
    )


@never_cache
@require_POST
def hook_rotate(request: MemberRequest, pk: int) -> HttpResponse:
    """Give a hook another secret."""
    hook, secret = services.rotate_hook(actor=request.user, hook=found_hook(request, pk))
    return secret_page(request, hook, secret)


@require_POST
def hook_archive(request: MemberRequest, pk: int) -> HttpResponse:
    """Take a hook's address away."""
    hook = found_hook(request, pk)
    services.archive_hook(actor=request.user, hook=hook, expected_version=seen_version(request))
    undo = reverse("feedback:hook-restore", args=[pk])
    return go_on(request, to_channels(), f"Archived hook “{hook!s:.80}”. What is sent to it is refused.", undo)


@require_POST
def hook_restore(request: MemberRequest, pk: int) -> HttpResponse:
    """Give a hook its address back."""
    hook = found_hook(request, pk)
    services.restore_hook(actor=request.user, hook=hook, expected_version=seen_version(request))
    return go_on(request, to_channels(), f"Restored hook “{hook!s:.80}”.")
