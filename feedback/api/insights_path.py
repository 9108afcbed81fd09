"""Where an item leads, over REST: its theme, the work it asks for, what that costs, releases, and what changed."""

from typing import Any

from rest_framework import serializers

from feedback.api.insights import (
    BehindSerializer,
    RiverReleaseSerializer,
    SentimentComparisonSerializer,
    SentimentTallySerializer,
    told_behind,
    told_comparison,
    told_release,
    told_tally,
)
from feedback.models import Importance
from feedback.selectors.path import Path, ReleaseStep, TargetStep


class PathThemeSerializer(SentimentTallySerializer, BehindSerializer):
    """The theme of the item."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class PathTargetSerializer(serializers.Serializer[Any]):
    """A project or product that the item, or another of its theme, is linked to."""

    what = serializers.ChoiceField(["project", "product"], source="kind")
    id = serializers.IntegerField(source="row.pk")
    name = serializers.CharField(source="row.name")
    importance = serializers.ChoiceField(
        Importance.choices, allow_blank=True, help_text="What the item says; empty: only others of its theme do."
    )
    item_count = serializers.IntegerField(help_text="Items of the theme that are linked to it.")
    status = serializers.SerializerMethodField(help_text="Of a project.")
    health = serializers.SerializerMethodField(help_text="Of a project.")
    budget_amount = serializers.DecimalField(20, 2, allow_null=True)
    actual_amount = serializers.DecimalField(20, 2, allow_null=True, help_text="Spent to date.")

    def get_status(self, step: TargetStep) -> str:
        return str(step.row.status) if step.kind == "project" else ""

    def get_health(self, step: TargetStep) -> str:
        return str(step.row.health) if step.kind == "project" else ""


class PathReleaseSerializer(RiverReleaseSerializer):
    """A release of that work since the item was said, with feedback before and after it."""

    days = serializers.IntegerField(help_text="On each side.")
    about_product = SentimentComparisonSerializer()
    of_theme = SentimentComparisonSerializer(allow_null=True)


class PathSerializer(serializers.Serializer[Any]):
    """Where an item leads. What is missing is null or empty."""

    theme = PathThemeSerializer(allow_null=True)
    targets = PathTargetSerializer(many=True)
    releases = PathReleaseSerializer(many=True)


def told_path(path: Path) -> dict[str, Any]:
    """What `PathSerializer` tells."""
    theme = None
    if step := path.theme:
        theme = {"id": step.theme.pk, "name": step.theme.name, **told_tally(step.tally), **told_behind(step.behind)}
    return {"theme": theme, "targets": path.targets, "releases": [_told_step(step) for step in path.releases]}


def _told_step(step: ReleaseStep) -> dict[str, Any]:
    return {
        **told_release(step.release),
        "days": step.days,
        "about_product": told_comparison(step.product),
        "of_theme": told_comparison(step.theme) if step.theme else None,
    }
