"""Who sees no amounts finds none: on no page, in no file, through no route of the API.

The walk follows the URL map, so that it meets pages that are added later. Every amount of the organization has nine
digits or more and its currency is one that nothing else is called, so that none can be mistaken for something else.
"""

import io
import re
import zipfile
from decimal import Decimal
from functools import partial

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import DecimalField, F

from accounts.models import Membership
from core.templatetags import portolan
from core.tenancy import Scope, scope
from events.models import Event
from events.services import claim_job, run_job
from feedback.services import create_account, create_item
from finance.models import BenefitMonth
from finance.selectors import Cell
from finance.services import create_benefit, create_business_case, set_entries, set_rate
from portfolio.models import Product, Rollup
from portfolio.services import decide_stance, rebuild_rollups
from projects.models import Activity, Project, Risk
from projects.services import (
    create_dependency,
    report_project,
    run_forecast,
    take_program_baselines,
    update_activity,
    update_project,
    update_risk,
)
from resources.models import Allocation, ResourceRole, RoleRate
from scoring.models import ITEM_KINDS, Criterion, ScoringModel, ScoringSession, SessionRater
from scoring.selectors import Selection
from scoring.services import (
    ScoreCell,
    Thing,
    create_scoring_model,
    create_scoring_session,
    freeze_scorecard,
    set_scores,
)
from tests.portfolio.rich import day, rich_organization
from tests.test_tenancy import api_routes, organization_routes
from tests.walks import NO_ID, tables_asked

#: The ISO's currency for tests: a page writes each amount behind it.
CURRENCY = "XTS"
LARGE = Decimal("987654321.87")
#: A score that is an amount.
DELAY = Decimal("876543219.87")
#: Random letters, in which the currency may stand by chance.
TOKENS = re.compile(r"""(?i)(?:csrfmiddlewaretoken"\s+value=|csrftoken"?:\s*)["'][^"']+["']""")
WRITTEN = re.compile(rf"{CURRENCY}(?:\s|&nbsp;)?[−-]?\d")
#: How pages head columns and tiles of amounts, and of shares of them.
HEADS = re.compile(
    r">(Budget|Spent|Spent to date|Revenue|Margin|Exposure|Planned cost|Actual cost|Cost variance|Of the budget)\s*<"
)
#: What is put in for the words of an address.
WORDS = (
    "budget", "actual", "health", "finish", "manager", "planned_cost_amount", "actual_cost_amount", "status", "project",
    "program", "archive", "restore",
)  # fmt: skip


def amount_columns(model):
    return [
        field.name
        for field in model._meta.concrete_fields
        if isinstance(field, DecimalField) and field.name.endswith(("amount", "_value"))
    ]


def tenant_rows(organization):
    for model in apps.get_models():
        names = {field.name for field in model._meta.concrete_fields}
        if model._meta.app_label in settings.FIRST_PARTY_APPS and "organization" in names:
            yield model, model._base_manager.filter(organization=organization)


@pytest.fixture
def world(acme, olivia):
    """Acme with something of everything, all of it dear."""
    acme.currency = CURRENCY
    acme.save()
    group = rich_organization(olivia, acme)
    for model, rows in tenant_rows(acme):
        for name in amount_columns(model):
            if model is not Rollup:
                rows.filter(**{f"{name}__isnull": False}).update(**{name: F(name) + LARGE})
    Product.objects.update(currency=CURRENCY)
    _work(olivia, acme)
    rebuild_rollups(acme.pk)
    return group


