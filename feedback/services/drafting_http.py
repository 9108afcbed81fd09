"""The protocol of chat completions, as far as drafting speaks it: negotiated form, retries, what was used."""

import json
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import structlog
from django.conf import settings
from django.utils import timezone

from core import outgoing
from events.algorithms.backoff import retry_after
from feedback.algorithms.prompting import likely_tokens, request_body
from feedback.algorithms.texts import readable

logger = structlog.get_logger(__name__)

#: Requests that are refused for the moment are sent again so often, after waits that double from the first.
MOST_TRIES, FIRST_WAIT, LONGEST_WAIT = 4, 0.5, 30.0
LARGEST_ANSWER, LONGEST_WORDS = 1_000_000, 60_000
MOST_COUNTED = 10_000_000
PASSING = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
#: What the limit of an answer is called: by most endpoints, and by OpenAI's own newer models.
LIMIT_NAMES = ("max_tokens", "max_completion_tokens")
#: What each form of an answer gives way to where an endpoint does not know it.
FALLS_BACK = {"json_schema": "json_object", "json_object": ""}


class EndpointFailure(Exception):
    """The endpoint gave no answer; a sentence for people, without anything that it sent.

    Args:
        may_cost: whether it may have worked, and be paid, although no answer came.
    """

    def __init__(self, sentence: str, *, may_cost: bool = False) -> None:
        super().__init__(sentence)
        self.may_cost = may_cost


@dataclass
class Usage:
    """What a conversation has used so far, as the endpoint counts it, or estimated where it does not."""

    requests: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    is_estimated: bool = False


