"""Charts of schedules: what an edit moves, and what a forecast says."""

from projects.charts.effects import Bar, Picture, picture_of
from projects.charts.forecast import forecast_charts

__all__ = ["Bar", "Picture", "forecast_charts", "picture_of"]
