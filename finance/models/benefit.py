"""What the work is to bring, and what it brought."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.models import ArchivableModel, TenantModel
from core.querysets import ArchivableQuerySet, TenantQuerySet
from finance.models.subject import WithSubject, exactly_one, to_subject

BENEFITING = ("program", "project", "product")


class BenefitUnit(models.TextChoices):
    MONEY = "money", "Money"
    COUNT = "count", "Count"
    RATIO = "ratio", "Share"
    HOURS = "hours", "Hours"
    POINTS = "points", "Points"


class Benefit(WithSubject, ArchivableModel):
    """A gain that a program, project or product is to bring, with who answers for it and how it is measured.

    It is measured as long as its owner says, also after the program has closed.
    """

    program = to_subject("programs.Program", "benefits")
    project = to_subject("projects.Project", "benefits")
    product = to_subject("portfolio.Product", "benefits")
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True, max_length=20_000)
    measure = models.CharField(max_length=200, help_text="What is measured, such as support calls a month.")
    unit = models.CharField(max_length=10, choices=BenefitUnit, default=BenefitUnit.MONEY)
    currency = models.CharField(max_length=3, blank=True, help_text="Of a benefit in money.")
    is_lower_better = models.BooleanField("lower is better", default=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)

    objects = ArchivableQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=exactly_one(BENEFITING),
                name="benefit_of_one_subject",
                violation_error_message="A benefit is of exactly one program, project or product.",
            ),
            models.CheckConstraint(
                condition=Q(unit=BenefitUnit.MONEY, currency__regex=r"^[A-Z]{3}$")
                | (~Q(unit=BenefitUnit.MONEY) & Q(currency="")),
                name="benefit_currency_of_money",
                violation_error_message="A benefit in money has a currency, and no other has.",
            ),
            *[
                models.UniqueConstraint(
                    fields=[subject, "name"],
                    condition=Q(archived_at=None, **{f"{subject}__isnull": False}),
                    name=f"benefit_name_unique_in_{subject}",
                    violation_error_message=f"Another benefit of this {subject} has this name.",
                )
                for subject in BENEFITING
            ],
            models.UniqueConstraint(
                fields=["organization", "external_key"],
                condition=~Q(external_key=""),
                name="benefit_external_key_unique",
                violation_error_message="Another benefit has this external key.",
            ),
        ]
        indexes = [models.Index(fields=["organization", "name", "id"], name="benefit_by_name")]

    def __str__(self) -> str:
        return self.name


class BenefitMonth(TenantModel):
    """What a benefit is to be, and was, in one month, in its unit."""

    benefit = models.ForeignKey(Benefit, models.CASCADE, related_name="months", db_index=False)
    month = models.DateField(help_text="The first day of the month.")
    planned_value = models.DecimalField("planned", max_digits=18, decimal_places=4, null=True, blank=True)
    realized_value = models.DecimalField("realized", max_digits=18, decimal_places=4, null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["benefit", "month"],
                name="benefit_month_once",
                violation_error_message="This benefit has that month already.",
            ),
            models.CheckConstraint(
                condition=Q(month__day=1),
                name="benefit_by_month",
                violation_error_message="A month is given by its first day.",
            ),
            models.CheckConstraint(
                condition=Q(planned_value__isnull=False) | Q(realized_value__isnull=False),
                name="benefit_month_says_something",
                violation_error_message="A month has a planned or a realized value, or both.",
            ),
        ]
        indexes = [models.Index(fields=["organization", "id"], name="benefit_month_by_org")]

    def __str__(self) -> str:
        return f"{self.benefit}, {self.month:%Y-%m}"
