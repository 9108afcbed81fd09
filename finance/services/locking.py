"""Turns that writers of money take."""

from django.db import connection

TO_CHANGE = "SELECT pg_advisory_xact_lock(hashtext('finance.rates'), %s)"
TO_READ = "SELECT pg_advisory_xact_lock_shared(hashtext('finance.rates'), %s)"


def lock_rates(organization_id: int, *, to_change: bool) -> None:
    """Keep the exchange rates of an organization as they are until the transaction ends, or change them alone.

    Entries in other currencies are converted side by side, but never while a rate changes: they would keep the old one.
    """
    with connection.cursor() as cursor:
        cursor.execute(TO_CHANGE if to_change else TO_READ, [organization_id])
