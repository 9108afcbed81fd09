"""Addresses of the matrix and of the board of classes."""

from django.urls import URLPattern, path

from scoring.views import classes, matrix

urlpatterns: list[URLPattern] = [
    path("prioritize/matrix/", matrix.matrix, name="matrix"),
    path("prioritize/matrix/move/", matrix.matrix_move, name="matrix-move"),
    path("prioritize/classes/", classes.classes, name="classes"),
    path("prioritize/classes/move/", classes.classes_move, name="classes-move"),
]
