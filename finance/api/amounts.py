"""The subject whose money an address tells."""

from typing import Any

from django.http import Http404
from rest_framework.request import Request

from finance.models import BusinessCase


def subject_at(request: Request, kind: str, pk: int) -> Any:
    """The program, project or product of an address."""
    model: Any = BusinessCase._meta.get_field(kind).related_model
    found = model.objects.visible_to(request.user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
