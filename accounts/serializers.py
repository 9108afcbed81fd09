"""Members, the organization and the caller as JSON."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from accounts.models import Membership, Organization, SavedView, TokenScope
from core.access import ROLES_ALLOWED, Role
from core.serializers import RowSerializer, StrictSerializer


class MembershipSerializer(RowSerializer):
    """A person's role in the organization."""

    name = serializers.CharField(source="user.name", read_only=True)
    email = serializers.EmailField(source="user.email", read_only=True)

    class Meta:
        model = Membership
        fields = ("id", "version", "user", "name", "email", "role", "sees_amounts", "created_at", "updated_at")
        read_only_fields = fields


class OrganizationSerializer(StrictSerializer, serializers.ModelSerializer):
    """A tenant: the owner of every other row."""

    class Meta:
        model = Organization
        fields = ("id", "version", "name", "slug", "currency", "fiscal_year_start_month", "is_demo", "created_at")
        read_only_fields = ("slug", "is_demo")


class SavedViewSerializer(RowSerializer):
    """Filters of a list under a name: the caller's own, or everybody's where `person` is null."""

    person = serializers.PrimaryKeyRelatedField[Any](read_only=True, allow_null=True)
    is_shared = serializers.BooleanField(
        write_only=True, default=False, help_text="Everybody's, which leading roles alone may make."
    )

    class Meta:
        model = SavedView
        fields = (
            "id", "version", "page", "name", "query", "person", "is_shared", "position", "external_key", "archived_at",
            "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = ("archived_at",)
        create_only = ("page", "is_shared")
        instead: Mapping[str, str] = {
            "archived_at": "DELETE archives, POST to restore/ brings back.",
            "position": "POST to move/ puts it elsewhere.",
            "page": "A view stays with its list. Make another for the other list.",
            "is_shared": "A view stays whose it is. Make another.",
        }


class MoveSerializer(StrictSerializer):
    """By how many places a view moves."""

    steps = serializers.IntegerField(min_value=-100, max_value=100, help_text="Backwards where it is negative.")


class TokenSerializer(serializers.Serializer[Any]):
    """The token of this request."""

    name = serializers.CharField()
    scope = serializers.ChoiceField(TokenScope.choices)
    expires_at = serializers.DateTimeField(allow_null=True)


class MeSerializer(serializers.Serializer[Any]):
    """Who calls, for which organization, and what they may do there."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    email = serializers.EmailField()
    role = serializers.ChoiceField(Role.choices)
    may = serializers.ListField(
        child=serializers.ChoiceField(sorted(ROLES_ALLOWED)), help_text="The actions that the membership allows."
    )
    organization = OrganizationSerializer()
    token = TokenSerializer()