def _work(owner, acme):
    """What is written by services from here on tells of large amounts: events, baselines, decisions, forecasts."""
    first = Activity.objects.filter(name="Build").order_by("pk").first()
    second = Activity.objects.filter(name="Build").exclude(project=first.project).order_by("pk").first()
    for number, activity in enumerate(Activity.objects.filter(name="Build", project__archived_at=None)):
        update_activity(
            actor=owner, activity=activity, planned_cost_amount=LARGE * 2 + number, actual_cost_amount=LARGE + number,
            planned_start_date=day(0), planned_finish_date=day(40 + number), is_manual=False, duration_minutes=4800,
            optimistic_minutes=2400, likely_minutes=4800, pessimistic_minutes=9600,
        )  # fmt: skip
    project = Project.objects.get(pk=first.project_id)
    update_project(actor=owner, project=project, budget_amount=LARGE * 3)
    report_project(actor=owner, project=project, actual_amount=LARGE * 2)
    update_risk(actor=owner, risk=Risk.objects.filter(project=project, status="open").first(), impact_amount=LARGE * 5)
    create_dependency(actor=owner, predecessor=first, successor=second)
    program = project.program
    take_program_baselines(actor=owner, projects=list(program.projects.live()), name="Approved")
    update_activity(actor=owner, activity=first, planned_cost_amount=LARGE * 7, planned_finish_date=day(90))
    for subject in ({"project": project}, {"program": program}):
        run_forecast(actor=owner, samples=100, **subject)
        run_job(claim_job(acme.pk))
    _finances(owner, acme, project)
    _priorities(owner, acme, project)
    payer = create_account(actor=owner, organization=acme, name="Halden Freight", arr_amount=LARGE * 23)
    create_item(actor=owner, organization=acme, text="Labels drift.", account=payer)
    for product in Product.objects.all():
        decide_stance(actor=owner, stance="maintain", reason="It pays.", decided_date=day(-1), product=product)


def _finances(owner, acme, project):
    """Entries of every kind, a business case, a benefit, and people who cost something."""
    month = day(0).replace(day=1)
    kinds = ("budget", "forecast", "actual")
    cells = [Cell(project, kind, "opex", month, LARGE * place) for place, kind in enumerate(kinds, start=11)]
    cells.append(Cell(project.program.portfolio, "budget", "opex", month, LARGE * 23))
    set_entries(actor=owner, organization=acme, cells=cells, reason="It costs more.")
    set_rate(actor=owner, organization=acme, currency="EUR", from_date=month, rate=LARGE)
    for subject in ({"project": project}, {"program": project.program}):
        create_business_case(actor=owner, **subject)
        gain = create_benefit(actor=owner, name="Savings", measure="Money a month", **subject)
        BenefitMonth.objects.create(
            organization=acme, benefit=gain, month=month, planned_value=LARGE * 17, realized_value=LARGE * 19
        )
    role = ResourceRole.objects.create(organization=acme, name="Engineer")
    RoleRate.objects.create(organization=acme, role=role, from_date=month, day_amount=LARGE * 3, currency=CURRENCY)
    Allocation.objects.create(organization=acme, project=project, role=role, month=month, fte=1)


def _priorities(owner, acme, project):
    """A model that counts with amounts and one that does not, with scores, a session and what was decided by them."""
    for template in ("cd3", "rice"):
        model = create_scoring_model(actor=owner, organization=acme, template=template)
        values = {"cost_of_delay": DELAY, "duration": 3} if template == "cd3" else {"reach": 5, "effort": 3}
        criteria = {criterion.key: criterion.pk for criterion in model.criteria.live()}
        cells = [ScoreCell("project", project.pk, criteria[key], Decimal(value)) for key, value in values.items()]
        set_scores(actor=owner, organization=acme, cells=cells)
        if template == "cd3":
            freeze_scorecard(
                actor=owner, model=model, kind="project", selection=Selection(ids=(project.pk,)), name="Decided",
                decided_date=day(0), day=day(0),
            )  # fmt: skip
            create_scoring_session(
                actor=owner, organization=acme, model=model, name="Together", raters=[owner],
                items=[Thing("project", project.pk)],
            )  # fmt: skip


@pytest.fixture
def secrets(acme, world):
    """The whole part of every amount that is kept, and of each exposure."""
    kept = set()
    for model, rows in tenant_rows(acme):
        for name in amount_columns(model):
            kept |= set(rows.exclude(**{name: None}).values_list(name, flat=True))
    kept |= {risk.exposure_amount for risk in Risk.objects.all()} | {DELAY}
    found = {str(int(abs(amount))) for amount in kept if abs(amount) >= LARGE / 4}
    assert len(found) > 20
    return found


