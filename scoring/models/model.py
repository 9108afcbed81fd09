"""The model by which items are scored, its criteria, and every version that it has had."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from core.models import ArchivableModel, TenantModel
from scoring.algorithms.definition import MONEY, PERCENT, CriterionSpec, Definition, Kind, Level
from scoring.querysets import ArchivableScoringQuerySet, ScoringModelQuerySet, ScoringQuerySet

#: Values of criteria are kept to four decimals.
PLACES = Decimal("0.0001")
KINDS = [(Kind.FORMULA.value, "Formula"), (Kind.WEIGHTED.value, "Weighted criteria"), (Kind.CLASSES.value, "Classes")]


class ScoringModel(ArchivableModel):
    """A way to score and rank items: RICE, WSJF, weighted drivers, an own formula.

    What it measures on is its own and fixed, so that one item more changes nobody's score. Each change of how it
    counts is a version.
    """

    portfolio = models.ForeignKey(
        "portfolio.Portfolio",
        models.PROTECT,
        related_name="scoring_models",
        null=True,
        blank=True,
        help_text="Empty: for the whole organization.",
    )
    name = models.CharField(max_length=100)
    description = models.TextField(blank=True, max_length=5_000)
    kind = models.CharField(max_length=10, choices=KINDS, default=Kind.FORMULA.value)
    formula = models.TextField(
        blank=True, max_length=2_000, help_text="Of a formula model, over its criteria and facts."
    )
    template = models.CharField(max_length=40, blank=True, editable=False, help_text="What it began as.")
    has_drivers = models.BooleanField(
        "its criteria are strategic drivers",
        default=False,
        help_text="Projects that serve no driver, and drivers that no project serves, are pointed out.",
    )
    top_count = models.PositiveIntegerField(
        "how many fit",
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="Where the board draws its line; empty draws none.",
    )
    number = models.PositiveIntegerField(default=1, editable=False, help_text="Of its present version.")
    uses_amounts = models.BooleanField(default=False, editable=False, help_text="Counts with amounts of money.")

    objects = ScoringModelQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "portfolio", "name"],
                nulls_distinct=False,
                condition=Q(archived_at=None),
                name="scoring_model_name_unique",
                violation_error_message="Another scoring model has this name here.",
            ),
            models.UniqueConstraint(
                fields=["organization", "external_key"],
                condition=~Q(external_key=""),
                name="scoring_model_external_key_unique",
                violation_error_message="Another scoring model has this external key.",
            ),
            models.CheckConstraint(
                condition=Q(top_count=None) | Q(top_count__gte=1),
                name="scoring_model_line_is_somewhere",
                violation_error_message="At least one item fits.",
            ),
        ]
        indexes = [models.Index(fields=["organization", "name", "id"], name="scoring_model_by_name")]

    def __str__(self) -> str:
        return self.name


class Criterion(ArchivableModel):
    """One thing that a model scores items by, on a scale that the model fixes."""

    model = models.ForeignKey(ScoringModel, models.PROTECT, related_name="criteria")
    key = models.CharField("name in formulas", max_length=40)
    name = models.CharField(max_length=80)
    meaning = models.CharField(max_length=500, blank=True)
    is_lower_better = models.BooleanField("lower is better", default=False)
    unit = models.CharField(max_length=40, blank=True)
    lowest = models.DecimalField(max_digits=18, decimal_places=4, default=0)
    highest = models.DecimalField(max_digits=18, decimal_places=4, default=10)
    levels = models.JSONField(
        default=list, blank=True, help_text="Of a level scale: value, name and meaning of each, lowest first."
    )
    weight = models.DecimalField(max_digits=12, decimal_places=6, default=1)
    position = models.PositiveIntegerField(default=0)

    objects = ArchivableScoringQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["model", "key"],
                condition=Q(archived_at=None),
                name="criterion_key_unique_in_model",
                violation_error_message="Another criterion of this model has this name in formulas.",
            ),
            models.UniqueConstraint(
                fields=["organization", "external_key"],
                condition=~Q(external_key=""),
                name="criterion_external_key_unique",
                violation_error_message="Another criterion has this external key.",
            ),
            models.CheckConstraint(
                condition=Q(highest__gt=F("lowest")),
                name="criterion_scale_has_a_length",
                violation_error_message="The highest value is above the lowest.",
            ),
            models.CheckConstraint(
                condition=Q(weight__gte=0),
                name="criterion_weight_not_negative",
                violation_error_message="A weight is a number of 0 or more.",
            ),
        ]
        indexes = [models.Index(fields=["organization", "id"], name="criterion_by_org")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_percent(self) -> bool:
        """Whether its values are shares of one, shown as percent."""
        return self.unit == PERCENT

    @property
    def is_money(self) -> bool:
        """Whether its values are amounts in the organization's currency."""
        return self.unit == MONEY

    @property
    def spec(self) -> CriterionSpec:
        """The criterion as the algorithms take it."""
        return CriterionSpec(
            self.key,
            self.name,
            self.meaning,
            self.is_lower_better,
            self.unit,
            float(self.lowest),
            float(self.highest),
            tuple(Level(float(each["value"]), each["name"], each.get("meaning", "")) for each in self.levels),
            float(self.weight),
        )

    @staticmethod
    def columns_of(spec: CriterionSpec) -> dict[str, Any]:
        """A criterion of the algorithms as columns of this table."""
        levels = [{"value": each.value, "name": each.name, "meaning": each.meaning} for each in spec.levels]
        numbers = {name: Decimal(str(getattr(spec, name))) for name in ("lowest", "highest", "weight")}
        words = {name: getattr(spec, name) for name in ("key", "name", "meaning", "is_lower_better", "unit")}
        return {**words, **numbers, "levels": levels}

    def refusal(self, value: Decimal) -> str:
        """Why a value is not on the scale, as a sentence; empty where it is."""
        if not value.is_finite():
            return f"{self}: give a number."
        if self.levels:
            levels = {Decimal(str(level["value"])): level["name"] for level in self.levels}
            named = ", ".join(f"{key.normalize():f} ({name})" for key, name in levels.items())
            return "" if value in levels else f"{self}: choose one of {named}."
        if self.lowest <= value <= self.highest:
            return "" if value == value.quantize(PLACES) else f"{self}: at most four decimals."
        return f"{self}: between {self.shown(self.lowest)} and {self.shown(self.highest)}; this is {self.shown(value)}."

    def shown(self, value: Decimal) -> str:
        """A value as people read it, without its unit but for percent."""
        if self.is_percent:
            return f"{(value * 100).normalize():,f} %"
        return f"{value.normalize():,f}"


class ModelVersion(TenantModel):
    """How a model counted from one change to the next; never changed, so that what was decided by it can be re-run."""

    model = models.ForeignKey(ScoringModel, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    definition = models.JSONField(help_text="Kind, formula, facts and criteria.")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)
    note = models.CharField(max_length=500, blank=True)

    objects = ScoringQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["model", "number"],
                name="model_version_number_unique",
                violation_error_message="This model has a version of that number.",
            )
        ]
        indexes = [models.Index(fields=["organization", "id"], name="model_version_by_org")]

    def __str__(self) -> str:
        return f"{self.model}, version {self.number}"

    @property
    def parsed(self) -> Definition:
        """The definition as the algorithms take it."""
        return Definition.from_plain(self.definition)
