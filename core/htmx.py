"""htmx and whole pages from one view."""

from django.http import HttpRequest


def wants_fragment(request: HttpRequest) -> bool:
    """True when htmx asked for a piece of the page and not for the whole of it.

    A boosted link and a history restore also carry HX-Request but need the whole page.
    """
    htmx = request.htmx  # type: ignore[attr-defined]
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request
