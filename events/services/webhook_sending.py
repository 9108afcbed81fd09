"""Rows that wait are claimed, sent by threads, and written with what came of them.

A claim is committed before anything is sent, and what came of it is written only to rows that still carry it. A worker
that dies between the two leaves a claim that expires; then the message is sent again with the same id, by which the
receiver knows it. No transaction is open, and no lock is held, while an endpoint is waited for.
"""

import datetime
import secrets
import time
import uuid
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any

import httpx
import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from standardwebhooks.webhooks import Webhook

from core.outgoing import ForbiddenAddress, beginning, client
from core.secrets import Unreadable, unsealed
from events.algorithms.backoff import FAILURES_BEFORE_REST, next_attempt, rest, retry_after
from events.models import DeliveryState, EndpointState, WebhookDelivery, WebhookEndpoint
from events.selectors.payloads import message_of
from events.services.webhook import disable_webhook_endpoint

logger = structlog.get_logger(__name__)

#: Sent at once by a worker, and of these to one endpoint, so that a slow one keeps no other waiting.
SLOTS, SLOTS_OF_ONE = 32, 4
#: A worker goes on for so long before it lets others of its queue have their turn.
TURN_SECONDS = 60.0
CONNECT_SECONDS, READ_SECONDS, TOTAL_SECONDS = 5, 10, 20
#: So much of an answer is read, and so much is kept.
READ_BYTES, KEPT_BYTES = 64 * 1024, 2048
#: Days of failures disable an endpoint only if there were so many.
FAILURES_BEFORE_END = 10
#: Of the attempts at one message, the latest are kept.
KEPT_ATTEMPTS = 20
GONE = "It answered 410 Gone: it wants nothing more."


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a thread needs to send a delivery, without asking the database."""

    delivery_id: int
    endpoint_id: int
    claim: uuid.UUID
    message_id: str
    url: str
    body: str
    secrets: tuple[str, ...]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of sending a parcel; `failure` is empty where it was taken."""

    at: datetime.datetime
    duration_ms: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    status: int | None = None
    answer: str = ""
    failure: str = ""
    asked: datetime.timedelta | None = None


def has_due_deliveries(organization_id: int) -> bool:
    """Whether something of the organization in scope is to be sent now."""
    return bool(WebhookDelivery.objects.filter(organization_id=organization_id).due(timezone.now()).exists())


def deliver_webhooks(
    *, organization_id: int, now: Callable[[], datetime.datetime] = timezone.now, turn_seconds: float = TURN_SECONDS
) -> int:
    """Send what is due in the organization in scope, until nothing is or the turn is over; returns how many were sent.

    Args:
        now: the clock by which rows are due.
    """
    begun, sent = time.monotonic(), 0
    running: dict[Future[Outcome], Parcel] = {}
    limits = {"connect_seconds": CONNECT_SECONDS, "read_seconds": READ_SECONDS, "total_seconds": TOTAL_SECONDS}
    http_client = client(allowed=settings.WEBHOOK_PRIVATE_HOSTS, **limits)
    with http_client, ThreadPoolExecutor(SLOTS, "webhook") as threads:
        while True:
            if time.monotonic() - begun < turn_seconds and len(running) < SLOTS:
                for parcel in claim_deliveries(organization_id, now(), SLOTS - len(running)):
                    running[threads.submit(send, parcel, http_client)] = parcel
            if not running:
                return sent
            done, _ = wait(running, timeout=1, return_when=FIRST_COMPLETED)
            for future in done:
                keep_outcome(running.pop(future), future.result(), now())
                sent += 1


@transaction.atomic
def claim_deliveries(organization_id: int, now: datetime.datetime, most: int) -> list[Parcel]:
    """Take what is due, a few for each endpoint, those first that have waited longest.

    Endpoints that another worker looks at in this moment are left to it, so that two never send one more than it bears.
    """
    locked = WebhookEndpoint.objects.filter(organization_id=organization_id).live()
    lasting = F("resting_until").asc(nulls_first=True)
    endpoints = list(locked.select_for_update(skip_locked=True, no_key=True).order_by(lasting, "pk"))
    parcels: list[Parcel] = []
    for endpoint in endpoints:
        deliveries = WebhookDelivery.objects.filter(endpoint=endpoint)
        room = SLOTS_OF_ONE if endpoint.failure_count < FAILURES_BEFORE_REST else 1
        room = min(room - deliveries.in_hands(now).count(), most - len(parcels))
        if room <= 0:
            continue
        due = deliveries.due(now).order_by("next_attempt_at", "id").select_related("event__organization")
        rows = list(due.select_for_update(of=("self",), skip_locked=True)[:room])
        if rows:
            claim, (signers, problem) = uuid.uuid4(), _signers(endpoint, now)
            WebhookDelivery.objects.filter(pk__in=[row.pk for row in rows]).update(claim=claim, claimed_at=now)
            parcels += [_parcel(row, endpoint, claim, signers, problem) for row in rows]
    return parcels


def _parcel(
    row: WebhookDelivery, endpoint: WebhookEndpoint, claim: uuid.UUID, signers: tuple[str, ...], problem: str
) -> Parcel:
    body = row.request_body or message_of(row.event)  # type: ignore[arg-type]
    return Parcel(row.pk, endpoint.pk, claim, row.message_id, endpoint.url, body, signers, problem)


def _signers(endpoint: WebhookEndpoint, now: datetime.datetime) -> tuple[tuple[str, ...], str]:
    """The secrets that sign at present, or why there are none."""
    kept = [endpoint.secret]
    if endpoint.previous_secret and endpoint.previous_secret_until and endpoint.previous_secret_until > now:
        kept.append(endpoint.previous_secret)
    try:
        return tuple(map(unsealed, kept)), ""
    except Unreadable as error:
        return (), str(error)


