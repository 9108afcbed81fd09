"""Setting up the endpoint that writes stories, and letting it write them."""

from collections.abc import Callable
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.db import transaction

from accounts.models import Organization, User
from core.access import require
from core.errors import Conflict, FieldErrors, StaleEdit
from core.jobs import JobStopped
from core.outgoing import ForbiddenAddress, is_allowed, refuse_private
from core.secrets import sealed
from events.models import Job
from events.services import change_recorded, start_job
from feedback.algorithms.prompting import PROMPT_VERSION, Written, unveiled, veil
from feedback.models import DraftingCall, DraftingEndpoint, FeedbackItem, StoryEvidence, StoryOrigin, UserStory
from feedback.selectors.stories import role_of
from feedback.services.drafting_calls import Asking, NotDrafted

TRY_KIND = "feedback.try_drafting"
#: What is sent to try an endpoint out: nobody said it.
SAMPLE = (
    "I want to export the list as a spreadsheet, so that I can sort it on the train.",
    "Please add an export. It must keep the order of the columns.",
)
CHANGED = "The story was changed while the model wrote. It stays as the person left it."
REWORDED = (
    "What customers said was masked or changed while the model wrote. Its words were not taken; let it write again."
)


@transaction.atomic
def set_endpoint(
    *,
    actor: User,
    organization: Organization,
    api_key: str = "",
    forgets_key: bool = False,
    expected_version: int | None = None,
    **fields: Any,
) -> DraftingEndpoint:
    """Set up the model that writes drafts. The key is kept encrypted, and no event tells it.

    Args:
        api_key: a new one; empty leaves the one that is kept.
    Raises:
        NotAllowed: the actor's role may not change how feedback is handled.
        FieldErrors: the address is none that may be connected to, or is another and the key was not typed again.
        StaleEdit: somebody changed it after version `expected_version`.
    """
    require(actor, "feedback.manage", organization)
    row, _ = DraftingEndpoint.objects.get_or_create(
        organization=organization, defaults={"currency": organization.currency}
    )
    base_url = fields.get("base_url", row.base_url).strip().rstrip("/")
    if base_url:
        _refuse_address(base_url)
    is_elsewhere = _origin(base_url) != _origin(row.base_url)
    if row.sealed_key and is_elsewhere and not api_key and not forgets_key:
        raise FieldErrors(
            {"api_key": "The address is another one: type the key again, or let the kept one be forgotten."}
        )
    key = sealed(api_key) if api_key else "" if forgets_key else row.sealed_key
    told = {"api_key": ["as before", "a new one" if key else "none"]} if key != row.sealed_key else None
    # Another address or model begins anew: what it knows is found out, and former failures say nothing of it.
    is_another = is_elsewhere or fields.get("model", row.model) != row.model
    row = change_recorded(
        "drafting_endpoint.updated",
        actor=actor,
        subject=row,
        values={**fields, "base_url": base_url},
        expected_version=expected_version,
        also=told,
    )
    row.sealed_key = key
    if is_another:
        row.failure_count, row.last_failure, row.broken_until = 0, "", None
        row.answer_format = DraftingEndpoint._meta.get_field("answer_format").default
    row.save(update_fields=["sealed_key", "failure_count", "last_failure", "broken_until", "answer_format"])
    return row


@transaction.atomic
def try_endpoint(*, actor: User, endpoint: DraftingEndpoint, result_path: str = "") -> Job:
    """Send the endpoint a harmless sample; the ledger keeps how long it took and what it cost.

    Raises:
        NotAllowed: the actor's role may not change how feedback is handled.
        Conflict: it has no address or model yet.
    """
    require(actor, "feedback.manage", endpoint.organization_id)
    if not (endpoint.base_url and endpoint.model):
        raise Conflict("Say the address and the model first, and save them.")
    job = start_job(
        actor=actor,
        organization=endpoint.organization,
        kind=TRY_KIND,
        title="Try the model that writes drafts",
        payload={"endpoint": endpoint.pk, "actor": actor.pk},
        result_path=result_path,
    )
    job.payload["job"] = job.pk
    job.save(update_fields=["payload"])
    return job


def carry_out_trial(
    *, actor: User, endpoint: DraftingEndpoint, job_id: int | None, report: Callable[[], None]
) -> dict[str, Any]:
    """Ask for a draft of the sample.

    Raises:
        NotAllowed: the actor's role may not change how feedback is handled (any more).
        Conflict: none came; the sentence says why.
    """
    require(actor, "feedback.manage", endpoint.organization_id)
    try:
        _written, call = Asking(endpoint, SAMPLE, job_id, report, is_trial=True).answered()
    except NotDrafted as refusal:
        raise Conflict(str(refusal)) from refusal
    return {"message": "The endpoint drafted a sample.", "drafting_call": call.pk}


