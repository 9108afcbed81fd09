"""Approved budgets over REST, and the figures of a node's budget."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import IDEMPOTENCY_KEY, ApiView, TenantViewSet
from core.serializers import RowSerializer, name_of
from finance import services
from finance.api.base import OfAmounts, OfSubject, take_subject
from finance.filters import BudgetFilter
from finance.models import Budget, BudgetLine, EntryClass, EntryKind, FinancialEntry
from finance.models.entry import COSTS, INCOME
from finance.models.subject import SUBJECTS
from finance.selectors.history import compared
from finance.selectors.standing import Standing, standing_of

AGAINST = OpenApiParameter(
    "against", {"type": "integer", "minimum": 1}, required=True, description="Another budget of the same subject."
)
CENTS: Any = {"max_digits": 20, "decimal_places": 2}


class BudgetSerializer(OfSubject, RowSerializer):
    """A budget as it was approved. A change approves the next number; this one stays."""

    approved_by_name = name_of("approved_by.name")
    expected_number = serializers.IntegerField(
        write_only=True, required=False, min_value=0, help_text="Of the approved budget that you saw, 0 for none."
    )

    class Meta:
        model = Budget
        fields = (
            "id",
            "version",
            *SUBJECTS,
            "number",
            "status",
            "reason",
            "expected_number",
            "approved_at",
            "approved_by",
            "approved_by_name",
            "cost_amount",
            "income_amount",
            "currency",
            "created_at",
            "updated_at",
        )
        read_only_fields = (
            "number", "status", "approved_at", "approved_by", "cost_amount", "income_amount", "currency",
        )  # fmt: skip


class BudgetLineSerializer(RowSerializer):
    """An entry of an approved budget as it stood."""

    class Meta:
        model = BudgetLine
        fields = ("id", "entry_class", "line", "month", "amount", "currency", "reporting_amount")


class DifferenceSerializer(serializers.Serializer[Any]):
    """A line in which two budgets differ."""

    entry_class = serializers.ChoiceField(EntryClass.choices)
    line = serializers.CharField()
    month = serializers.DateField()
    currency = serializers.CharField()
    before = serializers.DecimalField(**CENTS, allow_null=True)
    after = serializers.DecimalField(**CENTS, allow_null=True)
    change = serializers.DecimalField(**CENTS)


class ComparisonSerializer(serializers.Serializer[Any]):
    """Two budgets of one subject: the totals of both, and every line that differs."""

    before = serializers.IntegerField()
    after = serializers.IntegerField()
    cost_change_amount = serializers.DecimalField(**CENTS)
    income_change_amount = serializers.DecimalField(**CENTS)
    rows = DifferenceSerializer(many=True)


class BudgetViewSet(OfAmounts, TenantViewSet):
    """Budgets as they were approved. To create one is to approve the budget entries of a subject as they stand."""

    queryset = Budget.objects.all()
    serializer_class = BudgetSerializer
    filterset_class = BudgetFilter
    orderings: ClassVar[dict[str, tuple[str, ...]]] = {"id": (), "approved_at": ("approved_at",)}

    @extend_schema(parameters=[IDEMPOTENCY_KEY])
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Approve the budget of a subject; a further one needs a reason."""
        values = self.body()
        budget = services.approve_budget(actor=self.actor, subject=take_subject(values), **values)
        return self.answer(budget, status.HTTP_201_CREATED)

    @extend_schema(parameters=[AGAINST], responses=ComparisonSerializer, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def compare(self, request: Request, pk: int) -> Response:
        """From another budget of the same subject to this one."""
        after = self.get_object()
        word = request.query_params.get("against", "")
        known = word.isascii() and word.isdigit() and len(word) < 19
        column = after.subject_kind
        same = self.get_queryset().filter(**{column: getattr(after, f"{column}_id")})
        before = same.filter(pk=int(word)).first() if known else None
        if before is None:
            raise serializers.ValidationError({"against": ["The subject has no such budget."]})
        answer = {
            "before": before.pk,
            "after": after.pk,
            "cost_change_amount": after.cost_amount - before.cost_amount,
            "income_change_amount": after.income_amount - before.income_amount,
            "rows": compared(before, after),
        }
        return Response(ComparisonSerializer(answer).data)


class BudgetLinesView(OfAmounts, TenantViewSet):
    """What an approved budget keeps, line by line."""

    queryset = BudgetLine.objects.all()
    serializer_class = BudgetLineSerializer
    filter_backends = ()

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return rows
        if not Budget.objects.visible_to(self.request.user).filter(pk=self.kwargs["pk"]).exists():
            raise Http404
        return rows.filter(budget=self.kwargs["pk"])


class FigureSerializer(serializers.Serializer[Any]):
    """The amount of a kind and class in a month, in the organization's currency."""

    kind = serializers.ChoiceField(EntryKind.choices)
    entry_class = serializers.ChoiceField(EntryClass.choices)
    month = serializers.DateField()
    amount = serializers.DecimalField(**CENTS)


class ChildSerializer(serializers.Serializer[Any]):
    """A project of a program, with its costs."""

    project = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    budget_amount = serializers.DecimalField(**CENTS, allow_null=True)
    forecast_amount = serializers.DecimalField(**CENTS, allow_null=True)
    actual_amount = serializers.DecimalField(**CENTS, allow_null=True)
    estimate_amount = serializers.DecimalField(**CENTS, help_text="At completion.")


class NodeBudgetSerializer(serializers.Serializer[Any]):
    """The money of a node: totals of its costs and income, each month, and the budget given beside its children's."""

    currency = serializers.CharField()
    approved_budget = serializers.IntegerField(allow_null=True, help_text="The approved budget, where there is one.")
    budget_amount = serializers.DecimalField(**CENTS)
    forecast_amount = serializers.DecimalField(**CENTS)
    actual_amount = serializers.DecimalField(**CENTS)
    estimate_amount = serializers.DecimalField(**CENTS, help_text="Costs at completion.")
    income_budget_amount = serializers.DecimalField(**CENTS)
    income_estimate_amount = serializers.DecimalField(**CENTS)
    given_amount = serializers.DecimalField(**CENTS, allow_null=True, help_text="Budget given to the node itself.")
    children_amount = serializers.DecimalField(**CENTS, help_text="What its projects have.")
    unallocated_amount = serializers.DecimalField(
        **CENTS, allow_null=True, help_text="Given less the children's; below zero where more was given on."
    )
    last_actual_month = serializers.DateField(allow_null=True)
    figures = FigureSerializer(many=True)
    children = ChildSerializer(many=True)


def node_budget(standing: Standing) -> Mapping[str, Any]:
    """A standing as `NodeBudgetSerializer` shows it."""
    figures = [
        {"kind": kind, "entry_class": entry_class, "month": month, "amount": amount}
        for (kind, entry_class, month), amount in sorted(standing.sums.items(), key=lambda item: item[0])
    ]
    return {
        "currency": standing.subject.organization.currency,
        "approved_budget": standing.approved and standing.approved.pk,
        **{f"{kind}_amount": standing.total(kind, COSTS) for kind in EntryKind.values},
        "estimate_amount": standing.estimate(),
        "income_budget_amount": standing.total(EntryKind.BUDGET, INCOME),
        "income_estimate_amount": standing.estimate(INCOME),
        "given_amount": standing.given.given_amount,
        "children_amount": standing.given.children_amount,
        "unallocated_amount": standing.given.difference,
        "last_actual_month": standing.last_actual,
        "figures": figures,
        "children": standing.children,
    }


class NodeBudgetView(OfAmounts, ApiView):
    """The budget of a project, program or product against forecast and actual."""

    node = ""

    @extend_schema(responses=NodeBudgetSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """The money of a node by kind, class and month, and what its children have of it."""
        model: Any = FinancialEntry._meta.get_field(self.node).related_model
        row = model.objects.visible_to(self.actor).select_related("organization").filter(pk=pk).first()
        if row is None:
            raise Http404
        return Response(NodeBudgetSerializer(node_budget(standing_of(row, timezone.localdate()))).data)
