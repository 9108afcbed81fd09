"""One row of every resource, and what may be sent to it."""

import datetime
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import SavedView
from core.tenancy import organization_scope
from events.models import Job
from feedback.models import CustomerAccount, FeedbackItem, Mailbox, Portal, PortalIdea, Release, Theme, UserStory
from feedback.services import create_hook, reply_to_item
from finance.models import Benefit
from portfolio.models import Portfolio, StanceDecision
from programs.models import Measure, Program
from projects.models import Activity, Dependency, Project, Risk
from resources.models import Person, ResourceRole, Skill, Team
from scoring.models import ScoringModel, ScoringSession
from scoring.services import create_scoring_model, create_weight_set
from tests.projects.levelling import developer, rivals, suggested, zeus  # noqa: F401


@dataclass
class Resource:
    """A resource that can be created, changed, archived and restored."""

    path: str
    row: Any
    new: dict[str, Any]
    change: dict[str, Any]
    wrong: dict[str, Any]
    parents: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"{self.path}{self.row.pk}/"


@pytest.fixture
def risk(acme, project):
    return Risk.objects.create(
        organization=acme, project=project, name="Supplier fails", probability_ratio=Decimal("0.25"),
        impact_amount=Decimal("1000.00"), impact_days=10, currency="USD",
    )  # fmt: skip


@pytest.fixture
def dependency(acme, program):
    site = Project.objects.create(organization=acme, program=program, code="SITE", name="Site", currency="USD")
    first, second, _ = [
        Activity.objects.create(organization=acme, project=site, name=name, position=position, currency="USD")
        for position, name in enumerate(("Dig", "Pour", "Dry"), start=10)
    ]
    return Dependency.objects.create(organization=acme, predecessor=first, successor=second)


@pytest.fixture
def measure(acme, program):
    return Measure.objects.create(organization=acme, program=program, name="Answer in a day", category="Service")


@pytest.fixture
def benefit(acme, program):
    return Benefit.objects.create(organization=acme, program=program, name="Calls", measure="Calls", unit="count")


@pytest.fixture
def decision(acme, product, alice):
    return StanceDecision.objects.create(
        organization=acme, product=product, stance="invest", reason="It grows.", owner=alice,
        decided_date=datetime.date(2026, 10, 1), evidence={"products": []},
    )  # fmt: skip


@pytest.fixture
def job(acme, bob):
    return Job.objects.create(organization=acme, kind="import", title="Import the plan", started_by=bob)


@pytest.fixture
def team(acme):
    return Team.objects.create(organization=acme, name="Platform")


@pytest.fixture
def role(acme):
    return ResourceRole.objects.create(organization=acme, name="Engineer")


@pytest.fixture
def skill(acme):
    return Skill.objects.create(organization=acme, name="Python")


@pytest.fixture
def person(acme, team, role):
    return Person.objects.create(organization=acme, name="Maya", team=team, role=role)


@pytest.fixture
def scoring_model(acme, alice):
    criteria = [{"key": "value", "name": "Value"}]
    return create_scoring_model(actor=alice, organization=acme, name="Values", kind="weighted", criteria=criteria)


@pytest.fixture
def scoring_session(acme, scoring_model, alice):
    return ScoringSession.objects.create(organization=acme, model=scoring_model, name="First half", facilitator=alice)


@pytest.fixture
def criterion(scoring_model):
    return scoring_model.criteria.get()


@pytest.fixture
def customer_account(acme):
    return CustomerAccount.objects.create(organization=acme, name="Halden Freight")


@pytest.fixture
def feedback_item(acme):
    return FeedbackItem.objects.create(organization=acme, channel="api", text="The label jams.", said_at=timezone.now())


@pytest.fixture
def theme(acme):
    return Theme.objects.create(organization=acme, name="Labels jam")


@pytest.fixture
def mailbox(acme):
    return Mailbox.objects.create(organization=acme, name="Support", host="imap.acme.example", user="u")


@pytest.fixture
def intake_hook(acme, alice):
    return create_hook(actor=alice, organization=acme, name="Help desk")[0]


@pytest.fixture
def feedback_reply(acme, bob, feedback_item):
    feedback_item.author_email = "ola@ketch.example"
    return reply_to_item(actor=bob, item=feedback_item, text="It is fixed.")


@pytest.fixture
def user_story(acme):
    return UserStory.objects.create(organization=acme, goal="Print anywhere")


@pytest.fixture
def portal(acme, product):
    return Portal.objects.create(organization=acme, product=product, slug="atlas", title="Atlas ideas")


