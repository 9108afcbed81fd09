"""What people type about models, scores and sessions."""

from scoring.forms.model import ScoringModelForm, rearranged

__all__ = ["ScoringModelForm", "rearranged"]
