"""Items of feedback that words find, and those that mean what the words mean, over REST."""

from collections.abc import Sequence
from typing import Any

import django_filters as filters
from django.core import signing
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from core.api import FilterBackend, ListWordsBackend, TenantViewSet
from core.api.filtering import ARCHIVED
from core.api.pagination import page_size
from feedback.api.item import FeedbackItemSerializer
from feedback.filters import ItemFilter
from feedback.models import FeedbackItem
from feedback.selectors.search import MOST_FOUND, NARROWING, Found, found

ORDERINGS = ("relevance", "-said_at")
#: Signed without a time: the same place has the same address, whenever it is asked for.
SALT = "feedback.search"


class FoundItemSerializer(FeedbackItemSerializer):
    """An item that a search found."""

    likeness = serializers.FloatField(
        read_only=True, allow_null=True, help_text="Of its meaning and what is asked for, to 1; null where it is far."
    )
    found_by = serializers.ChoiceField(["words", "meaning", "both"], read_only=True)

    class Meta(FeedbackItemSerializer.Meta):
        fields = (*FeedbackItemSerializer.Meta.fields, "likeness", "found_by")  # type: ignore[assignment]


class SearchFilter(ItemFilter):
    """The filters of the list, and what is asked for."""

    q = filters.CharFilter(method="keep", label="Words, or a sentence that says what is meant", max_length=200)

    def keep(self, rows: Any, name: str, words: str) -> Any:
        """Asked of the search itself."""
        return rows


class RankedWords(ListWordsBackend):
    """Orders that a search has."""

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        first, *others = super().get_schema_operation_parameters(view)
        schema = {"type": "string", "enum": list(ORDERINGS), "default": ORDERINGS[0]}
        return [{**first, "schema": schema, "description": "The order of the rows."}, *others]


class FoundItemsView(TenantViewSet):
    """Search in feedback."""

    queryset = FeedbackItem.objects.all()
    serializer_class = FoundItemSerializer
    filterset_class = SearchFilter
    filter_backends = (FilterBackend, RankedWords)
    default_ordering = ORDERINGS[0]

    @extend_schema(operation_id="feedback_items_search", parameters=[OpenApiParameter("q", str, required=True)])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Items in which all words stand, or words that begin so, and items that mean what the words mean.

        Both rankings are fused, the best first; at most 250 are found. “Quotes”, `or` and `-without` ask for words
        alone. Of items that were not analyzed yet, only the words are known.
        """
        rows = self.filter_queryset(self.get_queryset())
        asked = request.query_params
        if not asked.get("q", "").strip():
            raise exceptions.ValidationError({"q": ["Say what you look for."]})
        if asked.get("ordering", ORDERINGS[0]) not in ORDERINGS:
            raise exceptions.ValidationError({"ordering": [f"Found rows can be ordered by {', '.join(ORDERINGS)}."]})
        size, begin = page_size(request), place_in(asked.get("cursor"))
        result = found(asked["q"], self.narrowed(), is_newest_first=asked.get("ordering") == "-said_at")
        ids = result.ids if self.narrowed().keys() <= NARROWING else self._left(rows, result)
        ids, shown = ids[:MOST_FOUND], ids[:MOST_FOUND][begin : begin + size]
        return Response(
            {
                "next": self._address(begin + size) if begin + size < len(ids) else None,
                "previous": self._address(max(0, begin - size)) if begin else None,
                "results": self._results(rows, shown, result),
            }
        )

    def narrowed(self) -> dict[str, str]:
        """The filters that the address names, as the search takes them; they have been checked."""
        asked, known = self.request.query_params, SearchFilter.base_filters
        given = {name: asked[name] for name in known if name in asked and name != "q"}
        ids = {name for name in given if isinstance(known[name], filters.ModelChoiceFilter)}
        if given.get("theme") == "none":
            given["has_no_theme"] = given.pop("theme")
        # Python reads more digits than PostgreSQL does.
        given |= {name: str(int(given[name])) for name in ids & given.keys()}
        word = ARCHIVED[asked.get("archived", "false")]
        return {**given, "archived": "any" if word is None else str(word).lower()}

    def _left(self, rows: Any, result: Found) -> Sequence[int]:
        """What filters leave that the search does not know."""
        left = set(rows.filter(pk__in=result.ids).values_list("pk", flat=True))
        return [pk for pk in result.ids if pk in left]

    def _results(self, rows: Any, ids: Any, result: Found) -> Any:
        plan: Any = FeedbackItemSerializer.plan()
        told = {row["id"]: row for row in plan.rows(rows.filter(pk__in=ids).values_list(*plan.columns))}
        for pk, row in told.items():
            likeness = result.likeness.get(pk)
            row["likeness"] = None if likeness is None else round(likeness, 4)
            by_words, by_meaning = pk in result.by_words, likeness is not None
            row["found_by"] = "both" if by_words and by_meaning else "words" if by_words else "meaning"
        return [told[pk] for pk in ids if pk in told]

    def _address(self, begin: int) -> str:
        url = self.request.build_absolute_uri()
        return str(replace_query_param(url, "cursor", signing.Signer(salt=SALT).sign(str(begin))))


def place_in(cursor: str | None) -> int:
    """The place among what is found at which a page begins.

    Raises:
        rest_framework.exceptions.ValidationError: the cursor is none of ours.
    """
    if not cursor:
        return 0
    try:
        return int(signing.Signer(salt=SALT).unsign(cursor))
    except signing.BadSignature:
        sentence = "This cursor is not one of ours. Start without one, then follow `next`."
        raise exceptions.ValidationError({"cursor": [sentence]}) from None
