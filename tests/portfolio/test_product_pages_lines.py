"""Product lines: the list, the page, the forms."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portfolio.models import Product, ProductLine, ProductShare
from portfolio.services import decide_stance, rebuild_rollups, update_product_line
from projects.models import Project
from tests.filling import answers, counted_links, fill, rows_behind, text_of


@pytest.fixture
def url(acme):
    return reverse("portfolio:line-list")


def page(name, row=None):
    return reverse(f"portfolio:line-{name}", args=[row.pk] if row else [])


def test_lines_show_their_stance_and_their_share_of_the_budget(client, vera, alice, acme, line, product, project, url):
    other = ProductLine.objects.create(organization=acme, code="B", name="Beacon")
    ProductShare.objects.create(organization=acme, project=project, product=product, share_ratio=Decimal(1))
    decide_stance(actor=alice, stance="invest", reason="x", decided_date="2026-01-01", line=line)
    rebuild_rollups(acme.pk)
    client.force_login(vera)

    response = client.get(url)

    atlas, beacon = response.context["groups"]
    assert (atlas.line, atlas.line.stance, atlas.share_ratio, atlas.sums.product_count) == (line, "invest", 1, 1)
    assert (beacon.line, beacon.line.stance, beacon.sums.product_count) == (other, None, 0)
    assert b"New line" not in response.content


def test_the_list_narrows_sorts_and_leaves_as_a_file(client, alice, acme, line, url):
    ProductLine.objects.create(organization=acme, code="B", name="Aaa")
    client.force_login(alice)

    def found(**query):
        return [group.line.code for group in client.get(url, query).context["groups"]]

    assert found() == ["A", "B"]
    assert found(sort="name") == ["B", "A"]
    assert found(q="atl") == ["A"]
    assert found(stance="undecided") == ["A", "B"]
    assert found(stance="x", sort="x", archived="x") is not None
    assert len(text_of(client.get(url, {"format": "csv", "q": "atl"})).splitlines()) == 2
    assert client.get(url, {"format": "xlsx"})["Content-Disposition"].endswith('"product-lines.xlsx"')


def test_an_organization_without_lines_is_told_what_they_are(client, alice, url):
    client.force_login(alice)

    assert b"No product lines yet" in client.get(url).content


def test_one_row_and_fifty_cost_the_same_queries(client, alice, acme, line, product, url):
    client.force_login(alice)
    client.get(url)
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    ProductLine.objects.bulk_create(
        ProductLine(organization=acme, code=f"L{number}", name=f"Line {number}") for number in range(49)
    )
    with CaptureQueriesContext(connection) as fifty:
        response = client.get(url)

    assert len(response.context["groups"]) == 50
    assert len(fifty) == len(one) <= 9


def test_the_page_adds_the_parts_of_a_project_that_serves_several_of_its_products(
    client, vera, acme, line, product, project
):
    twin = Product.objects.create(organization=acme, line=line, name="Twin", currency="USD")
    for row, share in ((product, "0.5"), (twin, "0.25")):
        ProductShare.objects.create(organization=acme, project=project, product=row, share_ratio=Decimal(share))
    rebuild_rollups(acme.pk)
    client.force_login(vera)

    response = client.get(page("detail", line))

    (service,) = response.context["services"]
    assert (service.share_ratio, service.budget_amount) == (Decimal("0.75"), 750_000)
    assert response.context["sums"].budget_amount == 750_000
    assert "Twin" in response.content.decode()


@pytest.mark.parametrize("name", ["list", "detail"])
def test_every_count_of_a_line_opens_as_many_rows(client, vera, acme, line, product, project, name):
    twin = Product.objects.create(organization=acme, line=line, name="Twin", currency="USD")
    elsewhere = Product.objects.create(organization=acme, name="Elsewhere", currency="USD")
    others = [
        Project.objects.create(
            organization=acme, program=project.program, code=f"P{n}", name=f"P{n}", currency="USD", status=status
        )
        for n, status in enumerate(("active", "active", "done", "active"))
    ]
    served = [(project, product), (project, twin), *((other, product) for other in others[:3]), (others[3], elsewhere)]
    ProductShare.objects.bulk_create(
        ProductShare(organization=acme, project=served_by, product=row, share_ratio=Decimal("0.5"))
        for served_by, row in served
    )
    Project.objects.filter(pk=others[0].pk).update(reported_health="green")
    rebuild_rollups(acme.pk)
    client.force_login(vera)

    links = counted_links(client.get(page(name, line if name == "detail" else None)))
    of_line = [(address, count) for address, count in links if f"line={line.pk}" in address]

    assert sum(count for address, count in of_line if "health=" in address) == 3
    for address, count in of_line:
        assert rows_behind(client, address) == count, address


def test_a_line_is_opened_once(client, alice):
    client.force_login(alice)
    data = answers(client.get(page("create")), code="C", name="Cutter")

    first, second = client.post(page("create"), data), client.post(page("create"), data)

    assert first["Location"] == second["Location"] == page("detail", ProductLine.objects.get())


def test_a_code_that_another_line_has_is_named_at_its_field(client, alice, line):
    client.force_login(alice)

    response = fill(client, page("create"), code="A", name="Again")

    assert response.status_code == 422
    assert response.context["form"].errors["code"] == ["Another product line has this code."]


@pytest.mark.parametrize(("field", "value"), [("code", ""), ("code", "ABCD"), ("name", ""), ("name", "x" * 201)])
def test_a_bad_answer_is_kept_and_named_at_its_field(client, alice, line, field, value):
    client.force_login(alice)

    response = fill(client, page("edit", line), **{field: value})

    assert response.status_code == 422
    assert field in response.context["form"].errors


def test_a_stale_form_tells_who_changed_what(client, alice, olivia, line):
    client.force_login(alice)
    data = answers(client.get(page("edit", line)), name="Mine")
    update_product_line(actor=olivia, line=line, name="Theirs")

    assert client.post(page("edit", line), data).status_code == 409


def test_a_line_with_products_is_not_archived_and_an_empty_one_comes_back(client, alice, line, product):
    client.force_login(alice)
    refused = client.post(page("archive", line))
    assert refused.status_code == 409
    assert "Atlas Insights" in refused.content.decode()

    product.delete()
    done = client.post(page("archive", line), {"version": line.version}, follow=True)
    assert f'action="{page("restore", line)}"' in done.content.decode()
    assert client.post(page("restore", line))["Location"] == page("detail", line)
    line.refresh_from_db()
    assert not line.is_archived


@pytest.mark.parametrize("name", ["create", "edit", "archive", "restore"])
def test_the_role_decides(client, petra, vera, line, name):
    for person in (petra, vera):
        client.force_login(person)
        assert client.post(page(name, None if name == "create" else line), {"name": "x"}).status_code == 403


@pytest.mark.parametrize("name", ["detail", "edit", "archive", "restore"])
def test_another_organization_gets_404(client, charlie, line, name):
    client.force_login(charlie)
    method = client.get if name == "detail" else client.post

    assert method(page(name, line)).status_code == 404


def test_wrong_methods_are_refused(client, alice, line, url):
    client.force_login(alice)

    assert client.post(url).status_code == client.post(page("detail", line)).status_code == 405
    assert client.get(page("archive", line)).status_code == client.get(page("restore", line)).status_code == 405
