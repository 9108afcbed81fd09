"""Forms that parse and check, never save: saving is a service's."""

import secrets
from copy import copy
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.db import models

from core.access import can
from core.amounts import is_amount
from core.models import TenantModel

#: Long texts are refused with a sentence, not cut.
LONGEST_TEXT = 20_000


class DateInput(forms.DateInput):
    """The browser's own date picker, which speaks ISO."""

    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class RatioField(forms.DecimalField):
    """A share of one, shown and typed in percent."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("min_value", 0)
        kwargs.setdefault("max_value", 100)
        super().__init__(decimal_places=2, max_digits=7, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return f"{float(value) * 100:g}" if value is not None and not isinstance(value, str) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(initial if initial is None or isinstance(initial, str) else initial * 100, data)

    def clean(self, value: Any) -> Any:
        percent = super().clean(value)
        return None if percent is None else percent / 100


class TenantForm(forms.ModelForm):  # type: ignore[type-arg]
    """A form over one tenant row: choices narrowed to what the person may see, the version they saw, one submission.

    Subclasses name `Meta.model` and `Meta.fields`. Views call `values()` and hand them to a service. Amounts of money
    are no fields for who sees none. `instance` stays as it was: services compare it with what they are given.
    """

    form_token = forms.CharField(widget=forms.HiddenInput, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, user: Any, organization: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "instance": copy(kwargs.get("instance"))})
        self.user, self.organization = user, organization
        for name in [name for name in self.fields if is_amount(name)]:
            if not can(user, "finance.read", organization):
                del self.fields[name]
        if self.instance.pk is None and isinstance(self.instance, TenantModel):
            self.instance.organization = organization
        self.fields["form_token"].initial = secrets.token_urlsafe(16)
        self.fields["version"].initial = self.instance.version if self.instance.pk else None
        for name, field in self.fields.items():
            self._prepare(field, name)

    def _prepare(self, field: Any, name: str = "") -> None:
        if isinstance(field, forms.ModelChoiceField) and field.queryset is not None:
            present = getattr(self.instance, f"{name}_id", None)
            field.queryset = visible_choices(field.queryset, self.user, self.organization, present)
        elif isinstance(field, forms.DateField):
            field.widget = DateInput()
        elif isinstance(field.widget, forms.Textarea) and field.widget.attrs.get("rows") == "10":
            field.widget.attrs["rows"] = 5

    def values(self) -> dict[str, Any]:
        """The row's new values, by field."""
        return {name: self.cleaned_data[name] for name in self._meta.fields or () if name in self.cleaned_data}

    @property
    def expected_version(self) -> int | None:
        return self.cleaned_data.get("version")

    @property
    def in_words(self) -> dict[str, str]:
        """Columns that are typed in several fields, or as text to be read -> what was typed, as the history says it."""
        return {}

    def visible_field_list(self) -> list[Any]:
        """Bound fields a person fills in, in order."""
        return [self[name] for name in self.fields if not self[name].is_hidden]


def visible_choices(
    queryset: models.QuerySet[Any], user: Any, organization: Any, present: Any = None
) -> models.QuerySet[Any]:
    """Rows a person may choose from: live ones of this organization, or its members.

    Args:
        present: the id of the one that is chosen now, which stays one to choose though it was archived or left since.
    """
    if queryset.model is get_user_model():
        members = queryset.filter(memberships__organization=organization, is_active=True)
        if present is not None:
            members = queryset.filter(models.Q(pk__in=members.order_by().values("pk")) | models.Q(pk=present))
        return members.order_by("name", "pk")
    rows: Any = queryset.visible_to(user)  # type: ignore[attr-defined]
    if present is not None and hasattr(rows, "live"):
        return rows.filter(models.Q(archived_at=None) | models.Q(pk=present))
    return rows.live() if hasattr(rows, "live") else rows
