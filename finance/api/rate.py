"""Exchange rates over REST."""

from collections.abc import Mapping
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import IDEMPOTENCY_KEY, IF_MATCH, TenantViewSet, expected_version
from core.serializers import RowSerializer
from finance import services
from finance.api.base import OfAmounts
from finance.filters import RateFilter
from finance.models import ExchangeRate


class RateSerializer(RowSerializer):
    """What one unit of a currency is worth in the organization's, from a day on."""

    class Meta:
        model = ExchangeRate
        fields = ("id", "version", "currency", "from_date", "rate", "source", "created_at", "updated_at")
        create_only = ("currency",)
        instead: Mapping[str, str] = {"currency": "A rate stays with its currency. Add one for the other currency."}


class RateViewSet(OfAmounts, TenantViewSet):
    """Dated exchange rates to the organization's currency. A change converts the entries of the currency again."""

    queryset = ExchangeRate.objects.all()
    serializer_class = RateSerializer
    filterset_class = RateFilter
    orderings: ClassVar[dict[str, tuple[str, ...]]] = {"id": ()}

    @extend_schema(parameters=[IDEMPOTENCY_KEY])
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Say what a currency is worth from a day on."""
        row = services.set_rate(actor=self.actor, organization=self.organization, **self.body())
        return self.answer(row, status.HTTP_201_CREATED)

    @extend_schema(parameters=[IF_MATCH])
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change a rate, its day or its source."""
        values = self.body(partial=True)
        changed = services.update_rate(
            actor=self.actor,
            rate=self.get_object(),
            value=values.pop("rate", None),
            expected_version=expected_version(request),
            **values,
        )
        return self.answer(changed)

    @extend_schema(parameters=[IF_MATCH], responses={204: None})
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Remove a rate; refused while entries need it and no earlier one replaces it."""
        services.remove_rate(actor=self.actor, rate=self.get_object(), expected_version=expected_version(request))
        return Response(status=status.HTTP_204_NO_CONTENT)
