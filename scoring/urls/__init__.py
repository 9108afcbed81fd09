"""Every address of scoring."""

from scoring.urls import board, drivers, matrix, models, scorecards, sessions

app_name = "scoring"
urlpatterns = [
    *board.urlpatterns,
    *matrix.urlpatterns,
    *models.urlpatterns,
    *drivers.urlpatterns,
    *sessions.urlpatterns,
    *scorecards.urlpatterns,
]