@pytest.fixture
def portal_idea(acme, portal):
    return PortalIdea.objects.create(organization=acme, portal=portal, title="Dark mode", text="For the night.")


@pytest.fixture
def release(acme, product):
    return Release.objects.create(organization=acme, product=product, name="4.18", released_date="2026-01-05")


@pytest.fixture
def saved_view(acme):
    return SavedView.objects.create(organization=acme, name="Urgent ones", query="urgency=urgent", position=1)


@pytest.fixture
def weight_set(acme, alice):
    model = create_scoring_model(actor=alice, organization=acme, template="drivers")
    return create_weight_set(actor=alice, model=model, name="Board")


@pytest.fixture
def foreign(other):
    """Rows of the other organization, by the field that would point at them."""
    with organization_scope(other):
        portfolio = Portfolio.objects.create(organization=other, name="Theirs")
        program = Program.objects.create(organization=other, portfolio=portfolio, code="X", name="Theirs")
        project = Project.objects.create(organization=other, program=program, code="X", name="Theirs", currency="USD")
        team, role, model = [
            table.objects.create(organization=other, name="Theirs") for table in (Team, ResourceRole, ScoringModel)
        ]
    return {
        "portfolio": portfolio, "parent": portfolio, "program": program, "project": project, "team": team, "role": role,
        "model": model,
    }  # fmt: skip


KINDS = (
    "calendars",
    "portfolios",
    "programs",
    "measures",
    "projects",
    "activities",
    "dependencies",
    "risks",
    "product-lines",
    "products",
    "teams",
    "resource-roles",
    "skills",
    "people",
    "benefits",
    "scoring-models",
    "criteria",
    "scoring-sessions",
    "weight-sets",
    "feedback-items",
    "customer-accounts",
    "user-stories",
    "portal-ideas",
    "releases",
    "mailboxes",
    "intake-hooks",
)
#: Resources that only those who look after them may read.
FOR_LEADERS = {"mailboxes", "intake-hooks"}
#: Resources whose rows have a key of another system.
KEYED = tuple(kind for kind in KINDS if kind != "intake-hooks")


#: What may be sent to a resource, by its kind and the row that there is: a new one, a change, a wrong one, its parents.
SENT = {
    "calendars": lambda calendar: (
        {"name": "Night", "week": [[[1320, 1800]]] * 7}, {"name": "Renamed"}, {"week": [[]] * 6}
    ),
    "portfolios": lambda portfolio: ({"name": "Growth"}, {"name": "Renamed"}, {"name": ""}, ["parent"]),
    "programs": lambda program: (
        {"name": "Asia", "portfolio": program.portfolio_id}, {"name": "Renamed"}, {"reported_health": "purple"},
        ["portfolio"],
    ),
    "measures": lambda measure: (
        {"name": "Cost per call", "program": measure.program_id}, {"result": "met"}, {"result": "perhaps"}, ["program"]
    ),
    "projects": lambda project: (
        {"name": "Zeus", "program": project.program_id, "budget_amount": "1200.50"}, {"name": "Renamed"},
        {"planned_finish_date": "31.12.2026"}, ["program"],
    ),
    "activities": lambda activity: (
        {"name": "Build", "project": activity.project_id}, {"name": "Renamed"}, {"progress_ratio": "1.5"}, ["project"]
    ),
    "risks": lambda risk: (
        {"name": "Strike", "project": risk.project_id, "probability_ratio": "0.1000"}, {"name": "Renamed"},
        {"probability_ratio": "NaN"}, ["project"],
    ),
    "benefits": lambda benefit: (
        {"name": "Hours", "measure": "Hours", "unit": "hours", "program": benefit.program_id}, {"name": "Renamed"},
        {"unit": "tears"}, ["program"],
    ),
    "mailboxes": lambda mailbox: (
        {"name": "Help desk", "host": "1.1.1.1", "user": "u"}, {"name": "Renamed"}, {"port": 70_000}
    ),
    "intake-hooks": lambda hook: ({"name": "Survey tool"}, {"name": "Renamed"}, {"name": ""}),
    "product-lines": lambda line: ({"name": "Borealis", "code": "B"}, {"name": "Renamed"}, {"code": "LONG"}),
    "products": lambda product: (
        {"name": "Atlas Maps", "line": product.line_id}, {"name": "Renamed"}, {"annual_revenue_amount": "-1"}
    ),
}  # fmt: skip
FIXTURES = {
    "activities": "activity", "product-lines": "line", "mailboxes": "mailbox", "intake-hooks": "intake_hook",
}  # fmt: skip