@pytest.fixture
def ids(acme, world):
    """One row of each table, and those with most to tell, with their tables; an id names a row of one table alone."""
    found = {rows.order_by("pk").values_list("pk", flat=True).first(): model for model, rows in tenant_rows(acme)}
    dear = Project.objects.order_by(F("budget_amount").desc(nulls_last=True)).first()
    first = Activity.objects.filter(name="Build").order_by("pk").first()
    risk = Risk.objects.filter(status="open").order_by("-impact_amount").first()
    mine = (first, first.project, first.project.program, world, dear, risk)
    found |= {row.pk: type(row) for row in mine}
    return {pk: found[pk]._meta.db_table for pk in sorted(filter(None, found))}


@pytest.fixture
def named(world):
    """What the names of parts of addresses stand for, where they say of which table they are."""
    tables = {"model": ScoringModel, "criterion": Criterion, "rater": SessionRater}
    dear = Project.objects.order_by(F("budget_amount").desc(nulls_last=True)).first()
    of_items = [dear.pk, dear.program_id, Product.objects.first().pk, ScoringSession.objects.get().items.first().pk]
    rows = {name: list(table.objects.values_list("pk", flat=True)) for name, table in tables.items()}
    return {**rows, "item": [pk for pk in of_items if pk], "number": [1], "kind": ITEM_KINDS}


def hide_amounts(person):
    Membership.objects.filter(user=person).update(sees_amounts=False)
    return person


@pytest.fixture
def without_net(monkeypatch):
    """The filters that write amounts write them for everybody: pages must have left them out."""
    monkeypatch.setattr(portolan, "are_hidden", lambda: False)


def text_of(response) -> str:
    content = response.getvalue()
    if content[:2] == b"PK":
        book = zipfile.ZipFile(io.BytesIO(content))
        content = b"".join(book.read(name) for name in book.namelist())
    return TOKENS.sub("", content.decode(errors="replace"))


def told(text: str, secrets) -> list[str]:
    """The amounts that a text tells, written or raw."""
    digits = re.sub(r"(?<=\d)[,\u00a0](?=\d{3})", "", text)
    return [*WRITTEN.findall(text), *(secret for secret in secrets if secret in digits)]


def addresses(route: str, named, ids_for) -> list[str]:
    """The addresses of a route: with each id, and each word where it takes one.

    A part whose name says of which table it is takes rows of that table alone: a route of four parts would be asked for
    a million addresses else. `ids_for` gives the ids for the first part that is left of some addresses.
    """
    paths = [route]
    while any("<" in path for path in paths):
        part, kind, name = re.search(r"(<(\w+):(\w+)>)", paths[0]).groups()
        is_named = name in named and (name != "kind" or "<int:item>" in route)
        values = named[name] if is_named else ids_for(paths) if kind == "int" else WORDS
        paths = [path.replace(part, str(value), 1) for path in paths for value in values]
    return paths


def ways_to_ask(route: str, is_fragment: bool) -> tuple[str, ...]:
    """What is asked of a list besides the page itself; a file is no fragment."""
    if not ("<" not in route or "variance" in route or "baselines" in route):
        return ("",)
    return ("", "?sort=-budget") if is_fragment else ("", "?format=csv", "?format=xlsx", "?sort=-budget")


