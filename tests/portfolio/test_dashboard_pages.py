"""The overview and the dashboards: what they show to whom, how current they are, and what they cost."""

import datetime
import html
import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from events.models import Event, FollowerCursor
from events.services import happened_at
from portfolio.models import Portfolio, Rollup
from portfolio.selectors.freshness import FOLLOWER
from portfolio.services import archive_portfolio, create_portfolio, rebuild_rollups
from programs.services import create_program
from projects.models import Project
from projects.services import create_project, update_project
from tests.portfolio.following import Follower
from tests.portfolio.rich import rich_organization

PAGES = ("home", "detail", "home tiles", "detail tiles")


@pytest.fixture
def up_to_date(acme):
    """The follower has read all that has happened so far."""

    def mark():
        FollowerCursor.objects.update_or_create(
            organization=acme, follower=FOLLOWER, defaults={"transaction_id": 2**62, "event_id": 0}
        )

    mark()
    return mark


@pytest.fixture
def group(acme, olivia, up_to_date):
    return rich_organization(olivia, acme)


def address(page, portfolio):
    return {
        "home": reverse("portfolio:home"),
        "detail": reverse("portfolio:portfolio-detail", args=[portfolio.pk]),
        "home tiles": reverse("portfolio:home-tiles"),
        "detail tiles": reverse("portfolio:portfolio-tiles", args=[portfolio.pk]),
    }[page]


