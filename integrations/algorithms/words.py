"""The words of column headers and of values: split, brought to one form, and stripped of their units."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

#: One form for the many words of a thing, in English and in the languages that exports are often made in.
SAME = {
    **dict.fromkeys(
        (
            "identifier",
            "ident",
            "ids",
            "uid",
            "uuid",
            "guid",
            "pk",
            "schlüssel",
            "kennung",
            "identifiant",
            "identificador",
        ),
        "id",
    ),
    **dict.fromkeys(("no", "nr", "num", "nummer", "#", "numero", "numéro", "número"), "number"),
    **dict.fromkeys(("programme", "programs", "programmes", "programm", "investment", "programa"), "program"),
    **dict.fromkeys(("projects", "projekt", "projet", "proyecto"), "project"),
    **dict.fromkeys(("portfolios", "portefeuille", "cartera", "portafolio"), "portfolio"),
    **dict.fromkeys(("activities", "task", "tasks", "aktivität", "vorgang", "tarea", "tâche"), "activity"),
    **dict.fromkeys(("milestones",), "milestone"),
    **dict.fromkeys(("metric", "metrics", "measures", "kpi", "kpis", "indicator", "indicators"), "measure"),
    **dict.fromkeys(("products", "produkt", "produit", "producto"), "product"),
    **dict.fromkeys(("lines", "family", "families", "linie"), "line"),
    **dict.fromkeys(("risks", "risiko", "risque", "riesgo"), "risk"),
    **dict.fromkeys(
        (
            *("begin", "begins", "beginning", "commence", "commencement", "starts", "started", "anfang", "beginn"),
            *("startdatum", "anfangsdatum", "début", "debut", "inicio"),
        ),
        "start",
    ),
    **dict.fromkeys(
        (
            *("end", "ends", "due", "deadline", "completion", "finished", "finishes"),
            *("ende", "enddatum", "endtermin", "fin"),
        ),
        "finish",
    ),
    **dict.fromkeys(
        ("plan", "scheduled", "schedule", "baseline", "target", "original", "geplant", "prévu", "previsto"), "planned"
    ),
    **dict.fromkeys(("forecast", "estimated", "projected", "anticipated", "revised", "estimate"), "expected"),
    **dict.fromkeys(("real", "realized", "ist"), "actual"),
    **dict.fromkeys(("costs", "kosten", "coût", "cout", "coste", "costo"), "cost"),
    **dict.fromkeys(("funding", "funds", "appropriation", "presupuesto"), "budget"),
    **dict.fromkeys(("spending", "expenditure", "spend", "outlay"), "spent"),
    **dict.fromkeys(("length", "dauer", "durée", "duracion", "duración"), "duration"),
    **dict.fromkeys(("slip", "slippage", "lateness", "late", "overrun", "verzug", "retard"), "delay"),
    **dict.fromkeys(
        ("summary", "details", "abstract", "scope", "synopsis", "beschreibung", "descripción"), "description"
    ),
    **dict.fromkeys(("title", "label", "caption", "bezeichnung", "titel", "nom", "nombre", "naam"), "name"),
    **dict.fromkeys(("state", "phase", "estado", "statut", "zustand"), "status"),
    **dict.fromkeys(("rag", "colour", "color", "ampel"), "health"),
    **dict.fromkeys(("lead", "leader", "leiter", "responsable"), "manager"),
    **dict.fromkeys(("assigned", "responsible", "resource", "resources"), "assignee"),
    **dict.fromkeys(("code", "codigo", "código", "kürzel"), "code"),
    **dict.fromkeys(("fortschritt", "avancement", "progreso", "avance"), "progress"),
    **dict.fromkeys(("pct", "percentage", "prozent", "%"), "percent"),
    **dict.fromkeys(("complete", "completed"), "complete"),
    **dict.fromkeys(("likelihood", "chance", "wahrscheinlichkeit"), "probability"),
    **dict.fromkeys(("outcome",), "result"),
    **dict.fromkeys(("kind", "type", "typ"), "kind"),
    **dict.fromkeys(("methodology", "approach", "methode", "méthode"), "method"),
    **dict.fromkeys(("mail", "email", "e-mail"), "email"),
}
#: Said in a header without telling columns apart.
NOISE = {
    "the",
    "of",
    "in",
    "a",
    "an",
    "to",
    "from",
    "for",
    "and",
    "is",
    "by",
    "per",
    "date",
    "day",
    "days",
    "time",
    "amount",
    "value",
}
#: Of a text, what it is called; of a person or a thing these words mean its name, and others do too.
TITLES = {"title", "titel", "subject", "headline", "summary", "betreff", "objet", "asunto"}
#: May stand beside the words that matter.
WEAK = {
    "total",
    "current",
    "overall",
    "approved",
    "full",
    "unique",
    "short",
    "initial",
    "latest",
    "our",
    "external",
    "source",
}

SCALES = {
    **dict.fromkeys(("m", "mn", "mio", "million", "millions", "mm"), Decimal(1_000_000)),
    **dict.fromkeys(("k", "t", "tsd", "thousand", "thousands"), Decimal(1000)),
    **dict.fromkeys(("bn", "billion", "billions"), Decimal(1_000_000_000)),
}
CURRENCIES = ("usd", "eur", "gbp", "chf", "cad", "aud", "jpy", "inr", "nzd", "sek", "nok", "dkk", "pln", "$", "€", "£")
SYMBOLS = {"$": "USD", "€": "EUR", "£": "GBP"}
PREFIXES = {"m": Decimal(1_000_000), "k": Decimal(1000), "t": Decimal(1000), "bn": Decimal(1_000_000_000)}
CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
WORD = re.compile(r"[^\W_]+|[$€£%#]")


#: Signs without width that say nothing: stray byte order marks, zero-width spaces, soft hyphens, turns of direction.
UNSEEN = dict.fromkeys(map(ord, "\ufeff\u200b\u2060\u00ad\u202a\u202b\u202d\u202e\u202c\u2066\u2067\u2068\u2069"))
#: Signs without width that matter between letters (joiners, marks of direction), and nowhere else.
AT_ENDS = "\u200c\u200d\u200e\u200f\u2028\u2029"


@dataclass(frozen=True, slots=True)
class Heading:
    """A column header, understood: its words without noise, and the unit it names."""

    words: frozenset[str]
    scale: Decimal = Decimal(1)
    currency: str = ""
    is_percent: bool = False
    is_days: bool = False
    is_rating: bool = False
    is_title: bool = False


def visible(text: str) -> str:
    """A text without signs that nobody can see, its letters composed: what looks the same is the same."""
    if text.isascii():
        return text.strip()
    text = unicodedata.normalize("NFC", text).translate(UNSEEN).strip()
    while text != (shorter := text.strip(AT_ENDS).strip()):
        text = shorter
    return text


def tokens(text: str) -> list[str]:
    """Lower-case words; `planned_costMUSD (k€)` is planned, cost, musd, k, €."""
    parts = CAMEL.sub(" ", unicodedata.normalize("NFC", text).replace("e-mail", "email").replace("E-mail", "email"))
    return [word.casefold() for word in WORD.findall(parts)]


def heading(text: str) -> Heading:
    """The words of a header and its unit: `planned_cost_musd` is planned and cost, in millions of USD."""
    found = tokens(text)
    scale, currency = Decimal(1), ""
    kept: list[str] = []
    for word in found:
        unit_scale, unit_currency = _unit(word)
        if unit_currency:
            currency, scale = unit_currency, max(scale, unit_scale)
        else:
            kept.append(word)
    # “k” or “mio” is a unit only beside a currency or as a word nobody would use otherwise.
    for word in list(kept):
        if word in SCALES and (currency or len(word) > 2) and len(kept) > 1:
            scale = max(scale, SCALES[word])
            kept.remove(word)
    same = [SAME.get(word, word) for word in kept]
    meaning = [word for word in same if word not in NOISE and not word.isdigit()]
    return Heading(
        words=frozenset(meaning or same),
        scale=scale,
        currency=currency,
        is_percent="percent" in same,
        is_days=bool({"day", "days", "duration"} & set(same)),
        is_rating=bool({"rating", "score"} & set(same)),
        is_title=bool(TITLES & set(found)),
    )


def _unit(word: str) -> tuple[Decimal, str]:
    for currency in CURRENCIES:
        code = SYMBOLS.get(currency, currency.upper())
        if word == currency:
            return Decimal(1), code
        prefix = word.removesuffix(currency)
        if prefix != word and prefix in PREFIXES:
            return PREFIXES[prefix], code
    return Decimal(1), ""


def meaning_of(value: str, meanings: dict[str, str]) -> str | None:
    """Which of several choices a text means: the longest phrase that stands earliest in it, unless it is denied.

    Args:
        meanings: phrase, in lower case -> choice; `in progress`, `completed`.
    """
    words = tokens(value)
    if " ".join(words) in meanings:
        return meanings[" ".join(words)]
    longest = max((phrase.count(" ") + 1 for phrase in meanings), default=0)
    for start in range(len(words)):
        for length in range(min(longest, len(words) - start), 0, -1):
            phrase = " ".join(words[start : start + length])
            if phrase in meanings:
                denied = start > 0 and words[start - 1] in {"not", "no", "never", "non", "un"}
                return None if denied else meanings[phrase]
    return None
