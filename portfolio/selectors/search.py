"""Portfolios, programs, projects and products by name, code or the key they have in another system."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.db.models import Case, Q, Value, When
from django.urls import reverse

from accounts.models import User
from portfolio.models import Portfolio, Product
from programs.models import Program
from projects.filters import containing
from projects.models import Project

LONGEST = 200


@dataclass(frozen=True)
class Kind:
    """One kind of thing that is searched."""

    noun: str
    plural: str
    icon: str
    model: Any
    columns: tuple[str, ...]
    above: tuple[str, ...]
    page: str
    list_page: str


@dataclass(frozen=True)
class Result:
    """One thing that was found, and its page."""

    name: str
    url: str
    kind: str
    icon: str
    detail: str


@dataclass(frozen=True)
class Group:
    """What was found of one kind; `more_url` lists the rest, where there is one."""

    kind: Kind
    results: list[Result]
    more_url: str


KINDS = (
    Kind(
        "portfolio",
        "portfolios",
        "goals",
        Portfolio,
        ("name", "external_key"),
        ("parent",),
        "portfolio:portfolio-detail",
        "portfolio:portfolio-list",
    ),
    Kind(
        "program",
        "programs",
        "programs",
        Program,
        ("name", "code", "external_key"),
        ("portfolio",),
        "programs:program-detail",
        "programs:program-list",
    ),
    Kind(
        "project",
        "projects",
        "projects",
        Project,
        ("name", "code", "external_key"),
        ("program", "portfolio"),
        "projects:project-detail",
        "projects:project-list",
    ),
    Kind(
        "product",
        "products",
        "products",
        Product,
        ("name", "external_key"),
        ("line",),
        "portfolio:product-detail",
        "portfolio:product-list",
    ),
)


def search(user: User, words: str, limit: int) -> list[Group]:
    """Live rows that hold all the words; an exact code or name comes first, then names that begin so.

    Args:
        limit: results of each kind.
    """
    text = " ".join(words.split())[:LONGEST]
    return [group for kind in KINDS if (group := _found(user, kind, text, limit))] if text else []


def flat(groups: Iterable[Group]) -> list[Result]:
    """All results, kind by kind."""
    return [result for group in groups for result in group.results]


def _found(user: User, kind: Kind, text: str, limit: int) -> Group | None:
    exact = Q()
    for column in kind.columns:
        exact |= Q(**{f"{column}__iexact": text})
    rank = Case(When(exact, then=Value(0)), When(name__istartswith=text, then=Value(1)), default=Value(2))
    rows = kind.model.objects.visible_to(user).live().filter(containing(text, *kind.columns))
    found = list(rows.select_related(*kind.above).order_by(rank, "name", "pk")[: limit + 1])
    if not found:
        return None
    more = f"{reverse(kind.list_page)}?q={quote(text)}" if len(found) > limit else ""
    return Group(kind, [_result(kind, row) for row in found[:limit]], more)


def _result(kind: Kind, row: Any) -> Result:
    above = next((str(place) for name in kind.above if (place := getattr(row, name))), "")
    detail = " · ".join(part for part in (getattr(row, "code", ""), above) if part)
    return Result(row.name, reverse(kind.page, args=[row.pk]), kind.noun, kind.icon, detail)
