"""Who speaks, and what they pay."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from core.models import ArchivableModel
from core.querysets import ArchivableQuerySet


class CustomerAccount(ArchivableModel):
    """A customer organization: its segment, and what it pays in a year (ARR).

    `arr_reporting_amount` is the ARR in the organization's currency at the rate of `rate_date`, unrounded; without it
    accounts could not be summed up.
    """

    name = models.CharField(max_length=200)
    segment = models.CharField(max_length=100, blank=True, help_text="Such as enterprise, or warehouse operators.")
    arr_amount = models.DecimalField(
        "ARR", max_digits=16, decimal_places=2, null=True, blank=True, help_text="Annual recurring revenue."
    )
    currency = models.CharField(max_length=3, blank=True)
    arr_reporting_amount = models.DecimalField(max_digits=26, decimal_places=10, null=True, editable=False)
    rate_date = models.DateField(null=True, editable=False, help_text="None: it is in the organization's currency.")
    renews_date = models.DateField("renews on", null=True, blank=True)
    email_domain = models.CharField(
        max_length=253,
        blank=True,
        help_text="Feedback from this domain belongs to the account, such as halden.example.",
    )
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)

    objects = ArchivableQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "organization",
                Lower("name"),
                name="customer_account_name_unique",
                violation_error_message="Another account has this name.",
            ),
            models.UniqueConstraint(
                fields=["organization", "external_key"],
                condition=~Q(external_key=""),
                name="customer_account_external_key_unique",
                violation_error_message="Another account has this external key.",
            ),
            models.UniqueConstraint(
                "organization",
                Lower("email_domain"),
                condition=~Q(email_domain=""),
                name="customer_account_domain_unique",
                violation_error_message="Another account has this e-mail domain.",
            ),
            models.CheckConstraint(
                condition=Q(arr_amount=None) | Q(arr_amount__gte=0),
                name="customer_account_arr_not_negative",
                violation_error_message="ARR is zero or more.",
            ),
            models.CheckConstraint(
                condition=Q(arr_amount=None, arr_reporting_amount=None) | Q(arr_reporting_amount__isnull=False),
                name="customer_account_arr_converted",
            ),
        ]
        indexes = [models.Index(fields=["organization", "id"], name="customer_account_by_org")]

    def __str__(self) -> str:
        return self.name
