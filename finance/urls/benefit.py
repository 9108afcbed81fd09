"""Addresses of benefits."""

from django.urls import path

from finance import views
from finance.urls.business_case import SUBJECTS

urlpatterns = [
    *(path(f"{kind}s/<int:pk>/benefits/", views.benefits, {"kind": kind}, f"{kind}-benefits") for kind in SUBJECTS),
    *(
        path(f"{kind}s/<int:pk>/benefits/new/", views.benefit_create, {"kind": kind}, f"{kind}-benefit-create")
        for kind in SUBJECTS
    ),
    path("benefits/<int:pk>/", views.benefit_detail, name="benefit-detail"),
    path("benefits/<int:pk>/edit/", views.benefit_edit, name="benefit-edit"),
    path("benefits/<int:pk>/months/", views.benefit_months, name="benefit-months"),
    path("benefits/<int:pk>/months/undo/<str:request_id>/", views.benefit_months_undo, name="benefit-months-undo"),
    path("benefits/<int:pk>/archive/", views.benefit_archive, name="benefit-archive"),
    path("benefits/<int:pk>/restore/", views.benefit_restore, name="benefit-restore"),
]
