"""Whatever people do in whatever order, what the follower keeps is what the facts give."""

import datetime
import random
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from core.errors import DomainError
from portfolio.models import Portfolio, Product, ProductShare, Rollup
from portfolio.services import (
    archive_portfolio,
    archive_product,
    create_portfolio,
    create_product,
    rebuild_rollups,
    restore_portfolio,
    restore_product,
    set_product_shares,
    update_portfolio,
)
from programs.models import Program
from programs.services import archive_program, create_program, move_program, restore_program, update_program
from projects.models import NEXT_STATUSES, Activity, Project, Risk
from projects.services import (
    archive_activity,
    archive_project,
    archive_risk,
    change_status,
    create_activity,
    create_project,
    create_risk,
    move_activity,
    move_project,
    report_project,
    restore_activity,
    restore_project,
    restore_risk,
    update_activity,
    update_project,
    update_risk,
)
from tests.portfolio.following import Follower, stored_totals, totals_of

FUNDED = {"approved", "active", "on_hold", "done"}


class Life:
    """Random acts of people, each through a service; an act that is refused changes nothing."""

    def __init__(self, seed, actor, organization):
        self.random, self.actor, self.organization = random.Random(seed), actor, organization
        self.acts = [getattr(self, name) for name in dir(self) if name.startswith("act_")]
        self.acts += [self.act_add_project] * 5 + [self.act_add_activity] * 2

    def step(self):
        if not Portfolio.objects.live().exists():
            self.act_add_portfolio()
        try:
            self.random.choice(self.acts)()
        except (DomainError, ValidationError):
            return

    def one(self, model):
        rows = list(model.objects.order_by("pk"))
        return self.random.choice(rows) if rows else None

    def live(self, model):
        rows = list(model.objects.live().order_by("pk"))
        return self.random.choice(rows) if rows else None

    def amount(self):
        return Decimal(self.random.randrange(0, 5_000_000)) / 100

    def ratio(self):
        return Decimal(self.random.randrange(0, 10_001)) / 10_000

    def day(self):
        return datetime.date(2026, 1, 1) + datetime.timedelta(days=self.random.randrange(0, 700))

    def plan(self):
        start, finish = sorted([self.day(), self.day()])
        return {"planned_start_date": start, "planned_finish_date": finish}

    def make(self, service, **fields):
        return service(actor=self.actor, organization=self.organization, **fields)

    def change(self, service, **row_and_fields):
        if None not in list(row_and_fields.values())[:1]:
            service(actor=self.actor, **row_and_fields)

    def act_add_portfolio(self):
        self.make(create_portfolio, name="Portfolio", parent=self.random.choice([None, self.live(Portfolio)]))

    def act_move_portfolio(self):
        parent = self.random.choice([None, self.live(Portfolio)])
        self.change(update_portfolio, portfolio=self.one(Portfolio), parent=parent)

    def act_archive_portfolio(self):
        if self.random.random() < 0.3:
            self.change(archive_portfolio, portfolio=self.one(Portfolio))

    def act_restore_portfolio(self):
        self.change(restore_portfolio, portfolio=self.one(Portfolio))

    def act_add_program(self):
        self.make(create_program, name="Program", portfolio=self.live(Portfolio))

    def act_report_program(self):
        health = self.random.choice(["", "green", "red"])
        self.change(update_program, program=self.one(Program), reported_health=health)

    def act_move_program(self):
        self.change(move_program, program=self.one(Program), portfolio=self.live(Portfolio))

    def act_archive_program(self):
        self.change(archive_program, program=self.one(Program))

    def act_restore_program(self):
        self.change(restore_program, program=self.one(Program))

    def act_add_project(self):
        parent = self.random.choice([{"program": self.live(Program)}, {"portfolio": self.live(Portfolio)}])
        fields = {"status": self.random.choice(["proposed", "approved", "active", "done"]), **self.plan(), **parent}
        self.make(create_project, name="Project", budget_amount=self.amount(), **fields)

    def act_change_project(self):
        fields = self.random.choice([self.plan(), {"budget_amount": self.amount()}, {"name": "New name"}])
        self.change(update_project, project=self.one(Project), **fields)

    def act_report_project(self):
        report = {
            "expected_finish_date": self.day(),
            "actual_amount": self.amount(),
            "reported_health": self.random.choice(["", "green", "amber", "red"]),
            "health_note": "Because.",
            "reported_progress_ratio": self.ratio(),
        }
        names = self.random.sample(list(report), 3)
        self.change(report_project, project=self.one(Project), **{name: report[name] for name in names})

    def act_move_along(self):
        project = self.one(Project)
        if project:
            to = self.random.choice(sorted(NEXT_STATUSES[project.status]))
            self.change(change_status, project=project, to=to)

    def act_move_project(self):
        to = self.random.choice([{"program": self.live(Program)}, {"portfolio": self.live(Portfolio)}])
        self.change(move_project, project=self.one(Project), **to)

    def act_archive_project(self):
        self.change(archive_project, project=self.one(Project))

    def act_restore_project(self):
        self.change(restore_project, project=self.one(Project))

    def act_share_project(self):
        products = list(Product.objects.order_by("pk"))[:3]
        if len(products) == 3:
            ratio = self.random.choice([Decimal("0.3333"), Decimal("0.1250")])
            shares = dict(zip(self.random.sample(products, 2), [ratio, 1 - ratio], strict=True))
            self.change(set_product_shares, project=self.one(Project), shares=shares)

    def act_add_product(self):
        if Product.objects.count() < 4:
            self.make(create_product, name="Product")

    def act_archive_product(self):
        self.change(archive_product, product=self.one(Product))

    def act_restore_product(self):
        self.change(restore_product, product=self.one(Product))

    def act_add_activity(self):
        cost = self.random.choice([None, self.amount()])
        kind = self.random.choice(["task", "task", "milestone"])
        fields = {"planned_cost_amount": cost, "kind": kind, "progress_ratio": self.ratio(), **self.plan()}
        self.change(create_activity, project=self.one(Project), name="Activity", **fields)

    def act_change_activity(self):
        fields = self.random.choice([{"progress_ratio": self.ratio()}, {"status": "cancelled"}, {"status": "done"}])
        self.change(update_activity, activity=self.one(Activity), **fields)

    def act_move_activity(self):
        direction = self.random.choice(["up", "down", "indent", "outdent"])
        self.change(move_activity, activity=self.one(Activity), direction=direction)

    def act_archive_activity(self):
        self.change(archive_activity, activity=self.one(Activity))

    def act_restore_activity(self):
        self.change(restore_activity, activity=self.one(Activity))

    def act_add_risk(self):
        fields = {"probability_ratio": self.ratio(), "impact_amount": self.amount()}
        self.change(create_risk, project=self.one(Project), name="Risk", **fields)

    def act_change_risk(self):
        status = self.random.choice(["open", "closed", "occurred"])
        self.change(update_risk, risk=self.one(Risk), status=status, probability_ratio=self.ratio())

    def act_archive_risk(self):
        self.change(archive_risk, risk=self.one(Risk))

    def act_restore_risk(self):
        self.change(restore_risk, risk=self.one(Risk))


