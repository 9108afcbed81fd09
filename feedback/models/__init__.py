"""What customers say, who they are, and what is made of it."""

from feedback.models.account import CustomerAccount
from feedback.models.analysis import Analysis, FeedbackPolicy, LabelReview
from feedback.models.item import (
    LABELS,
    MOST_CHARACTERS,
    AnalysisState,
    Channel,
    FeedbackItem,
    FeedbackKind,
    ItemStatus,
    Sentiment,
    Urgency,
)
from feedback.models.link import TARGETS, FeedbackLink, Importance
from feedback.models.story import StoryEvidence, StoryOrigin, StorySize, StoryStatus, UserStory

__all__ = [
    "LABELS",
    "MOST_CHARACTERS",
    "TARGETS",
    "Analysis",
    "AnalysisState",
    "Channel",
    "CustomerAccount",
    "FeedbackItem",
    "FeedbackKind",
    "FeedbackLink",
    "FeedbackPolicy",
    "Importance",
    "ItemStatus",
    "LabelReview",
    "Sentiment",
    "StoryEvidence",
    "StoryOrigin",
    "StorySize",
    "StoryStatus",
    "Urgency",
    "UserStory",
]
