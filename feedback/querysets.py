"""Chainable reads of feedback."""

import datetime
import re
from collections.abc import Sequence
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.search import SearchQuery
from django.db.models import Count, Exists, IntegerField, Max, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from core.querysets import ArchivableQuerySet, TenantQuerySet

#: A worker that has not finished a batch after so long is dead.
CLAIM_LASTS = datetime.timedelta(seconds=settings.FEEDBACK_CLAIM_SECONDS)
WORD = re.compile(r"\w+")
#: Quotes, “or” between words, and a minus before one.
SAID_EXACTLY = re.compile(r'["“”]|(?:^|\s)-\w|\sor\s', re.IGNORECASE)

#: What counts as said, of rows `i` of items in a statement of our own; `voices` is the same.
VOICES = "i.archived_at IS NULL AND i.status <> 'not_feedback'"


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
        """Items in which all words stand, or words that begin so; as in a web search with “quotes”, or, -without.

        A walk through the items, soon at its end for common words; `feedback.selectors.search` finds rare ones.
        """
        how, text = words_asked(words)
        return self.filter(search=SearchQuery(text, config="simple", search_type=how))

    def voices(self) -> Self:
        """What counts as said: live items but those that are not feedback; duplicates are voices too."""
        return self.live().exclude(status="not_feedback")


class LinkQuerySet(TenantQuerySet):
    """Links from items to what they ask for."""

    def voices(self) -> Self:
        """Links of what counts as said."""
        return self.filter(item__archived_at=None).exclude(item__status="not_feedback")


class ThemeQuerySet(ArchivableQuerySet):
    """Themes."""

    def empty(self) -> Self:
        """In which nothing is, not even what is archived."""
        return self.filter(~Exists(self._related("items")))

    def with_words(self, words: str) -> Self:
        """Themes with these words in their names, or in what sets their items apart."""
        return self.filter(Q(name__icontains=words) | Q(words__icontains=words))

    def with_facts(self) -> Self:
        """With what stands behind each, all from stored counts: items, sentiment, accounts and what those pay."""
        weeks = self._related("weeks")
        accounts = self._related("accounts")
        return self.defer("center").annotate(
            item_count=_told(weeks, Sum("item_count")),
            untriaged_count=_told(weeks, Sum("untriaged_count")),
            negative_count=_told(weeks, Sum("negative_count")),
            scored_count=_told(weeks, Sum("scored_count")),
            sentiment_mean=_told(weeks.filter(scored_count__gt=0), Sum("score_sum") / Sum("scored_count")),
            last_said_at=_told(weeks, Max("last_said_at")),
            account_count=_told(accounts, Count("pk")),
            arr_reporting_amount=_told(accounts, Sum("account__arr_reporting_amount")),
        )

    def _related(self, name: str) -> Any:
        relation: Any = self.model._meta.get_field(name)
        return relation.related_model.objects.filter(theme=OuterRef("pk"))


def _told(rows: QuerySet[Any], what: Any) -> Subquery:
    return Subquery(rows.order_by().values("theme").annotate(told=what).values("told"))


class IdeaQuerySet(ArchivableQuerySet):
    """Ideas of a portal."""

    def published(self) -> Self:
        """What everybody may read: live, published, and merged into no other."""
        return self.live().filter(published_at__isnull=False, merged_into=None)

    def waiting(self) -> Self:
        """What a person has to decide about."""
        return self.live().filter(published_at=None, merged_into=None)

    def with_votes(self) -> Self:
        """Each with `votes`: how many confirmed visitors voted for it or for what was merged into it, each once."""
        votes = self.model._meta.get_field("portalvotes").related_model._base_manager
        counted = votes.filter(visitor__blocked_at=None)
        twice = votes.filter(idea=OuterRef(OuterRef("pk"))).values("visitor")
        # Apart, so that each is found by its index; whoever voted for both is counted with the first.
        own = counted.filter(idea=OuterRef("pk"))
        merged = counted.filter(idea__merged_into=OuterRef("pk")).exclude(visitor__in=twice)
        return self.annotate(votes=_voters(own) + _voters(merged))


def _voters(votes: Any) -> Coalesce:
    """How many voted, each once."""
    by_all = votes.order_by().values("organization").annotate(count=Count("visitor", distinct=True)).values("count")
    return Coalesce(Subquery(by_all, output_field=IntegerField()), 0)


def of_ideas(ideas: Sequence[Any]) -> Q:
    """Votes and follows of some ideas, and of what was merged into them."""
    return Q(idea__in=ideas) | Q(idea__merged_into__in=ideas)


def words_asked(words: str) -> tuple[str, str]:
    """How PostgreSQL is to read a query of words, `websearch` or `raw`, and the text of that query.

    Customers write in any language, so beginnings serve where others would stem.
    """
    parts = WORD.findall(words)
    if not parts or SAID_EXACTLY.search(words):
        return "websearch", words
    return "raw", " & ".join(f"{part}:*" for part in parts)
