"""Addresses of the board, of its cells and of the explanation of a score."""

from django.urls import path

from scoring.views import board, board_cells, explain, raters, undo

urlpatterns = [
    path("prioritize/", board.board, name="board"),
    path("prioritize/firmness/", board.board_firmness, name="board-firmness"),
    path(
        "prioritize/score/<int:model>/<str:kind>/<int:item>/<int:criterion>/",
        board_cells.score_cell,
        name="score-cell",
    ),
    path(
        "prioritize/raters/<int:model>/<str:kind>/<int:item>/<int:criterion>/",
        raters.score_raters,
        name="score-raters",
    ),
    path("prioritize/undo/<str:request_id>/", undo.scores_undo, name="scores-undo"),
    path("prioritize/explain/<int:model>/<str:kind>/<int:item>/", explain.score_explanation, name="explain"),
]
