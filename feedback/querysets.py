"""Chainable reads of feedback."""

import datetime
from typing import Self

from django.conf import settings
from django.contrib.postgres.search import SearchQuery
from django.db.models import Q

from core.querysets import ArchivableQuerySet

#: A worker that has not finished a batch after so long is dead.
CLAIM_LASTS = datetime.timedelta(seconds=settings.FEEDBACK_CLAIM_SECONDS)


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
        """Items in which all the words stand, as in a web search: “quoted”, or, -without."""
        return self.filter(search=SearchQuery(words, config="simple", search_type="websearch"))