class Walk:
    """Asks every route for whatever row it takes: what answers at all, and what it tells."""

    def __init__(self, client, prefix, ids, named, secrets, headers=None):
        self.client, self.prefix, self.ids, self.named, self.secrets = client, prefix, ids, named, secrets
        self.headers = headers or {}
        self.shown, self.leaks = set(), []
        #: What an address begins with -> the rows that it may go on with.
        self.rows = {}
        client.raise_request_exception = False

    def along(self, routes):
        with scope(Scope()):
            for route in routes:
                for path in addresses(route, self.named, self._ids_for):
                    if self._get(route, f"/{path}", ways_to_ask(route, bool(self.headers))) == 405:
                        break  # of any row
        return self

    def _ids_for(self, begun):
        if begun[0] not in self.rows:
            self.rows[begun[0]] = self._rows_for(begun)
        return self.rows[begun[0]]

    def _rows_for(self, begun):
        """The rows of the tables in which a route looks; where that cannot be told, every row."""
        probes = [path for route in begun for path in addresses(route, self.named, lambda _: [NO_ID])]
        tables = tables_asked(
            partial(self.client.get, f"{self.prefix}/{path}", headers=self.headers) for path in probes
        )
        return [pk for pk, table in self.ids.items() if tables is None or table in tables]

    def _get(self, route, path, ways):
        status = 0
        for way in ways:
            response = self.client.get(self.prefix + path + way, headers=self.headers)
            status = response.status_code
            assert status != 500, path + way
            if status != 200:
                continue
            self.shown.add(route)
            text = text_of(response)
            if found := [*told(text, self.secrets), *HEADS.findall(text)]:
                self.leaks.append((path + way, found[:3]))
        return status


def routes_of_api():
    return [route.strip("^$") for route in api_routes()]


@pytest.mark.long
def test_no_page_and_no_file_tells_a_viewer_an_amount(client, vera, ids, named, secrets, without_net, bare_not_found):
    client.force_login(hide_amounts(vera))

    walk = Walk(client, "/o/acme", ids, named, secrets).along(organization_routes())

    assert walk.leaks == []
    assert len(walk.shown) > 50


@pytest.mark.long
def test_nothing_tells_a_manager_an_amount(
    client, api_for, acme, petra, ids, named, secrets, without_net, bare_not_found
):
    """Pages with their forms, fragments of pages, and the API."""
    client.force_login(hide_amounts(petra))

    pages = Walk(client, "/o/acme", ids, named, secrets).along(organization_routes())
    fragments = Walk(client, "/o/acme", ids, named, secrets, {"HX-Request": "true"})
    fragments.rows = pages.rows
    fragments.along(sorted(pages.shown))
    resources = Walk(api_for(petra, acme), "", ids, named, secrets).along(routes_of_api())

    assert [*pages.leaks, *fragments.leaks, *resources.leaks] == []
    assert len(pages.shown) > 60
    assert len(fragments.shown) > 40
    assert len(resources.shown) > 25


@pytest.mark.long
def test_the_same_walk_finds_amounts_for_who_sees_them(
    client, api_for, acme, petra, ids, named, secrets, bare_not_found
):
    client.force_login(petra)

    some = [route for route in organization_routes() if route.startswith(("projects/", "programs/", "portfolios/"))]
    pages = Walk(client, "/o/acme", ids, named, secrets).along(["", *some])
    resources = Walk(api_for(petra, acme), "", ids, named, secrets).along(routes_of_api())

    telling = {re.sub(r"\d{6,}", "*", path.partition("?")[0]) for path, _ in pages.leaks}
    assert len(telling) > 12
    assert {"/", "/projects/*/", "/programs/*/mspdi/", "/projects/*/history/", "/portfolios/*/budget/grid/"} <= telling
    assert any("xlsx" in path for path, _ in pages.leaks)
    assert len({re.sub(r"\d{6,}", "*", path) for path, _ in resources.leaks}) > 15


def test_a_refused_form_tells_nobody_what_others_spent(client, petra, world, secrets, without_net):
    """Somebody else changed the budget meanwhile: the conflict is told without it."""
    typed = Project.objects.exclude(budget_amount=None).filter(financial_entries=None)
    project = typed.order_by("pk").first()
    seen = project.version
    update_project(actor=Membership.objects.get(role="owner").user, project=project, budget_amount=LARGE * 9)
    client.force_login(hide_amounts(petra))

    response = client.post(
        f"/o/acme/projects/{project.pk}/report/", {"health_note": "", "version": seen, "reported_health": ""}
    )

    assert response.status_code in {403, 409}
    assert told(text_of(response), {*secrets, str(int(LARGE * 9))}) == []
    assert Event.objects.filter(changes__has_key="budget_amount").exists()