def text_of(response):
    """What a person reads, on one line."""
    body = re.sub(r"<script.*?</script>", " ", response.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", body)))


def test_a_viewer_may_read(client, vera, portfolio, project, up_to_date, acme):
    rebuild_rollups(acme.pk)
    client.force_login(vera)

    assert [client.get(address(page, portfolio)).status_code for page in PAGES] == [200] * 4


def test_an_outsider_gets_404(client, charlie, portfolio, project):
    client.force_login(charlie)

    assert [client.get(address(page, portfolio)).status_code for page in PAGES] == [404] * 4


def test_pages_are_only_read(client, alice, portfolio, project):
    client.force_login(alice)

    assert [client.post(address(page, portfolio)).status_code for page in PAGES] == [405] * 4


def test_a_portfolio_that_does_not_exist_is_404(client, alice, acme):
    client.force_login(alice)

    for page in ("detail", "detail tiles"):
        assert client.get(address(page, Portfolio(pk=10**9))).status_code == 404


def test_the_overview_says_where_everything_stands(client, alice, group):
    client.force_login(alice)

    response = client.get(reverse("portfolio:home"))
    text = text_of(response)

    assert "In flight 11 of 16" in text  # the parked project, too
    assert [part.name for part in response.context["board"].parts] == ["Group", "Elsewhere"]
    assert "In no portfolio" in text
    assert "Atlas line A Invest" in text


def test_a_dashboard_shows_what_lies_in_the_portfolio_and_below_it(client, alice, group):
    client.force_login(alice)

    response = client.get(reverse("portfolio:portfolio-detail", args=[group.pk]))
    text = text_of(response)

    assert [part.name for part in response.context["board"].parts] == ["Program G", "Division", "G direct Slipping"]
    assert "U Overdue" in text  # two levels below, among the latest
    assert "E Overdue" not in text
    assert {figure.key for figure in response.context["charts"]} == {"health", "budget", "spending", "finish"}


def test_the_way_up_is_named_at_any_depth(client, alice, group):
    client.force_login(alice)
    unit = Portfolio.objects.get(name="Unit")

    response = client.get(reverse("portfolio:portfolio-detail", args=[unit.pk]))

    assert "Portfolios Group Division Unit" in text_of(response)


def test_buttons_are_for_those_who_may_press_them(client, vera, alice, acme, portfolio, project):
    rebuild_rollups(acme.pk)
    path = reverse("portfolio:portfolio-detail", args=[portfolio.pk])
    client.force_login(vera)
    seen = text_of(client.get(path))
    client.force_login(alice)

    assert "New project" not in seen
    assert "New project" in text_of(client.get(path))


def test_a_review_that_is_due_waits_for_who_may_decide(client, bob, alice, group):
    client.force_login(alice)
    assert "Connect: sunset, still?" in text_of(client.get(reverse("portfolio:home")))

    client.force_login(bob)

    assert "still?" not in text_of(client.get(reverse("portfolio:home")))


def test_my_projects_are_those_i_manage(client, olivia, vera, group):
    client.force_login(olivia)
    assert "You manage" in text_of(client.get(reverse("portfolio:home")))

    client.force_login(vera)

    assert "You manage" not in text_of(client.get(reverse("portfolio:home")))


def test_an_organization_with_nothing_in_it_is_told_how_to_begin(client, alice, acme):
    client.force_login(alice)

    response = client.get(reverse("portfolio:home"))

    assert "Nothing is charted yet" in text_of(response)
    assert reverse("integrations:import-create") in response.content.decode()


def test_a_viewer_of_an_empty_organization_is_offered_nothing_they_may_not_do(client, vera, acme):
    client.force_login(vera)

    page = client.get(reverse("portfolio:home")).content.decode()

    assert reverse("integrations:import-create") not in page
    assert reverse("portfolio:portfolio-create") not in page


def test_an_empty_portfolio_says_what_belongs_there(client, alice, acme, portfolio):
    rebuild_rollups(acme.pk)
    client.force_login(alice)

    assert "Nothing lies in this portfolio yet" in text_of(client.get(address("detail", portfolio)))
    assert "Core portfolio" in text_of(client.get(reverse("portfolio:home")))


def test_an_archived_portfolio_says_so(client, alice, acme, portfolio):
    archive_portfolio(actor=alice, portfolio=portfolio)
    client.force_login(alice)

    assert "archived" in text_of(client.get(address("detail", portfolio)))


def test_before_the_first_totals_the_page_says_that_they_come(client, alice, acme, project, portfolio, up_to_date):
    client.force_login(alice)

    assert "being added up for the first time" in text_of(client.get(reverse("portfolio:home")))
    assert client.get(address("detail", portfolio)).status_code == 200


def test_names_cannot_break_out_of_a_page_or_a_chart(client, alice, acme, portfolio, up_to_date):
    for number in range(2):
        program = create_program(
            actor=alice, organization=acme, portfolio=portfolio, name=f"</script><b>Bold {number}</b>"
        )
        create_project(
            actor=alice, organization=acme, program=program, name="<i>x</i>", status="active",
            budget_amount=Decimal("5.00"), actual_amount=Decimal("9.00"),
        )  # fmt: skip
    rebuild_rollups(acme.pk)
    client.force_login(alice)

    page = client.get(address("detail", portfolio)).content.decode()

    assert "<b>Bold" not in page
    assert "</script><b" not in page
    assert "\\u0026lt;b\\u0026gt;Bold" in page  # Plotly reads a little HTML, so the chart has it escaped


# ─── How current ─────────────────────────────────────────────────────────


@pytest.mark.parametrize("page", ["home", "detail"])
def test_the_tiles_of_an_open_page_answer_204_until_something_moves(client, alice, acme, group, page):
    client.force_login(alice)
    poll = re.search(r'hx-get="([^"]*tiles/[^"]*)"', client.get(address(page, group)).content.decode())[1]
    poll = html.unescape(poll)
    first = client.get(poll, headers={"HX-Request": "true"})
    assert (first.status_code, first.content) == (204, b"")
    assert first["Portolan-As-Of"]

    follower = Follower()
    follower.follow()
    update_project(actor=alice, project=Project.objects.get(name="G On course"), budget_amount=Decimal("1000000.00"))
    follower.follow()
    moved = client.get(poll, headers={"HX-Request": "true"})

    assert moved.status_code == 200
    assert moved["HX-Trigger"] == "portolan:rolled-up"
    again = html.unescape(re.search(r'hx-get="([^"]*)"', moved.content.decode())[1])
    assert client.get(again).status_code == 204


def test_a_change_below_moves_the_page_even_where_the_sums_stay(client, alice, acme, group):
    """Money that goes from one program to another leaves the portfolio's totals as they were."""
    before = Rollup.objects.get(portfolio=group).as_of
    follower = Follower()
    follower.follow()
    project = Project.objects.get(name="G On course")
    program = create_program(actor=alice, organization=acme, portfolio=group, name="New")
    update_project(actor=alice, project=project, program=program)

    follower.follow()

    assert Rollup.objects.get(portfolio=group).as_of > before
    assert Rollup.objects.get(program=program).project_count == 1


def leave_waiting(alice, project, seconds):
    """A change that the follower has not read, made some time ago."""
    rebuild_rollups(project.organization_id)
    with happened_at(timezone.now() - datetime.timedelta(seconds=seconds)):
        update_project(actor=alice, project=project, description=f"{seconds}")
    event = Event.objects.latest("pk")
    FollowerCursor.objects.update(transaction_id=event.transaction_id, event_id=event.pk - 1)


def test_a_page_says_that_its_figures_may_be_old(client, alice, acme, project, portfolio, up_to_date):
    leave_waiting(alice, project, seconds=20)
    client.force_login(alice)

    for page in PAGES:
        assert "These figures may be old." in text_of(client.get(address(page, portfolio)))


def test_a_change_of_just_now_is_no_reason_to_worry(client, alice, acme, project, portfolio, up_to_date):
    leave_waiting(alice, project, seconds=5)
    client.force_login(alice)

    for page in PAGES:
        assert "may be old" not in text_of(client.get(address(page, portfolio)))


def test_the_news_are_what_happened_since_the_visit_before(client, alice, vera, acme, project):
    rebuild_rollups(acme.pk)
    update_project(actor=alice, project=project, name="Apollo 2")
    client.force_login(vera)
    assert "Lately" in text_of(client.get(reverse("portfolio:home")))
    an_hour_ago = timezone.now() - datetime.timedelta(hours=1)
    client.cookies["portolan_looked"] = f"|{an_hour_ago.isoformat()}"

    text = text_of(client.get(reverse("portfolio:home")))
    still = text_of(client.get(reverse("portfolio:home")))

    assert "Since you last looked" in text
    assert "Since you last looked" in still  # the same visit


def test_a_broken_cookie_is_no_cookie(client, vera, acme, project):
    rebuild_rollups(acme.pk)
    client.force_login(vera)
    for cookie in ("nonsense", "|", "2026-13-45|x", "a|b|c", f"|{'9' * 400}", "2026-01-01T00:00|1"):
        client.cookies["portolan_looked"] = cookie

        assert client.get(reverse("portfolio:home")).status_code == 200, cookie


# ─── What it costs ───────────────────────────────────────────────────────


def statements(client, path):
    with CaptureQueriesContext(connection) as queries:
        response = client.get(path)
    assert response.status_code in {200, 204}
    return len(queries), [query["sql"][:160] for query in queries]


MOST_STATEMENTS = {"home": 11, "detail": 8, "home tiles": 4, "detail tiles": 4}


def test_statements_are_few_and_do_not_grow_with_the_organization(client, alice, olivia, acme, group):
    client.force_login(alice)
    few = {page: statements(client, address(page, group)) for page in PAGES}
    program = create_program(actor=olivia, organization=acme, portfolio=group, name="Large")
    for number in range(25):
        create_project(
            actor=olivia, organization=acme, program=program, name=f"P{number}", status="active",
            planned_finish_date=datetime.date(2026, 1, 1), manager=alice,
        )  # fmt: skip
        create_portfolio(actor=olivia, organization=acme, name=f"Portfolio {number}", parent=group)
    rebuild_rollups(acme.pk)

    for page, most in MOST_STATEMENTS.items():
        count, sql = few[page]
        assert count <= most, "\n".join(sql)
        assert statements(client, address(page, group))[0] <= count
