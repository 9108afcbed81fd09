"""The customer accounts that people belong to."""

from collections.abc import Collection

from feedback.models import CustomerAccount


def accounts_by_domain(organization_id: int, domains: Collection[str]) -> dict[str, CustomerAccount]:
    """Live accounts by their e-mail domain.

    Cost: one statement.
    """
    rows = CustomerAccount.objects.live().filter(organization_id=organization_id, email_domain__in=set(domains))
    return {row.email_domain: row for row in rows}


def accounts_of(organization_id: int, emails: Collection[str]) -> dict[str, CustomerAccount]:
    """Live accounts by the addresses of their people, which they are known by the domains of; all in lower case.

    Cost: one statement, none without addresses.
    """
    domains = {email: email.rpartition("@")[2] for email in emails}
    found = accounts_by_domain(organization_id, domains.values()) if domains else {}
    return {email: found[domain] for email, domain in domains.items() if domain in found}
