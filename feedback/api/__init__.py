"""Feedback over REST."""

from feedback.api.account import CustomerAccountViewSet
from feedback.api.drafting import DraftingEndpointView
from feedback.api.handling import FeedbackAgreementView, FeedbackPolicyView
from feedback.api.hook import IntakeHookView
from feedback.api.idea import PortalIdeaViewSet
from feedback.api.insights import BeforeAfterView, ProductFiguresView, RiverView, ThemeFiguresView
from feedback.api.intake_hook import IntakeHookViewSet
from feedback.api.item import FeedbackItemViewSet
from feedback.api.link import FeedbackLinkViewSet
from feedback.api.mailbox import MailboxViewSet
from feedback.api.nearest import NearestItemsView
from feedback.api.portal import PortalViewSet
from feedback.api.release import ReleaseViewSet
from feedback.api.reply import FeedbackReplyViewSet
from feedback.api.search import FoundItemsView
from feedback.api.story import UserStoryViewSet
from feedback.api.theme import ThemeViewSet

__all__ = [
    "BeforeAfterView",
    "CustomerAccountViewSet",
    "DraftingEndpointView",
    "FeedbackAgreementView",
    "FeedbackItemViewSet",
    "FeedbackLinkViewSet",
    "FeedbackPolicyView",
    "FeedbackReplyViewSet",
    "FoundItemsView",
    "IntakeHookView",
    "IntakeHookViewSet",
    "MailboxViewSet",
    "NearestItemsView",
    "PortalIdeaViewSet",
    "PortalViewSet",
    "ProductFiguresView",
    "ReleaseViewSet",
    "RiverView",
    "ThemeFiguresView",
    "ThemeViewSet",
    "UserStoryViewSet",
]
