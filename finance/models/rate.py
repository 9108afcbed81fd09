"""What a currency is worth in the organization's own, from a day on."""

from django.db import models
from django.db.models import Q

from accounts.models import Currency
from core.models import TenantModel
from core.querysets import TenantQuerySet


class ExchangeRate(TenantModel):
    """One unit of `currency` is `rate` units of the organization's currency from `from_date`, until the next one."""

    currency = models.CharField(max_length=3, validators=[Currency])
    from_date = models.DateField()
    rate = models.DecimalField(max_digits=20, decimal_places=10)
    source = models.CharField(max_length=200, blank=True, help_text="Who says so, such as a central bank.")

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "currency", "from_date"],
                name="exchange_rate_once_a_day",
                violation_error_message="This currency has a rate from that day on already.",
            ),
            models.CheckConstraint(
                condition=Q(rate__gt=0),
                name="exchange_rate_positive",
                violation_error_message="A rate is more than 0.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.currency} from {self.from_date:%Y-%m-%d}"
