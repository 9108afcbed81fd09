"""What every resource of money shares: members to whom amounts are hidden are refused."""

from typing import Any

from django.http import Http404
from rest_framework.request import Request

from core.access import require
from core.api import ApiView
from finance.models import BusinessCase


class OfAmounts(ApiView):
    """An address that is about amounts alone."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        require(self.actor, "finance.read", self.organization)


def subject_at(request: Request, kind: str, pk: int) -> Any:
    """The program, project or product of an address."""
    model: Any = BusinessCase._meta.get_field(kind).related_model
    found = model.objects.visible_to(request.user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
