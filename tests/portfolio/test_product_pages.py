"""Products: where the money goes by line, the page of each, and the forms."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from portfolio.models import Product, ProductLine, ProductShare
from portfolio.selectors.products import Sums, line_tone, sums_of, with_effective_stance
from portfolio.services import decide_stance, rebuild_rollups, set_product_shares, update_product
from projects.models import Project
from tests.filling import answers, fill, sentences, text_of


@pytest.fixture
def url(acme):
    return reverse("portfolio:product-list")


@pytest.fixture
def beacon(acme):
    line = ProductLine.objects.create(organization=acme, code="B", name="Beacon")
    return Product.objects.create(organization=acme, line=line, name="Beacon Docs", currency="USD")


def page(name, row=None):
    return reverse(f"portfolio:product-{name}", args=[row.pk] if row else [])


def groups(response):
    return [
        (group.line and group.line.name, [row.name for row in group.products]) for group in response.context["groups"]
    ]


def serve(project, **shares):
    for product, ratio in shares.values():
        ProductShare.objects.create(
            organization=project.organization, project=project, product=product, share_ratio=Decimal(ratio)
        )


def test_products_stand_in_the_groups_of_their_lines(client, vera, acme, product, beacon, url):
    Product.objects.create(organization=acme, name="Loose", currency="USD")
    client.force_login(vera)

    response = client.get(url)

    assert groups(response) == [("Atlas", ["Atlas Insights"]), ("Beacon", ["Beacon Docs"]), (None, ["Loose"])]
    assert b"New product" not in response.content


def test_a_line_sums_its_products_and_growth_is_weighted_by_revenue(acme, product, beacon):
    Product.objects.filter(pk=product.pk).update(
        annual_revenue_amount=300, annual_cost_amount=100, revenue_growth_ratio="0.5"
    )
    Product.objects.create(
        organization=acme, line=product.line, name="New", currency="USD",
        annual_revenue_amount=110, annual_cost_amount=50, revenue_growth_ratio="0.1",
    )  # fmt: skip
    Product.objects.create(organization=acme, line=product.line, name="Free", currency="USD", annual_cost_amount=10)

    sums = sums_of(Product.objects.filter(line=product.line))

    assert (sums.product_count, sums.revenue_amount, sums.cost_amount) == (3, 410, 160)
    assert sums.margin_ratio == Decimal(260) / 410  # of what has both revenue and cost
    assert round(sums.growth_ratio, 4) == round(Decimal(410) / 300 - 1, 4)
    assert sums_of(Product.objects.none()) == Sums()


def test_a_project_that_serves_two_products_of_a_line_counts_once_there(
    client, alice, acme, product, beacon, project, url
):
    twin = Product.objects.create(organization=acme, line=product.line, name="Twin", currency="USD")
    serve(project, a=(product, "0.5"), b=(twin, "0.25"), c=(beacon, "0.25"))
    rebuild_rollups(acme.pk)
    client.force_login(alice)

    response = client.get(url)

    atlas, beacons = response.context["groups"]
    assert (atlas.sums.project_count, beacons.sums.project_count) == (1, 1)
    assert response.context["total"].project_count == 1
    assert sum(response.context["total"].health_counts.values()) == 1
    assert (atlas.sums.budget_amount, atlas.share_ratio) == (750_000, Decimal("0.75"))
    assert [row.rollup.budget_amount for row in atlas.products] == [500_000, 250_000]


def test_the_list_narrows_and_a_product_without_a_decision_has_the_stance_of_its_line(
    client, alice, acme, product, beacon, url
):
    decide_stance(actor=alice, stance="invest", reason="x", decided_date=datetime.date(2026, 1, 1), line=product.line)
    decide_stance(actor=alice, stance="sunset", reason="x", decided_date=datetime.date(2026, 1, 1), product=beacon)
    client.force_login(alice)

    def found(**query):
        return [name for _, names in groups(client.get(url, query)) for name in names]

    assert found(stance="invest") == ["Atlas Insights"]
    assert found(stance="sunset") == ["Beacon Docs"]
    assert found(stance="undecided") == []
    assert found(line=beacon.line_id) == ["Beacon Docs"]
    assert found(lifecycle_stage="growth") == []
    assert found(q="docs") == ["Beacon Docs"]
    assert found(stance="x", line="x", sort="x") == ["Atlas Insights", "Beacon Docs"]


def test_products_are_sorted_within_their_lines(client, alice, acme, product, beacon, url):
    Product.objects.create(organization=acme, line=product.line, name="Big", currency="USD", annual_revenue_amount=9)
    client.force_login(alice)

    assert groups(client.get(url, {"sort": "-revenue"}))[0] == ("Atlas", ["Big", "Atlas Insights"])
    assert groups(client.get(url, {"sort": "-margin"}))[0][0] == "Atlas"


def test_the_sums_hold_for_all_pages(client, alice, acme, line, product, url):
    Product.objects.bulk_create(
        Product(organization=acme, line=line, name=f"P{n:02}", currency="USD", annual_revenue_amount=1)
        for n in range(30)
    )
    client.force_login(alice)

    response = client.get(url, {"rows": 25})

    (group,) = response.context["groups"]
    assert len(group.products) == 25
    assert group.sums.product_count == response.context["total"].product_count == 31


def test_an_organization_without_products_is_told_what_they_are(client, alice, url):
    client.force_login(alice)

    assert b"No products yet" in client.get(url).content


def test_the_file_holds_what_matches(client, alice, acme, product, beacon, url):
    Product.objects.filter(pk=product.pk).update(name="+1234", revenue_growth_ratio="0.41")
    client.force_login(alice)

    lines = text_of(client.get(url, {"format": "csv", "line": product.line_id})).splitlines()

    assert len(lines) == 2
    assert lines[1].startswith("Atlas,'+1234,Introduction,")
    assert client.get(url, {"format": "xlsx"})["Content-Disposition"].endswith('"products.xlsx"')


def test_one_row_and_fifty_cost_the_same_queries(client, alice, acme, line, product, project, url):
    serve(project, a=(product, "1"))
    rebuild_rollups(acme.pk)
    client.force_login(alice)
    client.get(url)
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    Product.objects.bulk_create(
        Product(organization=acme, line=line, name=f"P{number}", currency="USD") for number in range(49)
    )
    rebuild_rollups(acme.pk)
    with CaptureQueriesContext(connection) as fifty:
        client.get(url)

    assert len(fifty) == len(one) <= 11


def test_the_page_shows_stance_projects_and_decisions(client, vera, alice, acme, product, project):
    decide_stance(
        actor=alice, stance="invest", reason="It grows.", decided_date=datetime.date(2026, 1, 1),
        review_date=datetime.date(2026, 2, 1), product=product,
    )  # fmt: skip
    set_product_shares(actor=alice, project=project, shares={product: Decimal(1)})
    rebuild_rollups(acme.pk)
    client.force_login(vera)

    response = client.get(page("detail", product))

    text = response.content.decode()
    assert "It grows." in text
    assert "The stance was to be reviewed on" in text
    assert "Apollo" in text
    assert "Review stance</a>" not in text
    (service,) = response.context["services"]
    assert (service.share_ratio, service.budget_amount) == (1, 1_000_000)
    assert response.context["as_of"] is not None


def test_a_product_nobody_decided_about_has_the_stance_of_its_line(client, alice, product):
    decide_stance(actor=alice, stance="maintain", reason="x", decided_date=datetime.date(2026, 1, 1), line=product.line)
    client.force_login(alice)

    response = client.get(page("detail", product))

    assert response.context["product"].effective_stance == "maintain"
    assert "as its line" in response.content.decode()


@pytest.mark.parametrize("name", ["detail", "decisions", "history"])
def test_every_tab_shows_a_bare_product(client, vera, charlie, product, name):
    client.force_login(vera)
    assert client.get(page(name, product)).status_code == 200
    assert client.post(page(name, product)).status_code == 405
    client.force_login(charlie)
    assert client.get(page(name, product)).status_code == 404


def test_the_page_costs_the_same_queries_for_one_project_and_for_fifty(client, alice, acme, product, program, project):
    serve(project, a=(product, "1"))
    rebuild_rollups(acme.pk)
    client.force_login(alice)
    client.get(page("detail", product))
    with CaptureQueriesContext(connection) as one:
        client.get(page("detail", product))
    more = Project.objects.bulk_create(
        Project(organization=acme, program=program, code=f"N{n}", name=f"N{n}", currency="USD") for n in range(49)
    )
    for row in more:
        serve(row, a=(product, "1"))
    rebuild_rollups(acme.pk)
    with CaptureQueriesContext(connection) as fifty:
        response = client.get(page("detail", product))

    assert len(response.context["services"]) == 50
    assert len(fifty) == len(one) <= 8


def test_a_product_is_added_once(client, alice, line):
    client.force_login(alice)
    opened = client.get(page("create"), {"line": line.pk})
    data = answers(
        opened, name="Atlas Connect", lifecycle_stage="growth", annual_revenue_amount="4600000",
        revenue_growth_ratio="-12.5", annual_cost_amount="3700000.50",
    )  # fmt: skip

    first, second = client.post(page("create"), data), client.post(page("create"), data)

    product = Product.objects.get()
    assert first["Location"] == second["Location"] == page("detail", product)
    assert (product.line, product.currency) == (line, "USD")
    assert (product.revenue_growth_ratio, product.annual_cost_amount) == (Decimal("-0.1250"), Decimal("3700000.50"))


def test_percent_is_shown_as_it_was_typed(client, alice, product):
    Product.objects.filter(pk=product.pk).update(revenue_growth_ratio="-0.125", annual_revenue_amount="4600000.00")
    client.force_login(alice)

    form = client.get(page("edit", product)).context["form"]

    assert form["revenue_growth_ratio"].value() == "-12.5"
    assert form["annual_revenue_amount"].value() == 4_600_000


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("line", "99999"),
        ("lifecycle_stage", "teenage"),
        ("annual_revenue_amount", "much"),
        ("annual_revenue_amount", "-5"),
        ("annual_revenue_amount", "1e400"),
        ("revenue_growth_ratio", "-101"),
        ("revenue_growth_ratio", "NaN"),
        ("owner", "99999"),
    ],
)
def test_a_bad_answer_is_kept_and_refused(client, alice, product, field, value):
    client.force_login(alice)

    response = fill(client, page("edit", product), **{field: value})

    assert response.status_code == 422
    assert response.context["form"].errors
    assert response.context["form"][field].value() == value


def test_a_stale_form_tells_who_changed_what(client, alice, olivia, product):
    client.force_login(alice)
    data = answers(client.get(page("edit", product)), name="Mine")
    update_product(actor=olivia, product=product, name="Theirs")

    response = client.post(page("edit", product), data)

    assert response.status_code == 409
    assert response.context["form"]["name"].value() == "Mine"


def test_a_product_that_projects_serve_is_not_archived(client, alice, product, project):
    serve(project, a=(product, "1"))
    client.force_login(alice)

    response = client.post(page("archive", product))

    assert response.status_code == 409
    assert "Apollo" in response.content.decode()


def test_archiving_can_be_undone(client, alice, product, url):
    client.force_login(alice)

    response = client.post(page("archive", product), {"version": 1}, follow=True)

    assert f'action="{page("restore", product)}"' in response.content.decode()
    assert "Archived product “Atlas Insights”." in response.content.decode()
    assert groups(client.get(url, {"archived": "1"})) == [("Atlas", ["Atlas Insights"])]
    assert "is archived" in client.get(page("detail", product)).content.decode()
    assert sentences(client.post(page("restore", product))) == ["Restored product “Atlas Insights”."]


@pytest.mark.parametrize("name", ["create", "edit", "archive", "restore"])
def test_the_role_decides(client, petra, vera, product, name):
    for person in (petra, vera):
        client.force_login(person)
        assert client.post(page(name, None if name == "create" else product), {"name": "x"}).status_code == 403


@pytest.mark.parametrize("name", ["edit", "archive", "restore"])
def test_another_organization_gets_404(client, charlie, product, name):
    client.force_login(charlie)

    assert client.post(page(name, product)).status_code == 404


@pytest.mark.parametrize("name", ["archive", "restore"])
def test_an_act_is_not_done_by_looking(client, alice, product, name, url):
    client.force_login(alice)

    assert client.get(page(name, product)).status_code == 405
    assert client.post(url).status_code == 405


def test_lines_keep_their_colours():
    tones = {code: line_tone(ProductLine(code=code)) for code in ("A", "b", "P", "XYZ")}

    assert (tones["A"], tones["b"], tones["P"]) == ("ln-a", "ln-b", "ln-p")
    assert tones["XYZ"] in {"ln-5", "ln-6", "ln-7", "ln-8"}
    assert line_tone(None) == "ln-none"


def test_the_latest_decision_of_the_product_goes_before_that_of_its_line(alice, product):
    for day, stance in ((1, "invest"), (2, "sunset")):
        decide_stance(actor=alice, stance=stance, reason="x", decided_date=datetime.date(2026, 1, day), product=product)
    decide_stance(actor=alice, stance="maintain", reason="x", decided_date=timezone.localdate(), line=product.line)

    row = with_effective_stance(Product.objects.all()).get()

    assert (row.stance, row.line_stance, row.effective_stance) == ("sunset", "maintain", "sunset")
