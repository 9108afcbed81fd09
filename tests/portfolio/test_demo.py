"""The demo organization is one coherent story, told the same for the same seed and day."""

import datetime
import os
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import F, Sum

from accounts.models import Membership, Organization, User
from core.access import Role
from core.tenancy import organization_scope
from events.models import Event, OutgoingMail
from feedback.models import IdeaStatus, Portal, PortalIdea
from finance.models import Budget, FinancialEntry
from finance.selectors.figures import derived_figures
from portfolio.demo import DEMO_SLUG, PASSWORD, PEOPLE
from portfolio.demo.story import Ref, tell
from portfolio.models import Portfolio, Product, ProductLine, ProductShare, Rollup, StanceDecision
from portfolio.services import rebuild_rollups
from projects.models import Activity, BaselineActivity, Project, Risk
from resources.models import Allocation, Person, ResourceRole, Team
from resources.selectors import capacity_months, utilization
from tests.conftest import connect_as
from tests.servers import servers

DAY = datetime.date(2026, 11, 24)
IN_FLIGHT = {"approved", "active", "on_hold"}
FUNDED = IN_FLIGHT | {"done"}


@pytest.fixture(scope="module")
def fennmark(demo, django_db_blocker):
    """Fennmark, in the database that is its own; what this module writes there is taken back after it."""
    before = os.environ["DATABASE_URL"]
    with django_db_blocker.unblock():
        connect_as(servers.postgres.url("portolan_app", demo))
        with transaction.atomic():
            organization = Organization.objects.get(slug=DEMO_SLUG)
            with organization_scope(organization):
                yield organization
            transaction.set_rollback(True)
        connect_as(before)


@pytest.fixture
def projects(fennmark):
    return list(Project.objects.order_by("code"))


def test_the_same_seed_and_day_tell_the_same_story():
    assert tell(7, DAY) == tell(7, DAY)


def test_another_seed_or_day_tells_another():
    assert tell(7, DAY) != tell(8, DAY)
    assert tell(7, DAY) != tell(7, DAY + datetime.timedelta(1))


def references(value):
    if isinstance(value, Ref):
        yield value.key
    elif isinstance(value, dict):
        for pair in value.items():
            yield from (key for part in pair for key in references(part))


@pytest.mark.parametrize(
    "day", [DAY, datetime.date(2026, 11, 28), datetime.date(2027, 1, 1), datetime.date(2028, 2, 29)]
)
def test_in_no_story_is_anything_used_before_it_is_there(day):
    people = {person.email: person.key for person in PEOPLE}
    for seed in range(1, 31):
        known = {f"person:{PEOPLE[0].key}"}
        for act in tell(seed, day):
            used = {f"person:{act.actor}", *references(act.fields), *([act.target] if act.target else [])}
            assert used <= known, (seed, act)
            known |= {f"person:{people[act.fields['email']]}"} if act.service == "add_person" else {act.makes}


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("day", [datetime.date(2026, 1, 1), datetime.date(2027, 2, 28), datetime.date(2028, 12, 31)])
def test_nothing_in_a_story_happens_on_or_after_its_day(seed, day):
    acts = tell(seed, day)

    assert all(act.at.date() < day for act in acts)
    assert acts == sorted(acts, key=lambda act: act.at)


def test_three_lines_have_the_stance_of_their_stage(fennmark):
    stances = dict(ProductLine.objects.with_stance().values_list("name", "stance"))
    stages = {
        name: set(Product.objects.filter(line__name=name).values_list("lifecycle_stage", flat=True)) for name in stances
    }

    assert stances == {"Atlas": "invest", "Beacon": "maintain", "Cutter": "sunset", "Shared platform": None}
    assert stages["Atlas"] == {"growth", "introduction"}
    assert stages["Beacon"] == {"maturity"}
    assert stages["Cutter"] == {"decline"}


def test_a_stance_has_a_history_with_the_figures_as_they_stood(fennmark):
    first, last = StanceDecision.objects.filter(line__name="Cutter").order_by("decided_date")

    assert (first.stance, last.stance) == ("maintain", "sunset")
    assert last.evidence["products"][0]["lifecycle_stage"] == "decline"
    assert last.decided_date < DAY < last.review_date or last.review_date >= last.decided_date


@pytest.mark.parametrize(
    ("line", "budget", "revenue"),
    [("Atlas", "7.7", "17.3"), ("Beacon", "2.4", "20.5"), ("Cutter", "1.0", "6.5"), ("Shared platform", "1.3", None)],
)
def test_budget_and_revenue_of_a_line_add_up(fennmark, line, budget, revenue):
    shares = ProductShare.objects.filter(product__line__name=line, project__status__in=FUNDED)
    weighted = shares.aggregate(sum=Sum(F("share_ratio") * F("project__budget_amount")))["sum"]
    earned = Product.objects.filter(line__name=line).aggregate(sum=Sum("annual_revenue_amount"))["sum"]

    assert weighted == Decimal(budget) * 1_000_000
    assert earned == (None if revenue is None else Decimal(revenue) * 1_000_000)


