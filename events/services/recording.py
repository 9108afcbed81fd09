"""The append-only log, and the two shapes that nearly every write has."""

import datetime
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import Decimal
from typing import Any, TypeVar

import structlog
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from core.amounts import refuse_amounts, shown
from core.errors import Change, Conflict, StaleEdit
from core.jobs import enqueue
from core.sql import update_rows
from events.models import Event

Row = TypeVar("Row", bound=models.Model)

#: What PostgreSQL says when somebody else was faster: unique_violation, foreign_key_violation. The rest are bugs.
MET_ANOTHER = {"23505", "23503"}
#: Columns that say nothing a person would ask about. A model names more of its own, `UNTOLD`: long texts, and columns
#: that the database works out.
SILENT_FIELDS = {"id", "organization", "created_at", "updated_at", "version"}

#: Kinds of events that tell of what belongs to a row, and leave the row itself as it was.
BESIDE = (".allocations_changed",)

_instant: ContextVar[datetime.datetime | None] = ContextVar("portolan_happened_at", default=None)


@contextmanager
def happened_at(instant: datetime.datetime) -> Iterator[None]:
    """Record what follows as of a past instant: for a history told afterwards, such as a demo organization’s."""
    token = _instant.set(instant)
    try:
        yield
    finally:
        _instant.reset(token)


def happening_at() -> datetime.datetime | None:
    """The past instant as of which is recorded, where `happened_at` says one."""
    return _instant.get()


def record(
    kind: str,
    *,
    actor: Any,
    subject: Any,
    changes: Mapping[str, Any] | None = None,
    note: str = "",
) -> Event:
    """Append one event inside the caller's transaction and ring the followers when it commits.

    Args:
        kind: noun and past participle, for example `project.status_changed`.
        actor: the person; None for the system itself.
        subject: the row it happened to; it has an `organization_id`.
        changes: field -> [before, after].
        note: the reason, where one was given.
    Raises:
        RuntimeError: no transaction is open, so the event and the change could part.
    """
    if not connection.in_atomic_block:
        raise RuntimeError(f"record({kind!r}) needs an open transaction")
    event = _event(kind, actor, subject, dict(changes or {}), note)
    event.save(force_insert=True)
    enqueue("events.ring_followers", organization_id=subject.organization_id)
    return event


def _event(kind: str, actor: Any, subject: Any, changes: dict[str, Any], note: str = "") -> Event:
    context = structlog.contextvars.get_contextvars()
    return Event(
        organization_id=subject.organization_id,
        kind=kind,
        actor=actor,
        actor_name=str(actor) if actor else "Portolan",
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        subject_name=str(subject)[:300],
        subject_version=getattr(subject, "version", 0),
        changes=changes,
        note=note,
        source=context.get("source", ""),
        request_id=str(context.get("request_id", ""))[:64],
        occurred_at=_instant.get() or timezone.now(),
    )


@transaction.atomic(savepoint=False)
def create_recorded(
    kind: str, *, actor: Any, subject: Row, note: str = "", also: Mapping[str, Any] | None = None
) -> Row:
    """Check, save and record a new row; its event carries all its values.

    Args:
        also: what else the event tells, as `changes` of `record`.
    Raises:
        django.core.exceptions.ValidationError: a value or a rule of the table is broken; nothing is written.
        NotAllowed: it has amounts of money, and they are hidden from the actor.
    """
    refuse_amounts(actor, subject.organization_id, _told(subject))  # type: ignore[attr-defined]
    _check(subject)
    _save(subject, force_insert=True)
    record(kind, actor=actor, subject=subject, changes={**_all_values(subject), **(also or {})}, note=note)
    return subject


@transaction.atomic
def create_all_recorded(kind: str, *, actor: Any, subjects: Sequence[Row]) -> list[Row]:
    """Check, save and record many new rows of one table and organization, with a statement for all rows and one for all
    events.

    Raises:
        django.core.exceptions.ValidationError: a value of some row is broken; nothing is written.
        Conflict: some row breaks a rule of the table; nothing is written. Create them one by one to see which.
        NotAllowed: some row has amounts of money, and they are hidden from the actor.
    """
    for subject in subjects:
        refuse_amounts(actor, subject.organization_id, _told(subject))  # type: ignore[attr-defined]
        _check(subject)
    if not subjects:
        return []
    try:
        with transaction.atomic():
            rows: list[Row] = type(subjects[0])._default_manager.bulk_create(subjects)
    except IntegrityError as error:
        raise Conflict("Not saved: one of these rows breaks a rule of its table.") from error
    Event.objects.bulk_create([_event(kind, actor, row, _all_values(row)) for row in rows])
    enqueue("events.ring_followers", organization_id=rows[0].organization_id)  # type: ignore[attr-defined]
    return rows


def _told(subject: models.Model) -> list[str]:
    """Columns of a new row that somebody has given a value of their own."""
    fields = [f for f in subject._meta.concrete_fields if not f.generated]
    return [f.name for f in fields if getattr(subject, f.attname) not in (None, f.get_default())]


