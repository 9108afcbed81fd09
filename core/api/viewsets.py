"""Resources: reads of the rows a caller may see, writes through the services of their app."""

from types import ModuleType
from typing import Any, ClassVar

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from core.api.filtering import FilterBackend, ListWordsBackend
from core.api.pagination import KeysetPagination
from core.api.versions import IF_MATCH, IF_NONE_MATCH, etag_of, expected_version, not_modified
from core.api.views import ApiView
from core.serializers import StrictSerializer

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
    OpenApiParameter.HEADER,
    description="Sent twice within a day, the request is done once and answered twice.",
)


class TenantViewSet(ApiView, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):  # type: ignore[type-arg]
    """Reads of the rows the caller may see: one statement for a page, one for a row."""

    pagination_class: Any = KeysetPagination
    filter_backends: Any = (FilterBackend, ListWordsBackend)
    lookup_value_converter = "int"
    #: The URL's word -> the columns it orders by; ties are broken by id. Each needs an index.
    orderings: ClassVar[dict[str, tuple[str, ...]]] = {"id": ()}
    default_ordering = "id"

    def get_queryset(self) -> Any:
        rows: Any = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return rows.none()
        return rows.visible_to(self.request.user)

    def get_object(self) -> Any:
        """The row, without the list's filters: they would build a form for nothing."""
        row = self.get_queryset().filter(pk=self.kwargs["pk"]).first()
        if row is None:
            raise Http404
        self.check_object_permissions(self.request, row)
        return row

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        plan: Any = self.get_serializer_class().plan()  # type: ignore[attr-defined]
        rows = self.filter_queryset(self.get_queryset())
        pages: Any = self.paginator
        found = pages.page(rows, plan.columns, request=request, view=self)
        response: Response = pages.get_paginated_response(plan.rows(found))
        return response

    @extend_schema(parameters=[IF_NONE_MATCH])
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        data = self.read(self.kwargs["pk"])
        tag = etag_of(data.get("version", 0), data)
        if not_modified(request, tag):
            return Response(status=status.HTTP_304_NOT_MODIFIED, headers={"ETag": tag})
        return Response(data, headers={"ETag": tag})

    def read(self, pk: int) -> dict[str, Any]:
        """One row as the list shows it."""
        plan: Any = self.get_serializer_class().plan()  # type: ignore[attr-defined]
        found = list(self.get_queryset().filter(pk=pk).values_list(*plan.columns)[:1])
        if not found:
            raise Http404
        row: dict[str, Any] = self.shown(plan.row(found[0]))
        return row

    def answer(self, row: Any, code: int = status.HTTP_200_OK) -> Response:
        """The row as it now stands, after a write."""
        data = self.read(row.pk)
        headers = {"ETag": etag_of(data.get("version", 0), data)}
        if code == status.HTTP_201_CREATED:
            headers["Location"] = f"{self.request.path}{row.pk}/"
        return Response(data, status=code, headers=headers)

    def body(self, serializer: Any = None, **options: Any) -> dict[str, Any]:
        """The body of the request, checked by a serializer class: an action's own, by default the resource's."""
        make = serializer or self.get_serializer_class()
        body = make(data=self.request.data, context=self.get_serializer_context(), **options)
        body.is_valid(raise_exception=True)
        checked: dict[str, Any] = body.validated_data
        return checked


class RecordViewSet(TenantViewSet):
    """Create, change, archive and restore through the app's services, named after the noun."""

    services: ModuleType
    noun: str
    #: True where a row is created in the organization itself, False where its body names the row it belongs to.
    in_organization = True

    def get_object(self) -> Any:
        row = self.get_queryset().select_related(None).filter(pk=self.kwargs["pk"]).first()
        if row is None:
            raise Http404
        return row

    def call(self, verb: str, **arguments: Any) -> Any:
        return getattr(self.services, f"{verb}_{self.noun}")(actor=self.actor, **arguments)

    def change(self, verb: str, serializer: Any = None, **options: Any) -> Response:
        """Let a service change the row of this address, at the version that If-Match names.

        Args:
            verb: the service is called by it and the noun.
            serializer: checks the body, whose fields the service takes; None where there is no body.
        """
        named = {self.noun_argument: self.get_object(), "expected_version": expected_version(self.request)}
        is_told = serializer is not None or "json" in (self.request.content_type or "")
        fields = self.body(serializer or StrictSerializer, **options) if is_told else {}
        return self.answer(self.call(verb, **named, **fields))

    @extend_schema(parameters=[IDEMPOTENCY_KEY])
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        home = {"organization": self.organization} if self.in_organization else {}
        return self.answer(self.call("create", **home, **self.body()), status.HTTP_201_CREATED)

    @extend_schema(parameters=[IF_MATCH])
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.change("update", self.get_serializer_class(), partial=True)

    @extend_schema(parameters=[IF_MATCH], responses={204: None})
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Archive; nothing is deleted. `restore` brings it back."""
        named = {self.noun_argument: self.get_object(), "expected_version": expected_version(request)}
        self.call("archive", **named)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=None, parameters=[IF_MATCH, IDEMPOTENCY_KEY])
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: int) -> Response:
        """Bring an archived row back."""
        return self.change("restore")

    @property
    def noun_argument(self) -> str:
        """What the services call the row: the noun's last word."""
        return self.noun.rpartition("_")[2]
