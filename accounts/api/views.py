"""Saved views of lists over REST."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import services
from accounts.filters import SavedViewFilter
from accounts.models import SavedView
from accounts.serializers import MoveSerializer, SavedViewSerializer
from core.api import IDEMPOTENCY_KEY, RecordViewSet


class SavedViewViewSet(RecordViewSet):
    """Filters of a list under a name: the caller's own views, and those that everybody has."""

    queryset = SavedView.objects.all()
    serializer_class = SavedViewSerializer
    filterset_class = SavedViewFilter
    services = services
    noun = "saved_view"
    orderings: ClassVar[dict[str, tuple[str, ...]]] = {"id": (), "position": ("position",)}

    @extend_schema(request=MoveSerializer, parameters=[IDEMPOTENCY_KEY])
    @action(detail=True, methods=["post"])
    def move(self, request: Request, pk: int) -> Response:
        """Put a view by so many places before or behind the others."""
        steps: Any = self.body(MoveSerializer)["steps"]
        return self.answer(services.move_saved_view(actor=self.actor, view=self.get_object(), steps=steps))
