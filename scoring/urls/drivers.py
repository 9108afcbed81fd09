"""Addresses of drivers, their impact grid, and sets of weights."""

from django.urls import URLPattern, path

from scoring.views import drivers, drivers_pairwise, drivers_weights

urlpatterns: list[URLPattern] = [
    path("drivers/", drivers.drivers, name="drivers"),
    path("drivers/new/", drivers.drivers_create, name="drivers-create"),
    path("drivers/<int:pk>/<str:kind>/<int:item>/", drivers.impact_form, name="impact-form"),
    path("drivers/<int:pk>/<str:kind>/<int:item>/<int:criterion>/", drivers.impact_cell, name="impact-cell"),
    path("scoring-models/<int:pk>/weights/", drivers_weights.weight_set_list, name="weight-set-list"),
    path("scoring-models/<int:pk>/weights/new/", drivers_weights.weight_set_create, name="weight-set-create"),
    path(
        "scoring-models/<int:pk>/weights/<int:number>/restore/", drivers_weights.weights_restore, name="weights-restore"
    ),
    path("weight-sets/<int:pk>/", drivers_pairwise.weight_set_detail, name="weight-set-detail"),
    path("weight-sets/<int:pk>/compare/", drivers_pairwise.weight_set_compare, name="weight-set-compare"),
    path("weight-sets/<int:pk>/triangle/", drivers_pairwise.weight_set_triangle, name="weight-set-triangle"),
    path("weight-sets/<int:pk>/withdraw/", drivers_pairwise.weight_set_withdraw, name="weight-set-withdraw"),
    path("weight-sets/<int:pk>/undo/<str:trace>/", drivers_pairwise.weight_set_undo, name="weight-set-undo"),
    path("weight-sets/<int:pk>/edit/", drivers_weights.weight_set_edit, name="weight-set-edit"),
    path("weight-sets/<int:pk>/archive/", drivers_weights.weight_set_archive, name="weight-set-archive"),
    path("weight-sets/<int:pk>/restore/", drivers_weights.weight_set_restore, name="weight-set-restore"),
    path("weight-sets/<int:pk>/apply/", drivers_weights.weight_set_apply, name="weight-set-apply"),
]