def write_story(
    *,
    actor: User,
    story: UserStory,
    version: int,
    is_fresh: bool,
    report: Callable[[], None],
) -> dict[str, Any]:
    """Let the model write a draft that the rules have drafted; where it does not, theirs stays, with the reason.

    Args:
        version: of the story when this was asked for; what a person changed since then stays.
    Raises:
        NotAllowed: the actor's role may not triage feedback (any more).
    """
    require(actor, "feedback.triage", story.organization_id)
    endpoint = DraftingEndpoint.objects.filter(organization_id=story.organization_id).first()
    evidence = list(story.evidence.select_related("item__account").defer("item__search").order_by("position", "pk"))
    items = [row.item for row in evidence]
    if endpoint is None or not items:
        return _left_to_rules(story, "No model is set up.")
    texts = [item.text for item in items]
    veiled = veil(texts, _people(items), [item.account.name for item in items if item.account])
    try:
        written, call = Asking(endpoint, veiled.texts, story.job_id, report, is_fresh=is_fresh).answered()
    except NotDrafted as refusal:
        return _left_to_rules(story, str(refusal))
    except JobStopped:
        _note(story, "It was stopped while the model wrote.")
        raise
    written = unveiled(written, veiled.originals, texts)
    try:
        _take(actor, story, version, written, evidence, call)
    except Conflict as refusal:
        reason = CHANGED if isinstance(refusal, StaleEdit) else str(refusal)
        _note(story, reason)
        return {"message": reason, "story": story.pk}
    return {"message": "Drafted by the model.", "story": story.pk}


def _people(items: list[FeedbackItem]) -> list[str]:
    return [item.author_name for item in items if item.author_name]


def _left_to_rules(story: UserStory, reason: str) -> dict[str, Any]:
    _note(story, reason)
    return {"message": f"Drafted by the extraction rules: {reason}"[:300], "story": story.pk}


def _note(story: UserStory, reason: str) -> None:
    """Say on the story why the model did not draft it. It is no change of its words: nobody who edits is disturbed."""
    UserStory.objects.filter(pk=story.pk).update(drafting_note=reason[:300])


@transaction.atomic
def _take(
    actor: User,
    story: UserStory,
    version: int,
    written: Written,
    evidence: list[StoryEvidence],
    call: DraftingCall,
) -> None:
    """Put the words of the model on a story. Who wants it is what is known of those who said it, where it is known.

    Raises:
        StaleEdit: somebody changed it after `version`.
        Conflict: it is settled, or what it rests on was masked or changed since it was read.
    """
    _hold_texts(evidence)
    fresh = UserStory.objects.select_for_update().get(pk=story.pk)
    if not fresh.is_open:
        raise Conflict(CHANGED)
    known = role_of([row.item for row in evidence])
    parts = [("goal", written.goal), ("benefit", written.benefit), *(("criterion", one) for one in written.criteria)]
    if not known:
        parts.insert(0, ("role", written.role))
    change_recorded(
        "user_story.written",
        actor=actor,
        subject=fresh,
        expected_version=version,
        values={
            "role": (known or written.role.text)[:200],
            "goal": written.goal.text,
            "benefit": written.benefit.text,
            "criteria": [claim.text for claim in written.criteria],
            "size": written.size.value,
            "size_reason": written.size_reason,
            "origin": StoryOrigin.ENDPOINT,
            "model": call.model,
            "prompt_version": PROMPT_VERSION,
            "sent_to": call.sent_to or fresh.sent_to,
        },
        also={"sent_to": ["", call.sent_to]} if call.sent_to else None,
    )
    claims = [[part, claim.text, list(claim.items)] for part, claim in parts if claim.text]
    UserStory.objects.filter(pk=story.pk).update(claims=claims, drafting_note="")
    for place, words in written.quotes.items():
        evidence[place].quote = words
    StoryEvidence.objects.bulk_update([evidence[place] for place in written.quotes], ["quote"])


def _hold_texts(evidence: list[StoryEvidence]) -> None:
    """Hold the items behind a story, before it and in the order in which masking holds them.

    Their keys stay free: whoever holds the story may link them meanwhile.

    Raises:
        Conflict: a text is another than the one that was read; words from it must not come back.
    """
    rows = FeedbackItem.objects.filter(pk__in=[row.item_id for row in evidence])
    texts = dict(rows.select_for_update(no_key=True).order_by("pk").values_list("pk", "text"))
    if any(texts.get(row.item_id) != row.item.text for row in evidence):
        raise Conflict(REWORDED)


def _origin(base_url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(base_url)
    return parts.scheme, (parts.hostname or "").lower(), parts.port


def _refuse_address(base_url: str) -> None:
    """Refuse an address to which nothing would be sent; names are looked up when connecting."""
    parts = _split(base_url)
    host, allowed = parts.hostname or "", settings.DRAFTING_PRIVATE_HOSTS
    if parts.scheme == "http" and not is_allowed(host, allowed):
        raise FieldErrors({"base_url": "Not encrypted: use https. Only hosts of DRAFTING_PRIVATE_HOSTS take http."})
    try:
        refuse_private(host, allowed)
    except ForbiddenAddress as error:
        hint = "Whoever runs this server can allow it, in DRAFTING_PRIVATE_HOSTS."
        raise FieldErrors({"base_url": f"{error} {hint}"}) from error


def _split(base_url: str) -> SplitResult:
    wrong = FieldErrors(
        {"base_url": "Write an address such as https://api.example.com/v1, without a name or a question."}
    )
    try:
        parts = urlsplit(base_url)
        port = parts.port
    except ValueError as error:
        raise wrong from error
    is_plain = not (parts.username or parts.password or parts.query or parts.fragment)
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0 or not is_plain or " " in base_url:
        raise wrong
    return parts
