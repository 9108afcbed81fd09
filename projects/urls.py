"""Addresses of projects, activities, dependencies and risks."""

from django.urls import path

from projects.views import activity, bulk, dependency, dependency_bulk, effects, project, project_change, risk

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
    path("activities/find/", dependency.activity_find, name="activity-find"),
    path("projects/<int:pk>/dependencies/", dependency.project_dependencies, name="project-dependencies"),
    path("dependencies/", dependency.dependency_list, name="dependency-list"),
    path("dependencies/map/", dependency.dependency_map, name="dependency-map"),
    path("dependencies/new/", dependency.dependency_create, name="dependency-create"),
    path("dependencies/preview/", effects.dependency_preview, name="dependency-preview"),
    path("dependencies/bulk/<str:act>/", dependency_bulk.dependency_bulk, name="dependency-bulk"),
    path("dependencies/<int:pk>/edit/", dependency.dependency_edit, name="dependency-edit"),
    path("dependencies/<int:pk>/preview/", effects.dependency_preview, name="dependency-preview-of"),
    path("dependencies/<int:pk>/archive/", dependency.dependency_archive, name="dependency-archive"),
    path("dependencies/<int:pk>/restore/", dependency.dependency_restore, name="dependency-restore"),
    path("schedule/undo/<int:pk>/", effects.schedule_undo, name="schedule-undo"),
    path("projects/<int:pk>/risks/", risk.project_risks, name="project-risks"),
    path("projects/<int:pk>/risks/new/", risk.risk_create, name="risk-create"),
    path("risks/", risk.risk_list, name="risk-list"),
    path("risks/<int:pk>/edit/", risk.risk_edit, name="risk-edit"),
    path("risks/<int:pk>/archive/", risk.risk_archive, name="risk-archive"),
    path("risks/<int:pk>/restore/", risk.risk_restore, name="risk-restore"),
]
