"""What each row of a file of customer accounts would do: found by its key, its e-mail domain or its name."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from feedback.models import CustomerAccount
from finance.algorithms.rates import MissingRate
from finance.selectors.rates import rates_of
from integrations.algorithms.rows import Reading
from integrations.algorithms.words import heading
from integrations.selectors.plan import Plan
from integrations.selectors.planning import Planner


class AccountPlanner(Planner):
    """Plans rows of customer accounts. Names and domains are those of one account each, whatever their case."""

    def __init__(self, **rest: Any) -> None:
        super().__init__(**rest)
        self.rates, self.today = rates_of(self.organization), timezone.localdate()
        #: The currency that the header of the amounts names, as “ARR (USD)” does.
        self.header_currency = heading(self.mapping.column_of("arr_amount") or "").currency
        self.met: dict[tuple[str, str], int] = {}

    def plan(self, rows: Sequence[tuple[int, Reading]], *, passed_over: Collection[int] = ()) -> list[Plan]:
        """Plans as of any other rows; then of two that would be one account, the second is refused."""
        told = [(reading.key, _texts(reading)) for _, reading in rows]
        plans = super().plan(rows, passed_over=passed_over)
        for plan, (key, texts) in zip(plans, told, strict=True):
            if plan.number not in passed_over:
                self._refuse_doubles(plan, key, texts)
                plan.settle()
        return plans

    def _look_up(self, readings: Sequence[Reading]) -> None:
        keys = {reading.key for reading in readings} - {""}
        names = {reading.name.lower() for reading in readings} - {""}
        domains = {domain for reading in readings if (domain := reading.values.get("email_domain"))}
        rows = CustomerAccount.objects.visible_to(self.user).annotate(lower_name=Lower("name"))
        meant = Q(external_key__in=keys) | Q(lower_name__in=names) | Q(email_domain__in=domains)
        found = list(rows.filter(meant))
        self.by_key = {row.external_key: row for row in found if row.external_key}
        self.by_lower_name = {row.name.lower(): row for row in found}
        self.by_domain = {row.email_domain: row for row in found if row.email_domain}
        self.by_code, self.by_name = {}, {}

    def _existing(self, plan: Plan, reading: Reading, parents: Mapping[str, Any]) -> Any:
        values = reading.values
        domain = values.get("email_domain", "")
        named, of_domain = self.by_lower_name.get(reading.name.lower()), self.by_domain.get(domain)
        row = self.by_key.get(reading.key) or of_domain or named
        self._refuse_taken(plan, reading, row)
        if row is None and domain and not reading.name:
            values["name"] = domain
        if row is not None and row.name.lower() == reading.name.lower():
            values.pop("name")  # written otherwise, it is the same name
        self._settle_amount(plan, values, row)
        return row

    def _refuse_taken(self, plan: Plan, reading: Reading, row: Any) -> None:
        if row is None:
            return
        if reading.key and row.external_key and row.external_key != reading.key:
            sentence = f"“{row}” has the key “{row.external_key}” here, and this row another."
            plan.refuse("key_taken", sentence, "external_key", reading.key)
        named = self.by_lower_name.get(reading.name.lower())
        if named is not None and named.pk != row.pk:
            plan.refuse("name_taken", f"This row is of “{row}”, and another account here is called “{named}”.", "name")
        domain = reading.values.get("email_domain", "")
        other = self.by_domain.get(domain)
        if other is not None and other.pk != row.pk:
            plan.refuse("domain_taken", f"The domain {domain} is that of “{other}” here.", "email_domain", domain)

    def _refuse_doubles(self, plan: Plan, key: str, texts: Mapping[str, str]) -> None:
        """Two rows with keys of their own and one name, or of one domain; a row that is not imported holds up no other.
        (Two without keys are told as any others.)"""
        firsts = {what: self.met[what, text] for what, text in texts.items() if (what, text) in self.met}
        if firsts and (key or "name" not in firsts):
            what, first = next(iter(firsts.items()))
            plan.refuse("duplicate", f"Row {first:,} has this {what} already: it is that of one account.")
        if not plan.has_errors:
            for what, text in texts.items():
                self.met.setdefault((what, text), plan.number)

    def _settle_amount(self, plan: Plan, values: dict[str, Any], row: Any) -> None:
        """The currency goes with an amount: without one it is nobody's, and without a rate the amount is not summed."""
        amount = values.get("arr_amount")
        if amount is None and getattr(row, "arr_amount", None) is None:
            values.pop("currency", None)
            return
        if currency := str(values.get("currency") or (self.header_currency if amount is not None else "")).upper():
            values["currency"] = currency
        elif row is None or not row.currency:
            values["currency"] = currency = self.organization.currency
        used = currency or row.currency
        try:
            self.rates.convert(amount if amount is not None else row.arr_amount, used, self.today)
        except MissingRate as missing:
            plan.refuse("missing_rate", str(missing), "currency", used)


def _texts(reading: Reading) -> dict[str, str]:
    """What of a row no other account may have."""
    texts = {"name": reading.name.lower(), "domain": str(reading.values.get("email_domain", ""))}
    return {what: text for what, text in texts.items() if text}
