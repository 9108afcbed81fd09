"""Why this before that at Fennmark: the models it ranks by, and what its projects got."""

import datetime
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from portfolio.demo.facts import Act, Ref

#: Reach (people a quarter), impact, confidence in percent and effort in person-months.
RICE = {
    "EU-INGEST": (1_850, "2", 80, "24"), "EU-RESID": (1_240, "2", 90, "14"), "EU-PARTN": (2_400, "1", 80, "18"),
    "EU-ONBRD": (640, "2", 80, "9.5"), "EU-SALES": (900, "1", 50, "12"), "MB-OFFLN": (1_100, "2", 50, "16"),
    "MB-KIT": (320, "1", 50, "7"), "MB-SHELL": (1_100, "1", 80, "8"), "MB-COMMU": (240, "0.5", 80, "4"),
    "CN-HOOKS": (2_400, "1", 90, "11"), "CN-CARR": (1_900, "1", 80, "9"), "CN-METER": (2_200, "0.5", 50, "13"),
    "CN-CACHE": (2_900, "0.5", 80, "8"), "ATL-PRICE": (700, "2", 50, "3"), "ATL-FCST": (900, "3", 80, "12"),
    "ATL-EMBED": (1_600, "1", 80, "3"), "ATL-SCORE": (800, "1", 80, "2.5"), "ATL-RETRN": (410, "2", 50, "14"),
    "BC-RULES": (3_100, "1", 100, "22"), "BC-TARIF": (2_600, "0.5", 90, "8"), "BEA-OCR": (1_500, "1", 80, "11"),
    "BEA-PERF": (3_100, "0.5", 80, "6"), "BEA-SRCH": (2_100, "0.5", 80, "6"), "BEA-ARCH": (500, "0.25", 80, "8"),
    "ID-ROLL": (5_200, "0.5", 90, "21"), "ID-PERM": (2_900, "0.5", 80, "12"), "ID-AUDIT": (600, "1", 90, "2.5"),
    "CS-MIGR": (640, "3", 80, "17"), "CS-PRINT": (160, "0.25", 90, "6"), "CS-EXPRT": (410, "1", 80, "7"),
}  # fmt: skip
#: Business value, time criticality, risk reduction and job size; what nobody has sized is missing.
WSJF = {
    "EU-INGEST": (13, 13, 8, 13), "EU-RESID": (8, 20, 13, 8), "EU-PARTN": (13, 8, 3, 8), "EU-ONBRD": (8, 8, 2, 5),
    "CN-HOOKS": (8, 5, 2, 5), "CN-METER": (5, 3, 2, 8), "CN-CACHE": (3, 2, 5, 3), "ATL-FCST": (13, 5, 1, 8),
    "ATL-EMBED": (5, 3, 1, 2), "BC-RULES": (13, 20, 13, 13), "BC-TARIF": (5, 8, 5, 5), "BEA-OCR": (8, 3, 1, 5),
    "ID-ROLL": (8, 5, 13, 13), "ID-PERM": (5, 3, 8, 8), "ID-AUDIT": (3, 5, 8, 2), "CS-MIGR": (8, 13, 8, 8),
    "CS-EXPRT": (3, 8, 5, 3),
}  # fmt: skip
#: How strongly a project serves growth, retention, efficiency and compliance: none, low, moderate, strong, extreme.
DRIVERS = {
    "EU-INGEST": "slmm", "EU-RESID": "mmne", "EU-PARTN": "emnn", "EU-ONBRD": "sslm", "EU-SALES": "snnn",
    "MB-OFFLN": "msln", "MB-KIT": "llnn", "MB-SHELL": "mmln", "MB-COMMU": "lmnn", "CN-HOOKS": "mssn",
    "CN-CARR": "mmln", "CN-METER": "slmn", "CN-CACHE": "nlsn", "ATL-PRICE": "slnn", "ATL-FCST": "smnn",
    "ATL-EMBED": "mmnn", "ATL-SCORE": "lsnn", "BC-RULES": "nsme", "BC-TARIF": "nmms", "BEA-OCR": "lmsn",
    "BEA-PERF": "nsmn", "BEA-SRCH": "nmln", "BEA-ARCH": "nnnn", "ID-ROLL": "nlms", "ID-PERM": "nmls",
    "ID-AUDIT": "nnle", "CS-MIGR": "lesl", "CS-PRINT": "nnsn", "CS-EXPRT": "nmnm",
}  # fmt: skip
STRENGTH = {"n": 0, "l": 1, "m": 2, "s": 4, "e": 8}
#: What the European launch must, should, could and will not have.
MOSCOW = {
    "EU-INGEST": 3, "EU-RESID": 3, "EU-PARTN": 3, "EU-ONBRD": 2, "EU-SALES": 2, "CN-HOOKS": 2, "CN-CARR": 1,
    "ATL-FCST": 1, "ATL-EMBED": 1, "ATL-PRICE": 0, "ATL-RETRN": 0,
}  # fmt: skip
#: What was thought of a few half a quarter ago.
BEFORE: Mapping[str, tuple[int, str, int, str]] = {
    "ATL-FCST": (900, "3", 100, "10"), "EU-RESID": (1_240, "2", 80, "12"), "CS-MIGR": (640, "2", 80, "17"),
    "BEA-OCR": (1_500, "1", 80, "9"), "ATL-RETRN": (410, "2", 80, "9"),
}  # fmt: skip
COMMENTS = {
    "ATL-FCST": "Two pilots did not renew: less sure than in summer.",
    "EU-RESID": "The auditor’s second restore test adds two person-months.",
}


