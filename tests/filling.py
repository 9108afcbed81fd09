"""Filling in a form as a person does: open the page, change some answers, send it."""

import html
import re
from typing import Any

from django.http import HttpResponse
from django.test import Client


def answers(response: HttpResponse, **changes: Any) -> dict[str, Any]:
    """What the form of a page would send, with some answers changed; None leaves one out."""
    form = response.context["form"]
    shown = {field.html_name: field.value() for field in form}
    return {name: value for name, value in {**shown, **changes}.items() if value is not None}


def fill(client: Client, url: str, **changes: Any) -> HttpResponse:
    """Open a form and send it with some answers changed."""
    return client.post(url, answers(client.get(url), **changes))


def text_of(response: HttpResponse) -> str:
    """What a page or a download holds, as text."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return body.decode()


def sentences(response: HttpResponse) -> list[str]:
    """What the next page says was done."""
    return [str(message) for message in response.wsgi_request._messages]


def counted_links(response: HttpResponse) -> list[tuple[str, int]]:
    """Every link of a page whose words are a count: the address, and the count."""
    found = re.findall(r'<a class="n[^"]*" href="([^"]+)">([\d,]+)</a>', text_of(response))
    return [(html.unescape(address), int(words.replace(",", ""))) for address, words in found]


def rows_behind(client: Client, address: str) -> int:
    """How many rows the list at an address holds."""
    return int(client.get(address).context["page"].paginator.count)
