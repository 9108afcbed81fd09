"""Turns that writers of money take."""

from django.db import connection


def lock_rates(organization_id: int, *, to_change: bool) -> None:
    """Keep the exchange rates of an organization as they are until the transaction ends, or change them alone.

    Entries in other currencies are converted side by side, but never while a rate changes: they would keep the old one.
    """
    lock = "pg_advisory_xact_lock" if to_change else "pg_advisory_xact_lock_shared"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {lock}(hashtext('finance.rates'), %s)", [organization_id])
