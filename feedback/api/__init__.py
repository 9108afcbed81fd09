"""Feedback over REST."""

from feedback.api.account import CustomerAccountViewSet
from feedback.api.item import FeedbackItemViewSet
from feedback.api.link import FeedbackLinkViewSet

__all__ = ["CustomerAccountViewSet", "FeedbackItemViewSet", "FeedbackLinkViewSet"]
