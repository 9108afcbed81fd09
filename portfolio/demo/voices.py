"""How Fennmark's people weigh its drivers and score together."""

import datetime
from collections.abc import Iterator
from typing import Any

from portfolio.demo.facts import Act, Ref

#: What each of three says of the drivers: the first against the second, from extremely less (-3) to extremely more (3).
COMPARED = {
    "ines": (("growth", "retention", 0), ("growth", "efficiency", 1), ("growth", "compliance", 1),
             ("retention", "efficiency", 1), ("retention", "compliance", 1), ("efficiency", "compliance", 0)),
    "maren": (("growth", "retention", 1), ("growth", "efficiency", 2), ("growth", "compliance", 1),
              ("retention", "efficiency", 1), ("retention", "compliance", 0), ("efficiency", "compliance", -1)),
    "tomas": (("growth", "retention", 0), ("growth", "efficiency", 1), ("growth", "compliance", 0),
              ("retention", "efficiency", 0), ("retention", "compliance", 0), ("efficiency", "compliance", -1)),
}  # fmt: skip
#: Impact and confidence in percent, by who scored: the session that has been revealed.
SCORED = {
    "ATL-FCST": {"ines": ("3", 50), "tomas": ("1", 30), "leila": ("2", 80)},
    "EU-RESID": {"ines": ("2", 90), "tomas": ("2", 80), "leila": ("3", 90)},
    "CS-MIGR": {"ines": ("3", 80), "tomas": ("3", 80), "leila": ("2", 80)},
    "BEA-OCR": {"ines": ("1", 80), "tomas": ("1", 80), "leila": ("0.5", 70)},
    "MB-OFFLN": {"ines": ("2", 50), "tomas": ("0.5", 50), "leila": ("2", 60)},
    "CN-METER": {"ines": ("0.5", 50), "tomas": ("0.5", 40), "leila": ("1", 50)},
}  # fmt: skip
WHY = {
    ("ATL-FCST", "tomas"): "Two pilots did not renew.",
    ("MB-OFFLN", "tomas"): "Drivers ask for it, shippers do not.",
}
#: What still waits for votes, in the session that is open.
WAITING = ("ATL-RETRN", "BEA-EINV", "ATL-PRICE")


def tell_voices(day: datetime.date) -> Iterator[Act]:
    """A set of weights compared by three, a scorecard of a quarter ago, a session that is over and one that is open."""
    yield Act(
        _at(day, -84, 9), "ines", "create_weight_set", "model:drivers", "weights:group", {"name": "Steering group"}
    )
    for place, (key, told) in enumerate(COMPARED.items()):
        yield Act(_at(day, -84, 11 + place), key, "compare_criteria", "weights:group", "", {"told": list(told)})
    yield Act(_at(day, -83, 9), "ines", "apply_weight_set", "weights:group", "", {})
    card = {
        "name": "Second half, as decided",
        "reason": "Approved in the steering group; the line is what people allow.",
    }
    yield Act(_at(day, -60, 15), "ines", "freeze_scorecard", "model:RICE", "", card)
    yield from _scored_together(day)
    opened = {"name": "Proposals of this month", "codes": [Ref(f"project:{code}") for code in WAITING]}
    raters = [Ref(f"person:{key}") for key in ("ines", "tomas", "leila")]
    yield Act(
        _at(day, -2, 10), "ines", "create_scoring_session", "model:RICE", "session:open", {**opened, "raters": raters}
    )


def _scored_together(day: datetime.date) -> Iterator[Act]:
    codes = [Ref(f"project:{code}") for code in SCORED]
    raters = [Ref(f"person:{key}") for key in ("ines", "tomas", "leila")]
    asked: dict[str, Any] = {"name": "First half", "codes": codes, "raters": raters}
    yield Act(_at(day, -5, 9), "ines", "create_scoring_session", "model:RICE", "session:first", asked)
    for place, key in enumerate(("ines", "tomas", "leila")):
        votes = [
            {"project": Ref(f"project:{code}"), "impact": said[key][0], "confidence": said[key][1],
             "comment": WHY.get((code, key), "")}
            for code, said in SCORED.items()
        ]  # fmt: skip
        yield Act(_at(day, -5, 11 + place), key, "set_votes", "session:first", "", {"votes": votes})
        yield Act(_at(day, -5, 11 + place, 30), key, "finish_session_round", "session:first", "", {})
    yield Act(_at(day, -4, 9), "ines", "reveal_scoring_session", "session:first", "", {})


def _at(day: datetime.date, when: int, hour: int, minute: int = 0) -> datetime.datetime:
    return datetime.datetime.combine(day + datetime.timedelta(when), datetime.time(hour, minute), datetime.UTC)
