"""What stands beside the words of customers in files: instants, stars, languages and domains, or a refusal in words."""

import datetime
import hashlib
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from integrations.algorithms.values import LONGEST_VALUE, NotRead, is_nothing, parse_date

#: A day without a time is taken at noon: then it is that day wherever it is read.
NOON = datetime.time(12)
CLOCK = re.compile(
    r"[T\s](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?:\s*([ap])\.?m\.?)?(?:\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}))?$",
    re.I,
)
#: Seconds or milliseconds since 1970, from 2001 to 2033, as programs count them.
SINCE_1970 = re.compile(r"(1\d{9})(\d{3})?")
EXCEL_INSTANT = re.compile(r"\d{4,6}\.\d+")

STARS = re.compile(
    r"(\d)(?:[.,]0+)?(?:\s*(?:\*|stars?|sterne?|étoiles?|estrellas?))?(?:\s*(?:/|out of|of|von|sur|de)\s*5)?"
)
DRAWN = re.compile("[★⭐\ufe0f]+[☆✩]*")
MOST_STARS = 5

TAG = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9]{1,8})*", re.I)
#: Code of ISO 639-1 -> what else it is called.
LANGUAGES: dict[str, str] = {
    "ar": "arabic,ara", "cs": "czech,ces,cze", "da": "danish,dan,dansk", "de": "german,deutsch,deu,ger",
    "el": "greek,ell,gre", "en": "english,eng,englisch,anglais,inglés", "es": "spanish,español,spa,spanisch",
    "fi": "finnish,fin,suomi", "fr": "french,français,fra,fre,französisch", "he": "hebrew,heb", "hi": "hindi,hin",
    "hu": "hungarian,hun", "id": "indonesian,ind", "it": "italian,italiano,ita,italienisch", "ja": "japanese,jpn",
    "ko": "korean,kor", "nb": "bokmål,nob", "nl": "dutch,nederlands,nld,dut", "no": "norwegian,norsk,nor",
    "pl": "polish,polski,pol", "pt": "portuguese,português,por", "ro": "romanian,ron,rum", "ru": "russian,rus",
    "sv": "swedish,svenska,swe", "th": "thai,tha", "tr": "turkish,türkçe,tur", "uk": "ukrainian,ukr",
    "vi": "vietnamese,vie", "zh": "chinese,zho,chi",
}  # fmt: skip
CODES = {name: code for code, names in LANGUAGES.items() for name in (code, *names.split(","))}

DOMAIN = re.compile(r"(?=.{4,253}$)(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_]{2,63}")

#: What keys that are made from the words of a row begin with.
MADE_KEY = "text:"
#: What of a row makes its key, where it brings none of its own.
TELLING = ("text", "author_name", "author_email", "said_at")


def parse_instant(text: str, order: str = "") -> datetime.datetime:
    """When something was said; naive where the text names no time zone, at noon where it is a day alone.

    Args:
        order: of days written with numbers, as in `parse_date`.
    Raises:
        Ambiguous, NotRead: as `parse_date` says.
    """
    words = " ".join(text.split())
    if match := SINCE_1970.fullmatch(words):
        return datetime.datetime.fromtimestamp(int(match[1]), datetime.UTC)
    if order == "excel" and EXCEL_INSTANT.fullmatch(words):
        seconds = round(float(Decimal(words) % 1) * 86_400)
        return datetime.datetime.combine(parse_date(words, order), datetime.time()) + datetime.timedelta(
            seconds=seconds
        )
    day = parse_date(words, order)
    match = CLOCK.search(words)
    return datetime.datetime.combine(day, NOON) if match is None else _at(day, match)


def _at(day: datetime.date, clock: re.Match[str]) -> datetime.datetime:
    hour, half = int(clock[1]), (clock[5] or "").casefold()
    if half and not 1 <= hour <= 12:
        raise NotRead("no time of a day")
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    fraction = int((clock[4] or "0").ljust(6, "0")[:6])
    try:
        time = datetime.time(hour, int(clock[2]), int(clock[3] or 0), fraction, tzinfo=_zone(clock[6] or ""))
        moment = datetime.datetime.combine(day, time)
        moment.utctimetuple()
    except (ValueError, OverflowError):
        raise NotRead("no time of a day") from None
    return moment


def _zone(text: str) -> datetime.timezone | None:
    if not text:
        return None
    if text[0] not in "+-":
        return datetime.UTC
    digits = text[1:].replace(":", "")
    offset = datetime.timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return datetime.timezone(-offset if text[0] == "-" else offset)


def parse_rating(text: str) -> int:
    """Stars from 1 to 5: 4, 4.0, 4 stars, 4/5, 4 out of 5, ★★★★☆.

    Raises:
        NotRead: no such number; a half star is none, and neither is a grade from 0 to 10.
    """
    words = " ".join(text.split()).casefold()
    if DRAWN.fullmatch(words):
        stars = words.count("★") + words.count("⭐")
    else:
        match = STARS.fullmatch(words) if len(words) <= LONGEST_VALUE else None
        stars = int(match[1]) if match else 0
    if not 1 <= stars <= MOST_STARS:
        raise NotRead("no whole number of stars from 1 to 5")
    return stars


def parse_language(text: str) -> str:
    """The ISO 639-1 code of a language: en, en-US, English, eng.

    Raises:
        NotRead: no language that is known.
    """
    word = text.strip().casefold()
    if code := CODES.get(word):
        return code
    match = TAG.fullmatch(word)
    if match is None or len(match[1]) == 3 and match[1] not in CODES:
        raise NotRead("no language that is known here")
    return CODES.get(match[1], match[1])


def parse_domain(text: str) -> str:
    """The domain of e-mail addresses: halden.example, @halden.example, info@halden.example, https://www.halden.example.

    Raises:
        NotRead: no domain.
    """
    word = text.strip().casefold()
    word = (
        re.sub(r"^[a-z]+://", "", word).split("/")[0].split(":")[0].rpartition("@")[2].removeprefix("www.").strip(".")
    )
    if not DOMAIN.fullmatch(word):
        raise NotRead("no domain of e-mail addresses")
    return word


def settle_words(values: dict[str, Any]) -> None:
    """Let a title stand for a text that is missing, and give a row without a key of its own one that its words make."""
    if is_nothing(values.get("text", "")):
        values["text"] = values.pop("title", "")
    if values["text"] and not values.get("external_key"):
        values["external_key"] = key_of_words(values)


def key_of_words(values: Mapping[str, Any]) -> str:
    """A key for what was said, from its words, its author and when: the same row has the same key in every file."""
    said = "\x1f".join(_plain(values.get(name)) for name in TELLING)
    return f"{MADE_KEY}{hashlib.sha256(said.encode('utf-8', 'replace')).hexdigest()[:40]}"


def _plain(value: Any) -> str:
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    return " ".join(str(value or "").split()).casefold()
