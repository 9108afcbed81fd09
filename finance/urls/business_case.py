"""Addresses of business cases."""

from django.urls import path

from finance import views

SUBJECTS = ("project", "program", "product")
urlpatterns = [
    pattern
    for kind in SUBJECTS
    for pattern in (
        path(f"{kind}s/<int:pk>/business-case/", views.business_case, {"kind": kind}, f"{kind}-business-case"),
        path(
            f"{kind}s/<int:pk>/business-case/rows/",
            views.business_case_rows,
            {"kind": kind},
            f"{kind}-business-case-rows",
        ),
        path(
            f"{kind}s/<int:pk>/business-case/edit/",
            views.business_case_edit,
            {"kind": kind},
            f"{kind}-business-case-edit",
        ),
    )
]
