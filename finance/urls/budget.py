"""Addresses of budgets, entries and exchange rates."""

from django.urls import path

from finance.views import approval, budget, entry, grid, rate

SUBJECTS = ("project", "program", "product")
PAGES = (
    ("budget/", budget.subject_budget, "budget"),
    ("budget/grid/", grid.budget_grid, "budget-grid"),
    ("budget/history/", approval.budget_history, "budget-history"),
    ("budget/approve/", approval.budget_approve, "budget-approve"),
)
urlpatterns = [
    *[
        path(f"{kind}s/<int:pk>/{address}", view, {"kind": kind}, f"{kind}-{name}")
        for kind in SUBJECTS
        for address, view, name in PAGES
    ],
    # The budget page of a portfolio is of the app above: it shows stored totals of all that lies in it.
    *[
        path(f"portfolios/<int:pk>/{address}", view, {"kind": "portfolio"}, f"portfolio-{name}")
        for address, view, name in PAGES[1:]
    ],
    path("budgets/<int:pk>/", approval.budget_detail, name="budget-detail"),
    path("entries/", entry.entry_list, name="entry-list"),
    path("entries/<int:pk>/", entry.entry_detail, name="entry-detail"),
    path("entries/undo/<str:request_id>/", entry.entries_undo, name="entries-undo"),
    path("settings/rates/", rate.rate_list, name="rate-list"),
    path("settings/rates/new/", rate.rate_create, name="rate-create"),
    path("settings/rates/<int:pk>/", rate.rate_edit, name="rate-edit"),
    path("settings/rates/<int:pk>/remove/", rate.rate_remove, name="rate-remove"),
]
