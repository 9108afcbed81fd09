"""Pages of imports."""

from django.urls import path

from integrations import views

app_name = "integrations"
urlpatterns = [
    path("imports/", views.import_list, name="import-list"),
    path("imports/new/", views.import_create, name="import-create"),
    path("imports/examples/<str:kind>/", views.import_example, name="import-example"),
    path("imports/<int:pk>/", views.import_detail, name="import-detail"),
    path("imports/<int:pk>/columns/", views.import_map, name="import-map"),
    path("imports/<int:pk>/files/", views.import_add_files, name="import-add-files"),
    path("imports/<int:pk>/check/", views.import_check, name="import-check"),
    path("imports/<int:pk>/answer/", views.import_answer, name="import-answer"),
    path("imports/<int:pk>/rows/", views.import_rows, name="import-rows"),
    path("imports/<int:pk>/run/", views.import_run, name="import-run"),
    path("imports/<int:pk>/undo/", views.import_undo, name="import-undo"),
    path("imports/<int:pk>/discard/", views.import_discard, name="import-discard"),
    path("imports/files/<int:pk>/", views.import_file, name="import-file"),
    path("imports/files/<int:pk>/remove/", views.import_file_remove, name="import-file-remove"),
    path("imports/files/<int:pk>/refused/", views.import_file_refused, name="import-file-refused"),
    path("imports/rows/<int:pk>/cell/", views.import_cell, name="import-cell"),
    path("imports/plans/new/", views.plan_create, name="plan-create"),
    path("imports/plans/<int:pk>/", views.plan_detail, name="plan-detail"),
    path("imports/plans/<int:pk>/run/", views.plan_run, name="plan-run"),
    path("imports/plans/<int:pk>/undo/", views.plan_undo, name="plan-undo"),
    path("imports/plans/<int:pk>/discard/", views.plan_discard, name="plan-discard"),
    path("projects/<int:pk>/mspdi/", views.project_mspdi, name="project-mspdi"),
    path("programs/<int:pk>/mspdi/", views.program_mspdi, name="program-mspdi"),
]
