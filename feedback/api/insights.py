"""What feedback says as a whole, over REST: over time, by theme and product, before and after a release."""

from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ApiView
from core.api.filtering import refuse_unknown
from feedback.algorithms.agreement import Interval
from feedback.algorithms.change import Change, Verdict
from feedback.algorithms.tally import Comparison, Tally
from feedback.forms.insights import InsightForm
from feedback.models import Channel, FeedbackKind
from feedback.selectors.compare import WINDOWS, before_after, products_of
from feedback.selectors.insights import Asked, Behind, river_of, themes_of

DAY = {"type": "string", "format": "date"}
#: What narrows the feedback, when it was said, and before and after what: each view reads those that it tells of.
NARROWED = [
    OpenApiParameter("product", {"type": "integer"}, description="Items about this product."),
    OpenApiParameter("segment", {"type": "string"}, description="Items from accounts of this segment."),
    OpenApiParameter("channel", {"type": "string", "enum": Channel.values}),
    OpenApiParameter("kind", {"type": "string", "enum": FeedbackKind.values}),
]
SAID = [
    OpenApiParameter("said_from", DAY, description="By default twelve months before `said_to`."),
    OpenApiParameter("said_to", DAY, description="By default today."),
]
COMPARED = [
    OpenApiParameter("release", {"type": "integer"}, description="By default the latest, of the product if given."),
    OpenApiParameter("project", {"type": "integer"}, description="Instead: the finish of this project."),
    OpenApiParameter("date", DAY, description="Instead: this day."),
    OpenApiParameter("days", {"type": "integer", "enum": list(WINDOWS), "default": 60}, description="On each side."),
]
VERDICTS = [verdict.value for verdict in Verdict]


class SentimentTallySerializer(serializers.Serializer[Any]):
    """How many items sound how; shares and intervals are of those whose sentiment is known."""

    count = serializers.IntegerField()
    negative = serializers.IntegerField()
    neutral = serializers.IntegerField()
    positive = serializers.IntegerField()
    negative_ratio = serializers.FloatField(allow_null=True)
    negative_ratio_low = serializers.FloatField(allow_null=True, help_text="95 % interval after Wilson.")
    negative_ratio_high = serializers.FloatField(allow_null=True)
    mean = serializers.FloatField(allow_null=True, help_text="Of the scores, from -1 to 1.")


class SentimentChangeSerializer(serializers.Serializer[Any]):
    """After minus before, with its interval; null is not known."""

    before = serializers.FloatField(allow_null=True)
    after = serializers.FloatField(allow_null=True)
    before_count = serializers.IntegerField()
    after_count = serializers.IntegerField()
    difference = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    verdict = serializers.ChoiceField(VERDICTS, help_text="A clear change leaves 0 outside the interval.")


class SentimentComparisonSerializer(serializers.Serializer[Any]):
    """Two tallies, and what may be said of their difference."""

    before = SentimentTallySerializer()
    after = SentimentTallySerializer()
    negative_ratio = SentimentChangeSerializer(help_text="After Newcombe.")
    mean = SentimentChangeSerializer(help_text="After Welch.")
    comparisons = serializers.IntegerField(
        help_text="So many intervals are told together, and hold together with 95 % (Bonferroni)."
    )


class BehindSerializer(serializers.Serializer[Any]):
    """Who stands behind items, each account once however much it said."""

    account_count = serializers.IntegerField()
    arr_amount = serializers.DecimalField(26, 2, help_text="In the organization's currency.")


class RiverPeriodSerializer(SentimentTallySerializer):
    """A week or a month, as far as it is asked about."""

    first_date = serializers.DateField()
    last_date = serializers.DateField()


class RiverReleaseSerializer(serializers.Serializer[Any]):
    """A release in that time."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    product = serializers.IntegerField()
    product_name = serializers.CharField()
    released_date = serializers.DateField()


class RiverSerializer(serializers.Serializer[Any]):
    """Feedback by sentiment over time."""

    first_date = serializers.DateField()
    last_date = serializers.DateField()
    step = serializers.ChoiceField(["week", "month"])
    periods = RiverPeriodSerializer(many=True)
    releases = RiverReleaseSerializer(many=True)


class ThemeFiguresSerializer(SentimentTallySerializer, BehindSerializer):
    """A theme: how its items sound, and who stands behind it."""

    theme = serializers.IntegerField()
    name = serializers.CharField()


class ThemesSerializer(serializers.Serializer[Any]):
    """Themes, that with the most items first."""

    themes = ThemeFiguresSerializer(many=True)
    without_theme_count = serializers.IntegerField()


class TopThemeSerializer(serializers.Serializer[Any]):
    """The theme that most items are in."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    count = serializers.IntegerField()


class ProductFiguresSerializer(BehindSerializer):
    """A product against the time before, equally long."""

    product = serializers.IntegerField(allow_null=True, help_text="Null: items about no product.")
    name = serializers.CharField()
    comparison = SentimentComparisonSerializer()
    top_theme = TopThemeSerializer(allow_null=True)


class ThemeChangeSerializer(serializers.Serializer[Any]):
    """A theme before and after."""

    theme = serializers.IntegerField()
    name = serializers.CharField()
    comparison = SentimentComparisonSerializer()


