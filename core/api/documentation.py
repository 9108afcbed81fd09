"""The OpenAPI document, made from the code, and the page to browse it, which needs nothing from elsewhere."""

import hashlib
import json
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator

from core.amounts import LEFT_OUT, is_amount
from core.api.errors import CONTENT_TYPE, KINDS

PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "What is wrong, and what to do (RFC 9457).",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string", "description": "Address of a paragraph on this kind of problem."},
        "title": {"type": "string", "description": "The kind of problem, in words."},
        "status": {"type": "integer", "description": "The HTTP status."},
        "code": {"type": "string", "enum": sorted(KINDS), "description": "The kind of problem, for programs."},
        "detail": {"type": "string", "description": "This occurrence: what is wrong and what to do."},
        "instance": {"type": "string", "description": "The request, as the log knows it."},
        "errors": {"type": "object", "additionalProperties": True, "description": "Sentences by field."},
        "changes": {
            "type": "array",
            "description": "On 412 and stale 409: what others changed since the version you named.",
            "items": {
                "type": "object",
                "required": ["field", "before", "after", "who", "when"],
                "properties": {
                    "field": {"type": "string"},
                    "before": {},
                    "after": {},
                    "who": {"type": "string"},
                    "when": {"type": "string", "format": "date-time"},
                },
            },
        },
    },
}
SENTENCES = {
    "400": "A field, a filter or a header is wrong; `errors` names each. Nothing was saved.",
    "401": "No token, or one that is unknown, revoked or expired.",
    "403": "The role does not allow it, or amounts of money are hidden, or the token may only read.",
    "404": "There is no such row, or it is not yours to see.",
    "409": "The present state forbids it; `detail` says what stands in the way.",
    "412": "The row has changed since the version in If-Match; `changes` says who changed what.",
    "413": "The body is larger than this server takes.",
    "415": "The body is not application/json.",
    "503": "The database does not answer; Retry-After says when to repeat.",
    "429": "The token's requests of this minute are used up; Retry-After says when there are new ones.",
}
LIMITS = {
    "RateLimit-Limit": "Requests that a token has in a minute.",
    "RateLimit-Remaining": "Those that are left.",
    "RateLimit-Reset": "Seconds until there are new ones.",
}


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """The OpenAPI 3 document as JSON."""
    text, tag = _document()
    if tag in request.headers.get("If-None-Match", ""):
        return HttpResponseNotModified(headers={"ETag": tag})
    return HttpResponse(text, content_type="application/vnd.oai.openapi+json", headers={"ETag": tag})


@require_safe
def documentation(request: HttpRequest) -> HttpResponse:
    """Every address with its words, to read and to try."""
    return render(request, "core/api_docs.html", {"problems": [(word, *texts) for word, texts in KINDS.items()]})


@cache
def _document() -> tuple[str, str]:
    generator: Any = SchemaGenerator()  # type: ignore[no-untyped-call]
    text = json.dumps(generator.get_schema(request=None, public=True))
    return text, f'"{hashlib.blake2b(text.encode(), digest_size=8).hexdigest()}"'


def document_problems(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Tell of every operation how it may be refused, and of every answer which headers it has."""
    for name, component in result["components"]["schemas"].items():
        if "properties" in component and not name.endswith("Request"):
            # an answer leaves nothing out but amounts, where they are hidden
            component["required"] = [field for field in component["properties"] if not is_amount(field)]
            for field in filter(is_amount, component["properties"]):
                _say_left_out(component["properties"][field])
    result["components"]["schemas"]["Problem"] = PROBLEM
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            if method == "post" and "{" in path:
                operation["operationId"] = operation["operationId"].removesuffix("_create")
            operation["summary"] = _summary(operation)
            responses = operation["responses"]
            for code in _refusals(path, method, operation):
                responses[code] = {
                    "description": SENTENCES[code],
                    "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
                }
            if any(item["name"] == "If-None-Match" for item in operation.get("parameters", ())):
                responses["304"] = {"description": "You have it already."}
            for code, response in responses.items():
                _add_headers(code, response, operation)
            operation["responses"] = dict(sorted(responses.items()))
    return result


def _say_left_out(described: dict[str, Any]) -> None:
    """Tell of a field that it is an amount."""
    described["description"] = " ".join(filter(None, (described.get("description", ""), LEFT_OUT)))


def _summary(operation: dict[str, Any]) -> str:
    """What an operation does, beside its address in the list of all."""
    verb = operation["operationId"].rpartition("_")[2]
    sentence: str = operation.get("description", "").partition(".")[0].partition(";")[0]
    return {"list": "List", "create": "Create", "retrieve": "Read one", "update": "Change"}.get(verb, sentence)


def _refusals(path: str, method: str, operation: dict[str, Any]) -> set[str]:
    names = {item["name"] for item in operation.get("parameters", ())}
    codes = {"401", "429", "503"}
    names_a_row = any(item["in"] == "query" and item.get("required") for item in operation.get("parameters", ()))
    if "{" in path or names_a_row:
        codes.add("404")
    if method != "get":
        codes |= {"403", "409"}
    elif "/events/" in path or "/webhook-" in path:
        codes.add("403")
    if "requestBody" in operation:
        codes |= {"400", "413", "415"}
    asks = any(item["in"] == "query" for item in operation.get("parameters", ()))
    if asks or names & {"If-Match", "Idempotency-Key"}:
        codes.add("400")
    if "If-Match" in names:
        codes.add("412")
    return codes


def _add_headers(code: str, response: dict[str, Any], operation: dict[str, Any]) -> None:
    names = {item["name"] for item in operation.get("parameters", ())}
    headers = {name: {"schema": {"type": "integer"}, "description": text} for name, text in LIMITS.items()}
    if code in {"200", "201", "304"} and names & {"If-Match", "If-None-Match"}:
        headers["ETag"] = {"schema": {"type": "string"}, "description": "Of this version; for If-Match."}
    if code == "201":
        headers["Location"] = {"schema": {"type": "string"}, "description": "Where the new row is."}
    if code in {"429", "503"}:
        headers["Retry-After"] = {"schema": {"type": "integer"}, "description": "Seconds to wait."}
    if code == "503":
        headers = {"Retry-After": headers["Retry-After"]}
    if code != "401":
        response.setdefault("headers", {}).update(headers)
