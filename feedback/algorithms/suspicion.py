"""What makes a text look like an advertisement, or like something that should not be public before a person saw it."""

import re
from collections.abc import Collection

from feedback.algorithms.personal import personal_data

LINK = re.compile(r"(?i)\b(?:https?://|www\.)\S+|\b[\w-]+\.(?:com|net|org|info|biz|ru|cn|top|xyz|shop|online|site)\b")
MARKUP = re.compile(r"(?i)</?[a-z][^>]*>|\[/?(?:url|link|img)\b[^\]]*\]")
#: One character many times over, as people and programs do who have nothing to say.
STUTTER = re.compile(r"(\S)\1{9,}")
MOST_LINKS = 2
#: So many letters before capitals count, and so large a share of them.
LEAST_LETTERS, MOST_CAPITALS = 40, 0.8


def suspicions(title: str, text: str, earlier: Collection[str] = ()) -> list[str]:
    """Reasons to let a person look first, as sentences; none where nothing is odd.

    Args:
        earlier: texts that came lately, as `folded` gives them.
    Cost: O(characters).
    """
    whole = f"{title}\n{text}"
    found = []
    if (links := len(LINK.findall(whole))) > MOST_LINKS:
        found.append(f"It has {links} links.")
    if MARKUP.search(whole):
        found.append("It has markup.")
    if STUTTER.search(whole):
        found.append("It repeats one character.")
    letters = [letter for letter in whole if letter.isalpha()]
    if len(letters) >= LEAST_LETTERS and sum(map(str.isupper, letters)) > MOST_CAPITALS * len(letters):
        found.append("It is in capitals.")
    if folded(text) in earlier:
        found.append("The same text came before.")
    if personal_data(whole):
        found.append("It seems to have personal data.")
    return found


def folded(text: str) -> str:
    """A text without what tells two copies of it apart: capitals, spaces and punctuation."""
    return re.sub(r"[\W_]+", "", text.lower())