@pytest.fixture(params=KINDS)
def resource(request):
    """Each resource in turn."""
    if request.param in ("teams", "resource-roles", "skills", "people"):
        return _of_people(request)
    if request.param in ("scoring-models", "criteria", "scoring-sessions"):
        return _of_scoring(request)
    if request.param in ("feedback-items", "customer-accounts", "user-stories"):
        return _of_feedback(request)
    if request.param in ("portal-ideas", "releases"):
        return _of_portal(request)
    if request.param == "weight-sets":
        return _of_weights(request.getfixturevalue("weight_set"))
    if request.param == "dependencies":
        return _of_dependency(request.getfixturevalue("dependency"))
    row = request.getfixturevalue(FIXTURES.get(request.param, request.param.removesuffix("s")))
    return Resource(f"/api/v1/{request.param}/", row, *SENT[request.param](row))


def _of_dependency(dependency) -> Resource:
    last = dependency.successor.project.activities.last()
    new = {"predecessor": dependency.successor_id, "successor": last.pk}
    return Resource("/api/v1/dependencies/", dependency, new, {"note": "Agreed."}, {"lag_minutes": "soon"})


def _of_scoring(request) -> Resource:
    criterion = request.getfixturevalue("criterion")
    model = criterion.model
    if request.param == "scoring-sessions":
        session = request.getfixturevalue("scoring_session")
        new = {"name": "Second half", "model": session.model_id}
        return Resource("/api/v1/scoring-sessions/", session, new, {"name": "Renamed"}, {"closes_date": "soon"})
    if request.param == "criteria":
        levels = [{"value": 0, "name": "No", "meaning": ""}, {"value": 10, "name": "Yes", "meaning": "Surely."}]
        new = {"model": model.pk, "key": "delight", "name": "Delight", "levels": levels}
        return Resource("/api/v1/criteria/", criterion, new, {"name": "Renamed"}, {"levels": [{"value": 1}]}, ["model"])
    new = {"name": "Own", "kind": "weighted", "top_count": 4}
    return Resource("/api/v1/scoring-models/", model, new, {"name": "Renamed"}, {"kind": "magic"}, ["portfolio"])


def _of_feedback(request) -> Resource:
    if request.param == "customer-accounts":
        new, row = {"name": "Ketch Retail", "arr_amount": "1200.00"}, request.getfixturevalue("customer_account")
        return Resource("/api/v1/customer-accounts/", row, new, {"name": "Renamed"}, {"arr_amount": "-1"})
    if request.param == "user-stories":
        story = request.getfixturevalue("user_story")
        return Resource("/api/v1/user-stories/", story, {"goal": "Print"}, {"goal": "Renamed"}, {"size": "huge"})
    row, new = request.getfixturevalue("feedback_item"), {"text": "Labels drift.", "author_email": "ola@ketch.example"}
    return Resource("/api/v1/feedback-items/", row, new, {"author_name": "Renamed"}, {"rating": 6})


def _of_portal(request) -> Resource:
    if request.param == "releases":
        release = request.getfixturevalue("release")
        new = {"product": release.product_id, "name": "4.19", "released_date": "2026-02-02"}
        return Resource("/api/v1/releases/", release, new, {"notes": "Faster."}, {"released_date": "soon"})
    idea = request.getfixturevalue("portal_idea")
    new = {"portal": idea.portal_id, "title": "Print", "text": "Anywhere."}
    return Resource("/api/v1/portal-ideas/", idea, new, {"title": "Renamed"}, {"title": ""})


def _of_weights(weight_set) -> Resource:
    new = {"name": "Finance", "model": weight_set.model_id, "method": "typed", "weights": {"growth": "1"}}
    return Resource("/api/v1/weight-sets/", weight_set, new, {"name": "Renamed"}, {"name": ""}, ["model"])


def _of_people(request) -> Resource:
    fixture = {"teams": "team", "resource-roles": "role", "skills": "skill", "people": "person"}[request.param]
    row, path = request.getfixturevalue(fixture), f"/api/v1/{request.param}/"
    if fixture == "person":
        new = {"name": "Joel", "team": row.team_id, "role": row.role_id, "fte": "0.80"}
        return Resource(path, row, new, {"name": "Renamed"}, {"fte": "3"}, ["team", "role"])
    return Resource(path, row, {"name": "New"}, {"name": "Renamed"}, {"name": ""})


def errors_of(response) -> dict[str, Any]:
    """Sentences by field, of a problem that is one."""
    assert response.headers["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == response.status_code
    return problem.get("errors", {})