def send(parcel: Parcel, http_client: httpx.Client) -> Outcome:
    """Send one message and wait for the answer; asks no database, and never raises."""
    at, begun = timezone.now(), time.monotonic()
    if parcel.problem:
        return Outcome(at, failure=parcel.problem)
    headers = _headers(parcel, at)
    told: dict[str, Any] = {"headers": {**headers, "webhook-signature": "v1,…"}}
    try:
        with http_client.stream("POST", parcel.url, content=parcel.body.encode(), headers=headers) as response:
            answer = beginning(response, READ_BYTES)[:KEPT_BYTES].decode(errors="replace").replace("\x00", "�")
            told |= {"status": response.status_code, "answer": answer, "failure": _refusal(response)}
            told["asked"] = retry_after(response.headers.get("retry-after", ""), at)
    except Exception as error:  # the outermost step of the thread: whatever it is, the row must hear of it
        told["failure"] = _in_words(error)
    return Outcome(at, duration_ms=round((time.monotonic() - begun) * 1000), **told)


def _headers(parcel: Parcel, at: datetime.datetime) -> dict[str, str]:
    signatures = [Webhook(secret).sign(parcel.message_id, at, parcel.body) for secret in parcel.secrets]
    return {
        "webhook-id": parcel.message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
        "content-type": "application/json; charset=utf-8",
        "user-agent": "Portolan",
        "accept": "*/*",
        "accept-encoding": "identity",
        "connection": "close",
    }


def _refusal(response: httpx.Response) -> str:
    if response.is_success:
        return ""
    if response.status_code == 410:
        return GONE
    if response.has_redirect_location:
        return f"It answered {response.status_code}, which leads elsewhere. Redirects are not followed."
    return f"It answered {response.status_code} {response.reason_phrase}".strip() + "."


def _in_words(error: Exception) -> str:
    if isinstance(error, ForbiddenAddress):
        words = str(error)
    elif isinstance(error, httpx.ConnectTimeout):
        words = f"It did not answer within {CONNECT_SECONDS} s when it was connected to."
    elif isinstance(error, httpx.TimeoutException):
        words = f"It did not answer within {READ_SECONDS} s."
    elif isinstance(error, httpx.HTTPError):
        words = f"It could not be reached: {error or type(error).__name__}"
    else:
        logger.exception("webhook_not_sent", exc_info=error)
        words = "The message could not be sent. An administrator finds the reason in the log of the worker."
    return words.replace("\x00", "�")[:300]


@transaction.atomic
def keep_outcome(parcel: Parcel, outcome: Outcome, now: datetime.datetime) -> None:
    """Write what came of a parcel, unless another worker has taken it since; and what follows for its endpoint."""
    endpoint = WebhookEndpoint.objects.select_for_update(no_key=True).get(pk=parcel.endpoint_id)
    held = WebhookDelivery.objects.filter(pk=parcel.delivery_id, claim=parcel.claim)
    row = held.select_for_update(of=("self",)).first()
    if row is None:
        return
    row.claim, row.claimed_at, row.version = None, None, row.version + 1
    row.attempt_count, row.last_attempt_at, row.duration_ms = row.attempt_count + 1, now, outcome.duration_ms
    row.request_body, row.request_headers = parcel.body, outcome.headers
    row.response_status, row.response_body, row.failure = outcome.status, outcome.answer, outcome.failure[:300]
    attempt = {"at": outcome.at, "status": outcome.status, "failure": row.failure, "duration_ms": outcome.duration_ms}
    row.attempts = [*row.attempts, attempt][-KEPT_ATTEMPTS:]
    row.next_attempt_at = None
    if not outcome.failure:
        row.state, row.delivered_at = DeliveryState.DELIVERED, now
    elif outcome.status != 410 and not row.is_test and _takes_more(endpoint):
        row.next_attempt_at = next_attempt(
            row.attempt_count,
            now,
            waits=settings.WEBHOOK_RETRY_SECONDS,
            chance=secrets.randbelow(1000) / 1000,
            asked=outcome.asked,
        )
    if outcome.failure and row.next_attempt_at is None:
        row.state = DeliveryState.FAILED
    row.save()
    if not row.is_test:
        _follow(endpoint, outcome, now)


def _takes_more(endpoint: WebhookEndpoint) -> bool:
    return endpoint.state != EndpointState.DISABLED and not endpoint.is_archived


def _follow(endpoint: WebhookEndpoint, outcome: Outcome, now: datetime.datetime) -> None:
    """What a success or failure means for its endpoint: it is trusted again, rests, or is sent nothing more."""
    if not outcome.failure:
        if endpoint.failure_count:
            # It goes on resting where it asked for that: another message may have come back meanwhile.
            WebhookEndpoint.objects.filter(pk=endpoint.pk).update(failure_count=0, failing_since=None)
        return
    failures, since = endpoint.failure_count + 1, endpoint.failing_since or now
    pauses = [pause for pause in (rest(failures), outcome.asked if outcome.status in {429, 503} else None) if pause]
    values: dict[str, Any] = {"failure_count": failures, "failing_since": since}
    if pauses:
        values["resting_until"] = max(now + max(pauses), endpoint.resting_until or now)
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(**values)
    if not endpoint.is_active:
        return
    if outcome.status == 410:
        disable_webhook_endpoint(actor=None, endpoint=endpoint, reason=GONE)
    elif failures >= FAILURES_BEFORE_END and now - since > datetime.timedelta(settings.WEBHOOK_DISABLE_DAYS):
        days = (now - since).days
        reason = f"Nothing it was sent in {days} days was taken. The last answer: {outcome.failure}"
        disable_webhook_endpoint(actor=None, endpoint=endpoint, reason=reason)
