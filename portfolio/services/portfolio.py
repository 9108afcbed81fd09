"""Writes to portfolios."""

from typing import Any

from django.db import connection, transaction

from accounts.models import Organization, User
from core.access import require
from core.errors import Conflict, FieldErrors
from events.services import archive_recorded, change_recorded, create_recorded, refuse_while_needed, restore_recorded
from portfolio.models import Portfolio
from programs.models import Program
from projects.models import Project


@transaction.atomic
def create_portfolio(*, actor: User, organization: Organization, **fields: Any) -> Portfolio:
    """Open a portfolio, at the top or below another."""
    require(actor, "portfolio.edit", organization)
    return create_recorded("portfolio.created", actor=actor, subject=Portfolio(organization=organization, **fields))


@transaction.atomic
def update_portfolio(
    *, actor: User, portfolio: Portfolio, expected_version: int | None = None, **fields: Any
) -> Portfolio:
    """Change a portfolio, or move it below another.

    Raises:
        NotAllowed: the actor's role may not change portfolios.
        FieldErrors: the new parent lies below the portfolio itself; the circle is named.
        StaleEdit: somebody changed it after version `expected_version`.
    """
    require(actor, "portfolio.edit", portfolio.organization_id)
    if fields.get("parent") is not None:
        _refuse_circle(portfolio, fields["parent"])
    return change_recorded(
        "portfolio.updated", actor=actor, subject=portfolio, values=fields, expected_version=expected_version
    )


@transaction.atomic
def archive_portfolio(*, actor: User, portfolio: Portfolio, expected_version: int | None = None) -> Portfolio:
    """Put a portfolio out of sight.

    Raises:
        Conflict: it holds live portfolios, programs or projects; the sentence names them.
    """
    require(actor, "portfolio.edit", portfolio.organization_id)
    refuse_while_needed(
        portfolio,
        portfolios=Portfolio.objects.live().filter(parent=portfolio).order_by("name", "pk"),
        programs=Program.objects.live().filter(portfolio=portfolio).order_by("name", "pk"),
        projects=Project.objects.live().filter(portfolio=portfolio).order_by("name", "pk"),
    )
    return archive_recorded("portfolio.archived", actor=actor, subject=portfolio, expected_version=expected_version)


@transaction.atomic
def restore_portfolio(*, actor: User, portfolio: Portfolio, expected_version: int | None = None) -> Portfolio:
    """Bring an archived portfolio back.

    Raises:
        Conflict: its parent is archived.
    """
    require(actor, "portfolio.edit", portfolio.organization_id)
    if portfolio.parent is not None and portfolio.parent.is_archived:
        raise Conflict(f"“{portfolio.parent}” is archived. Restore it first, then this portfolio.")
    return restore_recorded("portfolio.restored", actor=actor, subject=portfolio, expected_version=expected_version)


def _refuse_circle(portfolio: Portfolio, parent: Portfolio) -> None:
    """Walk up from the new parent; two moves at once wait for each other, so that they cannot close a circle."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('portfolio.tree'), %s)", [portfolio.organization_id])
    path = [str(portfolio)]
    above_id: int | None = parent.pk
    while above_id is not None:
        above = Portfolio.objects.get(pk=above_id)
        path.append(str(above))
        if above_id == portfolio.pk:
            circle = " → ".join(reversed(path))
            raise FieldErrors({"parent": f"Portfolios cannot lie in a circle: {circle}. Choose another parent."})
        above_id = above.parent_id
