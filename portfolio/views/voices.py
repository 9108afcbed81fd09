"""What customers say of a product: a page among those of the product."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from core.pages import MemberRequest
from feedback.selectors.voices import product_voices as voices_of
from portfolio.views.product import head


@require_GET
def product_voices(request: MemberRequest, pk: int) -> HttpResponse:
    """How much is said of a product, how it sounds, and what those who say it pay."""
    context = head(request, pk, "voices")
    return render(request, "portfolio/product_voices.html", {**context, "voices": voices_of(request.user, pk)})
