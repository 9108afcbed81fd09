"""Ideas of portals: what the public reads, and what members see behind them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import CharField, Count, Exists, Func, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Lower

from feedback.models import (
    CustomerAccount,
    IdeaStatus,
    Portal,
    PortalFollow,
    PortalIdea,
    PortalVisitor,
    PortalVote,
    Release,
)
from feedback.querysets import of_ideas
from feedback.selectors.voices import accounts_behind

#: Statuses that nothing more is expected of.
ENDED = (IdeaStatus.SHIPPED, IdeaStatus.NOT_PLANNED)
#: What stands behind the @ of an address.
DOMAIN = Func(Lower("email"), Value("@"), Value(2), function="split_part", output_field=CharField())


@dataclass(frozen=True)
class IdeaVoices:
    """Who stands behind an idea; each account is counted once, however many of its people voted."""

    vote_count: int
    follower_count: int
    told_count: int
    account_count: int
    arr: Decimal


def public_ideas(portal: Portal, *, words: str = "", status: str = "", by_votes: bool = True) -> Any:
    """What everybody may read of a portal, the most wanted or the newest first, each with `votes`."""
    rows = PortalIdea.objects.filter(portal=portal).published().with_votes()
    if words:
        rows = rows.filter(Q(title__icontains=words) | Q(text__icontains=words))
    if status in IdeaStatus.values:
        rows = rows.filter(status=status)
    return rows.order_by(*(["-votes"] if by_votes else []), "-published_at", "-pk")


def public_releases(portal: Portal) -> Any:
    """The changelog of a portal, the newest first."""
    rows = Release.objects.live().filter(product=portal.product_id, published_at__isnull=False)
    return rows.order_by("-released_date", "-pk")


def _behind(model: Any, idea: PortalIdea) -> Any:
    return model.objects.filter(of_ideas([idea]))


def audience_of(idea: PortalIdea) -> QuerySet[PortalVisitor]:
    """Who is told what becomes of an idea: confirmed visitors who asked, voted or follow, each once."""
    return _audience(idea.organization_id, of_ideas([idea])).order_by("pk")


def _audience(organization_id: int, of: Q) -> QuerySet[PortalVisitor]:
    reachable = PortalVisitor.objects.filter(
        organization_id=organization_id, confirmed_at__isnull=False, blocked_at=None, unsubscribed_at=None
    )
    votes, follows = (model.objects.filter(of, visitor=OuterRef("pk")) for model in (PortalVote, PortalFollow))
    return reachable.filter(Exists(votes) | Exists(follows))


def voters_of(idea: PortalIdea) -> Any:
    """Who voted, the latest first, each with the `domain` of the address."""
    voted = _behind(PortalVote, idea).filter(visitor=OuterRef("pk"))
    rows = PortalVisitor.objects.filter(Exists(voted), organization_id=idea.organization_id)
    return rows.annotate(domain=DOMAIN).order_by("-pk")


def idea_voices(idea: PortalIdea) -> IdeaVoices:
    """Who stands behind an idea, and what the accounts of their domains pay.

    Cost: four statements.
    """
    votes = _behind(PortalVote, idea).filter(visitor__blocked_at=None)
    follows = _behind(PortalFollow, idea).filter(visitor__blocked_at=None)
    domains = PortalVisitor.objects.filter(pk__in=votes.values("visitor")).annotate(domain=DOMAIN).values("domain")
    accounts = CustomerAccount.objects.live().filter(organization_id=idea.organization_id, email_domain__in=domains)
    account_count, arr = accounts_behind(accounts.values("pk"))
    return IdeaVoices(
        vote_count=votes.values("visitor").distinct().count(),
        follower_count=follows.values("visitor").distinct().count(),
        told_count=audience_of(idea).count(),
        account_count=account_count,
        arr=arr,
    )


def shippable(ideas: Any) -> Any:
    """Ideas whose project is done while they are said to be under way: a person may say that they have shipped."""
    return ideas.filter(project__status="done", published_at__isnull=False, merged_into=None).exclude(status__in=ENDED)


def portals_with_counts(portals: Any) -> Any:
    """Portals by their products, each with `waiting`, `published` and `to_ship`."""
    ideas = PortalIdea.objects.filter(portal=OuterRef("pk"))
    return (
        portals.select_related("product")
        .annotate(
            waiting=_counted(ideas.waiting()),
            published=_counted(ideas.published()),
            to_ship=_counted(shippable(ideas.live())),
        )
        .order_by("product__name", "pk")
    )


def _counted(ideas: Any) -> Any:
    """How many ideas a subquery holds."""
    counted = ideas.order_by().values("portal").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def releases_with_ideas(portal: Portal, releases: Iterable[Release]) -> list[tuple[Release, list[PortalIdea]]]:
    """Releases with the published ideas that each brings.

    Cost: one statement.
    """
    rows = list(releases)
    brought: dict[int | None, list[PortalIdea]] = {}
    ideas = PortalIdea.objects.filter(portal=portal, release__in=rows).published().order_by("title", "pk")
    for idea in ideas:
        brought.setdefault(idea.release_id, []).append(idea)
    return [(row, brought.get(row.pk, [])) for row in rows]


def told_of(ideas: Sequence[PortalIdea]) -> int:
    """How many people hear of changes of these ideas, each counted once.

    Cost: one statement.
    """
    shown = [idea for idea in ideas if idea.is_shown]
    return _audience(shown[0].organization_id, of_ideas(shown)).count() if shown else 0
