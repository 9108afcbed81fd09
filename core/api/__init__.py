"""What every resource of the API shares: tenancy, versions as ETags, keyset pages, one body for errors (RFC 9457)."""

from core.api.errors import handle_exception, problem, problem_response
from core.api.filtering import FilterBackend, ListWordsBackend
from core.api.idempotency import refuse_keeping
from core.api.negotiation import JsonOnly
from core.api.pagination import KeysetPagination
from core.api.versions import IF_MATCH, IF_NONE_MATCH, etag_of, expected_version, not_modified
from core.api.views import ApiView, unknown_url
from core.api.viewsets import IDEMPOTENCY_KEY, RecordViewSet, TenantViewSet

__all__ = [
    "IDEMPOTENCY_KEY",
    "IF_MATCH",
    "IF_NONE_MATCH",
    "ApiView",
    "FilterBackend",
    "JsonOnly",
    "KeysetPagination",
    "ListWordsBackend",
    "RecordViewSet",
    "TenantViewSet",
    "etag_of",
    "expected_version",
    "handle_exception",
    "not_modified",
    "problem",
    "problem_response",
    "refuse_keeping",
    "unknown_url",
]
