"""Versions as entity tags: `"3-9f2c41d0"` is version 3 of a row and a digest of what is shown of it.

The digest lets a tag tell two representations of one version apart (a figure moved, a parent was renamed), so that 304
is never wrong. A write asks for the version alone: a moved figure is no conflict.
"""

import hashlib
import json
import re
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from drf_spectacular.utils import OpenApiParameter
from rest_framework import exceptions
from rest_framework.request import Request

IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description="The ETag you read; 412 if the row has changed since."
)
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match", str, OpenApiParameter.HEADER, description="The ETag you have; 304 if it still holds."
)
TAG = re.compile(r'^(?:W/)?"(\d{1,9})(?:-[0-9a-f]{1,64})?"$', re.ASCII)


def etag_of(version: int, body: Any) -> str:
    """The entity tag of a row's representation."""
    text = json.dumps(body, cls=DjangoJSONEncoder).encode()
    return f'"{version}-{hashlib.blake2b(text, digest_size=6).hexdigest()}"'


def not_modified(request: Request, tag: str) -> bool:
    """Whether the caller has this representation already (RFC 9110, 13.1.2)."""
    asked = request.headers.get("If-None-Match", "")
    tags = {part.strip().removeprefix("W/") for part in asked.split(",")}
    return "*" in tags or tag in tags


def expected_version(request: Request) -> int | None:
    """The version that If-Match names; None for no header or `*`.

    Raises:
        rest_framework.exceptions.ValidationError: it is not an ETag of ours.
    """
    text = request.headers.get("If-Match", "*").strip()
    if text == "*":
        return None
    match = TAG.match(text)
    if match is None:
        raise exceptions.ValidationError({"If-Match": ['Send one ETag as you read it, for example "3-9f2c41d0a1b2".']})
    return int(match[1])
