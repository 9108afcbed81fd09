"""What every address of money shares: it is for those who see amounts, and each row is about one subject."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from core.access import require
from finance.models.subject import SUBJECTS

ONE_SUBJECT = f"Name exactly one of {', '.join(SUBJECTS)}."


class OfAmounts:
    """Refuses members to whom amounts are hidden."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)  # type: ignore[misc]
        require(request.user, "finance.read", request.organization)  # type: ignore[attr-defined]


def take_subject(values: dict[str, Any]) -> Any:
    """The one subject that a body names; its columns are taken out of it."""
    named = {name: row for name in SUBJECTS if (row := values.pop(name, None)) is not None}
    if len(named) != 1:
        raise serializers.ValidationError({"non_field_errors": [ONE_SUBJECT]})
    return next(iter(named.values()))


class OfSubject:
    """A serializer whose body names one subject."""

    def validate(self, attrs: Mapping[str, Any]) -> Mapping[str, Any]:
        partial = getattr(self, "partial", False)
        if not partial and sum(attrs.get(name) is not None for name in SUBJECTS) != 1:
            raise serializers.ValidationError(ONE_SUBJECT)
        return attrs
