"""A frozen scorecard as pages and files show it: from its document alone."""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.dateparse import parse_date, parse_datetime

from scoring.algorithms.definition import MONEY, CriterionSpec, Definition
from scoring.algorithms.difference import weight_shares
from scoring.algorithms.telling import kept_score, on_scale, value_text
from scoring.algorithms.wording import words_of
from scoring.models import Scorecard

PARENT_WORDS = {"program": "Program", "portfolio": "Portfolio", "line": "Product line"}
KIND_WORDS = {"project": "Project", "program": "Program", "product": "Product"}


@dataclass(frozen=True)
class ShownValue:
    """A value of a card: as text, and who gave it."""

    label: str
    text: str
    number: float | None
    comment: str = ""
    who: str = ""
    when: datetime.datetime | None = None
    is_outside: bool = False


@dataclass(frozen=True)
class ShownItem:
    """A row of a card."""

    plain: Mapping[str, Any]
    values: Sequence[ShownValue]
    facts: Sequence[ShownValue]
    missing: Sequence[str]

    @property
    def score(self) -> str:
        return kept_score(self.plain["score"])

    @property
    def parents(self) -> str:
        return ", ".join(self.plain["parents"].values())


@dataclass(frozen=True)
class Card:
    """What a document says.

    Args:
        plain: the document.
    """

    plain: Mapping[str, Any]

    @cached_property
    def definition(self) -> Definition:
        return Definition.from_plain(self.plain["definition"])

    @property
    def currency(self) -> str:
        return str(self.plain["organization"]["currency"])

    @property
    def frozen_at(self) -> datetime.datetime | None:
        return parse_datetime(self.plain["frozen_at"])

    @property
    def decided_date(self) -> datetime.date | None:
        return parse_date(self.plain["decided_date"])

    @property
    def version_created_at(self) -> datetime.datetime | None:
        return parse_datetime(self.plain["model"]["version_created_at"])

    @property
    def kind_word(self) -> str:
        return KIND_WORDS[self.plain["kind"]]

    @property
    def counts_weights(self) -> bool:
        return self.definition.kind == "weighted"

    @cached_property
    def labels(self) -> dict[str, str]:
        """Name in the formula -> what it is called."""
        return {fact["key"]: fact["label"] for fact in self.plain["facts"]} | {
            criterion.key: criterion.name for criterion in self.definition.criteria
        }

    @cached_property
    def formula(self) -> str:
        """How a score came about, in words."""
        words = words_of(self.definition, {fact["key"]: fact["label"] for fact in self.plain["facts"]})
        return f"{words[:1].upper()}{words[1:]}"

    @cached_property
    def shares(self) -> list[tuple[CriterionSpec, float]]:
        """The criteria with their shares of the weights."""
        found = weight_shares(self.definition)
        return [(criterion, found[criterion.key]) for criterion in self.definition.criteria]

    @cached_property
    def items(self) -> list[ShownItem]:
        """The items, best first; those without a score last."""
        by_id = {item["id"]: item for item in self.plain["items"]}
        return [self._item(by_id[row["id"]]) for row in self.plain["ranking"]]

    @cached_property
    def given(self) -> list[tuple[ShownItem, CriterionSpec, ShownValue]]:
        """Who gave which value: every value that there is, by item and criterion."""
        specs = self.definition.criteria
        return [
            (item, spec, value)
            for item in self.items
            for spec, value in zip(specs, item.values, strict=True)
            if value.number is not None
        ]

    @cached_property
    def sessions(self) -> list[dict[str, Any]]:
        """Sessions that scores were adopted from, with the votes of each rater in words."""
        specs = {criterion.key: criterion for criterion in self.definition.criteria}
        names = {item["id"]: item["name"] for item in self.plain["items"]}
        found = []
        for session in self.plain["sessions"]:
            votes = [
                {
                    "item": names[vote["item"]],
                    "criterion": specs[vote["key"]].name,
                    "values": [on_scale(specs[vote["key"]], value, self.currency) for value in vote["values"]],
                    "comments": [
                        f"{rater}: {text}"
                        for rater, text in zip(session["raters"], vote["comments"], strict=True)
                        if text
                    ],
                }
                for vote in session["votes"]
            ]
            found.append({**session, "votes": votes, "adopted_at": parse_datetime(session["adopted_at"] or "")})
        return found

    @property
    def above_count(self) -> int:
        return sum(bool(item["is_above_line"]) for item in self.plain["items"])

    @property
    def column_count(self) -> int:
        """Columns of the table: rank, item, score and status, and what it was scored by."""
        return 4 + len(self.definition.criteria) + len(self.plain["facts"])

    @property
    def unranked_count(self) -> int:
        return sum(item["rank"] is None for item in self.plain["items"])

    def _item(self, item: Mapping[str, Any]) -> ShownItem:
        given = {value["key"]: value for value in item["values"]}
        values = [self._value(criterion, given.get(criterion.key)) for criterion in self.definition.criteria]
        units = {fact["key"]: fact["unit"] for fact in self.plain["facts"]}
        labels = {fact["key"]: fact["label"] for fact in self.plain["facts"]}
        facts = [
            ShownValue(labels[fact["key"]], value_text(fact["value"], units[fact["key"]], self.currency), fact["value"])
            for fact in item["facts"]
        ]
        return ShownItem(item, values, facts, [self.labels.get(key, key) for key in item["missing"]])

    def _value(self, criterion: CriterionSpec, given: Mapping[str, Any] | None) -> ShownValue:
        if given is None:
            return ShownValue(criterion.name, "", None)
        who = given.get("scored_by") or {}
        return ShownValue(
            criterion.name,
            on_scale(criterion, given["value"], self.currency),
            given["value"],
            given["comment"],
            who.get("name", ""),
            parse_datetime(given.get("scored_at") or ""),
            given["is_outside"],
        )

    @property
    def header(self) -> list[str]:
        """The head of the card as a file."""
        units = {fact["key"]: fact["unit"] for fact in self.plain["facts"]}
        facts = [f"{fact['label']} ({self._unit(units[fact['key']])})" for fact in self.plain["facts"]]
        criteria = [
            f"{one.name} ({self._unit(one.unit)})" if one.unit else one.name for one in self.definition.criteria
        ]
        return [
            "Rank", "Code", self.kind_word, "Belongs to", "Status", "Score", "Fits", *criteria, *facts, "Missing",
            "Problem",
        ]  # fmt: skip

    def _unit(self, unit: str) -> str:
        return self.currency if unit == MONEY else unit

    def rows(self) -> Iterator[list[Any]]:
        """The card as rows of a file; numbers are numbers."""
        for item in self.items:
            plain = item.plain
            yield [
                plain["rank"], plain["code"], plain["name"], item.parents, plain["status"], plain["score"],
                plain["is_above_line"], *(value.number for value in item.values),
                *(fact.number for fact in item.facts), ", ".join(item.missing), plain["problem"],
            ]  # fmt: skip


def card_of(row: Scorecard) -> Card:
    """What a scorecard's document says."""
    return Card(row.document)
