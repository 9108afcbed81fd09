"""Portfolios, products, lines, shares, stances and rollups as JSON."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from rest_framework import serializers

from core.serializers import Computed, RowSerializer, StrictSerializer, name_of
from portfolio.models import (
    DemandMonth,
    MoneyMonth,
    Portfolio,
    Product,
    ProductLine,
    Rollup,
    Stance,
    StanceDecision,
)
from projects.serializers import HEALTH_OF_ROLLUP, HEALTHS, health_of_rollup

ARCHIVE = "DELETE archives, POST to restore/ brings back."
STANCE_HELP = "Of the latest decision; POST to stance-decisions/ decides anew."


class PortfolioSerializer(RowSerializer):
    """Programs, projects and portfolios managed as a group to reach strategic objectives."""

    parent_name = name_of("parent.name")
    manager_name = name_of("manager.name")
    health = health_of_rollup()

    class Meta:
        model = Portfolio
        fields = (
            "id",
            "version",
            "name",
            "description",
            "parent",
            "parent_name",
            "manager",
            "manager_name",
            "health",
            "external_key",
            "archived_at",
            "created_at",
            "updated_at",
        )
        instead: Mapping[str, str] = {"archived_at": ARCHIVE}
        computed: Mapping[str, Computed] = {"health": HEALTH_OF_ROLLUP}


class ProductLineSerializer(RowSerializer):
    """Products that are managed together and share a market."""

    stance = serializers.ChoiceField(Stance.choices, read_only=True, allow_null=True, help_text=STANCE_HELP)
    stance_review_date = serializers.DateField(read_only=True, allow_null=True)

    class Meta:
        model = ProductLine
        fields = (
            "id",
            "version",
            "code",
            "name",
            "description",
            "stance",
            "stance_review_date",
            "external_key",
            "archived_at",
            "created_at",
            "updated_at",
        )
        instead: Mapping[str, str] = {"archived_at": ARCHIVE, "stance": STANCE_HELP}


class ProductSerializer(RowSerializer):
    """What customers buy or use, for as long as it lives."""

    line_name = name_of("line.name")
    owner_name = name_of("owner.name")
    stance = serializers.ChoiceField(Stance.choices, read_only=True, allow_null=True, help_text=STANCE_HELP)
    stance_review_date = serializers.DateField(read_only=True, allow_null=True)

    class Meta:
        model = Product
        fields = (
            "id",
            "version",
            "name",
            "description",
            "line",
            "line_name",
            "owner",
            "owner_name",
            "lifecycle_stage",
            "annual_revenue_amount",
            "annual_cost_amount",
            "revenue_growth_ratio",
            "currency",
            "stance",
            "stance_review_date",
            "external_key",
            "archived_at",
            "created_at",
            "updated_at",
        )
        instead: Mapping[str, str] = {"archived_at": ARCHIVE, "stance": STANCE_HELP}


class StanceDecisionSerializer(RowSerializer):
    """A dated decision about a product or a line; the latest one holds."""

    product_name = name_of("product.name")
    line_name = name_of("line.name")
    owner_name = name_of("owner.name")

    class Meta:
        model = StanceDecision
        fields = (
            "id",
            "version",
            "product",
            "product_name",
            "line",
            "line_name",
            "stance",
            "reason",
            "owner",
            "owner_name",
            "decided_date",
            "review_date",
            "evidence",
            "created_at",
        )
        extra_kwargs: Mapping[str, dict[str, Any]] = {
            "owner": {"required": False, "help_text": "Who answers for it; by default, whoever decides."}
        }


class ShareSerializer(StrictSerializer):
    """The part of a project that serves one product."""

    product = serializers.IntegerField(min_value=1, help_text="The product's id.")
    product_name = serializers.CharField(read_only=True)
    share_ratio = serializers.DecimalField(5, 4, min_value=Decimal("0.0001"), max_value=Decimal(1))


class SharesSerializer(StrictSerializer):
    """All the products that a project serves; the shares sum to 1, or there are none."""

    project = serializers.IntegerField(read_only=True)
    shares = ShareSerializer(many=True, max_length=500)  # type: ignore[call-arg]

    def validate_shares(self, shares: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Each product once."""
        named = [share["product"] for share in shares]
        if twice := sorted({pk for pk in named if named.count(pk) > 1}):
            raise serializers.ValidationError(f"Named twice: product {', '.join(map(str, twice))}.")
        return shares


class RollupSerializer(RowSerializer):
    """The totals of one node, as of an instant; the organization's names no node."""

    health = serializers.ChoiceField(
        HEALTHS, read_only=True, help_text="What the manager reports, else what the figures show."
    )
    computed_health = serializers.ChoiceField(
        HEALTHS, read_only=True, help_text="What the figures show, whatever is reported."
    )
    health_reasons = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = Rollup
        fields = (
            "id",
            "project",
            "program",
            "portfolio",
            "product",
            "project_count",
            "in_flight_count",
            "program_count",
            "activity_count",
            "green_count",
            "amber_count",
            "red_count",
            "unreported_count",
            "late_count",
            "open_risk_count",
            "parked_count",
            "health",
            "computed_health",
            "health_reasons",
            "progress_ratio",
            "progress_method",
            "start_date",
            "planned_finish_date",
            "finish_date",
            "slip_days",
            "late_days",
            "budget_amount",
            "actual_amount",
            "risk_exposure_amount",
            "currency",
            "judged_date",
            "as_of",
        )
        read_only_fields = fields
        extra_kwargs: Mapping[str, dict[str, Any]] = {
            "late_days": {"help_text": "The most days by which one of its projects in flight is late; 0 where none is."}
        }


class MoneyMonthSerializer(RowSerializer):
    """The money of one kind and class of a node in a month; the organization's names no node."""

    currency = name_of("organization.currency")

    class Meta:
        model = MoneyMonth
        fields = (
            "id",
            "project",
            "program",
            "portfolio",
            "product",
            "kind",
            "entry_class",
            "month",
            "amount",
            "given_amount",
            "currency",
        )
        read_only_fields = fields
        extra_kwargs: Mapping[str, Any] = {
            "month": {"help_text": "Its first day."},
            "amount": {"help_text": "What lies below the node, unrounded; of a product with its own entries."},
            "given_amount": {"help_text": "The node's own budget: what it was given, to hold against `amount`."},
        }


class DemandMonthSerializer(RowSerializer):
    """The FTE of one role in one team that a node asks for in a month; the organization's names no node."""

    role_name = name_of("role.name")
    team_name = name_of("team.name")

    class Meta:
        model = DemandMonth
        fields = (
            "id",
            "project",
            "program",
            "portfolio",
            "role",
            "role_name",
            "team",
            "team_name",
            "month",
            "planned_fte",
            "open_fte",
            "actual_fte",
            "proposed_fte",
        )
        read_only_fields = fields
        extra_kwargs: Mapping[str, Any] = {
            "month": {"help_text": "Its first day."},
            "planned_fte": {"help_text": "Of approved projects, until the month in which they were done."},
            "open_fte": {"help_text": "The part of it that nobody in person does yet, placeholders included."},
            "proposed_fte": {"help_text": "What proposals would add."},
        }