def test_the_whole_budget_is_that_of_the_core_portfolio(fennmark):
    rebuild_rollups(fennmark.pk)

    core = Rollup.objects.get(portfolio__name="Core portfolio")

    assert core.budget_amount == Decimal("12400000.00")
    assert core.in_flight_count == 31
    assert (core.green_count, core.amber_count, core.red_count, core.unreported_count) == (18, 8, 4, 1)
    assert Decimal("7500000") < core.actual_amount < Decimal("8500000")


def test_shares_of_every_project_sum_to_one(projects):
    sums = dict(
        ProductShare.objects.values_list("project").annotate(sum=Sum("share_ratio")).values_list("project", "sum")
    )

    assert sums == {project.pk: Decimal(1) for project in projects}


def test_every_project_is_where_its_activities_say_it_is(projects):
    for project in projects:
        rows = list(Activity.objects.filter(project=project).in_outline())
        states = {row.status for row in rows if row.kind != "summary"}
        if project.status in {"proposed", "screened", "cancelled"} or project.planned_start_date is None:
            assert not rows, project
            continue
        assert 8 <= len(rows) <= 20, project
        if project.status == "approved":
            assert states == {"not_started"}, project
        elif project.status == "done":
            assert states == {"done"}, project
            assert project.actual_finish_date < DAY
        else:
            assert "not_started" in states, project
            assert states & {"done", "in_progress"}, project
            assert project.finish_date >= DAY, project
        assert project.actual_start_date is None or project.actual_start_date < DAY


def test_the_money_of_a_project_is_that_of_its_activities(projects):
    for project in projects:
        sums = Activity.objects.filter(project=project).aggregate(
            planned=Sum("planned_cost_amount"), actual=Sum("actual_cost_amount")
        )
        if project.activities.exists():
            assert sums == {"planned": project.budget_amount, "actual": project.actual_amount}, project


def test_activities_lie_within_their_project_and_below_their_phase(projects):
    for project in projects:
        rows = list(Activity.objects.filter(project=project).in_outline().select_related("parent"))
        assert [row.position for row in rows] == list(range(1, len(rows) + 1))
        approved = {kept.activity_id: kept for kept in BaselineActivity.objects.filter(baseline__project=project)}
        for row in rows:
            first, last = approved[row.pk].start_date, approved[row.pk].finish_date
            assert project.planned_start_date <= first <= last <= project.planned_finish_date, (project, row)
            assert (row.parent is None) == (row.kind == "summary")
            if row.status == "done":
                assert row.progress_ratio == 1
                assert row.actual_start_date <= row.actual_finish_date < DAY, (project, row)
            elif row.status == "in_progress":
                assert 0 < row.progress_ratio < 1
                assert row.actual_start_date < DAY
            else:
                assert row.actual_start_date is None


def test_bad_health_always_says_why(projects):
    for project in projects:
        if project.reported_health in {"amber", "red"}:
            assert project.health_note, project


def test_portfolios_nest_and_every_kind_of_fact_is_there(fennmark):
    nested = set(Portfolio.objects.filter(parent__name="Core portfolio").values_list("name", flat=True))

    assert nested == {"Atlas", "Beacon", "Cutter", "Shared platform"}
    assert set(Project.objects.values_list("status", flat=True)) == {
        "proposed", "screened", "approved", "active", "on_hold", "done", "cancelled",
    }  # fmt: skip
    assert set(Project.objects.values_list("method", flat=True)) == {"waterfall", "agile", "hybrid"}
    assert set(Risk.objects.values_list("status", flat=True)) == {"open", "closed", "occurred"}
    assert set(Risk.objects.values_list("response", flat=True)) == {"avoid", "transfer", "mitigate", "accept"}
    assert Membership.objects.count() == len(PEOPLE)


def test_the_log_tells_a_past_in_its_order_by_many_people(fennmark):
    days = list(Event.objects.order_by("id").values_list("occurred_at", flat=True))

    assert days == sorted(days)
    assert days[0].date() < DAY - datetime.timedelta(400)
    assert days[-1].date() < DAY
    assert Event.objects.values("actor").distinct().count() > 10
    assert set(Event.objects.values_list("source", flat=True)) == {"demo"}


