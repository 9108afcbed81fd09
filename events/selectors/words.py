"""The event log in words: who did what to which row, from what to what."""

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from itertools import groupby
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Case, F, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format

from core.amounts import are_hidden, shown
from core.templatetags.portolan import day, money, percent
from events.models import Event
from events.selectors.entries import entries_in_words
from events.selectors.vocabulary import LABELS, NOUNS, PAGES, UNSPOKEN, VERBS

AUDIT_HEADER = (
    "When", "Who", "E-mail", "Event", "Subject", "Id", "Name", "Change", "Note", "Source", "Request",
)  # fmt: skip
PAGE_SIZE = 50
#: Counting stops here, so that a page costs the same in a log of any length.
COUNT_LIMIT = 10_000
#: (subject type, id) -> (URL name, id of the row whose page it is, that row's name where it is another's page).
Places = dict[tuple[str, str], tuple[str, str, str]]
#: The feed is about the work; people, tokens and jobs are for the audit log.
NOT_NEWS = ("accounts.", "events.")
#: One of many small steps; that the person is finished is news.
SMALL_STEPS = ("scoring_session.voted",)
#: Whatever changes of these is about money, be it called an amount or not.
OF_MONEY = ("finance.", "resources.rolerate")
#: So many events of one kind by one person in a row are told as one sentence.
TOLD_AS_ONE = 4
FEED_WINDOW = 400


@dataclass(frozen=True)
class ChangeLine:
    """One field of one event, in words; None is nothing."""

    label: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class EventLine:
    """One event as a person reads it, or `count` alike as one; `is_more` where further ones were not counted.

    `page` and `page_id` name the page that shows its subject, where there is one; `within` is whose page that is.
    """

    pk: int
    occurred_at: datetime.datetime
    actor: Any
    actor_name: str
    verb: str
    noun: str
    subject_name: str
    page: str
    page_id: str
    within: str
    changes: tuple[ChangeLine, ...]
    note: str
    kind: str
    source: str
    request_id: str
    count: int = 1
    is_more: bool = False

    @property
    def is_creation(self) -> bool:
        return self.kind.endswith((".created", ".queued", ".decided"))

    @property
    def few_changes(self) -> tuple[ChangeLine, ...]:
        """What fits into a feed: nothing of a new row, whose name says enough."""
        return () if self.is_creation or self.count > 1 else self.changes[:3]

    @property
    def more_changes(self) -> int:
        return 0 if self.is_creation or self.count > 1 else max(0, len(self.changes) - 3)

    @property
    def nouns(self) -> str:
        return f"{self.noun[:-1]}ies" if self.noun.endswith("y") else f"{self.noun}s"

    @property
    def count_words(self) -> str:
        return f"{self.count}+" if self.is_more else str(self.count)

    @property
    def what(self) -> str:
        """Verb and object: “changed project Offline sync”, “added 12 activities”."""
        if self.count > 1:
            return f"{self.verb} {self.count_words} {self.nouns}"
        within = f"in {self.within}" if self.within else ""
        return " ".join(part for part in (self.verb, self.noun, self.subject_name, within) if part)

    @property
    def sentence(self) -> str:
        """The whole event in one line of text, for exports and notices."""
        told = "; ".join(f"{c.label} {c.before or '–'} → {c.after or '–'}" for c in self.few_changes)
        return f"{self.actor_name} {self.what}" + (f": {told}" if told else "")


@dataclass(frozen=True)
class EventPage:
    """A stretch of the log, newest first; `older` and `newer` are where the next ones begin, if there are any."""

    lines: list[EventLine]
    count: int
    older: int | None
    newer: int | None

    @property
    def is_capped(self) -> bool:
        return self.count > COUNT_LIMIT


def event_page(events: Any, *, before: int | None = None, after: int | None = None) -> EventPage:
    """The events older than `before`, or newer than `after`, or the newest; found by id, however deep in the log."""
    if after is not None:
        found = list(
            reversed(events.filter(id__gt=after).order_by("id").select_related("actor", "organization")[:PAGE_SIZE])
        )
    else:
        stretch = events.filter(id__lt=before) if before is not None else events
        found = list(stretch.order_by("-id").select_related("actor", "organization")[:PAGE_SIZE])
    older = found and events.filter(id__lt=found[-1].pk).exists()
    newer = found and (before is not None or after is not None) and events.filter(id__gt=found[0].pk).exists()
    return EventPage(
        lines=event_lines(found),
        count=events.order_by().values("pk")[: COUNT_LIMIT + 1].count(),
        older=found[-1].pk if older else None,
        newer=found[0].pk if newer else None,
    )


