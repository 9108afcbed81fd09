"""Financial entries over REST, one by one or a thousand at once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import IDEMPOTENCY_KEY, IF_MATCH, TenantViewSet, expected_version
from core.serializers import RowSerializer, StrictSerializer
from finance import services
from finance.api.base import ONE_SUBJECT, OfAmounts, OfSubject, take_subject
from finance.filters import EntryFilter
from finance.models import EntryClass, EntryKind, FinancialEntry
from finance.models.subject import SUBJECTS
from finance.selectors.cells import Cell, CellErrors

MOST_ROWS = 1000
REASON = "Why; needed where a budget that is approved changes: the next number is approved with it."


def reason_field() -> serializers.CharField:
    return serializers.CharField(write_only=True, required=False, allow_blank=True, max_length=2000, help_text=REASON)


class EntrySerializer(OfSubject, RowSerializer):
    """An amount of one kind and class about one subject in one month."""

    reason = reason_field()

    class Meta:
        model = FinancialEntry
        fields = (
            "id",
            "version",
            *SUBJECTS,
            "kind",
            "entry_class",
            "line",
            "month",
            "amount",
            "currency",
            "reporting_amount",
            "rate_date",
            "note",
            "external_key",
            "reason",
            "created_at",
            "updated_at",
        )
        extra_kwargs: Mapping[str, Any] = {
            "currency": {"required": False, "help_text": "By default the organization's."},
            "reporting_amount": {
                "help_text": "In the organization's currency, unrounded, at the rate of `rate_date`.",
                "read_only": True,
            },
            "rate_date": {"help_text": "Null: the amount is in the organization's currency.", "read_only": True},
        }
        instead: Mapping[str, str] = {
            "reporting_amount": "It follows from the amount and the exchange rate.",
            "rate_date": "It follows from the exchange rates.",
            **dict.fromkeys(SUBJECTS, "An entry stays with its subject. Remove it, and add one to the other."),
        }
        create_only = SUBJECTS


class CellSerializer(StrictSerializer):
    """An entry as it is to be, found by its external key or by subject, kind, class, line, month and currency."""

    portfolio = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=2**63 - 1)
    program = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=2**63 - 1)
    project = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=2**63 - 1)
    product = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=2**63 - 1)
    kind = serializers.ChoiceField(EntryKind.choices)
    entry_class = serializers.ChoiceField(EntryClass.choices)
    line = serializers.CharField(required=False, allow_blank=True, max_length=200)
    month = serializers.DateField(help_text="The first day of the month.")
    amount = serializers.DecimalField(16, 2, allow_null=True, help_text="Null removes the entry.")
    currency = serializers.CharField(required=False, max_length=3, help_text="By default the organization's.")
    note = serializers.CharField(required=False, allow_blank=True, max_length=500)
    external_key = serializers.CharField(required=False, allow_blank=True, max_length=200)

    def validate(self, attrs: Mapping[str, Any]) -> Mapping[str, Any]:
        if sum(attrs.get(name) is not None for name in SUBJECTS) != 1:
            raise serializers.ValidationError(ONE_SUBJECT)
        return attrs


class EntriesSerializer(StrictSerializer):
    """Many entries at once: all of them are saved, or none."""

    entries = serializers.ListField(
        child=CellSerializer(), allow_empty=False, max_length=MOST_ROWS, help_text=f"1 to {MOST_ROWS} rows."
    )
    reason = reason_field()


class EntryResultSerializer(serializers.Serializer[Any]):
    """What became of a row."""

    row = serializers.IntegerField(help_text="Its place in the body, from 0.")
    result = serializers.ChoiceField(["created", "updated", "removed", "unchanged"])
    id = serializers.IntegerField(allow_null=True, help_text="Null where there is no entry now.")


class EntryResultsSerializer(serializers.Serializer[Any]):
    """What became of each row, in their order."""

    results = EntryResultSerializer(many=True)


class EntryViewSet(OfAmounts, TenantViewSet):
    """What was budgeted, is expected and was spent or earned, month by month. `bulk/` sets up to 1,000 at once."""

    queryset = FinancialEntry.objects.all()
    serializer_class = EntrySerializer
    filterset_class = EntryFilter
    orderings: ClassVar[dict[str, tuple[str, ...]]] = {"id": (), "month": ("month",)}

    @extend_schema(parameters=[IDEMPOTENCY_KEY])
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Add an entry."""
        values = self.body()
        subject = take_subject(values)
        row = services.create_entry(actor=self.actor, organization=self.organization, subject=subject, **values)
        return self.answer(row, status.HTTP_201_CREATED)

    @extend_schema(parameters=[IF_MATCH])
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change an entry; it stays with its subject."""
        values = self.body(partial=True)
        version = expected_version(request)
        row = services.update_entry(actor=self.actor, entry=self.get_object(), expected_version=version, **values)
        return self.answer(row)

    @extend_schema(parameters=[IF_MATCH], responses={204: None})
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Remove an entry; the history of its subject keeps what it was.

        One of an approved budget is removed through `bulk/`, which takes the reason.
        """
        services.remove_entry(actor=self.actor, entry=self.get_object(), expected_version=expected_version(request))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=EntriesSerializer, responses=EntryResultsSerializer, parameters=[IDEMPOTENCY_KEY])
    @action(detail=False, methods=["post"], filter_backends=(), pagination_class=None)
    def bulk(self, request: Request) -> Response:
        """Set up to 1,000 entries of any subjects: all of them, or none.

        Where rows are wrong nothing is saved, and `errors.entries` has sentences by field for each row, in their
        order; those of good rows are empty.
        """
        body = self.body(EntriesSerializer)
        rows = body["entries"]
        cells = self._cells(rows)
        try:
            results = services.set_entries(
                actor=self.actor, organization=self.organization, cells=cells, reason=body.get("reason", "")
            )
        except CellErrors as wrong:
            raise _refused(len(rows), wrong.rows) from wrong
        found = [{"row": n, "result": one.action, "id": one.entry_id} for n, one in enumerate(results)]
        return Response({"results": found})

    def _cells(self, rows: Sequence[dict[str, Any]]) -> list[Cell]:
        """Rows with their subjects, read in one statement for each kind of subject."""
        wanted: dict[str, set[int]] = defaultdict(set)
        named = [next((name, row[name]) for name in SUBJECTS if row.get(name) is not None) for row in rows]
        for name, pk in named:
            wanted[name].add(pk)
        found: dict[tuple[str, int], Any] = {}
        for name, ids in wanted.items():
            model: Any = FinancialEntry._meta.get_field(name).related_model
            found |= {(name, row.pk): row for row in model.objects.visible_to(self.actor).filter(pk__in=ids)}
        unknown = {n: key for n, key in enumerate(named) if key not in found}
        if unknown:
            sentence = "There is no such row, or it is not yours to see."
            raise _refused(len(rows), {n: {name: sentence} for n, (name, _) in unknown.items()})
        return [
            Cell(subject=found[key], **{name: value for name, value in row.items() if name not in SUBJECTS})
            for row, key in zip(rows, named, strict=True)
        ]


def _refused(count: int, rows: Mapping[int, Mapping[str, str]]) -> serializers.ValidationError:
    errors = [{name: [text] for name, text in rows.get(place, {}).items()} for place in range(count)]
    return serializers.ValidationError({"entries": errors})
