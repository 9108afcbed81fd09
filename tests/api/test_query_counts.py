"""Statements of the API, the same for 1 row and for 50. The server adds two that set the scope of the connection."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import SavedView
from core.tenancy import current_scope
from events.models import Job, OutgoingMail
from feedback.models import (
    CustomerAccount,
    FeedbackItem,
    FeedbackReply,
    IntakeHook,
    Mailbox,
    Portal,
    PortalIdea,
    Release,
    Theme,
    UserStory,
)
from finance.models import Benefit, Budget, ExchangeRate, FinancialEntry
from portfolio.models import Portfolio, Product, ProductLine, StanceDecision
from programs.models import Measure, Program
from projects.models import Activity, Project, Risk
from resources.models import Absence, Allocation, Calendar, Capacity, Person, ResourceRole, RoleRate, Skill, Team
from scoring.models import Criterion, ScoringModel, ScoringSession, WeightSet

#: The server's own: the scope before the token is known, and after.
SCOPE_STATEMENTS = 2


def statements(api, method, path, body=None) -> int:
    with CaptureQueriesContext(connection) as captured:
        response = api.send(method, path, body)
    assert response.status_code < 300, response.content
    return len(captured) + SCOPE_STATEMENTS


@pytest.fixture
def called(api):
    """The API after a first call, in which the use of the token was noted."""
    api.get("/api/v1/me/")
    return api


@pytest.fixture
def fill(acme, portfolio, program, project, line, product, alice, team, role, person, scoring_model):
    """Adds 49 rows to the one there is."""

    def more(kind: str) -> None:
        common = {"organization": acme}
        makers = {
            "portfolios": lambda n: Portfolio(**common, parent=portfolio, name=f"P{n}", manager=alice),
            "programs": lambda n: Program(**common, portfolio=portfolio, code=f"G{n}", name=f"G{n}", manager=alice),
            "measures": lambda n: Measure(**common, program=program, name=f"M{n}"),
            "projects": lambda n: Project(
                **common, program=program, code=f"P{n}", name=f"P{n}", currency="USD", manager=alice
            ),
            "activities": lambda n: Activity(**common, project=project, name=f"A{n}", currency="USD", assignee=alice),
            "risks": lambda n: Risk(**common, project=project, name=f"R{n}", probability_ratio=0, currency="USD"),
            "product-lines": lambda n: ProductLine(**common, code=f"L{n}", name=f"L{n}"),
            "products": lambda n: Product(**common, line=line, name=f"P{n}", currency="USD", owner=alice),
            "stance-decisions": lambda n: StanceDecision(
                **common, product=product, stance="invest", reason="So", owner=alice, decided_date="2026-01-01"
            ),
            "calendars": lambda n: Calendar(**common, name=f"C{n}"),
            "teams": lambda n: Team(**common, name=f"T{n}", lead=alice),
            "resource-roles": lambda n: ResourceRole(**common, name=f"R{n}"),
            "skills": lambda n: Skill(**common, name=f"S{n}"),
            "people": lambda n: Person(**common, name=f"P{n}", role=role, team=team),
            "absences": lambda n: Absence(
                **common, person=person, first_date="2026-01-01", last_date="2026-01-02", note=str(n)
            ),
            "role-rates": lambda n: RoleRate(
                **common, role=role, from_date=f"{1950 + n}-01-01", day_amount=1, currency="USD"
            ),
            "capacities": lambda n: Capacity(**common, role=role, team=team, month=f"{1950 + n}-01-01", fte=1),
            "allocations": lambda n: Allocation(
                **common, project=project, person=person, role=role, team=team, month=f"{1950 + n}-01-01", fte=1
            ),
            "benefits": lambda n: Benefit(**common, program=program, name=f"B{n}", measure="M", unit="count"),
            "feedback-items": lambda n: FeedbackItem(
                **common, channel="api", text=f"T{n}", said_at="2026-01-01T00:00Z", product=product, owner=alice
            ),
            "feedback-themes": lambda n: Theme(**common, name=f"T{n}"),
            "saved-views": lambda n: SavedView(**common, name=f"V{n}", position=n + 2),
            "user-stories": lambda n: UserStory(**common, goal=f"S{n}", product=product),
            "mailboxes": lambda n: Mailbox(**common, name=f"M{n}", host="h", user="u", product=product),
            "intake-hooks": lambda n: IntakeHook(
                **common, name=f"H{n}", public_id=f"h{n}", secret_made_at="2026-01-01T00:00Z", product=product
            ),
            "feedback-replies": lambda n: FeedbackReply(
                **common,
                item=FeedbackItem.objects.get(),
                mail=OutgoingMail.objects.create(**common, to="ola@ketch.example", subject=f"S{n}", text="x"),
                text=f"T{n}",
                author=alice,
            ),
            "customer-accounts": lambda n: CustomerAccount(**common, name=f"C{n}", owner=alice),
            "portals": lambda n: Portal(
                **common,
                product=Product.objects.create(**common, name=f"Q{n}", currency="USD"),
                slug=f"s{n}",
                title="P",
            ),
            "portal-ideas": lambda n: PortalIdea(
                **common, portal=Portal.objects.get(), title=f"I{n}", text="x", project=project
            ),
            "releases": lambda n: Release(
                **common, product=product, project=project, name=f"R{n}", released_date="2026-01-01"
            ),
            "weight-sets": lambda n: WeightSet(**common, model=scoring_model, name=f"W{n}"),
            "entries": lambda n: money(FinancialEntry, n, project=project, reporting_amount=1),
            "exchange-rates": lambda n: ExchangeRate(**common, currency="EUR", from_date=f"{1950 + n}-01-01", rate=1),
            "budgets": lambda n: Budget(
                **common,
                program=program,
                number=n + 2,
                status="superseded",
                reason="So",
                cost_amount=1,
                income_amount=0,
                currency="USD",
                approved_at="2026-01-01T00:00Z",
                approved_by=alice,
            ),
            "scoring-models": lambda n: ScoringModel(**common, name=f"M{n}", portfolio=portfolio),
            "scoring-sessions": lambda n: ScoringSession(
                **common, model=scoring_model, name=f"S{n}", facilitator=alice
            ),
            "criteria": lambda n: Criterion(**common, model=scoring_model, key=f"k{n}", name=f"K{n}"),
            "jobs": lambda n: Job(**common, kind="import", title=f"J{n}", started_by=alice),
        }
        rows = [makers[kind](number) for number in range(49)]
        type(rows[0]).objects.bulk_create(rows)

    return more


@pytest.fixture
def absence(acme, person):
    return Absence.objects.create(organization=acme, person=person, first_date="2026-05-01", last_date="2026-05-08")


@pytest.fixture
def rate(acme, role):
    return RoleRate.objects.create(organization=acme, role=role, from_date="2026-01-01", day_amount=800, currency="EUR")


@pytest.fixture
def allocation(acme, project, role, team, person):
    return Allocation.objects.create(
        organization=acme, project=project, person=person, role=role, team=team, month="2026-01-01", fte=1
    )


@pytest.fixture
def capacity(acme, role, team):
    return Capacity.objects.create(organization=acme, role=role, team=team, month="2026-01-01", fte=2)


def money(model, n, **more):
    return model(
        organization_id=current_scope().organization_id, kind="budget", entry_class="opex", month=f"{1950 + n}-01-01",
        amount=1, currency="USD", **more,
    )  # fmt: skip


@pytest.fixture
def entry(acme, project):
    row = money(FinancialEntry, 60, project=project, reporting_amount=1)
    row.save()
    return row


@pytest.fixture
def exchange_rate(acme):
    return ExchangeRate.objects.create(organization=acme, currency="EUR", from_date="2026-01-01", rate=1)


@pytest.fixture
def budget(acme, program, alice):
    return Budget.objects.create(
        organization=acme, program=program, number=1, cost_amount=1, income_amount=0, currency="USD",
        approved_at="2026-01-01T00:00Z", approved_by=alice,
    )  # fmt: skip


LISTS = (
    "portfolios", "programs", "measures", "projects", "activities", "risks", "product-lines", "products",
    "stance-decisions", "calendars", "jobs", "teams", "resource-roles", "skills", "people", "absences", "role-rates",
    "capacities", "allocations", "benefits", "entries", "exchange-rates", "budgets",
    "scoring-models", "criteria", "scoring-sessions", "weight-sets",
    "feedback-items", "customer-accounts", "user-stories", "portals", "portal-ideas", "releases",
    "feedback-themes",
    "saved-views",
    "mailboxes", "intake-hooks", "feedback-replies",
)  # fmt: skip
#: Fixtures: a row for each list.
ROWS = (
    "portfolio", "program", "measure", "project", "activity", "risk", "line", "decision", "calendar", "job",
    "person", "skill", "absence", "rate", "capacity", "allocation", "benefit",
    "entry", "exchange_rate", "budget", "criterion", "scoring_session", "weight_set",
    "feedback_item", "customer_account", "user_story", "portal_idea", "release",
    "theme",
    "saved_view",
    "mailbox", "intake_hook", "feedback_reply",
)  # fmt: skip


@pytest.mark.usefixtures(*ROWS)
@pytest.mark.parametrize("kind", LISTS)
def test_a_list_of_50_takes_as_few_statements_as_a_list_of_one(called, fill, kind):
    path = f"/api/v1/{kind}/"
    one = statements(called, "get", path)
    fill(kind)
    fifty = statements(called, "get", path)

    assert len(called.get(path).json()["results"]) == 50
    assert one == fifty <= 4


def test_a_filter_by_a_row_adds_one_statement(called, project, fill):
    fill("activities")

    assert statements(called, "get", f"/api/v1/activities/?project={project.pk}") <= 5


def test_a_page_at_the_border_of_empty_values_takes_one_statement_more(called, project, fill):
    fill("projects")
    url = called.get("/api/v1/projects/?ordering=planned_finish_date&page_size=1").json()["next"]

    assert statements(called, "get", url) <= 5


@pytest.mark.usefixtures(*ROWS)
@pytest.mark.parametrize("kind", LISTS)
def test_a_row_takes_four_statements(called, kind):
    pk = called.get(f"/api/v1/{kind}/").json()["results"][0]["id"]

    assert statements(called, "get", f"/api/v1/{kind}/{pk}/") <= 4


def test_a_new_project_takes_thirteen_statements_with_its_root_its_event_and_transaction(called, program):
    assert statements(called, "post", "/api/v1/projects/", {"name": "Zeus", "program": program.pk}) <= 13


def test_a_new_risk_takes_twelve_statements(called, project):
    body = {"name": "Strike", "project": project.pk, "probability_ratio": "0.1"}

    assert statements(called, "post", "/api/v1/risks/", body) <= 12


def test_a_change_takes_twelve_statements(called, project):
    assert statements(called, "patch", f"/api/v1/projects/{project.pk}/", {"description": "A moon."}) <= 12


def test_a_new_name_of_a_project_takes_one_more_for_the_root_that_carries_it(called, project):
    assert statements(called, "patch", f"/api/v1/projects/{project.pk}/", {"name": "Artemis"}) <= 13


def test_a_conditional_read_and_who_am_i_take_no_more(called, project):
    assert statements(called, "get", "/api/v1/me/") <= 3
    assert statements(called, "get", "/api/v1/organization/") <= 3
    assert statements(called, "get", f"/api/v1/projects/{project.pk}/products/") <= 5
