"""What addresses of rankings share: which items they are about."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from core.serializers import StrictSerializer
from scoring.models import ITEM_KINDS
from scoring.selectors import NARROWING, Selection

LARGEST_ID = 2**63 - 1


class FiltersSerializer(StrictSerializer):
    """What narrows the items: as on the board."""

    q = serializers.CharField(required=False, max_length=200, help_text="Words of the name or code.")
    product = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)
    line = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)
    program = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)
    portfolio = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)
    stage = serializers.CharField(required=False, max_length=20, help_text="Status of projects, stage of products.")


def item_ids() -> serializers.ListField:
    """The field that names items one by one."""
    return serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_ID), write_only=True, required=False,
        max_length=2_000, help_text="Ids of items; without them, all that the filters let through.",
    )  # fmt: skip


def narrowing() -> FiltersSerializer:
    """The field that narrows items."""
    return FiltersSerializer(write_only=True, required=False)


def take_selection(values: dict[str, Any]) -> Selection:
    """The selection that a body asks for; its fields are taken out of it.

    Raises:
        rest_framework.exceptions.ValidationError: a filter says nothing about items of this kind.
    """
    kind = values["item_kind"]
    given: Mapping[str, Any] = values.pop("filters", {})
    known = NARROWING[kind]
    if unknown := [word for word in given if word not in known]:
        sentence = f"This narrows no items of kind {kind}; {', '.join(known)} do."
        raise serializers.ValidationError({"filters": {word: [sentence] for word in unknown}})
    return Selection({word: str(value) for word, value in given.items()}, tuple(values.pop("items", ())))


def item_kind() -> serializers.ChoiceField:
    """The field that says which kind of items is meant."""
    return serializers.ChoiceField(ITEM_KINDS, default="project")
