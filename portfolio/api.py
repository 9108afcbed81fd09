"""Portfolios, products, lines, shares, stances and rollups over REST."""

from decimal import Decimal
from typing import Any, ClassVar

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import (
    IDEMPOTENCY_KEY,
    IF_MATCH,
    IF_NONE_MATCH,
    ApiView,
    RecordViewSet,
    TenantViewSet,
    etag_of,
    expected_version,
    not_modified,
)
from finance.api.base import OfAmounts
from portfolio import services
from portfolio.filters import (
    DemandMonthFilter,
    MoneyMonthFilter,
    PortfolioFilter,
    ProductFilter,
    ProductLineFilter,
    RollupFilter,
    StanceDecisionFilter,
)
from portfolio.models import (
    DemandMonth,
    MoneyMonth,
    Portfolio,
    Product,
    ProductLine,
    ProductShare,
    Rollup,
    StanceDecision,
)
from portfolio.serializers import (
    DemandMonthSerializer,
    MoneyMonthSerializer,
    PortfolioSerializer,
    ProductLineSerializer,
    ProductSerializer,
    RollupSerializer,
    SharesSerializer,
    StanceDecisionSerializer,
)
from projects.models import Project

BY_NAME: dict[str, tuple[str, ...]] = {"id": (), "name": ("name",)}


class PortfolioViewSet(RecordViewSet):
    """Programs, projects and portfolios managed as a group to reach strategic objectives."""

    queryset = Portfolio.objects.all()
    serializer_class = PortfolioSerializer
    filterset_class = PortfolioFilter
    services = services
    noun = "portfolio"
    orderings = BY_NAME


class ProductLineViewSet(RecordViewSet):
    """Products that are managed together and share a market."""

    queryset = ProductLine.objects.with_stance()
    serializer_class = ProductLineSerializer
    filterset_class = ProductLineFilter
    services = services
    noun = "product_line"
    orderings: ClassVar[dict[str, tuple[str, ...]]] = {"id": (), "code": ("code",)}


class ProductViewSet(RecordViewSet):
    """What customers buy or use, for as long as it lives."""

    queryset = Product.objects.with_stance()
    serializer_class = ProductSerializer
    filterset_class = ProductFilter
    services = services
    noun = "product"
    orderings = BY_NAME


class StanceDecisionViewSet(TenantViewSet, mixins.CreateModelMixin):
    """Decisions to invest in, maintain or sunset a product or a line. The latest holds; none is ever changed."""

    queryset = StanceDecision.objects.all()
    serializer_class = StanceDecisionSerializer
    filterset_class = StanceDecisionFilter

    @extend_schema(parameters=[IDEMPOTENCY_KEY])
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Decide about one product or one line; the figures as they stand are kept as evidence."""
        decision = services.decide_stance(actor=self.actor, **self.body())
        return self.answer(decision, status.HTTP_201_CREATED)


class RollupViewSet(TenantViewSet):
    """The totals of every project, program, portfolio and product, and of the organization, as of an instant.

    `of=organization` finds the one row of the whole, in which project, program, portfolio and product are all null.
    """

    queryset = Rollup.objects.all()
    serializer_class = RollupSerializer
    filterset_class = RollupFilter


class MoneyMonthViewSet(OfAmounts, TenantViewSet):
    """The money of every project, program, portfolio and product, and of the organization, by kind, class and month.

    `amount` is what lies below a node, each project once; `given_amount` is the node's own budget. Name a node
    (`portfolio=3`), or the organization (`of=organization`). A month without money has no row.
    """

    queryset = MoneyMonth.objects.all()
    serializer_class = MoneyMonthSerializer
    filterset_class = MoneyMonthFilter


class DemandMonthViewSet(TenantViewSet):
    """The FTE that every project, program and portfolio, and the organization, asks for by role, team and month.

    Name a node (`portfolio=3`), or the organization (`of=organization`). A month without demand has no row.
    """

    queryset = DemandMonth.objects.all()
    serializer_class = DemandMonthSerializer
    filterset_class = DemandMonthFilter


class NodeRollupView(TenantViewSet):
    """The totals of one node. They follow a change within seconds; `as_of` says when they were made."""

    queryset = Rollup.objects.all()
    serializer_class = RollupSerializer
    pagination_class = None
    filter_backends = ()
    node = ""

    def read(self, pk: int) -> dict[str, Any]:
        plan = RollupSerializer.plan()
        found = list(self.get_queryset().filter(**{self.node: pk}).values_list(*plan.columns)[:1])
        if not found:
            raise Http404
        return plan.row(found[0])


class ProjectProductsView(ApiView):
    """Which products a project serves, and with which part of it."""

    serializer_class = SharesSerializer

    @extend_schema(operation_id="projects_products_retrieve", parameters=[IF_NONE_MATCH], responses=SharesSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """The shares of a project; they sum to 1, or there are none."""
        version = self._project(pk).version
        data = self._shares(pk)
        tag = etag_of(version, data)
        if not_modified(request, tag):
            return Response(status=status.HTTP_304_NOT_MODIFIED, headers={"ETag": tag})
        return Response(data, headers={"ETag": tag})

    @extend_schema(
        operation_id="projects_products_update",
        parameters=[IF_MATCH],
        request=SharesSerializer,
        responses=SharesSerializer,
    )
    def put(self, request: Request, pk: int) -> Response:
        """Say anew which products a project serves; If-Match takes the ETag of the project or of its shares."""
        project = self._project(pk)
        body = SharesSerializer(data=request.data, context={"request": request})
        body.is_valid(raise_exception=True)
        shares = self._by_product(body.validated_data["shares"])
        services.set_product_shares(
            actor=self.actor, project=project, shares=shares, expected_version=expected_version(request)
        )
        data = self._shares(pk)
        return Response(data, headers={"ETag": etag_of(self._project(pk).version, data)})

    def _project(self, pk: int) -> Project:
        project: Project | None = Project.objects.visible_to(self.request.user).filter(pk=pk).first()
        if project is None:
            raise Http404
        return project

    def _by_product(self, shares: list[dict[str, Any]]) -> dict[Product, Decimal]:
        wanted = {share["product"]: share["share_ratio"] for share in shares}
        products = Product.objects.visible_to(self.request.user).live().in_bulk(list(wanted))
        if unknown := sorted(set(wanted) - set(products)):
            sentence = f"There is no such product, or it is not yours to see: {', '.join(map(str, unknown))}."
            raise ValidationError({"shares": [sentence]})
        return {products[pk]: ratio for pk, ratio in wanted.items()}

    def _shares(self, pk: int) -> dict[str, Any]:
        rows = (
            ProductShare.objects.visible_to(self.request.user)
            .filter(project=pk)
            .order_by("-share_ratio", "id")
            .values_list("product_id", "product__name", "share_ratio")
        )
        shares = [{"product": row[0], "product_name": row[1], "share_ratio": format(row[2], "f")} for row in rows]
        return {"project": pk, "shares": shares}
