"""An organization with something of everything: every figure has rows, and there are rows that it leaves out."""

import datetime
from decimal import Decimal

from django.utils import timezone

from portfolio.models import Portfolio, Product, ProductLine
from portfolio.services import create_portfolio, decide_stance, rebuild_rollups, set_product_shares
from programs.services import create_program
from projects.models import Project
from projects.services import archive_project, create_activity, create_project, create_risk, report_project


def day(offset):
    return timezone.localdate() + datetime.timedelta(days=offset)


def money(amount):
    return Decimal(amount).quantize(Decimal("0.01"))


#: name, status, start, finish, expected, budget, actual, progress, reported health
PROJECTS = (
    ("On course", "active", -50, 50, None, 900_000, 400_000, "0.5", ""),
    ("Slipping", "active", -50, 50, 70, 1_200_000, 500_000, "0.5", ""),
    ("Overdue", "active", -200, -20, None, 300_000, 290_000, "0.8", ""),
    ("Overspent", "active", -50, 50, None, 100_000, 140_000, "0.6", "red"),
    ("Reported", "on_hold", -50, 50, None, 400_000, 100_000, "0.5", "amber"),
    ("Silent", "approved", None, None, None, None, None, None, ""),
    ("Finished", "done", -300, -100, None, 700_000, 690_000, None, ""),
    ("Idea", "proposed", 30, 200, None, 50_000_000, None, None, ""),
    ("Dropped", "cancelled", -90, 10, None, 600_000, 90_000, "0.2", "red"),
)
FEW = (PROJECTS[2], PROJECTS[7])


def rich_organization(actor, organization):
    """Two portfolios, one of them nested twice, with programs, projects in every state, money, risks and products."""
    group = create_portfolio(actor=actor, organization=organization, name="Group", manager=actor)
    division = create_portfolio(actor=actor, organization=organization, name="Division", parent=group)
    unit = create_portfolio(actor=actor, organization=organization, name="Unit", parent=division)
    other = create_portfolio(actor=actor, organization=organization, name="Elsewhere")
    made = []
    for portfolio, prefix, rows in ((group, "G", PROJECTS), (division, "D", ()), (unit, "U", FEW), (other, "E", FEW)):
        program = create_program(actor=actor, organization=organization, portfolio=portfolio, name=f"Program {prefix}")
        made += [project_of(actor, organization, row, prefix, {"program": program}) for row in rows]
    for portfolio, prefix in ((group, "G"), (division, "D")):
        made.append(project_of(actor, organization, PROJECTS[1], f"{prefix} direct", {"portfolio": portfolio}))
    archive_project(actor=actor, project=project_of(actor, organization, PROJECTS[3], "Old", {"portfolio": other}))
    parked = Project(organization=organization, code="PARKED", name="", parked_reason="No program.", currency="USD")
    parked.status, parked.budget_amount = "active", money(12_345)
    parked.save()
    serve(actor, organization, made)
    rebuild_rollups(organization.pk)
    return Portfolio.objects.get(pk=group.pk)


def project_of(actor, organization, row, prefix, parent):
    name, status, start, finish, expected, budget, actual, progress, health = row
    project = create_project(
        actor=actor, organization=organization, name=f"{prefix} {name}", status=status, manager=actor,
        planned_start_date=start and day(start), planned_finish_date=finish and day(finish),
        budget_amount=budget and money(budget), **parent,
    )  # fmt: skip
    report = {
        "expected_finish_date": expected and day(expected),
        "actual_amount": actual and money(actual),
        "reported_health": health,
        "health_note": "Because." if health else "",
    }
    project = report_project(actor=actor, project=project, **report)
    if progress:
        create_activity(actor=actor, project=project, name="Build", progress_ratio=Decimal(progress))
        for risk_status, impact in (("open", 10_010), ("closed", 1_000_000)):
            create_risk(
                actor=actor, project=project, name="It fails", status=risk_status, impact_amount=money(impact),
                probability_ratio=Decimal("0.25"),
            )  # fmt: skip
    return project


def serve(actor, organization, projects):
    line = ProductLine.objects.create(organization=organization, code="A", name="Atlas")
    names = ("Insights", "Connect")
    products = [Product.objects.create(organization=organization, line=line, name=n, currency="USD") for n in names]
    for product, revenue in zip(products, (1_000_000, 400_000), strict=True):
        product.annual_revenue_amount, product.annual_cost_amount = money(revenue), money(300_000)
        product.revenue_growth_ratio = Decimal("0.25")
        product.save()
    for number, project in enumerate(projects):
        ratio = (Decimal("0.6"), Decimal("0.4"), Decimal(1))[number % 3]
        shares = {products[0]: ratio} if ratio == 1 else {products[0]: ratio, products[1]: 1 - ratio}
        set_product_shares(actor=actor, project=project, shares=shares)
    decide_stance(actor=actor, stance="invest", reason="It grows.", decided_date=day(-100), line=line)
    decide_stance(
        actor=actor, stance="sunset", reason="It shrinks.", decided_date=day(-100), review_date=day(-3),
        product=products[1],
    )  # fmt: skip
