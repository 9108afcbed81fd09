"""Charts of what customers say, and the words of its figures."""

from feedback.charts.insights import products_chart, river_chart, themes_chart
from feedback.charts.theme import theme_chart
from feedback.charts.words import change_lines, path_lines, product_lines, step_line

__all__ = [
    "change_lines",
    "path_lines",
    "product_lines",
    "products_chart",
    "river_chart",
    "step_line",
    "theme_chart",
    "themes_chart",
]
