"""The frame of every request to the API: who calls, how often they may, and whether they have asked this before."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.amounts import are_hidden, without_amounts
from core.api.errors import problem_response
from core.api.idempotency import Claim, claim
from core.api.negotiation import JsonOnly, JsonParser
from core.errors import RateLimited
from core.limits import Allowance, take


class ApiView(APIView):
    """An address of the API. OPTIONS is not answered: the documentation says what an address takes."""

    http_method_names = ["get", "post", "put", "patch", "delete", "head"]
    content_negotiation_class = JsonOnly
    parser_classes = (JsonParser,)
    allowance: Allowance | None = None
    claim: Claim | None = None

    @property
    def actor(self) -> Any:
        """The person whose token it is."""
        return self.request.user

    @property
    def organization(self) -> Any:
        """The organization that the token names."""
        return self.request.organization  # type: ignore[attr-defined]

    def shown(self, data: Any) -> Any:
        """An answer as the caller may see it: without amounts where they are hidden."""
        return without_amounts(data) if are_hidden() else data

    def perform_authentication(self, request: Request) -> None:
        """Who calls; each call of a token counts, whatever comes of it."""
        super().perform_authentication(request)
        if request.auth is not None:
            self.allowance = self._count(request.auth.pk)

    def _count(self, token_id: int) -> Allowance | None:
        limit = settings.API_RATE_LIMIT_PER_MINUTE
        sentence = "This token has used up its requests of this minute. Retry-After says when there are new ones."
        try:
            return take(f"api:{token_id}", limit=limit, window_seconds=60, message=sentence)
        except RateLimited as error:
            self.allowance = Allowance(limit, 0, error.retry_after_seconds)
            raise

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.claim = claim(request)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(response, Response):
            response.data = self.shown(response.data)
        response = super().finalize_response(request, response, *args, **kwargs)
        if self.claim is not None and isinstance(response, Response):
            if response.status_code < 300:
                self.claim.keep(response)
            else:
                self.claim.release()
        response["Cache-Control"] = "private, no-cache"  # kept by the caller alone, and asked about every time
        if self.allowance is not None:
            response["RateLimit-Limit"] = str(self.allowance.limit)
            response["RateLimit-Remaining"] = str(self.allowance.remaining)
            response["RateLimit-Reset"] = str(self.allowance.reset_seconds)
        return response


@csrf_exempt
def unknown_url(request: HttpRequest, path: str = "") -> HttpResponse:
    """Every address below /api/ that is none, in the words of the API."""
    hint = "" if request.path.endswith("/") else " Addresses end in a slash."
    return problem_response(404, "not_found", f"There is nothing at this address.{hint} /api/docs/ lists all.")
