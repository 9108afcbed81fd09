"""Chainable reads of feedback."""

import datetime
import re
from typing import Self

from django.conf import settings
from django.contrib.postgres.search import SearchQuery
from django.db.models import Q

from core.querysets import ArchivableQuerySet

#: A worker that has not finished a batch after so long is dead.
CLAIM_LASTS = datetime.timedelta(seconds=settings.FEEDBACK_CLAIM_SECONDS)
WORD = re.compile(r"\w+")
#: Quotes, “or” between words, and a minus before one.
SAID_EXACTLY = re.compile(r'["“”]|(?:^|\s)-\w|\sor\s', re.IGNORECASE)


class FeedbackQuerySet(ArchivableQuerySet):
    """Items of feedback."""

    def untriaged(self) -> Self:
        """What nobody has dealt with yet."""
        return self.live().filter(status="untriaged", duplicate_of=None)

    def waiting(self, now: datetime.datetime) -> Self:
        """To be analyzed, and held by no living worker."""
        free = Q(analysis_claim=None) | Q(analysis_claimed_at__lt=now - CLAIM_LASTS)
        return self.filter(free, analysis_state="waiting")

    def with_words(self, words: str) -> Self:
        """Items in which all words stand, or words that begin so; as in a web search with “quotes”, or, -without."""
        return self.filter(search=_asked(words))


def _asked(words: str) -> SearchQuery:
    """What words ask for. Customers write in any language, so beginnings serve where others would stem."""
    parts = WORD.findall(words)
    if not parts or SAID_EXACTLY.search(words):
        return SearchQuery(words, config="simple", search_type="websearch")
    return SearchQuery(" & ".join(f"{part}:*" for part in parts), config="simple", search_type="raw")
