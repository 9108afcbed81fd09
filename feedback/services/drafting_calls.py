"""The ledger of asking the endpoint: what a call may cost is set aside before it is made, and settled after it."""

import datetime
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from core.jobs import JobStopped
from core.secrets import Unreadable, unsealed
from feedback.algorithms.prompting import (
    MOST_OUTPUT_TOKENS,
    PROMPT_VERSION,
    AnswerError,
    Written,
    asked_for,
    mended,
    messages,
    most_tokens,
    read,
)
from feedback.models import (
    BREAK_TIME,
    BREAKS_AFTER,
    AnswerFormat,
    CallOutcome,
    DraftingCall,
    DraftingEndpoint,
    UserStory,
)
from feedback.selectors.drafting import host_left_for, month_of, spent_since
from feedback.services.drafting_http import EndpointFailure, Line

#: A kept answer is used again for so long.
KEPT_FOR = datetime.timedelta(days=30)
#: So often a worker that waits for an answer is heard of, and asks whether it is to stop.
HEARD_EVERY = 5.0
#: How long waits before another try are waited for.
PAUSE = time.sleep
BROKEN = "Asking broke on this server. It may have been paid, so it was not asked again."
LOST = "The worker ended before the answer came. It may have been paid, so it was not asked again."


class NotDrafted(Exception):
    """The model drafted nothing; the sentence says why, and stands on the story that the rules drafted."""


@dataclass
class Asking:
    """What a draft is asked of, and for whom.

    Args:
        texts: without personal data.
        report: keeps the job alive; raises JobStopped.
        is_fresh: ask again although the answer to the same is kept.
    """

    endpoint: DraftingEndpoint
    texts: tuple[str, ...]
    job_id: int | None
    report: Callable[[], None]
    is_fresh: bool = False
    is_trial: bool = False
    asked: str = field(init=False)

    def __post_init__(self) -> None:
        self.asked = asked_for(self.endpoint.model, self.texts)

    def answered(self) -> tuple[Written, DraftingCall]:
        """A draft by the model, asked for once: what the same job, or the same question, got before is used again.

        Raises:
            NotDrafted: there is none, with the reason.
            JobStopped: somebody stopped the job.
        """
        return _answered(self)


def _answered(asking: Asking) -> tuple[Written, DraftingCall]:
    if found := _kept(asking):
        return found
    call, key = _set_aside(asking)
    conversation = messages(asking.texts, secrets.token_hex(8))
    endpoint = asking.endpoint
    line = Line(
        endpoint.base_url,
        endpoint.model,
        key,
        endpoint.timeout_seconds,
        endpoint.answer_format,
        PAUSE,
    )
    began = time.monotonic()
    try:
        written, answer = _watched(lambda: _asked(line, conversation, len(asking.texts)), asking.report)
    except JobStopped:
        line.is_cut.set()
        # The endpoint works on, and may be paid: what was set aside stays.
        _settle(call, line, began, CallOutcome.STOPPED, cost=call.cost_amount)
        raise
    except AnswerError as error:
        _settle(call, line, began, CallOutcome.UNUSABLE, failure=f"The answer was not in the form asked for: {error}")
        raise NotDrafted("The model answered twice in a form that cannot be used.") from error
    except EndpointFailure as error:
        cost = call.cost_amount if error.may_cost else None
        _settle(call, line, began, CallOutcome.FAILED, failure=str(error), cost=cost)
        raise NotDrafted(str(error)) from error
    except Exception:
        line.is_cut.set()
        # An answer that is under way may be paid; one that came is paid by its tokens.
        cost = call.cost_amount if line.is_asking else None
        _settle(call, line, began, CallOutcome.FAILED, failure=BROKEN, cost=cost)
        raise
    _settle(call, line, began, CallOutcome.ANSWERED, answer=answer)
    return written, call


def _key(endpoint: DraftingEndpoint) -> str:
    try:
        return unsealed(endpoint.sealed_key) if endpoint.sealed_key else ""
    except Unreadable as error:
        raise NotDrafted(f"The key of the endpoint cannot be read: {error}") from error


def _asked(line: Line, conversation: list[dict[str, str]], item_count: int) -> tuple[Written, str]:
    """Ask, and once more with what was wrong."""
    answer = line.ask(conversation)
    try:
        return read(answer, item_count), answer
    except AnswerError as error:
        answer = line.ask(mended(conversation, answer, str(error)))
    return read(answer, item_count), answer


def _watched(work: Callable[[], Any], report: Callable[[], None]) -> Any:
    """Do what waits for the network in a thread beside, while the job is kept alive here.

    A job that is stopped does not wait for the thread: its own time limits end it.
    """
    result: list[Any] = []
    raised: list[BaseException] = []

    def run() -> None:
        try:
            result.append(work())
        except BaseException as error:  # handed on to whoever waits
            raised.append(error)

    thread = threading.Thread(target=run, daemon=True, name="drafting")
    thread.start()
    while thread.is_alive():
        thread.join(HEARD_EVERY)
        if thread.is_alive():
            report()
    if raised:
        raise raised[0]
    return result[0]


