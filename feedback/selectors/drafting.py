"""What the model that writes drafts has cost this month, and whether it is asked at present."""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlsplit

from django.db.models import Count, Q, Sum
from django.utils import timezone

from feedback.models import CallOutcome, DraftingCall, DraftingEndpoint

#: So many of the latest calls are shown.
SHOWN = 10
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


def host_left_for(base_url: str) -> str:
    """The host to which text leaves this server; empty for a model on the server itself."""
    host = (urlsplit(base_url).hostname or "").lower()
    return "" if host in LOCAL_HOSTS else host


def month_of(now: datetime.datetime) -> datetime.datetime:
    """The moment at which the month of `now` began, on the server's clock."""
    return timezone.localtime(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def spent_since(endpoint: DraftingEndpoint, since: datetime.datetime) -> Decimal:
    """What calls since then have cost, and at most will where they are under way, in the endpoint's currency."""
    rows = DraftingCall.objects.filter(
        organization_id=endpoint.organization_id, created_at__gte=since, currency=endpoint.currency
    )
    return rows.aggregate(spent=Sum("cost_amount"))["spent"] or Decimal(0)


@dataclass(frozen=True)
class MonthOfDrafting:
    """What drafting has used since the month began.

    Args:
        spent: in the currency that the endpoint counts in by now.
        cost_ratio: share of the cap that is spent or set aside; None without a cap.
        broken_until: the model is not asked before; None where it is.
    """

    began: datetime.datetime
    spent: Decimal
    cost_ratio: float | None
    asked_count: int
    kept_count: int
    failed_count: int
    tokens_in: int
    tokens_out: int
    broken_until: datetime.datetime | None
    latest: list[DraftingCall]
    trial: DraftingCall | None


def month_of_drafting(endpoint: DraftingEndpoint, now: datetime.datetime) -> MonthOfDrafting:
    """What this month's calls have used, the latest of them, and the last trial.

    Cost: three statements.
    """
    rows = DraftingCall.objects.filter(organization_id=endpoint.organization_id)
    began = month_of(now)
    kept = Q(outcome=CallOutcome.KEPT)
    told = rows.filter(created_at__gte=began).aggregate(
        spent=Sum("cost_amount", filter=Q(currency=endpoint.currency)),
        asked=Count("pk", filter=~kept),
        kept=Count("pk", filter=kept),
        failed=Count("pk", filter=Q(outcome__in=(CallOutcome.FAILED, CallOutcome.UNUSABLE, CallOutcome.LOST))),
        tokens_in=Sum("input_token_count"),
        tokens_out=Sum("output_token_count"),
    )
    spent = told["spent"] or Decimal(0)
    is_broken = endpoint.broken_until is not None and endpoint.broken_until > now
    return MonthOfDrafting(
        began=began,
        spent=spent,
        cost_ratio=float(spent / endpoint.cap_amount) if endpoint.cap_amount else None,
        asked_count=told["asked"],
        kept_count=told["kept"],
        failed_count=told["failed"],
        tokens_in=told["tokens_in"] or 0,
        tokens_out=told["tokens_out"] or 0,
        broken_until=endpoint.broken_until if is_broken else None,
        latest=list(rows.defer("answer").select_related("job__started_by").order_by("-pk")[:SHOWN]),
        trial=rows.defer("answer").filter(is_trial=True).order_by("-pk").first(),
    )
