"""Budgets as they were approved, one after the other."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.models import TenantModel
from core.querysets import TenantQuerySet
from finance.models.entry import EntryClass
from finance.models.subject import SUBJECTS, WithSubject, exactly_one, to_subject


class BudgetStatus(models.TextChoices):
    APPROVED = "approved", "Approved"
    SUPERSEDED = "superseded", "Superseded"


class Budget(WithSubject, TenantModel):
    """A budget of a subject as it was approved. A change approves the next number, with a reason; this one stays.

    Its lines are the subject's entries of kind budget as they stood. Before the first approval, entries are a draft.
    """

    portfolio = to_subject("portfolio.Portfolio", "budgets")
    program = to_subject("programs.Program", "budgets")
    project = to_subject("projects.Project", "budgets")
    product = to_subject("portfolio.Product", "budgets")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=20, choices=BudgetStatus, default=BudgetStatus.APPROVED)
    reason = models.TextField(blank=True, max_length=20_000, help_text="Why it differs from the one before.")
    approved_at = models.DateTimeField()
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    cost_amount = models.DecimalField("costs", max_digits=20, decimal_places=2)
    income_amount = models.DecimalField("income", max_digits=20, decimal_places=2)
    currency = models.CharField(max_length=3, help_text="The organization's, in which both amounts are.")

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=exactly_one(SUBJECTS),
                name="budget_of_one_subject",
                violation_error_message="A budget is about exactly one portfolio, program, project or product.",
            ),
            models.CheckConstraint(
                condition=Q(number=1) | ~Q(reason=""),
                name="budget_change_has_reason",
                violation_error_message="A change of an approved budget needs a reason.",
            ),
            *[
                constraint
                for subject in SUBJECTS
                for constraint in (
                    models.UniqueConstraint(
                        fields=[subject, "number"],
                        condition=Q(**{f"{subject}__isnull": False}),
                        name=f"budget_number_once_of_{subject}",
                        violation_error_message="This budget has been approved meanwhile. Look at it, then try again.",
                    ),
                    models.UniqueConstraint(
                        fields=[subject],
                        condition=Q(**{f"{subject}__isnull": False}, status="approved"),
                        name=f"budget_one_approved_of_{subject}",
                        violation_error_message="Another budget is the approved one.",
                    ),
                )
            ],
        ]
        indexes = [models.Index(fields=["organization", "-approved_at", "-id"], name="budget_by_approval")]

    def __str__(self) -> str:
        return f"Budget {self.number} of {self.subject}"


class BudgetLine(TenantModel):
    """An entry of an approved budget as it stood."""

    budget = models.ForeignKey(Budget, models.CASCADE, related_name="lines", db_index=False)
    entry_class = models.CharField("class", max_length=10, choices=EntryClass)
    line = models.CharField(max_length=200, blank=True)
    month = models.DateField()
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    currency = models.CharField(max_length=3)
    reporting_amount = models.DecimalField(max_digits=26, decimal_places=10)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["budget", "month", "entry_class", "line", "currency"], name="budget_line_once"
            )
        ]
        indexes = [models.Index(fields=["organization", "id"], name="budget_line_by_org")]

    def __str__(self) -> str:
        return f"{self.line or self.get_entry_class_display()}, {self.month:%Y-%m}"
