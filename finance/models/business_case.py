"""Whether it pays: what a subject's cash flows are judged by."""

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q

from core.models import TenantModel
from core.querysets import TenantQuerySet
from finance.models.subject import WithSubject, exactly_one, to_subject

CASES = ("program", "project", "product")


class CashFlowTiming(models.TextChoices):
    MID = "mid", "In the middle of the month"
    END = "end", "At the end of the month"


class BusinessCase(WithSubject, TenantModel):
    """The assumptions by which the cash flows of a program, project or product are judged.

    The cash flows are its financial entries; they are not kept here. `assumptions` is a list of
    `{"text": …, "owner": …}`: what has to be true, in words, and who answers for it.
    """

    program = to_subject("programs.Program", "business_cases")
    project = to_subject("projects.Project", "business_cases")
    product = to_subject("portfolio.Product", "business_cases")
    discount_ratio = models.DecimalField(
        "discount rate", max_digits=7, decimal_places=6, default=Decimal("0.1"), help_text="A year: 0.1 is 10 %."
    )
    finance_ratio = models.DecimalField(
        "finance rate",
        max_digits=7,
        decimal_places=6,
        null=True,
        blank=True,
        help_text="For MIRR; none: the discount rate.",
    )
    reinvest_ratio = models.DecimalField(
        "reinvestment rate",
        max_digits=7,
        decimal_places=6,
        null=True,
        blank=True,
        help_text="For MIRR; none: the same.",
    )
    timing = models.CharField(max_length=10, choices=CashFlowTiming, default=CashFlowTiming.MID)
    first_month = models.DateField(null=True, blank=True, help_text="Time zero; none: the month of the first entry.")
    horizon_months = models.PositiveSmallIntegerField(null=True, blank=True, help_text="None: all that is entered.")
    summary = models.TextField(blank=True, max_length=20_000)
    assumptions: Any = models.JSONField(default=list, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=exactly_one(CASES),
                name="business_case_of_one_subject",
                violation_error_message="A business case is about exactly one program, project or product.",
            ),
            models.CheckConstraint(
                condition=Q(discount_ratio__gt=-1, discount_ratio__lte=9)
                & (Q(finance_ratio=None) | Q(finance_ratio__gt=-1))
                & (Q(reinvest_ratio=None) | Q(reinvest_ratio__gt=-1)),
                name="business_case_rates_in_range",
                violation_error_message="A rate is more than -1 and at most 9, where 0.1 is ten percent a year.",
            ),
            models.CheckConstraint(
                condition=Q(horizon_months=None) | Q(horizon_months__range=(1, 600)),
                name="business_case_horizon_in_range",
                violation_error_message="A horizon is from 1 to 600 months.",
            ),
            *[
                models.UniqueConstraint(
                    fields=[subject],
                    condition=Q(**{f"{subject}__isnull": False}),
                    name=f"business_case_once_of_{subject}",
                    violation_error_message=f"This {subject} has a business case already.",
                )
                for subject in CASES
            ],
        ]
        indexes = [models.Index(fields=["organization", "id"], name="business_case_by_org")]

    def __str__(self) -> str:
        return f"Business case of {self.subject}"

    @classmethod
    def value_in_words(cls, name: str, value: Any) -> str | None:
        """Assumptions as the log tells them; None leaves a field to the usual words."""
        if name != "assumptions" or not isinstance(value, list):
            return None
        rows = [row for row in value if isinstance(row, dict)]
        return "; ".join(f"{row.get('text')} ({row.get('owner') or 'nobody'})" for row in rows)
