"""What people type about models, scores and sessions."""

from scoring.forms.model import ScoringModelForm, rearranged, tidied

__all__ = ["ScoringModelForm", "rearranged", "tidied"]
