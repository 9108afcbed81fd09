"""What people type about scoring sessions: who is asked, about what, and what they say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from django import forms
from django.contrib.auth import get_user_model

from core.access import ROLES_ALLOWED
from core.forms import TenantForm
from scoring.models import Criterion, ScoringSession, SessionItem, Vote
from scoring.selectors import candidates, item_model
from scoring.services import Ballot, Thing

#: So many items are listed to choose from; the search finds the others.
MOST_LISTED = 300


class PickList(forms.CheckboxSelectMultiple):
    """Boxes to tick, in a list that script narrows while one types."""


def members_who(action: str, organization: Any) -> Any:
    """Active members whose role allows something, by name."""
    people = get_user_model().objects.filter(
        memberships__organization=organization, memberships__role__in=ROLES_ALLOWED[action], is_active=True
    )
    return people.order_by("name", "pk")


def items_to_pick(kind: str, user: Any, words: str = "", chosen: Sequence[int] = ()) -> list[tuple[str, str]]:
    """Candidates as choices: those chosen before first, then by name."""
    rows: Any = candidates(kind, user)
    if words:
        rows = rows.filter(name__icontains=words)
    listed = list(rows.order_by("name", "pk")[:MOST_LISTED])
    missing = set(chosen) - {row.pk for row in listed}
    if missing:
        listed = [*item_model(kind).objects.visible_to(user).live().filter(pk__in=missing).order_by("name"), *listed]
    listed.sort(key=lambda row: row.pk not in chosen)
    return [(str(row.pk), _told(row)) for row in listed]


def _told(row: Any) -> str:
    home = getattr(row, "program", None) or getattr(row, "portfolio", None) or getattr(row, "line", None)
    return f"{row}, {home}" if home else str(row)


class SessionForm(TenantForm):
    """Name, closing day and who leads it."""

    class Meta:
        model = ScoringSession
        fields: ClassVar[Any] = ("name", "closes_date", "facilitator")
        labels: ClassVar[dict[str, str]] = {"closes_date": "Closing day"}
        help_texts: ClassVar[dict[str, str]] = {
            "closes_date": "The last day to vote. The votes are revealed in the night; a night later it is closed.",
            "facilitator": "Sees who is finished, reveals the votes and adopts them.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        facilitator: Any = self.fields["facilitator"]
        facilitator.queryset = members_who("session.facilitate", self.organization)
        facilitator.empty_label = None


class NewSessionForm(SessionForm):
    """A session with its model, items and raters."""

    items = forms.MultipleChoiceField(required=False, widget=PickList)
    raters = forms.ModelMultipleChoiceField(get_user_model().objects.none(), required=False, widget=PickList)

    class Meta(SessionForm.Meta):
        fields = ("name", "model", "closes_date", "facilitator")

    def __init__(self, *args: Any, kind: str, chosen: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        model, raters, items = (self.fields[name] for name in ("model", "raters", "items"))
        model.queryset = model.queryset.order_by("name", "pk")  # type: ignore[attr-defined]
        model.empty_label = "Choose a model"  # type: ignore[attr-defined]
        raters.queryset = members_who("score.vote", self.organization)  # type: ignore[attr-defined]
        sent: Any = self.data
        posted = [int(pk) for pk in sent.getlist("items") if pk.isascii() and pk.isdigit()] if sent else []
        items.choices = items_to_pick(kind, self.user, chosen=posted or chosen)  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        things = [Thing(self.kind, int(pk)) for pk in self.cleaned_data["items"]]
        return super().values() | {"items": things, "raters": list(self.cleaned_data["raters"])}


class ItemsForm(forms.Form):
    """Further items of a session."""

    items = forms.MultipleChoiceField(widget=PickList, error_messages={"required": "Tick what is to be scored."})

    def __init__(self, *args: Any, kind: str, user: Any, words: str, known: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        listed = [each for each in items_to_pick(kind, user, words) if int(each[0]) not in known]
        self.fields["items"].choices = listed  # type: ignore[attr-defined]

    @property
    def things(self) -> list[Thing]:
        return [Thing(self.kind, int(pk)) for pk in self.cleaned_data["items"]]


class RatersForm(forms.Form):
    """Further raters of a session."""

    raters = forms.ModelMultipleChoiceField(
        get_user_model().objects.none(), widget=PickList, error_messages={"required": "Tick who is to be asked."}
    )

    def __init__(self, *args: Any, organization: Any, known: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = members_who("score.vote", organization).exclude(pk__in=known)
        self.fields["raters"].queryset = people  # type: ignore[attr-defined]


@dataclass
class VoteCell:
    """One criterion of an item as its rater sees it: what was given, or what was typed and could not be kept."""

    item: SessionItem
    criterion: Criterion
    vote: Vote | None
    typed: Mapping[str, str] = field(default_factory=dict)
    error: str = ""

    @property
    def key(self) -> str:
        return f"{self.item.pk}-{self.criterion.pk}"

    @property
    def value(self) -> str:
        """What its field holds."""
        kept = "" if self.vote is None else written(self.criterion, self.vote.value)
        return self.typed.get(f"value-{self.key}", kept)

    @property
    def comment(self) -> str:
        return self.typed.get(f"comment-{self.key}", self.vote.comment if self.vote else "")

    @property
    def levels(self) -> list[dict[str, Any]]:
        """The levels as buttons, numbered as the keyboard has them."""
        return [
            {
                **level,
                "text": written(self.criterion, Decimal(str(level["value"]))),
                "is_chosen": self.value == written(self.criterion, Decimal(str(level["value"]))),
            }
            for level in self.criterion.levels
        ]

    @property
    def former(self) -> str:
        """What was given in the round before, where it was another value."""
        before = getattr(self.vote, "former", None)
        if self.vote is None or before is None or before == self.vote.value:
            return ""
        return self.criterion.shown(before)


def written(criterion: Criterion, value: Decimal) -> str:
    """A value as its field holds it: percent for a share."""
    shown = value * 100 if criterion.is_percent else value
    return f"{shown.normalize():f}"


def ballots_in(
    data: Mapping[str, str], items: Sequence[SessionItem], criteria: Sequence[Criterion]
) -> tuple[list[Ballot], dict[str, str]]:
    """The votes that a form was sent with, and sentences for those that are no numbers, by item and criterion."""
    ballots, errors = [], {}
    for item in items:
        for criterion in criteria:
            key = f"{item.pk}-{criterion.pk}"
            text, comment = data.get(f"value-{key}"), data.get(f"comment-{key}")
            if text is None and not comment:
                continue  # not in this form, or a button that was never pressed
            try:
                value = _read(criterion, text or "")
            except InvalidOperation:
                errors[key] = f"{criterion}: give a number."
                continue
            ballots.append(Ballot(item.pk, criterion.pk, value, None if comment is None else comment.strip()[:1000]))
    return ballots, errors


def _read(criterion: Criterion, text: str) -> Decimal | None:
    plain = text.strip().replace(",", "").replace("\u202f", "").replace(" ", "").removesuffix("%")
    if not plain:
        return None
    value = Decimal(plain)
    return value / 100 if criterion.is_percent and value.is_finite() else value
