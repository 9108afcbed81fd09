"""Addresses of projects, activities and risks."""

from django.urls import path

from projects.views import activity, baseline, bulk, forecast, project, project_change, risk

app_name = "projects"
urlpatterns = [
    path("projects/", project.project_list, name="project-list"),
    path("projects/filters/", project.project_filters, name="project-filters"),
    path("projects/bulk/<str:act>/", bulk.project_bulk, name="project-bulk"),
    path("projects/undo/<str:request_id>/", bulk.project_undo, name="project-undo"),
    path("projects/new/", project_change.project_create, name="project-create"),
    path("projects/<int:pk>/", project.project_detail, name="project-detail"),
    path("projects/<int:pk>/history/", project.project_history, name="project-history"),
    path("projects/<int:pk>/edit/", project_change.project_edit, name="project-edit"),
    path("projects/<int:pk>/report/", project_change.project_report, name="project-report"),
    path("projects/<int:pk>/status/", project_change.project_change_status, name="project-change-status"),
    path("projects/<int:pk>/archive/", project_change.project_archive, name="project-archive"),
    path("projects/<int:pk>/restore/", project_change.project_restore, name="project-restore"),
    path("projects/<int:pk>/cell/<str:field>/", project_change.project_cell, name="project-cell"),
    path("projects/<int:pk>/activities/", activity.project_activities, name="project-activities"),
    path("projects/<int:pk>/activities/new/", activity.activity_create, name="activity-create"),
    path("activities/", activity.activity_list, name="activity-list"),
    path("activities/<int:pk>/edit/", activity.activity_edit, name="activity-edit"),
    path("activities/<int:pk>/move/", activity.activity_move, name="activity-move"),
    path("activities/<int:pk>/archive/", activity.activity_archive, name="activity-archive"),
    path("activities/<int:pk>/restore/", activity.activity_restore, name="activity-restore"),
    path("activities/<int:pk>/cell/<str:field>/", activity.activity_cell, name="activity-cell"),
    path("projects/<int:pk>/risks/", risk.project_risks, name="project-risks"),
    path("projects/<int:pk>/risks/new/", risk.risk_create, name="risk-create"),
    path("projects/<int:pk>/baselines/", baseline.project_baselines, name="project-baselines"),
    path("projects/<int:pk>/baselines/take/", baseline.baseline_take, name="baseline-take"),
    path("projects/<int:pk>/variance/", baseline.project_variance, name="project-variance"),
    path("projects/<int:pk>/forecast/", forecast.project_forecast, name="project-forecast"),
    path("forecasts/<int:pk>/", forecast.forecast_detail, name="forecast-detail"),
    path("baselines/undo/<str:request_id>/", baseline.baseline_undo, name="baseline-undo"),
    path("baselines/<int:pk>/edit/", baseline.baseline_edit, name="baseline-edit"),
    path("baselines/<int:pk>/make-current/", baseline.baseline_make_current, name="baseline-make-current"),
    path("baselines/<int:pk>/archive/", baseline.baseline_archive, name="baseline-archive"),
    path("baselines/<int:pk>/restore/", baseline.baseline_restore, name="baseline-restore"),
    path("risks/", risk.risk_list, name="risk-list"),
    path("risks/<int:pk>/edit/", risk.risk_edit, name="risk-edit"),
    path("risks/<int:pk>/archive/", risk.risk_archive, name="risk-archive"),
    path("risks/<int:pk>/restore/", risk.risk_restore, name="risk-restore"),
]
