"""What items and themes mean, as vectors: read in bulk, in the database's own binary form."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection

from feedback.algorithms.embedding import WIDTH, Vectors, unit
from feedback.querysets import VOICES

#: Items read at once.
BATCH = 20_000
COLUMNS = "i.id, i.theme_id, jsonb_exists(i.labels_by_person, 'theme'), halfvec_send(a.vector)"
FROM = f"""
    FROM feedback_feedbackitem i JOIN feedback_analysis a ON a.item_id = i.id
    WHERE i.organization_id = %(organization)s AND {VOICES}
        AND a.vector IS NOT NULL
"""
NEWEST = f"SELECT {COLUMNS} {FROM} ORDER BY i.said_at DESC, i.id DESC LIMIT %(most)s"
NAMED = f"SELECT {COLUMNS} {FROM} AND i.id = ANY(%(ids)s) ORDER BY i.id"
AFTER = f"SELECT {COLUMNS} {FROM} AND i.id > %(after)s ORDER BY i.id LIMIT %(most)s"
OF_THEME = f"SELECT {COLUMNS} {FROM} AND i.theme_id = %(theme)s ORDER BY i.said_at DESC, i.id DESC LIMIT %(most)s"
CENTERS = """
    SELECT t.id, vector_send(t.center), t.merged_into_id FROM feedback_theme t
    WHERE t.organization_id = %(organization)s AND t.center IS NOT NULL
        AND (t.archived_at IS NULL OR t.merged_into_id IS NOT NULL)
    ORDER BY t.id
"""


@dataclass(frozen=True)
class Meant:
    """Items, and what they mean.

    Args:
        ids, themes: int64 (items); the theme of each, -1 for none.
        by_person: bool (items), where a person said which theme.
        vectors: float32 (items, width), unit vectors.
    """

    ids: npt.NDArray[np.int64]
    themes: npt.NDArray[np.int64]
    by_person: npt.NDArray[np.bool_]
    vectors: Vectors

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class Centers:
    """Where themes lie: int64 (themes) ids, and float32 (themes, width) unit vectors. A merged theme's own center
    stands for the theme that it went into.
    """

    ids: npt.NDArray[np.int64]
    vectors: Vectors


def newest_meant(organization_id: int, most: int) -> Meant:
    """The items said last."""
    return _meant(NEWEST, {"organization": organization_id, "most": most})


def named_meant(organization_id: int, ids: Collection[int]) -> Meant:
    """The items of some ids, those that count."""
    return _meant(NAMED, {"organization": organization_id, "ids": list(ids)})


def meant_of_theme(organization_id: int, theme_id: int, most: int) -> Meant:
    """The items of a theme said last."""
    return _meant(OF_THEME, {"organization": organization_id, "theme": theme_id, "most": most})


def all_meant(organization_id: int) -> Iterator[Meant]:
    """All items, a batch after the other."""
    after = 0
    while len(batch := _meant(AFTER, {"organization": organization_id, "after": after, "most": BATCH})):
        yield batch
        after = int(batch.ids[-1])


def together(*parts: Meant) -> Meant:
    """Items of several reads as one, each once."""
    ids = np.concatenate([part.ids for part in parts])
    _, first = np.unique(ids, return_index=True)
    kept = np.sort(first)
    return Meant(
        ids[kept],
        np.concatenate([part.themes for part in parts])[kept],
        np.concatenate([part.by_person for part in parts])[kept],
        np.concatenate([part.vectors for part in parts])[kept],
    )


def centers(organization_id: int) -> Centers:
    """Where the live themes lie, and those that were merged into one of them."""
    with connection.cursor() as cursor:
        cursor.execute(CENTERS, {"organization": organization_id})
        rows = cursor.fetchall()
    into = {pk: merged for pk, _, merged in rows}
    ids = [pk for pk, _, _ in rows]
    homes = np.array([home_of(pk, into) for pk in ids], np.int64)
    vectors = _floats([row[1] for row in rows], ">f4")
    is_live = np.isin(homes, [pk for pk, merged in into.items() if merged is None])
    return Centers(homes[is_live], vectors[is_live])


def home_of(pk: int, into: dict[int, Any]) -> int:
    """The theme that a merged one went into in the end."""
    seen = {pk}
    while (following := into.get(pk)) is not None and following not in seen:
        pk = following
        seen.add(pk)
    return pk


def _meant(sql: str, keys: dict[str, Any]) -> Meant:
    with connection.cursor() as cursor:
        cursor.execute(sql, keys)
        rows = cursor.fetchall()
    return Meant(
        np.array([row[0] for row in rows], np.int64),
        np.array([-1 if row[1] is None else row[1] for row in rows], np.int64),
        np.array([row[2] for row in rows], bool),
        unit(_floats([row[3] for row in rows], ">f2")),
    )


def _floats(found: list[Any], kind: str) -> Vectors:
    """Vectors as pgvector sends them: two numbers of 16 bits, then the values, the largest byte first."""
    if not found:
        return np.zeros((0, WIDTH), np.float32)
    data = b"".join(bytes(one)[4:] for one in found)
    return np.frombuffer(data, kind).reshape(len(found), WIDTH).astype(np.float32)
