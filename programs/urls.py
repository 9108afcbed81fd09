"""Addresses of programs and their measures."""

from django.urls import path

from programs import views

app_name = "programs"
urlpatterns = [
    path("programs/", views.program_list, name="program-list"),
    path("programs/new/", views.program_create, name="program-create"),
    path("programs/<int:pk>/", views.program_detail, name="program-detail"),
    path("programs/<int:pk>/timeline/", views.program_timeline, name="program-timeline"),
    path("programs/<int:pk>/timeline/data/", views.program_timeline_data, name="program-timeline-data"),
    path("programs/<int:pk>/measures/", views.program_measures, name="program-measures"),
    path("programs/<int:pk>/dependencies/", views.program_dependencies, name="program-dependencies"),
    path("programs/<int:pk>/baselines/", views.program_baselines, name="program-baselines"),
    path("programs/<int:pk>/baselines/take/", views.program_take_baselines, name="program-take-baselines"),
    path("programs/<int:pk>/forecast/", views.program_forecast, name="program-forecast"),
    path("programs/<int:pk>/allocations/", views.program_allocations, name="program-allocations"),
    path("programs/<int:pk>/levelling/", views.program_levelling, name="program-levelling"),
    path("programs/<int:pk>/history/", views.program_history, name="program-history"),
    path("programs/<int:pk>/edit/", views.program_edit, name="program-edit"),
    path("programs/<int:pk>/move/", views.program_move, name="program-move"),
    path("programs/<int:pk>/archive/", views.program_archive, name="program-archive"),
    path("programs/<int:pk>/restore/", views.program_restore, name="program-restore"),
    path("programs/<int:pk>/cell/<str:field>/", views.program_cell, name="program-cell"),
    path("programs/<int:pk>/measures/new/", views.measure_create, name="measure-create"),
    path("measures/", views.measure_list, name="measure-list"),
    path("measures/<int:pk>/edit/", views.measure_edit, name="measure-edit"),
    path("measures/<int:pk>/result/", views.measure_result, name="measure-result"),
    path("measures/<int:pk>/archive/", views.measure_archive, name="measure-archive"),
    path("measures/<int:pk>/restore/", views.measure_restore, name="measure-restore"),
]
