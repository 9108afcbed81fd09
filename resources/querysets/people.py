"""Chainable reads of teams, roles, skills and people."""

from typing import Any, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONObject

from core.querysets import ArchivableQuerySet


class HeldQuerySet(ArchivableQuerySet):
    """Teams and roles: rows that people point at."""

    def with_people(self) -> Self:
        """Each with how many live people it has (`people_count`), and how many placeholders."""
        return self.annotate(people_count=self._people(False), placeholder_count=self._people(True))

    def _people(self, is_placeholder: bool) -> Any:
        relation: Any = self.model._meta.get_field("people")
        rows: QuerySet[Any] = relation.related_model.objects.filter(
            **{relation.field.name: OuterRef("pk")}, archived_at=None, is_placeholder=is_placeholder
        )
        return _count(rows, relation.field.name)


class SkillQuerySet(ArchivableQuerySet):
    """Skills."""

    def with_people(self) -> Self:
        """Each with how many live people have it (`people_count`), and how many at level 4 or 5 (`expert_count`)."""
        levels: Any = self.model._meta.get_field("levels").related_model
        rows = levels.objects.filter(skill=OuterRef("pk"), person__archived_at=None)
        return self.annotate(
            people_count=_count(rows, "skill"), expert_count=_count(rows.filter(level__gte=4), "skill")
        )


def _count(rows: QuerySet[Any], column: str) -> Any:
    counted = rows.order_by().values(column).annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


class PersonQuerySet(ArchivableQuerySet):
    """People and placeholders."""

    def with_names(self) -> Self:
        return self.select_related("role", "team", "calendar", "user")

    def with_levels(self) -> Self:
        """Each with `skill_levels`: a list of objects with the skill's id and name, and the level."""
        levels: Any = self.model._meta.get_field("levels").related_model
        rows = levels.objects.filter(person=OuterRef("pk")).order_by("skill__name", "skill_id")
        shape = JSONObject(skill="skill_id", name="skill__name", level="level")
        return self.annotate(skill_levels=ArraySubquery(rows.values_list(shape)))