def _all_values(subject: models.Model) -> dict[str, Any]:
    """What the event of a new row tells: every value that it has."""
    silent = SILENT_FIELDS | getattr(subject, "UNTOLD", frozenset())
    fields = [field for field in subject._meta.concrete_fields if field.name not in silent]
    values = {field.name: _in_words(subject, field) for field in fields}
    return {name: [None, value] for name, value in values.items() if value not in (None, "")}


def _told_pair(row: models.Model, name: str, before: Any, after: Any) -> list[Any]:
    """What the log tells of a change: both values, or that there is another one where it does not repeat the column."""
    return [None, "another one" if after else "none"] if name in getattr(row, "UNTOLD", ()) else [before, after]


@transaction.atomic(savepoint=False)
def change_recorded(
    kind: str,
    *,
    actor: Any,
    subject: Row,
    values: Mapping[str, Any],
    expected_version: int | None = None,
    note: str = "",
    also: Mapping[str, Any] | None = None,
) -> Row:
    """Lock a row, change it, count its version up and record what changed. Nothing changed records nothing.

    Args:
        subject: the row; it is read again under a lock, and that fresh row is returned.
        values: field -> new value, for the fields to set.
        expected_version: the version the person saw; None does not ask.
        also: what else the event tells, as `changes` of `record`; it is recorded even where no value is another.
    Raises:
        StaleEdit: somebody changed the row since then; carries who changed what.
        django.core.exceptions.ValidationError: a value or a rule of the table is broken; nothing is written.
        NotAllowed: an amount of money is among the values, and they are hidden from the actor.
    """
    model = type(subject)
    refuse_amounts(actor, subject.organization_id, values)  # type: ignore[attr-defined]
    fresh: Any = model._base_manager.select_for_update(of=("self",)).get(pk=subject.pk)
    if expected_version is not None and expected_version != fresh.version:
        raise stale_edit(fresh, expected_version)
    fields = {name: model._meta.get_field(name) for name in values}
    before = {name: _in_words(fresh, field) for name, field in fields.items()}
    for name, value in values.items():
        setattr(fresh, name, value)
    _check(fresh, unchanged=[field.name for field in model._meta.concrete_fields if field.name not in values])
    after = {name: _in_words(fresh, field) for name, field in fields.items()}
    changes = {
        name: _told_pair(fresh, name, before[name], after[name]) for name in values if before[name] != after[name]
    }
    if not changes and not also:
        return fresh
    fresh.version += 1
    _save(fresh, update_fields=[*values, *(name for name in ("version", "updated_at") if _has_field(fresh, name))])
    record(kind, actor=actor, subject=fresh, changes={**changes, **(also or {})}, note=note)
    return fresh


@transaction.atomic
def change_all_recorded(
    kind: str, *, actor: Any, changes: Sequence[tuple[Row, Mapping[str, Any]]], note: str = ""
) -> int:
    """Change many rows of one table and organization, with a statement for all rows and one for all events.

    Args:
        changes: rows and their new values, field -> value; the values have been checked.
    Returns:
        How many had other values; only those are written, and recorded.
    Raises:
        NotAllowed: an amount of money is among the values, and they are hidden from the actor.
    """
    if not changes:
        return 0
    first: Any = changes[0][0]
    model = type(first)
    refuse_amounts(actor, first.organization_id, {name for _, values in changes for name in values})
    ids = [row.pk for row, _ in changes]
    rows = model._base_manager.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
    # The names of what rows pointed to before, in the same statement and not in one for each row.
    asked = [model._meta.get_field(name) for _, values in changes for name in values]
    relations = {field.name for field in asked if field.is_relation}
    locked = {row.pk: row for row in rows.select_related(*sorted(relations))} if relations else {r.pk: r for r in rows}
    events: list[Event] = []
    names: set[str] = set()
    now = timezone.now()
    for row, values in changes:
        fresh: Any = locked[row.pk]
        told = {}
        for name, value in values.items():
            field = model._meta.get_field(name)
            before = _in_words(fresh, field)
            setattr(fresh, name, value)
            if (after := _in_words(fresh, field)) != before:
                told[field.name] = _told_pair(fresh, field.name, before, after)
        if told:
            fresh.version, fresh.updated_at = fresh.version + 1, now
            names |= values.keys()
            events.append(_event(kind, actor, fresh, told, note))
    if events:
        update_rows(locked.values(), [*names, "version", "updated_at"])
        Event.objects.bulk_create(events, batch_size=500)
        enqueue("events.ring_followers", organization_id=events[0].organization_id)
    return len(events)


def _check(row: models.Model, unchanged: Collection[str] = ()) -> None:
    row.full_clean(exclude=unchanged, validate_unique=False, validate_constraints=False)


def _save(row: models.Model, **how: Any) -> None:
    """Write a row. Its table is asked by writing; only where that refuses, rule by rule, to say which one is broken.

    Asking first costs a statement for each rule, and two people at once would still get past it.
    """
    try:
        with transaction.atomic():
            row.save(**how)
    except IntegrityError as error:
        _ask_each_rule(row)
        if getattr(error.__cause__, "pgcode", "") not in MET_ANOTHER:
            raise
        raise Conflict("Not saved: somebody changed the same thing at this moment. Look again, then repeat.") from error


