"""Addresses of earned value."""

from django.urls import path

from finance import views

urlpatterns = [
    path(f"{kind}s/<int:pk>/earned-value/", views.earned_value_page, {"kind": kind}, f"{kind}-earned-value")
    for kind in ("project", "program")
]
