"""The story acted out: every write through the services, by the person who made it, on the day it was made."""

import datetime
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import structlog
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Organization, User
from accounts.services import add_person, create_organization
from core.tenancy import organization_scope
from events.followers import FOLLOWERS
from events.services import catch_up, happened_at
from feedback import services as feedback
from finance import services as finance
from portfolio import services as portfolio
from portfolio.demo import portal, scoring_acts
from portfolio.demo.facts import Act, Ref
from portfolio.demo.feedback import tell_feedback
from portfolio.demo.money import tell_money
from portfolio.demo.people import PASSWORD, PEOPLE
from portfolio.demo.story import tell
from programs import services as programs
from projects import services as projects
from resources import services as resources
from scoring import services as scoring

DEMO_NAME, DEMO_SLUG = "Fennmark", "fennmark"
FOUNDED_DAYS = -430


def _set_capacities(*, actor: User, organization: Organization, rows: list[dict[str, Any]]) -> None:
    """Capacity of roles in teams, which the story names by their rows."""
    cells = [
        resources.CapacityCell(
            row["role"].pk, row["team"].pk if row["team"] else None, row["month"], row["fte"], row["note"]
        )
        for row in rows
    ]
    resources.set_capacities(actor=actor, organization=organization, cells=cells)


def _set_allocations(*, actor: User, organization: Organization, rows: list[dict[str, Any]]) -> None:
    """Allocations, which the story names by their rows; a person brings role and team along."""
    cells = [
        resources.Cell(
            project_id=row["project"].pk,
            month=row["month"],
            fte=row["fte"],
            kind=row["kind"],
            **{f"{name}_id": row[name].pk if row[name] else None for name in ("person", "role", "team")},
        )
        for row in rows
    ]
    resources.set_allocations(actor=actor, organization=organization, cells=cells)


#: Service -> the function, and what it calls the row that it acts on (or in).
SERVICES: dict[str, tuple[Callable[..., Any], str]] = {
    "add_person": (add_person, "organization"),
    "create_portfolio": (portfolio.create_portfolio, "organization"),
    "create_product_line": (portfolio.create_product_line, "organization"),
    "create_product": (portfolio.create_product, "organization"),
    "update_product": (portfolio.update_product, "product"),
    "decide_stance": (portfolio.decide_stance, ""),
    "set_product_shares": (portfolio.set_product_shares, "project"),
    "create_program": (programs.create_program, "organization"),
    "update_program": (programs.update_program, "program"),
    "create_measure": (programs.create_measure, "program"),
    "update_measure": (programs.update_measure, "measure"),
    "create_project": (projects.create_project, "organization"),
    "update_project": (projects.update_project, "project"),
    "report_project": (projects.report_project, "project"),
    "change_status": (projects.change_status, "project"),
    "create_activity": (projects.create_activity, "project"),
    "update_activity": (projects.update_activity, "activity"),
    "create_calendar": (resources.create_calendar, "organization"),
    "set_default_calendar": (resources.set_default_calendar, "calendar"),
    "create_team": (resources.create_team, "organization"),
    "create_resource_role": (resources.create_resource_role, "organization"),
    "create_role_rate": (resources.create_role_rate, "role"),
    "create_skill": (resources.create_skill, "organization"),
    "create_person": (resources.create_person, "organization"),
    "create_absence": (resources.create_absence, "person"),
    "set_capacities": (_set_capacities, "organization"),
    "set_allocations": (_set_allocations, "organization"),
    "take_baseline": (projects.take_baseline, "project"),
    "create_dependencies": (projects.create_dependencies, "project"),
    "create_dependency": (projects.create_dependency, ""),
    "create_business_case": (finance.create_business_case, ""),
    "create_benefit": (finance.create_benefit, ""),
    "set_benefit_months": (finance.set_benefit_months, "benefit"),
    "create_scoring_model": (scoring.create_scoring_model, "organization"),
    "set_scores": (scoring_acts.set_scores, "organization"),
    "create_weight_set": (scoring.create_weight_set, "model"),
    "compare_criteria": (scoring_acts.compare_criteria, "weight_set"),
    "apply_weight_set": (scoring.apply_weight_set, "weight_set"),
    "freeze_scorecard": (scoring_acts.freeze_scorecard, "model"),
    "create_scoring_session": (scoring_acts.create_scoring_session, "model"),
    "set_votes": (scoring_acts.set_votes, "session"),
    "finish_session_round": (scoring.finish_session_round, "session"),
    "reveal_scoring_session": (scoring.reveal_scoring_session, "session"),
    "create_account": (feedback.create_account, "organization"),
    "create_item": (feedback.create_item, "organization"),
    "create_link": (feedback.create_link, "item"),
    "triage_items": (feedback.triage_items, "organization"),
    "create_portal": (feedback.create_portal, "organization"),
    "open_portal": (feedback.open_portal, "portal"),
    "know_visitor": (portal.know_visitor, "organization"),
    "create_release": (feedback.create_release, "organization"),
    "publish_release": (feedback.publish_release, "release"),
    "create_portal_idea": (feedback.create_portal_idea, "portal"),
    "publish_portal_idea": (feedback.publish_portal_idea, "idea"),
    "update_portal_idea": (feedback.update_portal_idea, "idea"),
    "move_portal_idea": (feedback.move_portal_idea, "idea"),
    "vote": (portal.vote, "idea"),
    "create_risk": (projects.create_risk, "project"),
    "update_risk": (projects.update_risk, "risk"),
}
#: Tables whose rows carry the days of their first and last event, not the moment they were generated.
DATED_TABLES = (
    "accounts_membership",
    "feedback_customeraccount",
    "feedback_feedbackitem",
    "feedback_feedbacklink",
    "feedback_portal",
    "feedback_portalidea",
    "feedback_portalvote",
    "feedback_release",
    "finance_benefit",
    "finance_businesscase",
    "portfolio_portfolio",
    "portfolio_product",
    "portfolio_productline",
    "portfolio_stancedecision",
    "programs_program",
    "programs_measure",
    "projects_project",
    "projects_activity",
    "projects_baseline",
    "projects_dependency",
    "projects_risk",
    "resources_absence",
    "resources_calendar",
    "resources_person",
    "resources_resourcerole",
    "resources_rolerate",
    "resources_skill",
    "resources_team",
    "scoring_criterion",
    "scoring_scoringmodel",
    "scoring_scoringsession",
    "scoring_weightset",
)
TAKE_DATES = """
UPDATE projects_baseline AS row SET taken_at = event.occurred_at
FROM events_event AS event
WHERE event.organization_id = row.organization_id AND event.subject_type = 'projects.baseline'
    AND event.subject_id = row.id::text AND row.organization_id = %s
"""
DATE_ROWS = """
UPDATE {table} AS row SET created_at = told.first, updated_at = told.last
FROM (
    SELECT subject_id::bigint AS id, min(occurred_at) AS first, max(occurred_at) AS last
    FROM events_event WHERE organization_id = %s AND subject_type = %s GROUP BY subject_id
) AS told
WHERE row.id = told.id AND row.organization_id = %s
"""