def audit_cells(events: Any) -> Iterator[tuple[Any, ...]]:
    """Events as rows of a file, in the order of `AUDIT_HEADER`, read in portions."""
    last = None
    while True:
        portion = events if last is None else events.filter(id__lt=last)
        rows = list(portion.order_by("-id").select_related("actor", "organization")[:1000])
        for event, line in zip(rows, event_lines(rows), strict=True):
            told = "; ".join(f"{c.label}: {c.before or '–'} → {c.after or '–'}" for c in line.changes)
            email = event.actor.email if event.actor else ""
            yield (
                event.occurred_at, event.actor_name, email, event.kind, event.subject_type, event.subject_id,
                event.subject_name, told, event.note, event.source, event.request_id,
            )  # fmt: skip
        if len(rows) < 1000:
            return
        last = rows[-1].pk


def history_of(row: Any, limit: int = 50) -> list[EventLine]:
    """What happened to one row, newest first."""
    events = Event.objects.filter(organization_id=row.organization_id).about(row._meta.label_lower, row.pk)
    return event_lines(events.order_by("-id")[:limit])


def recent_events(organization_id: int, limit: int = 10) -> list[EventLine]:
    """What happened lately in an organization, newest first; many alike in a row are told as one."""
    events = Event.objects.filter(organization_id=organization_id)
    for prefix in NOT_NEWS:
        events = events.exclude(subject_type__startswith=prefix)
    events = events.exclude(kind__in=SMALL_STEPS)
    told: list[tuple[int, int]] = []
    window = list(events.order_by("-id").values_list("pk", "actor_id", "kind", "request_id")[:FEED_WINDOW])
    for _, run in groupby(window, key=lambda row: row[1:]):
        alike = [row[0] for row in run]
        told += [(alike[0], len(alike))] if len(alike) >= TOLD_AS_ONE else [(pk, 1) for pk in alike]
    counts = dict(told[:limit])
    lines = event_lines(Event.objects.filter(organization_id=organization_id, pk__in=counts).order_by("-id"))
    cut_off = told[-1][0] if len(window) == FEED_WINDOW else None  # the last run may go on beyond the window
    return [replace(line, count=counts[line.pk], is_more=counts[line.pk] > 1 and line.pk == cut_off) for line in lines]


def event_lines(events: Iterable[Event]) -> list[EventLine]:
    """Events in words, in their order; one query more where subjects are shown on the page of another row."""
    if isinstance(events, models.QuerySet):
        events = events.select_related("actor", "organization").defer("actor__password")
    rows = list(events)
    places = _places(rows)
    return [_line(event, places) for event in rows]


def event_sentence(event: Event) -> str:
    """One event in one line of text."""
    return event_lines([event])[0].sentence


def noun_of(subject_type: str) -> str:
    """What a subject is called: “project”, “API token”."""
    if subject_type in NOUNS:
        return NOUNS[subject_type]
    model = model_of(subject_type)
    return str(model._meta.verbose_name) if model else subject_type.rpartition(".")[2]


def verb_of(kind: str) -> str:
    """What was done: “changed”, “archived”."""
    participle = kind.rpartition(".")[2]
    return VERBS.get(participle, participle.replace("_", " "))


def _line(event: Event, places: Places) -> EventLine:
    page, page_id, within = places.get((event.subject_type, event.subject_id), ("", "", ""))
    return EventLine(
        pk=event.pk,
        occurred_at=event.occurred_at,
        actor=event.actor,
        actor_name=event.actor_name,
        verb=verb_of(event.kind),
        noun=noun_of(event.subject_type),
        subject_name=event.subject_name,
        page=page,
        page_id=page_id,
        within=within,
        changes=tuple(_changes(event)),
        note=event.note,
        kind=event.kind,
        source=event.source,
        request_id=event.request_id,
    )


