"""Feedback over REST."""

from feedback.api.account import CustomerAccountViewSet
from feedback.api.item import FeedbackItemViewSet
from feedback.api.link import FeedbackLinkViewSet
from feedback.api.story import UserStoryViewSet

__all__ = ["CustomerAccountViewSet", "FeedbackItemViewSet", "FeedbackLinkViewSet", "UserStoryViewSet"]