@dataclass
class Line:
    """A line to an endpoint, for one conversation.

    Args:
        wait: sleeps.
        is_cut: set where nobody waits for an answer any more: nothing more is sent.
        has_sent: whether text left for the endpoint, or may have.
        is_asking: whether an answer is waited for that is not counted yet.
    """

    base_url: str
    model: str
    key: str
    timeout_seconds: int
    answer_format: str
    wait: Callable[[float], None] = time.sleep
    usage: Usage = field(default_factory=Usage)
    is_cut: threading.Event = field(default_factory=threading.Event)
    limit_name: str = LIMIT_NAMES[0]
    has_sent: bool = False
    is_asking: bool = False

    def ask(self, conversation: list[dict[str, str]]) -> str:
        """The words of an answer.

        Raises:
            EndpointFailure: none came, or it is none of a chat.
        """
        self.is_asking = True
        with outgoing.client(
            allowed=settings.DRAFTING_PRIVATE_HOSTS,
            read_seconds=self.timeout_seconds,
            total_seconds=self.timeout_seconds,
        ) as client:
            answer = self._answered(client, conversation)
        words = self._words(answer, conversation)
        self.is_asking = False
        return words

    def _answered(self, client: httpx.Client, conversation: list[dict[str, str]]) -> dict[str, Any]:
        tries = 0
        while True:
            body = request_body(self.model, conversation, self.answer_format, self.limit_name)
            try:
                status, headers, content = self._send(client, body)
            except httpx.ConnectError as error:
                status, headers, content = 0, httpx.Headers(), b""
                failure = "The endpoint does not answer: no connection."
                logger.info("drafting_not_connected", error=str(error))
            if status in (400, 422) and self._gives_way(content):
                continue
            if 200 <= status < 300:
                return _decoded(content)
            if status and status not in PASSING:
                raise EndpointFailure(_refusal(status))
            tries += 1
            failure = _refusal(status) if status else failure
            pause = _pause(headers, tries)
            if tries == MOST_TRIES:
                raise EndpointFailure(f"{failure} It was asked {tries} times.")
            if pause > LONGEST_WAIT:
                raise EndpointFailure(f"{failure} It asks to wait {round(pause)} s.")
            self.wait(pause)

    def _send(self, client: httpx.Client, body: dict[str, Any]) -> tuple[int, httpx.Headers, bytes]:
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        # Said before it is asked whether the line is cut: whoever cuts it and looks here then misses nothing.
        had_sent, self.has_sent = self.has_sent, True
        if self.is_cut.is_set():
            self.has_sent = had_sent
            raise EndpointFailure("Stopped.")
        self.usage.requests += 1
        url = f"{self.base_url.rstrip('/')}/chat/completions"
        try:
            with client.stream("POST", url, json=body, headers=headers) as response:
                return response.status_code, response.headers, outgoing.beginning(response, LARGEST_ANSWER)
        except outgoing.ForbiddenAddress as error:
            self.has_sent = had_sent
            raise EndpointFailure(
                f"{error} Whoever runs this server can allow it, in DRAFTING_PRIVATE_HOSTS."
            ) from error
        except httpx.ConnectTimeout as error:
            self.has_sent = had_sent
            raise httpx.ConnectError(str(error)) from error
        except httpx.TimeoutException as error:
            raise EndpointFailure(f"No answer within {self.timeout_seconds} s.", may_cost=True) from error
        except httpx.ConnectError:
            self.has_sent = had_sent
            raise
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            logger.info("drafting_broke_off", error=type(error).__name__)
            raise EndpointFailure("The answer broke off.", may_cost=True) from error

    def _gives_way(self, content: bytes) -> bool:
        """Ask otherwise what this endpoint does not know; false where nothing is left to leave out."""
        if LIMIT_NAMES[1].encode() in content and self.limit_name != LIMIT_NAMES[1]:
            self.limit_name = LIMIT_NAMES[1]
            return True
        if self.answer_format in FALLS_BACK:
            self.answer_format = FALLS_BACK[self.answer_format]
            return True
        return False

    def _words(self, answer: dict[str, Any], conversation: list[dict[str, str]]) -> str:
        choice = answer["choices"][0]
        if choice.get("finish_reason") == "length":
            logger.info("drafting_answer_cut", model=self.model)
        words = readable(choice["message"]["content"])[:LONGEST_WORDS]
        counted = answer.get("usage")
        counted = counted if isinstance(counted, dict) else {}
        sent, received = counted.get("prompt_tokens"), counted.get("completion_tokens")
        if not (_is_count(sent) and _is_count(received)):
            sent = sum(likely_tokens(message["content"]) for message in conversation)
            received = likely_tokens(words)
            self.usage.is_estimated = True
        self.usage.tokens_in += sent  # type: ignore[operator]
        self.usage.tokens_out += received  # type: ignore[operator]
        return str(words)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_COUNTED


def _decoded(content: bytes) -> dict[str, Any]:
    """An answer with the words of one choice.

    Raises:
        EndpointFailure: it is something else.
    """
    try:
        answer: dict[str, Any] = json.loads(content)
        is_chat = isinstance(answer["choices"][0]["message"]["content"], str)
    except (ValueError, RecursionError, KeyError, IndexError, TypeError):
        is_chat = False
    if not is_chat:
        raise EndpointFailure("What answers is no chat: is the address right?", may_cost=True)
    return answer


def _refusal(status: int) -> str:
    if status in (401, 403):
        return f"The endpoint does not take the key ({status})."
    if status == 404:
        return "The endpoint knows no such model or address (404)."
    if status == 429:
        return "The endpoint asks for patience, or its account has nothing left (429)."
    if 300 <= status < 400:
        return f"The endpoint leads elsewhere ({status}), and that is not followed. Name the address that it leads to."
    return f"The endpoint refused ({status})."


def _pause(headers: httpx.Headers, tries: int) -> float:
    """Seconds until the next try: as the endpoint asks, else doubled each time, of which chance takes up to half."""
    if (asked := retry_after(headers.get("Retry-After", ""), timezone.now())) is not None:
        return asked.total_seconds()
    whole = FIRST_WAIT * 2.0**tries
    return whole / 2 + random.uniform(0, whole / 2)
