"""What customers say, who they are, and what is made of it."""

from feedback.models.account import CustomerAccount
from feedback.models.analysis import Analysis, FeedbackPolicy, LabelReview
from feedback.models.drafting import (
    BREAK_TIME,
    BREAKS_AFTER,
    AnswerFormat,
    CallOutcome,
    DraftingCall,
    DraftingEndpoint,
)
from feedback.models.hook import IntakeHook
from feedback.models.item import (
    FIRST_YEAR,
    LABELS,
    LONGEST_TITLE,
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
from feedback.models.mailbox import FailureState, Mailbox, MailboxFailure, MailSecurity
from feedback.models.portal import (
    IdeaStatus,
    Portal,
    PortalAct,
    PortalConfirmation,
    PortalFollow,
    PortalIdea,
    PortalTelling,
    PortalVisitor,
    PortalVote,
)
from feedback.models.regrouping import RegroupedItem, Regrouping, RegroupingKind
from feedback.models.release import Release
from feedback.models.reply import FeedbackReply
from feedback.models.story import OPEN_STATUSES, StoryEvidence, StoryOrigin, StorySize, StoryStatus, UserStory
from feedback.models.theme import Theme, ThemeAccount, ThemeWeek

__all__ = [
    "BREAKS_AFTER",
    "BREAK_TIME",
    "LABELS",
    "FIRST_YEAR",
    "LONGEST_TITLE",
    "MOST_CHARACTERS",
    "OPEN_STATUSES",
    "TARGETS",
    "Analysis",
    "AnalysisState",
    "AnswerFormat",
    "CallOutcome",
    "Channel",
    "CustomerAccount",
    "DraftingCall",
    "DraftingEndpoint",
    "FailureState",
    "FeedbackItem",
    "FeedbackKind",
    "FeedbackLink",
    "FeedbackPolicy",
    "FeedbackReply",
    "IdeaStatus",
    "Importance",
    "IntakeHook",
    "ItemStatus",
    "LabelReview",
    "MailSecurity",
    "Mailbox",
    "MailboxFailure",
    "Portal",
    "PortalAct",
    "PortalConfirmation",
    "PortalFollow",
    "PortalIdea",
    "PortalTelling",
    "PortalVisitor",
    "PortalVote",
    "RegroupedItem",
    "Regrouping",
    "RegroupingKind",
    "Release",
    "Sentiment",
    "StoryEvidence",
    "StoryOrigin",
    "StorySize",
    "StoryStatus",
    "Theme",
    "ThemeAccount",
    "ThemeWeek",
    "Urgency",
    "UserStory",
]
