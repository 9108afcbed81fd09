"""Rankings as pictures."""

from scoring.charts.matrix import matrix_chart

__all__ = ["matrix_chart"]