def _ask_each_rule(row: models.Model) -> None:
    """Raise what the broken rules of a row's table say, each at its field where it is about one alone."""
    row.validate_unique()
    try:
        row.validate_constraints()
    except ValidationError as error:
        errors = {name: list(found) for name, found in error.error_dict.items()}
        about = {rule.violation_error_message: _only_field(rule) for rule in row._meta.constraints}
        for each in errors.pop(NON_FIELD_ERRORS, []):
            errors.setdefault(about.get(each.message) or NON_FIELD_ERRORS, []).append(each)
        raise ValidationError(errors) from error


def _only_field(rule: models.BaseConstraint) -> str | None:
    """The one column that a check is about; None for several, or another kind of rule."""
    condition = rule.condition if isinstance(rule, models.CheckConstraint) else None
    names: set[str] = condition.referenced_base_fields if isinstance(condition, models.Q) else set()
    return str(next(iter(names))) if len(names) == 1 else None


def stale_edit(row: Any, seen_version: int) -> StaleEdit:
    """The error that tells a person what others changed since the version they saw."""
    events = (
        Event.objects.filter(organization_id=row.organization_id, subject_version__gt=seen_version)
        .about(row._meta.label_lower, row.pk)
        .order_by("id")
    )
    changes = []
    for event in events:
        if event.kind.endswith(BESIDE):
            continue
        for name in shown(event.changes):
            old, new = event.changes[name]
            label = str(getattr(row._meta.get_field(name), "verbose_name", name)) if _has_field(row, name) else name
            before, after = (_plain(row, name, value) for value in (old, new))
            changes.append(Change(name, label, before, after, event.actor_name, event.occurred_at))
    who = ", ".join(dict.fromkeys(change.who for change in changes)) or "Somebody"
    return StaleEdit(
        f"Not saved: {who} changed “{row}” after you opened it. Your text is kept: compare, then save again.",
        changes=changes,
        current_version=row.version,
    )


def _has_field(row: models.Model, name: str) -> bool:
    return any(field.name == name for field in row._meta.concrete_fields)


def _plain(row: models.Model, name: str, value: Any) -> Any:
    """A value of the log for a person to compare: a name, or what the model says of it."""
    own = getattr(row, "value_in_words", None)
    if own is not None and value and (words := own(name, value)) is not None:
        return words
    return value["name"] if isinstance(value, dict) and "name" in value else value


def _in_words(row: models.Model, field: Any) -> Any:
    """A value as the log keeps it: a related row by id and name, the rest as JSON can hold it."""
    value = getattr(row, field.attname)
    if field.is_relation and value is not None:
        return {"id": value, "name": str(getattr(row, field.name))}
    if isinstance(value, Decimal):
        return format(value.quantize(Decimal(1).scaleb(-field.decimal_places)), "f")
    if isinstance(value, datetime.date | datetime.datetime):
        return value.isoformat()
    return value


@transaction.atomic(savepoint=False)
def archive_recorded(
    kind: str,
    *,
    actor: Any,
    subject: Row,
    expected_version: int | None = None,
    also: Mapping[str, Any] | None = None,
) -> Row:
    """Put a row out of sight, without losing it; again is no change."""
    return change_recorded(
        kind,
        actor=actor,
        subject=subject,
        values={"archived_at": getattr(subject, "archived_at", None) or timezone.now()},
        expected_version=expected_version,
        also=also,
    )


@transaction.atomic(savepoint=False)
def restore_recorded(
    kind: str,
    *,
    actor: Any,
    subject: Row,
    expected_version: int | None = None,
    also: Mapping[str, Any] | None = None,
) -> Row:
    """Bring an archived row back."""
    return change_recorded(
        kind, actor=actor, subject=subject, values={"archived_at": None}, expected_version=expected_version, also=also
    )


def _singular(noun: str) -> str:
    """One of what an English plural names: “activities” gives “activity”."""
    if noun == "people":
        return "person"
    return f"{noun.removesuffix('ies')}y" if noun.endswith("ies") else noun.removesuffix("s")


def refuse_while_needed(subject: Any, **dependents: models.QuerySet[Any]) -> None:
    """Refuse to archive a row while live rows depend on it, and name them.

    Args:
        dependents: what they are called, in the plural -> the live rows.
    Raises:
        Conflict: some exist; the sentence lists the first of each.
    """
    parts = []
    for noun, rows in dependents.items():
        names = [str(row) for row in rows.order_by("pk")[:4]]
        if not names:
            continue
        count = rows.count()
        more = f" and {count - 3} more" if count > 3 else ""
        word = noun.replace("_", " ") if count > 1 else _singular(noun.replace("_", " "))
        parts.append(f"{count} {word} ({', '.join(names[:3])}{more})")
    if parts:
        raise Conflict(
            f"“{subject}” still holds {' and '.join(parts)}. Move or archive them first; nothing was changed."
        )