def tell_priorities(day: datetime.date, acts: Iterable[Act]) -> Iterator[Act]:
    """Models, scores of a quarter ago, and those of last week, when projects that came since are scored too."""
    proposed = {act.makes.partition(":")[2]: act.at for act in acts if act.service == "create_project"}
    for place, (template, name, fields) in enumerate(_models()):
        yield Act(
            _at(day, -90, place), "ines", "create_scoring_model", "", f"model:{name}", {"template": template, **fields}
        )
    sizes = ("business_value", "time_criticality", "risk_reduction", "job_size")
    names = ("growth", "retention", "efficiency", "compliance")
    grids: list[tuple[int, str, str, dict[str, dict[str, Any]]]] = [
        (-88, "ines", "model:RICE", {code: _rice(*values) for code, values in {**RICE, **BEFORE}.items()}),
        (-87, "tomas", "model:WSJF", {code: dict(zip(sizes, row, strict=True)) for code, row in WSJF.items()}),
        (-86, "ines", "model:drivers", {code: _strength(names, row) for code, row in DRIVERS.items()}),
        (-85, "tomas", "model:moscow", {code: {"value": level} for code, level in MOSCOW.items()}),
    ]
    for when, actor, model, grid in grids:
        at = _at(day, when, 0)
        yield _scored(at, actor, model, {code: given for code, given in grid.items() if proposed[code] < at})
        since = {code: given for code, given in grid.items() if proposed[code] >= at}
        if since:
            latest = max(proposed[code] for code in since)
            yield _scored(max(_at(day, -7, 0), latest + datetime.timedelta(minutes=30)), actor, model, since)
    yield _scored(_at(day, -6, 0), "ines", "model:RICE", {code: _rice(*RICE[code]) for code in BEFORE}, COMMENTS)


def _strength(names: tuple[str, ...], letters: str) -> dict[str, Any]:
    return {name: STRENGTH[letter] for name, letter in zip(names, letters, strict=True)}


def _models() -> list[tuple[str, str, dict[str, Any]]]:
    return [
        ("rice", "RICE", {"top_count": 16}),
        ("wsjf", "WSJF", {}),
        ("drivers", "drivers", {"top_count": 16}),
        ("moscow", "moscow", {"name": "MoSCoW, Atlas EU launch"}),
    ]


def _rice(reach: int, impact: str, confidence: int, effort: str) -> dict[str, Any]:
    return {"reach": reach, "impact": impact, "confidence": Decimal(confidence) / 100, "effort": effort}


def _scored(
    at: datetime.datetime,
    actor: str,
    model: str,
    values: Mapping[str, Mapping[str, Any]],
    comments: Mapping[str, str] | None = None,
) -> Act:
    rows = [
        {"project": Ref(f"project:{code}"), "values": dict(given), "comment": (comments or {}).get(code, "")}
        for code, given in values.items()
    ]
    return Act(at, actor, "set_scores", "", "", {"model": Ref(model), "rows": rows})


def _at(day: datetime.date, when: int, place: int) -> datetime.datetime:
    return datetime.datetime.combine(day + datetime.timedelta(when), datetime.time(9, 20 + place), datetime.UTC)
