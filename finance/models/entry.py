"""Financial entries: the rows that every amount of money is made of."""

from django.db import models
from django.db.models import Q

from core.models import TenantModel
from core.querysets import TenantQuerySet
from finance.models.subject import SUBJECTS, WithSubject, exactly_one, to_subject


class EntryKind(models.TextChoices):
    BUDGET = "budget", "Budget"
    FORECAST = "forecast", "Forecast"
    ACTUAL = "actual", "Actual"


class EntryClass(models.TextChoices):
    CAPEX = "capex", "Capital expenditure"
    OPEX = "opex", "Operating expenditure"
    REVENUE = "revenue", "Revenue"
    BENEFIT = "benefit", "Benefit"


#: Money that goes out; the other classes come in.
COSTS = (EntryClass.CAPEX, EntryClass.OPEX)
INCOME = (EntryClass.REVENUE, EntryClass.BENEFIT)


class FinancialEntry(WithSubject, TenantModel):
    """An amount of one kind and class about one subject in one month.

    `line` says what it is for (“Licences”), and may be empty. A subject has one entry for each kind, class, line,
    month and currency: a cell of its budget grid. `reporting_amount` is the amount in the organization's currency at
    the rate of `rate_date`, the last on or before the last day of the month; it is kept unrounded and converted again
    when a rate is changed. All amounts are positive for what the class says; a credit is negative.
    """

    portfolio = to_subject("portfolio.Portfolio", "financial_entries")
    program = to_subject("programs.Program", "financial_entries")
    project = to_subject("projects.Project", "financial_entries")
    product = to_subject("portfolio.Product", "financial_entries")
    kind = models.CharField(max_length=10, choices=EntryKind)
    entry_class = models.CharField("class", max_length=10, choices=EntryClass)
    line = models.CharField(max_length=200, blank=True, help_text="What it is for, such as licences.")
    month = models.DateField(help_text="The first day of the month.")
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    currency = models.CharField(max_length=3)
    reporting_amount = models.DecimalField(max_digits=26, decimal_places=10, editable=False)
    rate_date = models.DateField(null=True, editable=False, help_text="None: it is in the organization's currency.")
    note = models.CharField(max_length=500, blank=True)
    external_key = models.CharField(max_length=200, blank=True, help_text="Its key in the system it came from.")

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=exactly_one(SUBJECTS),
                name="financial_entry_of_one_subject",
                violation_error_message="An entry is about exactly one portfolio, program, project or product.",
            ),
            models.CheckConstraint(
                condition=Q(portfolio=None) | Q(kind=EntryKind.BUDGET),
                name="financial_entry_of_portfolio_is_budget",
                violation_error_message="A portfolio has budgets alone; forecasts and actuals rise from below it.",
            ),
            models.CheckConstraint(
                condition=Q(month__day=1),
                name="financial_entry_by_month",
                violation_error_message="A month is given by its first day.",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=EntryKind.values, entry_class__in=EntryClass.values),
                name="financial_entry_kind_and_class_known",
            ),
            *[
                models.UniqueConstraint(
                    fields=[subject, "kind", "month", "entry_class", "line", "currency"],
                    condition=Q(**{f"{subject}__isnull": False}),
                    name=f"financial_entry_once_of_{subject}",
                    violation_error_message="There is an entry for this kind, class, line, month and currency.",
                )
                for subject in SUBJECTS
            ],
            models.UniqueConstraint(
                fields=["organization", "external_key"],
                condition=~Q(external_key=""),
                name="financial_entry_external_key_unique",
                violation_error_message="Another entry has this external key.",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-month", "-id"], name="financial_entry_by_month_idx"),
            models.Index(fields=["organization", "currency", "month"], name="financial_entry_by_currency"),
        ]

    @property
    def is_archived(self) -> bool:
        """Never: an entry that does not hold any more is removed, and the history of its subject keeps it."""
        return False

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.subject}, {self.month:%Y-%m}"