class BeforeAfterSerializer(serializers.Serializer[Any]):
    """Feedback before and after a day, such as that of a release."""

    what = serializers.ChoiceField(["release", "project", "date"])
    name = serializers.CharField()
    date = serializers.DateField()
    days = serializers.IntegerField()
    whole = SentimentComparisonSerializer()
    themes = ThemeChangeSerializer(many=True)
    warnings = serializers.ListField(child=serializers.CharField(), help_text="What else may be behind a change.")


class InsightView(ApiView):
    """What all of them read from the address."""

    parameters: ClassVar[list[OpenApiParameter]] = [*NARROWED, *SAID]

    def read(self) -> tuple[InsightForm, Asked]:
        """What is asked.

        Raises:
            ValidationError: a parameter makes no sense, or none here.
        """
        refuse_unknown(self.request, [parameter.name for parameter in self.parameters])
        form = InsightForm(self.request.GET, user=self.actor)
        asked = form.asked()
        if form.errors:
            raise exceptions.ValidationError(
                {name: [str(text) for text in texts] for name, texts in form.errors.items()}
            )
        return form, asked


class RiverView(InsightView):
    """How feedback sounds over time."""

    @extend_schema(parameters=InsightView.parameters, responses=RiverSerializer)
    def get(self, request: Request) -> Response:
        """Items by sentiment, week by week, or month by month where more than a year is asked for."""
        _, asked = self.read()
        river = river_of(asked)
        periods = [{"first_date": one.first, "last_date": one.last, **told_tally(one.tally)} for one in river.periods]
        told = {
            "first_date": asked.first,
            "last_date": asked.last,
            "step": "week" if river.is_weekly else "month",
            "periods": periods,
            "releases": [told_release(one) for one in river.releases],
        }
        return Response(RiverSerializer(told).data)


class ThemeFiguresView(InsightView):
    """Which themes are loud."""

    @extend_schema(parameters=InsightView.parameters, responses=ThemesSerializer)
    def get(self, request: Request) -> Response:
        """Themes by how many items are in them, with the accounts behind each."""
        _, asked = self.read()
        found = themes_of(asked)
        rows = [
            {"theme": one.pk, "name": one.name, **told_tally(one.tally), **told_behind(one.behind)}
            for one in found.rows
        ]
        return Response(ThemesSerializer({"themes": rows, "without_theme_count": found.without}).data)


class ProductFiguresView(InsightView):
    """How products compare."""

    @extend_schema(parameters=InsightView.parameters, responses=ProductFiguresSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Products by how many items are about them, each against the time before."""
        _, asked = self.read()
        rows = [
            {
                "product": one.pk, "name": one.name, "comparison": told_comparison(one.comparison),
                "top_theme": vars(one.top_theme) | {"id": one.top_theme.pk} if one.top_theme else None,
                **told_behind(one.behind),
            }
            for one in products_of(asked).rows
        ]  # fmt: skip
        return Response(ProductFiguresSerializer(rows, many=True).data)


class BeforeAfterView(InsightView):
    """Whether anything changed with a release."""

    parameters: ClassVar[list[OpenApiParameter]] = [*NARROWED, *COMPARED]

    @extend_schema(parameters=parameters, responses=BeforeAfterSerializer)
    def get(self, request: Request) -> Response:
        """Feedback before and after a release, the finish of a project or a day, as a whole and by theme."""
        form, asked = self.read()
        moment = form.moment(asked)
        if moment is None:
            raise exceptions.ValidationError({"release": ["There is no release. Name a `date` or a `project`."]})
        found = before_after(asked, moment, form.window)
        told = {
            "what": moment.kind,
            "name": moment.name,
            "date": moment.day,
            "days": found.days,
            "whole": told_comparison(found.whole),
            "themes": [
                {"theme": one.pk, "name": one.name, "comparison": told_comparison(one.comparison)}
                for one in found.themes
            ],
            "warnings": found.warnings,
        }
        return Response(BeforeAfterSerializer(told).data)


def told_tally(one: Tally) -> dict[str, Any]:
    """A tally as `SentimentTallySerializer` tells it."""
    low, high = _ends(one.interval)
    return {
        "count": one.count, "negative": one.negative, "neutral": one.neutral, "positive": one.positive,
        "negative_ratio": one.negative_ratio, "negative_ratio_low": low, "negative_ratio_high": high,
        "mean": one.scores.mean,
    }  # fmt: skip


def told_comparison(one: Comparison) -> dict[str, Any]:
    """A comparison as `SentimentComparisonSerializer` tells it."""
    return {
        "before": told_tally(one.before),
        "after": told_tally(one.after),
        "negative_ratio": _told_change(one.share),
        "mean": _told_change(one.mean),
        "comparisons": one.comparisons,
    }


def told_behind(one: Behind) -> dict[str, Any]:
    return {"account_count": one.account_count, "arr_amount": round(one.arr, 2)}


def told_release(release: Any) -> dict[str, Any]:
    """A release as `RiverReleaseSerializer` tells it."""
    return {
        "id": release.pk, "name": release.name, "product": release.product_id, "product_name": release.product.name,
        "released_date": release.released_date,
    }  # fmt: skip


def _told_change(change: Change) -> dict[str, Any]:
    low, high = _ends(change.interval)
    return {
        "before": change.before, "after": change.after, "before_count": change.before_count,
        "after_count": change.after_count, "difference": change.difference, "low": low, "high": high,
        "verdict": change.verdict.value,
    }  # fmt: skip


def _ends(interval: Interval | None) -> tuple[float | None, float | None]:
    return (interval.low, interval.high) if interval else (None, None)
