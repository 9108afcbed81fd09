"""Personal data in a text: e-mail addresses, phone numbers, payment cards and bank accounts, masked and put back."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum


class PersonalKind(StrEnum):
    """What was found; also the word in its placeholder."""

    EMAIL = "e-mail"
    CARD = "card"
    IBAN = "iban"
    PHONE = "phone"


@dataclass(frozen=True)
class Personal:
    """One finding: `text[start:end]`, in characters."""

    kind: PersonalKind
    start: int
    end: int


@dataclass(frozen=True)
class Masked:
    """A text without its personal data.

    Args:
        text: with placeholders such as `[e-mail 1]`; the same address or number has the same one.
        originals: what each placeholder stands for, as it was written first. Whoever keeps this keeps personal data.
    """

    text: str
    originals: Mapping[str, str]


#: Letters of the Latin script, and of those that are written without spaces: next to an address they are no part of it.
LATIN = r"A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff"
UNSPACED = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
#: What stands before the @, read backwards; and behind it: labels, then a top-level domain in one script.
LOCAL = re.compile(rf"[{LATIN}0-9_.+-]{{0,63}}[{LATIN}0-9]|[\w.+-]{{1,64}}")
DOMAIN = re.compile(
    rf"[^\W_][\w-]{{0,62}}\.(?:(?:[{LATIN}0-9][{LATIN}0-9_-]{{0,62}}|[^\W_{LATIN}0-9][\w-]{{0,62}})\.){{0,7}}"
    rf"(?:(?:xn--[A-Za-z0-9-]{{1,59}}|[{LATIN}]{{2,24}})(?![{LATIN}0-9@])"
    rf"|[{UNSPACED}]{{2,6}}(?!@)|[^\W\d_{LATIN}{UNSPACED}]{{2,24}}(?![^\W_]|@))"
)
#: Where a card may begin, and the digits from there: more than the card's where a date or a code follows it.
CARD = re.compile(r"(?<![\d.,-])(?=((?:2[2-7]|[3-6]\d)(?:[ -]?\d){11,17}))")
CARD_END = re.compile(r"(?<=\d)(?!\d|[.,]\d)")
#: How cards are printed: of a longer row of digits, nothing else is taken for one.
CARD_GROUPS = re.compile(r"\d{4,}(?:[ -]\d{3,})*")
IBAN_START = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?=[ \u00a0]?[A-Z0-9]{2})")
INTERNATIONAL = re.compile(
    r"(?:(?<![A-Za-z\d+])\+|(?<![\w+])(?<!\d )00)[1-9]\d{0,2}(?:[ \u00a0./-]{0,2}\(?\d{1,5}+\)?){2,7}+(?!\d)"
)
NATIONAL = re.compile(
    r"(?<![\w.,/-])(?:\(\d{3}\) ?|\d{3}[-. ])\d{3}[-. ]\d{4}(?![\w-])"
    r"|(?<![\w.,/-])(?<!\d )\(?0\d{1,4}\)?(?:[ /-]\d{2,8}){1,5}(?![\w-])"
)
SPOKEN = re.compile(
    r"\b(?:phone|tel|telephone|telefon|tél|mobile|handy|cell|call|whatsapp|fax|ring)\b[^\d\n+]{0,20}"
    r"(?P<number>\d(?:[ ./-]?\d){6,14})(?!\d)",
    re.IGNORECASE,
)
#: Digits times two, and of what has two digits their sum.
DOUBLED = str.maketrans("0123456789", "0246813579")
#: What masking leaves, and what `prompting` puts for names.
PLACEHOLDER = re.compile(r"\[(?:e-mail|card|iban|phone|company|person) \d+\]")
#: Lengths of an IBAN by country. Source: SWIFT, IBAN Registry.
IBAN_LENGTHS = {
    country: length
    for length, countries in {
        15: "NO", 16: "BE", 18: "DK FI FO GL NL", 19: "MK SI", 20: "AT BA EE KZ LT LU XK", 21: "CH HR LI LV",
        22: "BG DE GB GE IE ME RS BH CR", 23: "AE IL TL", 24: "AD CZ ES MD PK RO SA SE SK TN", 25: "PT", 26: "IS TR",
        27: "FR GR IT MC MR SM", 28: "AL AZ BY CY DO GT HU LB PL", 29: "BR EG QA UA", 30: "JO KW MU", 31: "MT SC",
    }.items()
    for country in countries.split()
}  # fmt: skip


def is_luhn(digits: str) -> bool:
    """Whether the check digit of a card number is right (ISO/IEC 7812-1, annex B)."""
    doubled = digits[-2::-2].translate(DOUBLED)
    return sum(map(int, digits[-1::-2] + doubled)) % 10 == 0


def is_iban(compact: str) -> bool:
    """Whether an IBAN without spaces has the length of its country and the right check digits (ISO 13616, modulo
    97).
    """
    if len(compact) != IBAN_LENGTHS.get(compact[:2]):
        return False
    return int("".join(str(int(letter, 36)) for letter in compact[4:] + compact[:4])) % 97 == 1


def _emails(text: str) -> Iterator[tuple[int, int]]:
    done = 0
    for at in re.finditer("@", text):
        domain = DOMAIN.match(text, at.end())
        before = text[max(done, at.start() - 64) : at.start()][::-1]
        if domain is not None and (local := LOCAL.match(before)):
            done = domain.end()
            yield at.start() - local.end(), done


def _ibans(text: str) -> Iterator[tuple[int, int]]:
    for found in IBAN_START.finditer(text):
        length = IBAN_LENGTHS.get(found[0][:2], 0)
        compact, end = "", found.start()
        while (
            end < len(text)
            and len(compact) < length
            and (text[end] in " \u00a0" or (text[end].isascii() and text[end].isalnum()))
        ):
            compact += text[end].strip()
            end += 1
        if is_iban(compact) and not text[end : end + 1].isalnum():
            yield found.start(), end


def _cards(text: str) -> Iterator[tuple[int, int]]:
    """Rows of digits with a right check digit. Where the row is longer than a card, or begins with something else, the
    longest part of it that is one and is grouped as cards are.
    """
    done = whole = 0
    for found in CARD.finditer(text):
        start, last = found.span(1)
        if start < done:
            continue
        ends = [end for end in range(last, start + 12, -1) if CARD_END.match(text, end)]
        for end in ends:
            is_whole = start >= whole and end == ends[0]
            if (is_whole or CARD_GROUPS.fullmatch(text, start, end)) and _is_card(text[start:end]):
                yield start, end
                done = end
                break
        whole = max([whole, done, *ends[:1]])


def _is_card(written: str) -> bool:
    digits = written.replace(" ", "").replace("-", "")
    return len(digits) >= 13 and digits.isascii() and is_luhn(digits) and len(set(digits)) > 1


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit())


def _found(text: str) -> Iterator[tuple[PersonalKind, int, int]]:
    """Every finding, the surer kinds first."""
    for start, end in _emails(text):
        yield PersonalKind.EMAIL, start, end
    for start, end in _ibans(text):
        yield PersonalKind.IBAN, start, end
    for start, end in _cards(text):
        yield PersonalKind.CARD, start, end
    for pattern in (INTERNATIONAL, NATIONAL):
        for found in pattern.finditer(text):
            if 8 <= len(_digits(found[0])) <= 15:
                yield PersonalKind.PHONE, *found.span()
    for found in SPOKEN.finditer(text):
        yield PersonalKind.PHONE, *found.span("number")


def personal_data(text: str) -> list[Personal]:
    """Personal data in a text, in its order, none within another. The whole text is looked at, however long.

    A card counts when its check digit is right, an account when country, length and check digits are. A phone number
    counts when it
    begins with + or 00, is grouped as one, or follows a word such as `phone`; a bare row of digits is an order
    number as often.
    Names and postal addresses are not found.
    """
    taken: list[Personal] = []
    claimed = bytearray(len(text))
    for kind, start, end in _found(text):
        if not any(claimed[start:end]):
            claimed[start:end] = b"\x01" * (end - start)
            taken.append(Personal(kind, start, end))
    return sorted(taken, key=lambda found: found.start)


def masked(text: str) -> Masked:
    """The text with a placeholder for each finding. A placeholder that the text has already is not used."""
    counts = dict.fromkeys(PersonalKind, 0)
    known = set(PLACEHOLDER.findall(text))
    placeholders: dict[tuple[PersonalKind, str], str] = {}
    originals: dict[str, str] = {}
    parts: list[str] = []
    done = 0
    for found in personal_data(text):
        written = text[found.start : found.end]
        essence = (found.kind, "".join(letter for letter in written.lower() if letter.isalnum() or letter in "@.+_"))
        if essence not in placeholders:
            placeholder = ""
            while not placeholder or placeholder in known:
                counts[found.kind] += 1
                placeholder = f"[{found.kind} {counts[found.kind]}]"
            placeholders[essence], originals[placeholder] = placeholder, written
        parts += [text[done : found.start], placeholders[essence]]
        done = found.end
    return Masked("".join([*parts, text[done:]]), originals)


def masked_both(title: str, text: str) -> tuple[str, str, int]:
    """A title and a text without personal data, and how much was in them; what is in both counts once."""
    in_title, in_text = masked(title), masked(text)
    return in_title.text, in_text.text, len({*in_title.originals.values(), *in_text.originals.values()})


def restored(text: str, originals: Mapping[str, str]) -> str:
    """A text, masked or derived from a masked one, with the originals of its placeholders."""
    if not originals:
        return text
    pattern = "|".join(re.escape(placeholder) for placeholder in originals)
    return re.sub(pattern, lambda found: originals[found[0]], text)
