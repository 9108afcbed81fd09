"""Who may do what: the whole permission table, on one page."""

from typing import Any

from django.db import models

from core.errors import NotAllowed


class Role(models.TextChoices):
    OWNER = "owner", "Owner"
    PORTFOLIO_MANAGER = "portfolio_manager", "Portfolio manager"
    PROGRAM_MANAGER = "program_manager", "Program manager"
    CONTRIBUTOR = "contributor", "Contributor"
    VIEWER = "viewer", "Viewer"


EVERYONE = frozenset(Role)
WORKERS = EVERYONE - {Role.VIEWER}
MANAGERS = frozenset({Role.OWNER, Role.PORTFOLIO_MANAGER, Role.PROGRAM_MANAGER})
LEADERS = frozenset({Role.OWNER, Role.PORTFOLIO_MANAGER})
OWNERS = frozenset({Role.OWNER})

#: action -> roles that may do it, and the words for it.
ROLES_ALLOWED: dict[str, frozenset[Role]] = {
    "organization.read": EVERYONE,
    "organization.manage": OWNERS,
    "member.manage": OWNERS,
    "token.create": EVERYONE,
    "view.share": LEADERS,
    "audit.read": LEADERS,
    "portfolio.edit": LEADERS,
    "product.edit": LEADERS,
    "stance.decide": LEADERS,
    "program.edit": MANAGERS,
    "measure.edit": MANAGERS,
    "project.create": WORKERS,
    "project.edit": MANAGERS,
    "project.govern": MANAGERS,
    "project.report": WORKERS,
    "activity.edit": WORKERS,
    "dependency.edit": MANAGERS,
    "baseline.take": MANAGERS,
    "forecast.run": WORKERS,
    "levelling.run": WORKERS,
    "calendar.edit": MANAGERS,
    "risk.edit": WORKERS,
    "import.run": MANAGERS,
    "job.start": WORKERS,
    "job.stop_any": LEADERS,
    "finance.read": EVERYONE,
    "finance.edit": MANAGERS,
    "budget.approve": LEADERS,
    "rate.edit": LEADERS,
    "resource.edit": MANAGERS,
    "allocation.edit": MANAGERS,
    "scoring.edit": LEADERS,
    "score.edit": MANAGERS,
    "score.vote": WORKERS,
    "session.facilitate": MANAGERS,
    "ranking.freeze": LEADERS,
    "feedback.add": WORKERS,
    "feedback.triage": WORKERS,
    "feedback.manage": LEADERS,
    "account.edit": MANAGERS,
}

#: Actions that show or write amounts: nobody does them who sees no amounts, whatever their role. A file to import may
#: hold amounts in any column.
OF_AMOUNTS = frozenset({"finance.read", "finance.edit", "budget.approve", "rate.edit", "import.run"})
#: These roles always see amounts; for a member of another the owner may hide them.
ALWAYS_SEE_AMOUNTS = LEADERS

WORDS = {
    "organization.read": "open this organization",
    "organization.manage": "change the organization's settings",
    "member.manage": "manage members",
    "token.create": "create API tokens",
    "view.share": "share saved views",
    "audit.read": "read the audit log",
    "portfolio.edit": "change portfolios",
    "product.edit": "change products",
    "stance.decide": "decide to invest, maintain or sunset",
    "program.edit": "change programs",
    "measure.edit": "change performance measures",
    "project.create": "propose projects",
    "project.edit": "change projects",
    "project.govern": "move projects along their lifecycle",
    "project.report": "report progress and health",
    "activity.edit": "change activities",
    "dependency.edit": "change dependencies",
    "baseline.take": "take baselines",
    "forecast.run": "run delivery forecasts",
    "levelling.run": "ask for levelling",
    "calendar.edit": "change working calendars",
    "risk.edit": "change risks",
    "import.run": "import data",
    "job.start": "start jobs",
    "job.stop_any": "stop other people's jobs",
    "finance.read": "see amounts of money",
    "finance.edit": "change entries, benefits and business cases",
    "budget.approve": "approve budgets",
    "rate.edit": "change exchange rates",
    "resource.edit": "change teams, people, capacity and rates",
    "allocation.edit": "change allocations",
    "scoring.edit": "change scoring models and their weights",
    "score.edit": "change scores",
    "score.vote": "score in sessions and compare criteria",
    "session.facilitate": "lead scoring sessions",
    "ranking.freeze": "freeze rankings",
    "feedback.add": "add feedback",
    "feedback.triage": "triage feedback",
    "feedback.manage": "change how feedback is handled",
    "account.edit": "change customer accounts",
}

#: What somebody does who is not shown amounts and needs them.
ASK_AN_OWNER = "An owner can show them, in Settings, Members and roles."


def can(user: Any, action: str, organization: Any) -> bool:
    """True when `user`'s membership of `organization` (row or id) allows `action`. An unknown action is a KeyError."""
    if not _role_may(user, action, organization):
        return False
    return action not in OF_AMOUNTS or bool(user.sees_amounts_in(getattr(organization, "pk", organization)))


def require(user: Any, action: str, organization: Any) -> None:
    """Refuse, in words, what the membership does not allow.

    Raises:
        NotAllowed: `user`'s role in `organization` does not allow `action`, or it is about amounts and they are hidden.
    """
    if not _role_may(user, action, organization):
        roles = ", ".join(role.label.lower() for role in Role if role in ROLES_ALLOWED[action])
        raise NotAllowed(f"Your role may not {WORDS[action]}. These roles may: {roles}.")
    if not can(user, action, organization):
        raise NotAllowed(f"You may not {WORDS[action]}: amounts of money are hidden from you here. {ASK_AN_OWNER}")


def sees_amounts(role: str, is_shown: bool) -> bool:
    """Whether a member of `role` sees amounts, where the owner has left them shown or not."""
    return is_shown or role in ALWAYS_SEE_AMOUNTS


def _role_may(user: Any, action: str, organization: Any) -> bool:
    roles = ROLES_ALLOWED[action]
    if user is None or not user.is_authenticated:
        return False
    return user.role_in(getattr(organization, "pk", organization)) in roles


class Permissions:
    """What the present user may do, for templates: `{% if can.project_edit %}`."""

    def __init__(self, user: Any, organization: Any) -> None:
        self.user, self.organization = user, organization

    def __getattr__(self, name: str) -> bool:
        if name.startswith("_") or self.organization is None:
            return False
        action = name.replace("_", ".", 1)
        return action in ROLES_ALLOWED and can(self.user, action, self.organization)
