"""The language of texts: English by its vocabulary, all else by lingua's character n-grams."""

import re
from collections.abc import Sequence
from functools import cache

from lingua import Language, LanguageDetector, LanguageDetectorBuilder

from feedback.algorithms.sentiment import model
from feedback.algorithms.tokens import readable

VERSION = "lingua 2.1, 51 languages"
#: A code as people and programs give it, in lower case: en, en-us, ceb.
LANGUAGE_CODE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,4})?")
NO_LANGUAGE = "Give the code of a language, such as en or pt-br."
#: So many characters suffice to tell a language.
ENOUGH = 300
#: Fewer letters than this tell none.
LEAST_LETTERS = 3
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
NOISE = re.compile(r"https?://\S+|[@#]\w+|\S+@\S+")
#: Languages that short texts in others are too often taken for.
RARE = (
    "AFRIKAANS ALBANIAN AZERBAIJANI BASQUE BOSNIAN CATALAN ESPERANTO GANDA ICELANDIC IRISH LATIN MAORI NYNORSK SHONA "
    "SOMALI SOTHO SWAHILI TAGALOG TSONGA TSWANA WELSH XHOSA YORUBA ZULU"
)
COMMON = (
    "the and is are were of to it this that with for you your i'm it's we our they their have had not from been be "
    "would could should will can't don't doesn't what when how why where which there here about than then"
)
#: Words that English sentences are held together by, and that other languages hardly have.
ENGLISH = frozenset(COMMON.split())
#: English, if its vocabulary knows so many of the words, and so many of them hold a sentence together.
KNOWN_RATIO, COMMON_RATIO = 0.8, 0.1


@cache
def _detector() -> LanguageDetector:
    """51 languages in 50 MB. Full accuracy would take 880 MB and be four times as slow."""
    known = [language for language in Language.all() if language.name not in RARE.split()]
    return LanguageDetectorBuilder.from_languages(*known).with_low_accuracy_mode().build()


def english_ratio(text: str) -> float:
    """The share of a text's words that English knows, 0 to 1; 0 where the words leave a doubt."""
    words = [word.lower().replace("’", "'") for word in WORD.findall(text)]
    if not words or not text.isascii() and sum(map(str.isascii, words)) < len(words) * KNOWN_RATIO:
        return 0.0
    rows = model().tokenizer.rows
    known = sum(word in rows for word in words) / len(words)
    is_english = known >= KNOWN_RATIO and sum(word in ENGLISH for word in words) >= COMMON_RATIO * len(words)
    return known if is_english else 0.0


def languages(texts: Sequence[str]) -> list[tuple[str, float]]:
    """ISO 639-1 codes of the languages of texts, lower case, and how sure that is, 0 to 1; empty and 0 where no letters
    tell one.

    Looked at to about their 300th character. Of a few words the answer is a guess. How sure: for English the share of
    its words that English knows, for others what lingua says, which is relative to all the languages it knows.
    """
    found = []
    for text in texts:
        part = NOISE.sub(" ", readable(text[: 4 * ENOUGH]))[:ENOUGH].encode("utf-8", "replace").decode("utf-8")
        if sum(letter.isalpha() for letter in part) < LEAST_LETTERS:
            found.append(("", 0.0))
        elif ratio := english_ratio(part):
            found.append(("en", ratio))
        else:
            found.append(_likeliest(part))
    return found


def _likeliest(text: str) -> tuple[str, float]:
    """What lingua takes a text for; nothing where two languages are as likely."""
    first, second, *_ = _detector().compute_language_confidence_values(text)
    return (first.language.iso_code_639_1.name.lower(), first.value) if first.value > second.value else ("", 0.0)
