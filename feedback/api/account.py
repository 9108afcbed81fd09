"""Customer accounts over REST."""

from collections.abc import Mapping
from typing import Any, ClassVar

from core.api import RecordViewSet
from core.serializers import RowSerializer, name_of
from feedback import services
from feedback.filters import AccountFilter
from feedback.models import CustomerAccount


class CustomerAccountSerializer(RowSerializer):
    """A customer organization: its segment, and what it pays in a year (ARR)."""

    owner_name = name_of("owner.name")

    class Meta:
        model = CustomerAccount
        fields = (
            "id",
            "version",
            "name",
            "segment",
            "arr_amount",
            "currency",
            "arr_reporting_amount",
            "rate_date",
            "renews_date",
            "email_domain",
            "owner",
            "owner_name",
            "external_key",
            "archived_at",
            "created_at",
            "updated_at",
        )
        read_only_fields = ("archived_at",)
        extra_kwargs: Mapping[str, Any] = {
            "currency": {"help_text": "By default the organization's."},
            "arr_reporting_amount": {"help_text": "In the organization's currency, at the rate of `rate_date`."},
        }
        instead: Mapping[str, str] = {
            "archived_at": "DELETE archives, POST to restore/ brings back.",
            "arr_reporting_amount": "It follows from the ARR and the exchange rate.",
            "rate_date": "It follows from the exchange rates.",
        }


class CustomerAccountViewSet(RecordViewSet):
    """Customer accounts, to which feedback belongs and whose ARR stands behind it."""

    queryset = CustomerAccount.objects.all()
    serializer_class = CustomerAccountSerializer
    filterset_class = AccountFilter
    services = services
    noun = "account"
    orderings: ClassVar[dict[str, tuple[str, ...]]] = {"id": ()}