@pytest.mark.parametrize("seed", range(4))
def test_random_acts_followed_now_and_then_equal_a_rebuild_from_the_facts(seed, olivia, acme):
    life, follower = Life(seed, olivia, acme), Follower()
    for _ in range(40):
        for _ in range(life.random.randrange(1, 6)):
            life.step()
        follower.follow(batch=life.random.choice([1, 3, 1000]))
    kept = stored_totals()
    assert Project.objects.count() > 5

    Rollup.objects.all().delete()
    rebuild_rollups(acme.pk)

    assert stored_totals() == kept
    assert_totals_are_sums_of_the_facts()


def assert_totals_are_sums_of_the_facts():
    """Counted once more, row by row and without SQL."""
    parents = dict(Portfolio.objects.values_list("pk", "parent_id"))
    projects = list(Project.objects.live().select_related("program"))
    for portfolio in Portfolio.objects.live():
        check(totals_of(portfolio=portfolio), [p for p in projects if lies_in(p, portfolio.pk, parents)])
    for program in Program.objects.live():
        check(totals_of(program=program), [p for p in projects if p.program_id == program.pk])
    check(totals_of(), projects)
    for product in Product.objects.live():
        shares = ProductShare.objects.filter(product=product, project__archived_at=None).select_related("project")
        expected = sum(
            (s.share_ratio * (s.project.budget_amount or 0) for s in shares if is_funded(s.project)), Decimal(0)
        )
        assert totals_of(product=product).budget_amount == expected.quantize(Decimal("0.01"))


def lies_in(project, portfolio_id, parents):
    at = project.program.portfolio_id if project.program else project.portfolio_id
    while at is not None:
        if at == portfolio_id:
            return True
        at = parents[at]
    return False


def is_funded(project):
    return project.status in FUNDED


def check(row, projects):
    in_flight = [p for p in projects if p.status in FUNDED - {"done"}]
    risks = Risk.objects.live().open().filter(project__in=projects)
    assert row.project_count == len(projects)
    assert row.in_flight_count == len(in_flight) == sum(row.health_counts.values())
    assert row.budget_amount == sum((p.budget_amount or 0 for p in projects if is_funded(p)), Decimal(0))
    assert row.actual_amount == sum((p.actual_amount or 0 for p in projects if is_funded(p)), Decimal(0))
    assert row.activity_count == Activity.objects.live().filter(project__in=projects).count()
    assert row.open_risk_count == risks.count()
    assert abs(row.risk_exposure_amount - sum((r.exposure_amount for r in risks), Decimal(0))) <= Decimal("0.01") * 50
