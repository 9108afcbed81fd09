"""Writes to products, lines and shares."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.models import Organization, User
from core.access import require
from core.errors import Conflict, FieldErrors
from events.services import (
    archive_recorded,
    change_recorded,
    create_recorded,
    record,
    refuse_while_needed,
    restore_recorded,
    stale_edit,
)
from portfolio.models import Product, ProductLine, ProductShare
from projects.models import Project


@transaction.atomic
def create_product_line(*, actor: User, organization: Organization, **fields: Any) -> ProductLine:
    """Open a product line."""
    require(actor, "product.edit", organization)
    return create_recorded(
        "product_line.created", actor=actor, subject=ProductLine(organization=organization, **fields)
    )


@transaction.atomic
def update_product_line(
    *, actor: User, line: ProductLine, expected_version: int | None = None, **fields: Any
) -> ProductLine:
    """Change a product line."""
    require(actor, "product.edit", line.organization_id)
    return change_recorded(
        "product_line.updated", actor=actor, subject=line, values=fields, expected_version=expected_version
    )


@transaction.atomic
def archive_product_line(*, actor: User, line: ProductLine, expected_version: int | None = None) -> ProductLine:
    """Put a product line out of sight.

    Raises:
        Conflict: it holds live products; the sentence names them.
    """
    require(actor, "product.edit", line.organization_id)
    refuse_while_needed(line, products=Product.objects.live().filter(line=line).order_by("name", "pk"))
    return archive_recorded("product_line.archived", actor=actor, subject=line, expected_version=expected_version)


@transaction.atomic
def restore_product_line(*, actor: User, line: ProductLine, expected_version: int | None = None) -> ProductLine:
    """Bring an archived product line back."""
    require(actor, "product.edit", line.organization_id)
    return restore_recorded("product_line.restored", actor=actor, subject=line, expected_version=expected_version)


@transaction.atomic
def create_product(*, actor: User, organization: Organization, **fields: Any) -> Product:
    """Add a product."""
    require(actor, "product.edit", organization)
    product = Product(organization=organization, currency=organization.currency, **fields)
    return create_recorded("product.created", actor=actor, subject=product)


@transaction.atomic
def update_product(*, actor: User, product: Product, expected_version: int | None = None, **fields: Any) -> Product:
    """Change a product, or move it to another line."""
    require(actor, "product.edit", product.organization_id)
    return change_recorded(
        "product.updated", actor=actor, subject=product, values=fields, expected_version=expected_version
    )


@transaction.atomic
def archive_product(*, actor: User, product: Product, expected_version: int | None = None) -> Product:
    """Put a product out of sight.

    Raises:
        Conflict: live projects serve it; the sentence names them.
    """
    require(actor, "product.edit", product.organization_id)
    serving = Project.objects.live().filter(product_shares__product=product).order_by("name", "pk")
    refuse_while_needed(product, projects=serving)
    return archive_recorded("product.archived", actor=actor, subject=product, expected_version=expected_version)


@transaction.atomic
def restore_product(*, actor: User, product: Product, expected_version: int | None = None) -> Product:
    """Bring an archived product back.

    Raises:
        Conflict: its line is archived.
    """
    require(actor, "product.edit", product.organization_id)
    if product.line is not None and product.line.is_archived:
        raise Conflict(f"“{product.line}” is archived. Restore it first, then this product.")
    return restore_recorded("product.restored", actor=actor, subject=product, expected_version=expected_version)


@transaction.atomic
def set_product_shares(
    *, actor: User, project: Project, shares: Mapping[Product, Decimal], expected_version: int | None = None
) -> list[ProductShare]:
    """Say which products a project serves, and with which part of it; replaces what was said before.

    Args:
        shares: product -> share, 0 to 1; together 1, or empty for a project that serves none.
    Raises:
        NotAllowed: the actor's role may not change projects.
        FieldErrors: the shares do not sum to 1, or a product belongs to another organization.
        StaleEdit: somebody changed the project after version `expected_version`.
    """
    require(actor, "project.edit", project.organization_id)
    project = Project.objects.select_for_update().get(pk=project.pk)
    if expected_version is not None and expected_version != project.version:
        raise stale_edit(project, expected_version)
    total = sum(shares.values(), Decimal(0))
    if shares and total != 1:
        raise FieldErrors({"shares": f"The shares sum to {float(total) * 100:g} %, not to 100 %. Nothing was changed."})
    old = {share.product: share.share_ratio for share in project.product_shares.select_related("product")}
    before = {product.name: f"{ratio:.4f}" for product, ratio in old.items()}
    ProductShare.objects.filter(project=project).delete()
    rows = [
        ProductShare(organization_id=project.organization_id, project=project, product=product, share_ratio=ratio)
        for product, ratio in shares.items()
    ]
    for row in rows:
        row.full_clean()
    ProductShare.objects.bulk_create(rows)
    after = {product.name: f"{Decimal(ratio):.4f}" for product, ratio in shares.items()}
    if before != after:
        project.version += 1
        project.save(update_fields=["version", "updated_at"])
        affected = sorted({product.pk for product in [*old, *shares]})
        changes = {"product_shares": [before, after], "product_ids": [None, affected]}
        record("project.products_set", actor=actor, subject=project, changes=changes)
    return rows
