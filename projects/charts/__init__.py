"""Charts of schedules: what an edit moves, and what a forecast says."""

from projects.charts.effects import Bar, Picture, picture_of
from projects.charts.forecast import forecast_charts
from projects.charts.levelling import levelling_chart

__all__ = ["Bar", "Picture", "forecast_charts", "levelling_chart", "picture_of"]
