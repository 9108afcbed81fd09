"""What each row of a file of feedback would do: what was said is stored once, and who said it may be told better."""

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from feedback.algorithms.personal import masked
from feedback.algorithms.texts import one_line, readable
from feedback.models import FIRST_YEAR, Channel, FeedbackItem, FeedbackLink, StoryEvidence
from feedback.selectors.handling import masks_personal_data
from integrations.algorithms.rows import Message, Reading
from integrations.algorithms.sayings import MADE_KEY
from integrations.algorithms.values import is_nothing
from integrations.models import ImportFile, RowPlan
from integrations.selectors.hands import changed_by
from integrations.selectors.plan import Plan, is_same, words_of
from integrations.selectors.planning import Planner

#: What an import may change of an item that is here: who said it, when and about what. The words stay what was said.
FACTS = (
    "author_name", "author_email", "author_role", "account", "product", "rating", "said_at", "source_url", "owner",
)  # fmt: skip
#: What of a row may hold personal data that the organization wants masked.
WORDS = ("text", "title")
ADDRESSES: dict[str, Any] = {name: FeedbackItem._meta.get_field(name) for name in ("author_email", "source_url")}
LONGEST_LABEL = 80
#: The clocks of customers may be ahead of ours.
A_DAY = datetime.timedelta(days=1)


class ItemPlanner(Planner):
    """Plans rows of feedback. An account or a product that is not known leaves its field open."""

    def __init__(self, **rest: Any) -> None:
        super().__init__(**rest)
        self.masks, self.now = masks_personal_data(self.organization), timezone.now()

    def _look_up(self, readings: Sequence[Reading]) -> None:
        super()._look_up([])
        for target in (self.kind.by_target["account"], self.kind.by_target["product"]):
            self.directory.load(target.to, {reading.references.get(target.name, "") for reading in readings})
        keys = {reading.key for reading in readings} - {""}
        rows = FeedbackItem.objects.visible_to(self.user).filter(channel=Channel.UPLOAD, external_key__in=keys)
        self.by_key = {row.external_key: row for row in rows.defer("search")} if keys else {}

    def _existing(self, plan: Plan, reading: Reading, parents: Mapping[str, Any]) -> Any:
        values = reading.values
        if self.masks:
            plan.messages = [_masked_message(message) for message in plan.messages]
        values["text"] = self._said(plan, str(values.get("text", "")))
        for name in ("title", "author_name", "author_role"):
            if name in values:
                values[name] = one_line(values[name], self.kind.by_target[name].longest)
        self._take_addresses(plan, values)
        if said_at := values.get("said_at"):
            values["said_at"] = said_at if said_at.tzinfo else timezone.make_aware(said_at)
            if values["said_at"] > self.now + A_DAY:
                plan.refuse("future", f"{said_at:%Y-%m-%d} is still to come: nobody can have said it then.", "said_at")
            if said_at.year < FIRST_YEAR:
                told = f"{said_at:%Y-%m-%d} is before {FIRST_YEAR}: look whether the day is another."
                plan.refuse("past", told, "said_at")
        plan.label = self._label(values)
        row = self.by_key.get(reading.key)
        if row is not None and not reading.key.startswith(MADE_KEY):
            self._refuse_other_words(plan, row, values["text"])
        return row

    def _refuse_other_words(self, plan: Plan, row: FeedbackItem, text: str) -> None:
        if text and row.text not in {text, masked(text).text}:
            sentence = (
                f"“{plan.key}” is here with another text, and what was said stays. If these are keys of another system,"
                " leave their column out: rows are then told apart by their words."
            )
            plan.refuse("other_text", sentence, "external_key", plan.key)

    def _said(self, plan: Plan, text: str) -> str:
        text = readable(text)
        if self.mapping.column_of("text") is None and self.mapping.column_of("title") is None:
            plan.refuse("no_text", "No column fills the text. Choose one under “Change columns”.", "text")
        elif not any(message.target == "text" for message in plan.messages) and is_nothing(text):
            plan.refuse("no_text", "Nothing was said: its text is empty.", "text")
        return text

    def _take_addresses(self, plan: Plan, values: dict[str, Any]) -> None:
        """An address that is none leaves its field open: what was said does not depend on it."""
        if email := values.get("author_email"):
            values["author_email"] = email.rpartition("<")[2].rstrip(">").strip().lower()
        if (url := values.get("source_url")) and "://" not in url:
            values["source_url"] = f"https://{url}"
        for name in ADDRESSES:
            if name not in values:
                continue
            try:
                ADDRESSES[name].run_validators(values[name])
            except ValidationError:
                text = values.pop(name)
                what = "e-mail address" if name == "author_email" else "address of a page"
                sentence = f"“{text[:60]}” is no {what}, so that the field stays open."
                plan.note(f"not_a_{self.kind.by_target[name].type}", sentence, name, text)

    def _label(self, values: Mapping[str, Any]) -> str:
        text = str(values.get("title") or values["text"])
        return one_line(masked(text).text if self.masks else text, LONGEST_LABEL)

    def _change(self, plan: Plan, reading: Reading, parents: dict[str, Any]) -> None:
        if plan.has_errors:
            return
        wanted = {**reading.values, **parents}
        changed = {name: wanted[name] for name in FACTS if name in wanted and not is_same(plan.row, name, wanted[name])}
        plan.changes = {name: [words_of(getattr(plan.row, name)), words_of(value)] for name, value in changed.items()}
        plan.values, plan.action = changed, RowPlan.UPDATE if changed else RowPlan.UNCHANGED

    def _touched(self, rows: Mapping[int, Any], left: Mapping[int, int]) -> Collection[int]:
        return changed_by(self.organization.pk, rows, left)


def _masked_message(message: Message) -> Message:
    """What is said about a text or a title, without the personal data in it."""
    return replace(message, value=masked(message.value).text) if message.target in WORDS else message


def holds_words(file: ImportFile, column: str) -> bool:
    """Whether a column of a file fills what was said."""
    return file.kind == "feedback_item" and file.mapping["columns"].get(column, {}).get("to") in WORDS


def built_on(ids: Collection[int]) -> dict[int, str]:
    """Id of an item -> what somebody has built on it, in words, for those on which something is."""
    held = {
        "it is linked to what it asks for": FeedbackLink.objects.filter(item__in=ids).values_list("item"),
        "a user story rests on it": StoryEvidence.objects.filter(item__in=ids).values_list("item"),
        "other items are duplicates of it": FeedbackItem.objects.live()
        .filter(duplicate_of__in=ids)
        .values_list("duplicate_of"),
    }
    found: dict[int, list[str]] = {}
    for words, rows in held.items():
        for (pk,) in rows.distinct():
            found.setdefault(pk, []).append(words)
    return {pk: " and ".join(words) for pk, words in found.items()}
