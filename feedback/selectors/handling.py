"""How an organization wants feedback to be handled."""

from accounts.models import Organization
from feedback.models import FeedbackPolicy


def masks_personal_data(organization: Organization) -> bool:
    """Whether personal data is taken out of what comes in."""
    return FeedbackPolicy.objects.filter(organization=organization, masks_personal_data=True).exists()
