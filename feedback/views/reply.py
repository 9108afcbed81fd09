"""Answers by mail to those who said something."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods, require_POST

from core.access import require
from core.errors import Conflict
from core.pages import MemberRequest, form_page, go_on, posted
from feedback import services
from feedback.forms import ReplyForm
from feedback.models import FeedbackReply
from feedback.selectors.replies import answer_addresses
from feedback.views.item import found_item, page_of_item


@require_http_methods(["GET", "POST"])
def item_reply(request: MemberRequest, pk: int) -> HttpResponse:
    """Answer who said it."""
    item = found_item(request, pk)
    require(request.user, "feedback.triage", request.organization)
    if not item.author_email:
        raise Conflict("Nobody knows the address of who said this: correct who said it first.")
    return form_page(
        request,
        form=ReplyForm(posted(request), addresses=answer_addresses(request.user, item)),
        template="feedback/reply_form.html",
        save=lambda form: services.reply_to_item(actor=request.user, item=item, **form.values()),
        done=lambda reply: page_of_item(item),
        message="Your reply is on its way to {row.mail.to}.",
        context={"item": item, "nav": "feedback:inbox"},
    )


@require_POST
def reply_retry(request: MemberRequest, pk: int) -> HttpResponse:
    """Send an answer again that could not be sent."""
    rows = FeedbackReply.objects.visible_to(request.user).select_related("mail", "item")
    reply = services.retry_reply(actor=request.user, reply=get_object_or_404(rows, pk=pk))
    return go_on(request, page_of_item(reply.item), f"It is sent again to {reply.mail.to}; look in a moment.")