def test_six_people_can_sign_in_and_the_others_cannot(fennmark, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    able = {user.email for user in User.objects.all() if user.has_usable_password() and user.check_password(PASSWORD)}

    assert able == {person.email for person in PEOPLE if person.can_sign_in}
    assert {person.role for person in PEOPLE if person.can_sign_in} == {str(role) for role in Role}


def test_the_demo_is_left_out_where_there_is_an_organization(fennmark):
    out = StringIO()
    call_command("demo", "--if-empty", stdout=out)

    assert Organization.objects.count() == 1
    assert "not generated" in out.getvalue()


def test_without_replace_a_present_demo_is_kept(fennmark):
    with pytest.raises(CommandError, match="--replace"):
        call_command("demo")


def test_the_sign_ins_are_told_where_there_is_a_demo(fennmark):
    out = StringIO()
    call_command("demo", "--sign-ins", stdout=out)

    assert PASSWORD in out.getvalue()
    assert out.getvalue().count("@fennmark.example") == 6


def test_people_of_eight_teams_give_capacity_and_placeholders_none(fennmark):
    people = Person.objects.filter(is_placeholder=False)
    assert Team.objects.count() == 8
    assert (people.count(), Person.objects.filter(is_placeholder=True).count()) == (67, 4)
    platform = Team.objects.get(name="Platform team")
    rows = capacity_months(fennmark.pk, DAY, DAY)
    assert 6 < sum(row.fte for row in rows if row.team_id == platform.pk) < 8
    assert {row.is_typed for row in rows} == {True, False}


def test_every_role_has_a_rate_on_every_day_that_work_is_planned(fennmark):
    first = Activity.objects.order_by("planned_start_date").values_list("planned_start_date", flat=True)[0]
    for role in ResourceRole.objects.prefetch_related("rates"):
        assert min(rate.from_date for rate in role.rates.all()) <= first


def test_teams_are_asked_for_what_they_have_and_some_for_more(fennmark):
    """Load by team as the capacity page's mock has it: the platform team far over, the rest around what they have."""
    month = DAY.replace(day=1)
    asked = dict(
        Allocation.objects.filter(kind="plan", month=month, team__isnull=False)
        .values_list("team__name")
        .annotate(whole=Sum("fte"))
    )
    people = {
        team.name: team.people.filter(is_placeholder=False).aggregate(fte=Sum("fte"))["fte"]
        for team in Team.objects.all()
    }
    loads = {name: asked[name] / people[name] for name in people}

    assert loads["Platform team"] > Decimal("1.1")
    assert loads["Integrations team"] > Decimal("1.02")
    assert loads["Cutter support"] < Decimal("0.85")
    assert Decimal("0.8") < loads["Customs team"] < Decimal("1.15")


def test_some_people_give_more_than_they_have_and_some_nothing(fennmark):
    found = utilization(fennmark.pk, [DAY.replace(day=1)])

    over = {row.name for row in found.rows if row.months[0].is_over}
    assert {"Siobhán Byrne", "Ngozi Adeyemi"} <= over
    assert len(over) < len(found.rows) / 3
    assert "Hyun-woo Park" in {row.name for row in found.rows if not row.whole.allocated}


def test_placeholders_and_roles_wait_for_somebody(fennmark):
    plan = Allocation.objects.filter(kind="plan")

    assert plan.filter(person__is_placeholder=True).values("person").distinct().count() == 4
    assert plan.filter(person=None, role__isnull=False).exists()


def test_what_happened_is_told_for_the_months_that_are_over(fennmark):
    actual = Allocation.objects.filter(kind="actual")

    assert not actual.filter(month__gte=DAY.replace(day=1)).exists()
    assert actual.filter(month=DAY.replace(month=10, day=1)).exists()
    assert set(actual.values_list("project", "month", "person")) <= set(
        Allocation.objects.filter(kind="plan").values_list("project", "month", "person")
    )


def test_entries_add_up_to_the_budget_and_the_cost_that_each_project_has(fennmark):
    projects = list(Project.objects.filter(organization=fennmark))
    derived = derived_figures([project.pk for project in projects])

    for project in projects:
        has = {"budget_amount": project.budget_amount, "actual_amount": project.actual_amount}
        assert derived[project.pk] == {name: amount for name, amount in has.items() if amount}, project


def test_what_was_budgeted_at_twelve_point_four_is_expected_to_cost_twelve_point_nine_million(fennmark):
    funded = FinancialEntry.objects.filter(project__status__in=FUNDED, project__archived_at=None)
    costs = funded.filter(entry_class__in=("capex", "opex"))
    spent = costs.filter(kind="actual").aggregate(sum=Sum("reporting_amount"))["sum"]
    ahead = costs.filter(kind="forecast", month__gte=DAY.replace(day=1)).aggregate(sum=Sum("reporting_amount"))["sum"]

    assert Decimal("12850000") < spent + ahead < Decimal("12950000")


def test_the_largest_budget_was_revised_with_a_reason(fennmark):
    revised = Budget.objects.get(organization=fennmark, program__isnull=False, number=2).program
    first, second = Budget.objects.filter(program=revised).order_by("number")

    assert (first.status, second.status) == ("superseded", "approved")
    assert "Benelux" in second.reason
    assert second.cost_amount - first.cost_amount == 80_000


def test_one_portal_is_open_with_ideas_in_every_status_votes_and_two_releases(fennmark):
    portal = Portal.objects.get()
    ideas = PortalIdea.objects.published().with_votes()

    assert (portal.slug, portal.is_open) == ("atlas-connect", True)
    assert {idea.status for idea in ideas} == set(IdeaStatus)
    assert sorted(idea.votes for idea in ideas) == [1, 6, 8, 9, 10, 12, 14, 17]
    assert PortalIdea.objects.waiting().count() == 1
    assert ideas.filter(release__published_at__isnull=False).count() == 3
    assert ideas.filter(item__isnull=False, item__product=portal.product).count() == 3
    assert not OutgoingMail.objects.exists()
