"""Themes found anew in all that was said: read and thought out beside everybody, written in one transaction.

What people decided holds: items that they gave a theme and pinned themes stay, merges and splits hold, and names that
they gave are kept. A theme that most of its items share with a new cluster is the same theme, with the same row.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import transaction
from django.db.models import Count, Max, Sum
from django.db.models.functions import Left
from django.utils import timezone

from accounts.models import Organization, User
from core.errors import Conflict
from core.sql import update_rows
from events.services import change_all_recorded, create_all_recorded, record
from feedback.algorithms.phrases import Wording, names_of, wording
from feedback.algorithms.themes import NONE, Decisions, assign, cluster
from feedback.models import FeedbackItem, Regrouping, RegroupingKind, Theme
from feedback.selectors.meaning import BATCH, Meant, all_meant, centers, home_of, named_meant, newest_meant, together
from feedback.selectors.regrouping import READ_CHARACTERS, decisions_held
from feedback.selectors.theming import count_analyzed
from feedback.services.regrouping import (
    MOST_WORDS,
    as_name,
    end_empty,
    forget_moves,
    go_to_themes,
    keep_themes,
    named_anew,
    noted,
)
from feedback.services.theme_counts import count_themes, lock_themes

#: So many of the newest items are clustered; the rest goes to the nearest theme that was found.
SAMPLE = 20_000
#: So often it is begun anew because people changed themes meanwhile.
TRIES = 3
Report = Callable[..., None]
Numbers = npt.NDArray[np.int64]


@dataclass
class Given:
    """What is clustered, and what must hold."""

    sample: Meant
    themes: dict[int, Theme]
    decisions: Decisions
    before: Numbers
    first_new: int
    revision: tuple[Any, ...]


@dataclass
class Found:
    """What came out: the theme of each item by number (of new ones from `first_new` on), and where themes lie."""

    ids: Numbers
    before: Numbers
    after: Numbers
    numbers: Numbers
    centers: Any
    words: Wording


def carry_out_clustering(
    *, actor: User | None, organization: Organization, report: Report, seed: int = 0, sample: int = SAMPLE
) -> dict[str, Any]:
    """Find themes anew, and write all of them or none; done again, it gives the same.

    Raises:
        Conflict: people kept changing themes.
    """
    total = count_analyzed(organization.pk, 10_000_000)
    for _ in range(TRIES):
        report(0, total, "Reading what was said.")
        given = _read(organization.pk, sample)
        report(min(len(given.sample), total), total, "Finding what is about the same.")
        found = _found(organization.pk, given, report, total, seed, is_all=len(given.sample) >= total)
        report(total, total, "Writing.")
        if (told := _write(actor, organization, given, found, report, total)) is not None:
            return told
    raise Conflict("People changed themes while they were found. Nothing was changed. Try again.")


def _revision(organization_id: int) -> tuple[Any, ...]:
    """What is another whenever somebody has changed themes, or moved items between them."""
    acts = Regrouping.objects.filter(organization_id=organization_id).aggregate(a=Max("pk"), b=Count("undone_at"))
    themes = Theme.objects.filter(organization_id=organization_id).aggregate(c=Max("pk"), d=Sum("version"))
    return (*acts.values(), *themes.values())


def _read(organization_id: int, most: int) -> Given:
    revision = _revision(organization_id)
    known = list(Theme.objects.filter(organization_id=organization_id).order_by("pk"))
    into = {theme.pk: theme.merged_into_id for theme in known if theme.merged_into_id}
    themes = {theme.pk: theme for theme in known if not theme.is_archived}
    held = decisions_held(organization_id)
    named = {pk for act in held for part in act.parts for pk in part}
    sample = together(newest_meant(organization_id, most), named_meant(organization_id, named))
    sample = _kept(sample, ~(sample.by_person & (sample.themes < 0)))  # a person said: of no theme
    before = np.where(np.isin(sample.themes, list(themes)), sample.themes, NONE)
    stays = sample.by_person | np.isin(before, [pk for pk, theme in themes.items() if theme.is_pinned])
    place = {pk: number for number, pk in enumerate(sample.ids.tolist())}
    parts = {act.pk: [{place[pk] for pk in part if pk in place} for part in act.parts] for act in held}
    decisions = Decisions(
        pinned={int(n): int(before[n]) for n in np.flatnonzero(stays & (before >= 0))},
        together=[
            (home_of(act.theme_id or 0, into), parts[act.pk]) for act in held if act.kind == RegroupingKind.MERGED
        ],
        apart=[
            [part for part in parts[act.pk] if part]
            for act in held
            if act.kind == RegroupingKind.SPLIT and sum(map(bool, parts[act.pk])) > 1
        ],
    )
    first_new = max([theme.pk for theme in known], default=0) + 1
    return Given(sample, themes, decisions, before, first_new, revision)


def _kept(items: Meant, which: Any) -> Meant:
    return Meant(items.ids[which], items.themes[which], items.by_person[which], items.vectors[which])


def _found(organization_id: int, given: Given, report: Report, total: int, seed: int, *, is_all: bool) -> Found:
    sample = given.sample
    themes = cluster(
        sample.vectors, np.random.default_rng(seed), given.before, given.decisions, first_new=given.first_new
    )
    moves = [(sample.ids, sample.themes, themes.labels, sample.by_person)]
    if not is_all:
        moves += list(_rest(organization_id, given, themes.numbers, themes.centers, report, total))
    ids, before, after, by_person = (np.concatenate(column) for column in zip(*moves, strict=True))
    is_moved = (before != after) & ~by_person
    return Found(
        ids[is_moved],
        before[is_moved],
        after[is_moved],
        themes.numbers,
        themes.centers,
        wording(_texts(sample.ids), themes.labels),
    )


def _rest(organization_id: int, given: Given, numbers: Numbers, found: Any, report: Report, total: int) -> Any:
    """The items beyond the sample: each goes to the nearest theme. Themes of which none is in the sample stay."""
    present = set(given.before.tolist())
    old = centers(organization_id)
    stays = ~np.isin(old.ids, [*present, *numbers.tolist()])
    places = np.concatenate([numbers, old.ids[stays]])
    vectors = np.concatenate([found, old.vectors[stays]]) if len(places) else found
    pinned = [pk for pk, theme in given.themes.items() if theme.is_pinned]
    lives = [pk for pk in given.themes if pk in set(places.tolist())]
    done = 0
    for batch in all_meant(organization_id):
        rest = _kept(batch, ~np.isin(batch.ids, given.sample.ids))
        labels = assign(rest.vectors, places, vectors)
        is_kept = np.isin(rest.themes, pinned) | ((labels < 0) & np.isin(rest.themes, lives))
        yield rest.ids, rest.themes, np.where(is_kept, rest.themes, labels), rest.by_person
        done += len(batch)
        report(min(done, total), total, "Bringing the rest to the themes that were found.")


def _texts(ids: Numbers) -> list[str]:
    """Beginnings of texts, in the order of their ids."""
    rows = FeedbackItem.objects.filter(pk__in=ids.tolist()).annotate(begin=Left("text", READ_CHARACTERS))
    texts = {pk: f"{title}. {text}" if title else text for pk, title, text in rows.values_list("pk", "title", "begin")}
    return [texts.get(pk, "") for pk in ids.tolist()]


@transaction.atomic
def _write(
    actor: User | None, organization: Organization, given: Given, found: Found, report: Report, total: int
) -> dict[str, Any] | None:
    """Write what was found; None, and nothing is written, where somebody has changed themes since it was read."""
    lock_themes(organization.pk, alone=True)
    if _revision(organization.pk) != given.revision:
        return None
    act = Regrouping.objects.create(organization=organization, kind=RegroupingKind.CLUSTERED, actor=actor)
    before = {pk: noted(theme) for pk, theme in given.themes.items()}
    rows = _themes_written(actor, organization, given, found)
    act.made = [row.pk for number, row in rows.items() if number not in given.themes]
    after = found.after.copy()
    for number, row in rows.items():
        after[found.after == number] = row.pk
    for start in range(0, len(found.ids), BATCH):
        part = slice(start, start + BATCH)
        act.item_count += go_to_themes(act, found.ids[part], found.before[part], after[part])
        report(min(start, total), total, "Writing.")
    # Those in which nothing is any more, but for those that are pinned.
    end_empty(actor=actor, themes=Theme.objects.filter(organization=organization, is_pinned=False))
    keep_themes(act, before)
    live = Theme.objects.live().filter(organization=organization).count()
    count_themes(organization.pk, [*given.themes, *act.made])
    forget_moves(organization.pk, act, timezone.now())
    changes = {"themes": [len(given.themes), live], "items": [None, act.item_count]}
    record("organization.themes_found", actor=actor, subject=organization, changes=changes)
    words = f"{live:,} theme{'s' if live != 1 else ''}; {act.item_count:,} items moved."
    return {"message": words, "themes": live, "moved": act.item_count, "regrouping": act.pk}


def _themes_written(actor: User | None, organization: Organization, given: Given, found: Found) -> dict[int, Theme]:
    """The rows of the themes that were found, by number: those there were, and new ones."""
    words = found.words
    kept = {pk for pk, theme in given.themes.items() if theme.is_named_by_person or theme.is_pinned}
    unnamed = {number: size for number, size in words.sizes.items() if number not in kept}
    names = names_of(Wording(words.phrases, words.first, unnamed), taken={given.themes[pk].name for pk in kept})
    fresh = [number for number in found.numbers.tolist() if number not in given.themes]
    new = [
        Theme(organization=organization, name=as_name(names[number]), words=words.phrases[number][:MOST_WORDS])
        for number in fresh
    ]
    rows = dict(zip(fresh, create_all_recorded("theme.created", actor=actor, subjects=new), strict=True))
    rows |= {number: given.themes[number] for number in found.numbers.tolist() if number in given.themes}
    told = {number: names.get(number, row.name) for number, row in rows.items()}
    changes = [(row, named_anew(row, words, {row.pk: told[row.pk]})) for pk, row in rows.items() if pk in given.themes]
    change_all_recorded("theme.described", actor=actor, changes=[pair for pair in changes if pair[1]])
    for number, center in zip(found.numbers.tolist(), found.centers, strict=True):
        rows[number].center = center
    update_rows(list(rows.values()), ["center"])
    return rows
