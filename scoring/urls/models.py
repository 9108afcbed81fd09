"""Addresses of scoring models."""

from django.urls import path

from scoring.views import models, models_editor

urlpatterns = [
    path("scoring-models/", models.model_list, name="model-list"),
    path("scoring-models/new/", models_editor.model_create, name="model-create"),
    path("scoring-models/new/start/", models_editor.model_start, name="model-start"),
    path("scoring-models/new/own/", models_editor.model_create_own, name="model-create-own"),
    path("scoring-models/check/", models_editor.model_check, name="model-check"),
    path("scoring-models/<int:pk>/", models.model_detail, name="model-detail"),
    path("scoring-models/<int:pk>/edit/", models_editor.model_edit, name="model-edit"),
    path("scoring-models/<int:pk>/check/", models_editor.model_check, name="model-check-one"),
    path("scoring-models/<int:pk>/archive/", models.model_archive, name="model-archive"),
    path("scoring-models/<int:pk>/restore/", models.model_restore, name="model-restore"),
    path("scoring-models/<int:pk>/versions/", models.model_versions, name="model-versions"),
    path("scoring-models/<int:pk>/versions/<int:number>/", models.model_version, name="model-version"),
    path(
        "scoring-models/<int:pk>/versions/<int:number>/restore/",
        models.model_version_restore,
        name="model-version-restore",
    ),
]
