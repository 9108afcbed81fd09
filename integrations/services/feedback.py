"""Rows of an import that are feedback: stored through the intake of all channels, and masked where they came from."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from accounts.models import Organization, User
from core.errors import Conflict
from feedback import services as feedback
from feedback.algorithms.personal import masked
from feedback.models import Channel, FeedbackItem
from feedback.selectors.handling import masks_personal_data
from integrations.models import ImportFile, ImportRow, ImportRun
from integrations.selectors.items import FACTS, holds_words
from integrations.selectors.plan import words_of
from integrations.services.storage import KEPT_CELLS, RowStore


class ItemWriter:
    """Stores what was said as a person, and changes who said it, when and about what."""

    def __init__(self, actor: User, organization: Organization) -> None:
        self.actor, self.organization = actor, organization

    @transaction.atomic
    def create(self, rows: Sequence[Mapping[str, Any]]) -> list[FeedbackItem]:
        """New items, all or none, in their order; their analysis follows by itself.

        Raises:
            Conflict: one of them has come in the meantime.
        """
        incoming = [feedback.Incoming(**row) for row in rows]
        received = feedback.receive_items(
            actor=self.actor, organization=self.organization, channel=Channel.UPLOAD, rows=incoming
        )
        if known := [one.item for one in received if one.what == "known"]:
            raise Conflict(f"“{known[0]}” has been imported in the meantime.")
        return [one.item for one in received]

    def update(self, item: FeedbackItem, values: Mapping[str, Any]) -> tuple[FeedbackItem, dict[str, list[Any]]]:
        """The changed item, and each field that changed. A product that is given is a person's label."""
        before = {name: words_of(getattr(item, name)) for name in FACTS}
        facts = {name: value for name, value in values.items() if name != "product"}
        if facts:
            item = feedback.update_item(actor=self.actor, item=item, **facts)
        if "product" in values:
            item = self._set_product(item, values["product"])
        after = {name: words_of(getattr(item, name)) for name in FACTS}
        return item, {name: [before[name], after[name]] for name in FACTS if before[name] != after[name]}

    def _set_product(self, item: FeedbackItem, product: Any) -> FeedbackItem:
        if product is None:
            return feedback.release_labels(actor=self.actor, item=item, labels=["product"])
        feedback.triage_items(actor=self.actor, organization=self.organization, items=[item], product=product)
        return FeedbackItem.objects.defer("search").get(pk=item.pk)


class Mask:
    """Takes personal data out of what an import keeps of what was said, if the organization wants it."""

    def __init__(self, organization: Organization) -> None:
        self.is_wanted = masks_personal_data(organization)

    def take_rows(self, file: ImportFile, rows: Sequence[ImportRow]) -> None:
        """Mask the kept cells and the names of rows that had their turn, and what is quoted of long cells."""
        if not self.is_wanted or file.kind != "feedback_item":
            return
        places = {name: place for place, name in enumerate(file.header) if holds_words(file, name)}
        for row in rows:
            row.label = masked(row.label).text[:300]
            for place in places.values():
                row.cells[place] = masked(row.cells[place]).text
            for message in row.messages:
                if message["value"] and message["column"] in places:
                    message["value"] = row.cells[places[message["column"]]][: len(message["value"])]
        RowStore(KEPT_CELLS).save(rows)

    def take_samples(self, run: ImportRun) -> None:
        """Mask the samples that were shown of the files; the files themselves are not kept."""
        if not self.is_wanted:
            return
        for file in run.files.filter(kind="feedback_item").defer("content"):
            for column in file.columns:
                if holds_words(file, column["name"]):
                    column["samples"] = [masked(sample).text for sample in column["samples"]]
                    column["choices"] = {masked(text).text: count for text, count in column["choices"].items()}
            file.save(update_fields=["columns"])
