"""Addresses of scorecards and of rank stability."""

from django.urls import path

from scoring.views import scorecards, stability

urlpatterns = [
    path("scorecards/", scorecards.scorecard_list, name="scorecard-list"),
    path("scorecards/new/", scorecards.scorecard_create, name="scorecard-create"),
    path("scorecards/<int:pk>/", scorecards.scorecard_detail, name="scorecard-detail"),
    path("scorecards/<int:pk>/compare/", scorecards.scorecard_compare, name="scorecard-compare"),
    path("scorecards/<int:pk>/rerun/", scorecards.scorecard_rerun, name="scorecard-rerun"),
    path("rank-stability/", stability.stability_list, name="stability-list"),
    path("rank-stability/new/", stability.stability_create, name="stability-create"),
    path("rank-stability/<int:pk>/", stability.stability_detail, name="stability-detail"),
]