@dataclass
class World:
    """What the story has made so far, by the names it uses."""

    organization: Organization
    rows: dict[str, Any] = field(default_factory=dict)

    def find(self, value: Any) -> Any:
        """A value with every reference replaced by its row."""
        if isinstance(value, Ref):
            return self.rows[value.key]
        if isinstance(value, list):
            return [self.find(each) for each in value]
        if isinstance(value, dict):
            return {self.find(key): self.find(each) for key, each in value.items()}
        return value

    def do(self, act: Act) -> None:
        function, target = SERVICES[act.service]
        arguments = {name: self.find(value) for name, value in act.fields.items()}
        if target:
            arguments[target] = self.rows[act.target] if act.target else self.organization
        with happened_at(act.at):
            made = function(actor=self.rows[f"person:{act.actor}"], **arguments)
        if act.service == "add_person":
            self.meet(made.user)
        elif act.makes:
            self.rows[act.makes] = made

    def meet(self, user: User) -> None:
        """Know a person by the key that the story uses."""
        key = next(person.key for person in PEOPLE if person.email == user.email)
        self.rows[f"person:{key}"] = user


def generate(*, seed: int, day: datetime.date, name: str = DEMO_NAME, slug: str = DEMO_SLUG) -> Organization:
    """Found the demo organization and act out its story, all of it or nothing."""
    with structlog.contextvars.bound_contextvars(source="demo"), transaction.atomic(), _without_savepoints():
        world = _found(day, name, slug)
        with organization_scope(world.organization, world.rows["person:maren"]):
            for act in sorted(
                [*tell(seed, day), *tell_feedback(day), *portal.tell_portal(day)], key=lambda act: act.at
            ):
                world.do(act)
            tell_money(world.organization, world.rows, seed=seed, day=day)
            _analyze(world, seed, day)
            _date_rows(world.organization)
            portfolio.rebuild_rollups(world.organization.pk)
            for person in PEOPLE:
                if person.can_sign_in:
                    _let_sign_in(world.rows[f"person:{person.key}"])
    with organization_scope(world.organization):
        for follower in FOLLOWERS:
            catch_up(world.organization.pk, follower)
    return world.organization


def _analyze(world: World, seed: int, day: datetime.date) -> None:
    """What customers said is read by the end of the last day, and themes are found in it."""
    organization = world.organization
    with happened_at(datetime.datetime.combine(day - datetime.timedelta(1), datetime.time(23, 30), datetime.UTC)):
        while feedback.analyze_batch(organization_id=organization.pk, now=timezone.now()):
            pass
        feedback.carry_out_clustering(actor=None, organization=organization, report=_unheard, seed=seed)


def _unheard(*_told: Any) -> None:
    """Nobody follows how far the demo is."""


@contextmanager
def _without_savepoints() -> Iterator[None]:
    """All of it or nothing: a savepoint for every service's own transaction would be half of all statements."""
    features = connection.features
    present, features.uses_savepoints = features.uses_savepoints, False
    try:
        yield
    finally:
        features.uses_savepoints = present


def _found(day: datetime.date, name: str, slug: str) -> World:
    owner = PEOPLE[0]
    user = User.objects.filter(email=owner.email).first() or User.objects.create_user(owner.email, name=owner.name)
    at = datetime.datetime.combine(day + datetime.timedelta(FOUNDED_DAYS), datetime.time(9), datetime.UTC)
    with happened_at(at):
        organization = create_organization(actor=user, name=name, slug=slug, currency="USD", is_demo=True)
    world = World(organization)
    world.meet(user)
    return world


def _let_sign_in(user: User) -> None:
    user.set_password(PASSWORD)
    user.is_active = True
    user.save(update_fields=["password", "is_active"])


def _date_rows(organization: Organization) -> None:
    with connection.cursor() as cursor:
        cursor.execute(TAKE_DATES, [organization.pk])
        for table in DATED_TABLES:
            cursor.execute(
                DATE_ROWS.format(table=table), [organization.pk, table.replace("_", ".", 1), organization.pk]
            )
