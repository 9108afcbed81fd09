"""Rows that the organization does not have yet: what they get where the file says nothing."""

from collections.abc import Mapping
from typing import Any

from integrations.algorithms.mapping import FROM_ACTIVITIES, FROM_DESCRIPTION, FROM_KEY
from integrations.algorithms.rows import Reading, RowReader
from integrations.algorithms.targets import Kind
from integrations.algorithms.values import NotRead
from integrations.selectors.directory import Directory
from integrations.selectors.plan import Plan

LONGEST_REASON = 200
LONGEST_DERIVED_NAME = 80


class Newcomers:
    """Completes the plans of new rows of one file.

    Args:
        resolve: (plan, target, text) -> the row that a text points at, or None after saying why there is none.
        states: text by which activities name a project -> the status that follows from them (`activity_states`).
    """

    def __init__(
        self,
        kind: Kind,
        file_name: str,
        reader: RowReader,
        directory: Directory,
        resolve: Any,
        states: Mapping[str, str],
    ) -> None:
        self.kind, self.file_name, self.reader, self.directory = kind, file_name, reader, directory
        self.resolve, self.states, self.defaults = resolve, states, reader.mapping.defaults

    def complete(self, plan: Plan, reading: Reading, parents: dict[str, Any]) -> None:
        """Give a new row its values: the file's, then the defaults; a name, and a parent or a reason to wait."""
        values = {name: value for name, value in reading.values.items() if value is not None}
        if not values and not parents:
            plan.refuse("nothing", "Nothing in this row is imported: all its mapped cells are empty.")
            return
        self._fill(plan, reading, values, parents)
        if "name" in self.kind.by_target and not reading.name:
            values["name"] = plan.label = self._provisional_name(plan, reading)
        for target in self.kind.targets:
            if target.is_needed and target.name not in values and target.name not in self.defaults:
                sentence = f"{with_article(self.kind.label.lower()).capitalize()} needs a {target.label.lower()}."
                plan.refuse("needed", sentence, target.name)
        if self.kind.parents and not any(name in parents for name in self.kind.parents):
            self._without_parent(plan, values)
        plan.values = values | parents

    def _fill(self, plan: Plan, reading: Reading, values: dict[str, Any], parents: dict[str, Any]) -> None:
        for name, text in self.defaults.items():
            target = self.kind.by_target.get(name)
            if target is None or name == "name" or name in values or name in parents:
                continue
            if text == FROM_ACTIVITIES:
                if state := self._state(reading):
                    values[name] = state
            elif target.type == "reference":
                has_other = name in self.kind.parents and any(other in parents for other in self.kind.parents)
                if not has_other and (row := self.resolve(plan, target, text)) is not None:
                    parents[name] = row
            elif target.type == "person":
                if person := self.directory.person(text):
                    parents[name] = person
            else:
                self._fill_value(plan, name, text, values)

    def _fill_value(self, plan: Plan, name: str, text: str, values: dict[str, Any]) -> None:
        try:
            values[name] = self.reader.default(name, text)
        except NotRead as problem:
            label = self.kind.by_target[name].label.lower()
            plan.refuse("default", f"“{text}”, which new rows should get as {label}, is {problem}.", name)

    def _state(self, reading: Reading) -> str:
        words = (reading.key, str(reading.values.get("code", "")), reading.name)
        return next((self.states[word] for word in words if word and word in self.states), "")

    def _provisional_name(self, plan: Plan, reading: Reading) -> str:
        what = plan.key or reading.values.get("code")
        if not what:
            plan.refuse("nothing", "Nothing says what this row is: it has neither a key nor a name.", "name")
        name = f"Unnamed {self.kind.label.lower()} {what or plan.number}"
        description = str(reading.values.get("description") or "")
        if self.defaults.get("name", FROM_KEY) == FROM_DESCRIPTION and description:
            name = first_words(description)
        plan.note("no_name", f"It has no name and is called “{name}” until somebody names it.", "name")
        return name[: self.kind.by_target["name"].longest]

    def _without_parent(self, plan: Plan, values: dict[str, Any]) -> None:
        label, parents = self.kind.label.lower(), self.kind.parents
        words = " or ".join(self.kind.by_target[name].label.lower() for name in parents)
        said = next((message.text for message in plan.messages if message.target in parents), "")
        if self.kind.parks:
            reason = said or f"No {words} is given."
            values["parked_reason"] = f"{reason} ({self.file_name}, row {plan.number})"[:LONGEST_REASON]
            plan.is_parked = True
            if not said:
                plan.note("no_parent", f"No {words} is given: it is parked until somebody places it.", parents[0])
        elif not said:
            plan.refuse("no_parent", f"No {words} is given, and {with_article(label)} cannot stand alone.", parents[0])


def with_article(noun: str) -> str:
    """“a project”, “an activity”."""
    return f"{'an' if noun[0] in 'aeio' else 'a'} {noun}"


def first_words(text: str) -> str:
    """The beginning of a text as a name: its first sentence, cut at a word."""
    line = " ".join(text.split())
    sentence = line.split(". ")[0].rstrip(".")
    if len(sentence) <= LONGEST_DERIVED_NAME:
        return sentence
    return f"{sentence[:LONGEST_DERIVED_NAME].rpartition(' ')[0] or sentence[:LONGEST_DERIVED_NAME]}…"
