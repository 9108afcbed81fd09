"""The search over portfolios, programs, projects and products: a page, and what the palette shows."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from core.htmx import wants_fragment
from core.pages import MemberRequest, words_in
from portfolio.selectors.search import flat
from portfolio.selectors.search import search as search_for

IN_PALETTE, ON_PAGE = 5, 20


@require_GET
@vary_on_headers("HX-Request")
def search(request: MemberRequest) -> HttpResponse:
    """What holds the words of `q`; htmx gets the palette's rows."""
    query = words_in(request)
    if wants_fragment(request):
        results = flat(search_for(request.user, query, IN_PALETTE))
        return render(request, "core/_palette_results.html", {"results": results, "query": query})
    groups = search_for(request.user, query, ON_PAGE)
    context = {"groups": groups, "query": query, "count": len(flat(groups))}
    return render(request, "portfolio/search.html", context)
