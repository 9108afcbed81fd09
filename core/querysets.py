"""Reads that every tenant model has."""

from typing import Any, Self

from django.db import models

from core.tenancy import current_scope


def visible_organization(user: Any) -> int | None:
    """The organization in scope, if `user` is a member of it; None means no rows. Reads written by hand ask it."""
    organization_id = current_scope().organization_id
    if organization_id is None or user is None or not user.is_authenticated:
        return None
    return organization_id if user.role_in(organization_id) is not None else None


class TenantQuerySet(models.QuerySet[Any]):
    """Rows of one organization; begin every read with `visible_to`."""

    def visible_to(self, user: Any) -> Self:
        """Rows of the organization in scope, if `user` is a member of it; else none."""
        organization_id = visible_organization(user)
        return self.none() if organization_id is None else self.filter(organization_id=organization_id)


class ArchivableQuerySet(TenantQuerySet):
    """Rows that are archived instead of deleted."""

    def live(self) -> Self:
        """Not archived."""
        return self.filter(archived_at=None)