def _kept(asking: Asking) -> tuple[Written, DraftingCall] | None:
    """What this job got before its worker died, or, unless a new draft is wanted, what the same question got lately.

    Raises:
        NotDrafted: this job had asked already and got nothing, or nobody knows what: it is not paid a second time.
    """
    rows = DraftingCall.objects.filter(organization_id=asking.endpoint.organization_id).order_by("-pk")
    own = rows.filter(job_id=asking.job_id).first() if asking.job_id else None
    if own is not None and own.outcome in (CallOutcome.ANSWERED, CallOutcome.KEPT):
        try:
            return read(own.answer, len(asking.texts)), own
        except AnswerError as error:
            raise NotDrafted(f"The answer that is kept cannot be used any more: {error}") from error
    if own is not None and own.failure:
        raise NotDrafted(own.failure)
    if own is not None and own.outcome == CallOutcome.UNDER_WAY:
        is_free = not own.cost_amount
        _tell_where(own)
        DraftingCall.objects.filter(pk=own.pk).update(outcome=CallOutcome.LOST, failure="" if is_free else LOST)
        if not is_free:
            raise NotDrafted(LOST)
    if asking.is_fresh or asking.is_trial:
        return None
    since = timezone.now() - KEPT_FOR
    same = rows.filter(asked=asking.asked, outcome=CallOutcome.ANSWERED, is_trial=False, created_at__gte=since).first()
    if same is None:
        return None
    try:
        written = read(same.answer, len(asking.texts))
    except AnswerError:  # kept by a version that was less strict
        return None
    call = _call(asking, outcome=CallOutcome.KEPT, answer=same.answer, duration_ms=0)
    # The endpoint may be elsewhere by now.
    call.sent_to = same.sent_to
    call.save()
    _tell_where(call)
    return written, call


def _tell_where(call: DraftingCall) -> None:
    """Keep on the story to which host text left for it, whatever comes of it. It is no change of its words."""
    if call.job_id and call.sent_to:
        UserStory.objects.filter(job_id=call.job_id).update(sent_to=call.sent_to)


def _call(asking: Asking, **values: Any) -> DraftingCall:
    endpoint = asking.endpoint
    return DraftingCall(
        organization_id=endpoint.organization_id,
        job_id=asking.job_id,
        model=endpoint.model,
        prompt_version=PROMPT_VERSION,
        sent_to=host_left_for(endpoint.base_url),
        asked=asking.asked,
        currency=endpoint.currency,
        is_trial=asking.is_trial,
        **values,
    )


@transaction.atomic
def _set_aside(asking: Asking) -> tuple[DraftingCall, str]:
    """Set aside what the call costs at most, unless the circuit is open or the month's cap would be passed.

    The endpoint's row is locked meanwhile: calls at the same time see what each of them has set aside.

    Returns:
        The call, and the key of the address that it is made to: both are of the same moment.
    """
    now = timezone.now()
    fresh = DraftingEndpoint.objects.select_for_update().get(pk=asking.endpoint.pk)
    if not (fresh.is_active or asking.is_trial):
        raise NotDrafted("Drafting by a model was turned off meanwhile.")
    if not asking.is_trial and fresh.broken_until and fresh.broken_until > now:
        until = timezone.localtime(fresh.broken_until)
        raise NotDrafted(
            f"The endpoint failed {fresh.failure_count} times in a row; it is asked again at {until:%H:%M}."
        )
    key = _key(fresh)
    sent = most_tokens(messages(asking.texts, "0" * 16))
    again = sent + most_tokens(mended((), " " * 8_000, " " * 500))
    most = fresh.cost(sent + again, 2 * MOST_OUTPUT_TOKENS)
    spent = spent_since(fresh, month_of(now))
    if spent + most > fresh.cap_amount:
        raise NotDrafted(
            f"It might have cost {most:.4f} {fresh.currency}, and with {spent:.4f} spent that would pass the cap of"
            f" {fresh.cap_amount:.2f} {fresh.currency} for this month."
        )
    if fresh.failure_count >= BREAKS_AFTER:
        # One asks whether it works again; the others wait for what comes of it.
        DraftingEndpoint.objects.filter(pk=fresh.pk).update(
            broken_until=now + datetime.timedelta(seconds=fresh.timeout_seconds)
        )
    asking.endpoint, asking.asked = fresh, asked_for(fresh.model, asking.texts)
    call = _call(asking, cost_amount=most)
    call.save()
    return call, key


@transaction.atomic
def _settle(
    call: DraftingCall,
    line: Line,
    began: float,
    outcome: CallOutcome,
    *,
    answer: str = "",
    failure: str = "",
    cost: Decimal | None = None,
) -> None:
    """Write what came of a call, what it cost and whether text left, and tell the circuit breaker."""
    endpoint = DraftingEndpoint.objects.select_for_update().get(pk=_endpoint_of(call))
    used = line.usage
    call.outcome, call.answer, call.failure = outcome, answer, failure[:300]
    call.request_count, call.is_estimated = used.requests, used.is_estimated
    call.input_token_count, call.output_token_count = used.tokens_in, used.tokens_out
    call.cost_amount = endpoint.cost(used.tokens_in, used.tokens_out) if cost is None else cost
    call.duration_ms = round((time.monotonic() - began) * 1000)
    call.sent_to = call.sent_to if line.has_sent else ""
    call.version += 1
    call.save()
    _tell_where(call)
    if line.answer_format in AnswerFormat.values:
        endpoint.answer_format = line.answer_format
    if outcome == CallOutcome.ANSWERED:
        endpoint.failure_count, endpoint.last_failure, endpoint.broken_until = 0, "", None
    elif outcome != CallOutcome.STOPPED:
        endpoint.failure_count = min(endpoint.failure_count + 1, 30_000)
        endpoint.last_failure = failure[:300]
        is_broken = endpoint.failure_count >= BREAKS_AFTER
        endpoint.broken_until = timezone.now() + BREAK_TIME if is_broken else None
    endpoint.save(update_fields=["answer_format", "failure_count", "last_failure", "broken_until", "updated_at"])


def _endpoint_of(call: DraftingCall) -> int:
    return DraftingEndpoint.objects.values_list("pk", flat=True).get(organization_id=call.organization_id)
