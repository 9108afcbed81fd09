"""What an amount is about: exactly one of a few kinds of node."""

from typing import Any

from django.db import models
from django.db.models import Q

#: Columns that may name the subject of an amount. Portfolios have budgets alone: the rest rises from below.
SUBJECTS = ("portfolio", "program", "project", "product")


def exactly_one(names: tuple[str, ...]) -> Q:
    """The condition that one of the columns is set, and no other."""
    return Q.create(
        [Q.create([(f"{other}__isnull", other != name) for other in names], connector=Q.AND) for name in names],
        connector=Q.OR,
    )


def to_subject(model: str, related_name: str) -> Any:
    """A nullable foreign key to a node of an app that may stand above."""
    return models.ForeignKey(model, models.PROTECT, related_name=related_name, null=True, blank=True, db_index=False)


class WithSubject:
    """The node that a row is about."""

    @property
    def subject(self) -> Any:
        """The portfolio, program, project or product that the row is about."""
        return next(getattr(self, name) for name in SUBJECTS if getattr(self, f"{name}_id", None) is not None)

    @property
    def subject_kind(self) -> str:
        return next(name for name in SUBJECTS if getattr(self, f"{name}_id", None) is not None)
