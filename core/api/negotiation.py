"""What bodies are taken and given: JSON."""

import json
from collections.abc import Iterable
from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser, JSONParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

#: No field has so many, and reading thousands of them takes a while.
MOST_DIGITS = 100


class JsonParser(JSONParser):
    """JSON in UTF-8. A name that stands twice in one object is refused: a reader would drop one of the values."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            return json.loads(
                stream.read().decode("utf-8-sig"),
                object_pairs_hook=_no_name_twice,
                parse_constant=_no_constant,
                parse_int=_whole_number,
            )
        except RecursionError:
            raise ParseError("The body is nested too deeply.") from None
        except UnicodeDecodeError as error:
            raise ParseError(f"The body is not JSON: it is no UTF-8 from byte {error.start + 1} on.") from None
        except ValueError as error:
            raise ParseError(f"The body is not JSON: {error}.") from None


def _no_name_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"it names {twice[:100]!r} twice")
    return found


def _whole_number(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise ValueError(f"it holds a number of {len(digits):,} digits")
    return int(digits)


def _no_constant(word: str) -> Any:
    raise ValueError(f"{word} is no number")


class JsonOnly(BaseContentNegotiation):
    """Answers in JSON whatever is asked for (RFC 9110, 12.4.1), and reads JSON alone: others get 415."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        kind = (request.content_type or "").partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == kind), None)

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        renderer: Any = next(iter(renderers))
        return renderer, renderer.media_type
