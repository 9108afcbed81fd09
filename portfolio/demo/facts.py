"""The shapes in which the demo organization's world is written down. Days count from the day it is generated for."""

import datetime
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class PersonFacts:
    """Somebody at Fennmark; those with `can_sign_in` have the demo password, to some no amounts are shown."""

    key: str
    name: str
    email: str
    role: str
    can_sign_in: bool = False
    sees_amounts: bool = True


@dataclass(frozen=True)
class LineFacts:
    """A product line with the decisions about it: (days, stance, reason, days until the review)."""

    code: str
    name: str
    description: str
    decisions: tuple[tuple[int, str, str, int], ...] = ()


@dataclass(frozen=True)
class ProductFacts:
    """A product as it stands since the day of `figures`; before, it was in `stage_before`. Thousands of dollars."""

    line: str
    name: str
    description: str
    owner: str
    stage: str
    revenue: int | None
    cost: int
    growth: Decimal | None
    stage_before: str = ""
    created: int = -420
    figures: int = -80
    decisions: tuple[tuple[int, str, str, int], ...] = ()


@dataclass(frozen=True)
class PortfolioFacts:
    name: str
    parent: str
    manager: str
    description: str


@dataclass(frozen=True)
class RiskFacts:
    """Amount in thousands; `probability` in percent. A risk that is not open ended `ended` days ago."""

    name: str
    probability: int
    days: int
    amount: int
    response: str
    plan: str
    owner: str = ""
    status: str = "open"
    ended: int = 0


@dataclass(frozen=True)
class ProjectFacts:
    """A project. `finish` is planned, `slip` what is now believed to be added to it; money in thousands.

    Names in `work` are tasks; one that ends in an exclamation mark is a milestone. `end` is the last milestone.
    Shares are in percent by product.
    """

    code: str
    name: str
    description: str
    manager: str
    method: str
    health: str
    start: int | None
    finish: int | None
    slip: int
    budget: int | None
    spent: float
    work: tuple[str, ...]
    end: str
    shares: tuple[tuple[str, int], ...]
    note: str = ""
    portfolio: str = ""
    status: str = "active"
    reported: int = 3
    budget_before: int | None = None
    risks: tuple[RiskFacts, ...] = ()


@dataclass(frozen=True)
class MeasureFacts:
    name: str
    category: str
    result: str = ""


@dataclass(frozen=True)
class ProgramFacts:
    code: str
    name: str
    description: str
    portfolio: str
    manager: str
    health: str
    note: str
    projects: tuple[ProjectFacts, ...] = field(default=())
    measures: tuple[MeasureFacts, ...] = ()


@dataclass(frozen=True)
class Ref:
    """A row made earlier in the story, or a person: `project:EU-RESID`, `person:ines`."""

    key: str


@dataclass(frozen=True)
class Act:
    """Somebody calls a service. `target` is the row it acts on, `makes` the name under which a new row is kept."""

    at: datetime.datetime
    actor: str
    service: str
    target: str = ""
    makes: str = ""
    fields: dict[str, Any] = field(default_factory=dict)
