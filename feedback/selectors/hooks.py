"""Hooks as the outside asks for them."""

from feedback.models import IntakeHook


def organization_of_hook(public_id: str) -> int | None:
    """Which organization the id of a hook names; None where it cannot be one."""
    number = public_id.partition("-")[0]
    return int(number) if number.isascii() and number.isdigit() and len(number) < 19 else None


def hook_with(public_id: str) -> IntakeHook | None:
    """The live hook with that id, in the organization in scope."""
    rows = IntakeHook.objects.live().select_related("organization", "product")
    return rows.filter(public_id=public_id).first()