def _places(events: Sequence[Event]) -> Places:
    ids: dict[str, set[str]] = {}
    for event in events:
        ids.setdefault(event.subject_type, set()).add(event.subject_id)
    places: Places = {}
    elsewhere = []
    for subject_type, subjects in ids.items():
        name, column = PAGES.get(subject_type, ("", ""))
        if subject_type == "portfolio.stancedecision":
            of_line = When(product=None, then=Value("portfolio:line-detail"))
            page = Case(of_line, default=Value("portfolio:product-detail"))
            elsewhere.append(
                _shown_elsewhere(subject_type, subjects, page, Coalesce("product_id", "line_id"), Value(""))
            )
        elif column in ("", "pk"):
            places |= {(subject_type, pk): (name, pk if column else "", "") for pk in subjects}
        else:
            within = F(f"{column.removesuffix('_id')}__name")
            elsewhere.append(_shown_elsewhere(subject_type, subjects, Value(name), F(column), within))
    if elsewhere:
        for subject_type, pk, page_name, page_id, within_name in elsewhere[0].union(*elsewhere[1:], all=True):
            places[subject_type, str(pk)] = (page_name, str(page_id), within_name)
    return places


def _shown_elsewhere(subject_type: str, subjects: set[str], page: Any, page_id: Any, within: Any) -> Any:
    """Subjects that are shown on the page of another row: type, id, page, that row's id and its name."""
    model: Any = model_of(subject_type)
    rows = model._default_manager.filter(pk__in=subjects)
    return rows.values_list(Value(subject_type), "pk", page, page_id, within)


def model_of(subject_type: str) -> type[models.Model] | None:
    try:
        return apps.get_model(subject_type)
    except (LookupError, ValueError):
        return None


def _changes(event: Event) -> Iterable[ChangeLine]:
    if are_hidden() and event.subject_type.startswith(OF_MONEY):
        return
    model = model_of(event.subject_type)
    currency = event.organization.currency
    order = [field.name for field in model._meta.concrete_fields] if model else []  # jsonb forgets the order
    for name in sorted(shown(event.changes), key=lambda name: order.index(name) if name in order else len(order)):
        pair = event.changes[name]
        if name in UNSPOKEN or not isinstance(pair, list) or len(pair) != 2:
            continue
        field = _field(model, name)
        label = LABELS.get(name) or str(getattr(field, "verbose_name", "") or name.replace("_", " "))
        before, after = (in_words(field, name, value, currency) for value in pair)
        yield ChangeLine(label, before, after)


def _field(model: type[models.Model] | None, name: str) -> Any:
    try:
        return model._meta.get_field(name) if model else None
    except FieldDoesNotExist:
        return None


def in_words(field: Any, name: str, value: Any, currency: str = "USD") -> str | None:
    """A value of the log as a person writes it: names, labels, days, money, percent."""
    if value is None or value == "" or value == {} or value == []:
        return None
    if name == "entries_amount":
        return entries_in_words(value)
    own = getattr(getattr(field, "model", None), "value_in_words", None)
    if own is not None and (words := own(name, value)) is not None:
        return str(words)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return str(value["name"]) if "name" in value else ", ".join(f"{k} {_share(v)}" for k, v in value.items())
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    labels = dict(getattr(field, "flatchoices", None) or ())
    if value in labels:
        return str(labels[value])
    return _measured(name, value, currency)


def _measured(name: str, value: Any, currency: str) -> str:
    """By the ending of a field's name: what is a day, an instant, money or a share."""
    text = str(value)
    if name.endswith("_date") and (date := parse_date(text)):
        return day(date)
    if name.endswith("_at") and (instant := parse_datetime(text)):
        local = instant if timezone.is_naive(instant) else timezone.localtime(instant)  # working calendars have no zone
        return date_format(local, "j M Y, H:i")
    if name.endswith("_amount") and (amount := _decimal(text)) is not None:
        return money(amount, currency)
    if name.endswith("_ratio"):
        return _share(text)
    return text


def _share(value: Any) -> str:
    ratio = _decimal(str(value))
    if ratio is None:
        return str(value)
    return percent(ratio, 0 if (ratio * 100) == (ratio * 100).to_integral_value() else 1)


def _decimal(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None
