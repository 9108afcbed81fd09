"""Whether a column can hold what a field of feedback holds: words, stars, addresses, instants."""

from collections.abc import Callable

from integrations.algorithms.profiling import Column
from integrations.algorithms.sayings import parse_language, parse_rating
from integrations.algorithms.targets import Target
from integrations.algorithms.values import NotRead
from integrations.algorithms.words import Heading, tokens

#: So much of a column has to be readable, or to be days or numbers so that it is no text.
MOST = 0.8


def could_be_said(target: Target, words: Heading, column: Column) -> bool:
    """Whether a column can fill a field of feedback, by its cells and by the word that tells titles from names."""
    if not column.filled:
        return target.name not in {"title", "author_name"} or words.is_title == (target.name == "title")
    are_days = column.share(column.dates, "not_date") >= MOST
    are_numbers = column.share(column.numbers, "not_number") >= MOST
    are_addresses = column.has_emails and not any(" " in sample for sample in column.samples)
    checks: dict[str, bool] = {
        "text": not are_days and not are_numbers and not are_addresses,
        "title": words.is_title and not are_days and not are_addresses,
        "author_name": not words.is_title and not are_days and not column.has_emails and not _is_label(column),
        "author_role": not are_days and not are_numbers,
        "author_email": column.has_emails,
        "account": not are_days and not column.has_emails,
        "product": not are_days and not column.has_emails,
        "rating": "nps" not in tokens(column.name) and _share(column, parse_rating) >= MOST,
        "language": _share(column, parse_language) >= MOST,
        "source_url": all("://" in sample or sample.startswith("www.") for sample in column.samples),
        "external_key": not are_days and not column.has_emails,
    }
    return checks.get(target.name, True)


def _is_label(column: Column) -> bool:
    """Of feedback, a label is a class that somebody gave it; of other things it is their name."""
    return bool({"label", "labels", "caption"} & set(tokens(column.name)))


def _share(column: Column, parse: Callable[[str], object]) -> float:
    """Share of the filled cells that can be read, of a column of few values; of one with many it is none."""
    return sum(count for text, count in column.choices.items() if _reads(parse, text)) / column.filled


def _reads(parse: Callable[[str], object], text: str) -> bool:
    try:
        parse(text)
    except NotRead:
        return False
    return True
