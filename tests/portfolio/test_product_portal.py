"""A product's page leads to its public portal, and those who may look after portals to where it is opened."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.tenancy import global_url
from feedback.services import close_portal, create_portal, open_portal
from portfolio.services import archive_product


@pytest.fixture
def portal(acme, alice, product):
    return create_portal(actor=alice, organization=acme, product=product, slug="insights", title="Ideas")


@pytest.fixture
def read(client, product):
    """The page of the product, as a person reads it."""

    def html(person):
        client.force_login(person)
        return client.get(reverse("portfolio:product-detail", args=[product.pk])).content.decode()

    return html


def address(portal):
    return f'href="{global_url("portal-ideas", portal.organization.slug, portal.slug)}">Public portal</a>'


def test_everybody_finds_a_portal_that_is_open(alice, vera, portal, read):
    open_portal(actor=alice, portal=portal)

    assert address(portal) in read(vera)
    assert address(portal) in read(alice)


def test_the_address_of_a_closed_portal_is_not_given_and_a_leader_finds_where_to_open_it(alice, vera, portal, read):
    page_of_portal = f'href="{reverse("feedback:portal-detail", args=[portal.pk])}">Open it</a>'

    assert page_of_portal in read(alice)
    assert "Public portal" not in read(alice)
    assert "Portal</span>" not in read(vera)

    close_portal(actor=alice, portal=open_portal(actor=alice, portal=portal))
    assert "Public portal" not in read(alice)


def test_a_leader_sets_up_the_portal_of_a_product_that_has_none(client, alice, vera, product, read):
    link = f"{reverse('feedback:portal-create')}?product={product.pk}"

    assert f'href="{link}">Set it up</a>' in read(alice)
    assert "Portal</span>" not in read(vera)
    client.force_login(alice)
    assert f'<option value="{product.pk}" selected>' in client.get(link).content.decode()


def test_an_archived_product_has_no_public_portal(alice, product, portal, read):
    open_portal(actor=alice, portal=portal)
    archive_product(actor=alice, product=product)

    assert "Portal</span>" not in read(alice)


def test_a_portal_costs_the_page_no_query_more_than_none(alice, acme, product, read):
    read(alice)  # signs in
    with CaptureQueriesContext(connection) as without:
        read(alice)
    row = create_portal(actor=alice, organization=acme, product=product, slug="insights", title="Ideas")
    open_portal(actor=alice, portal=row)

    with CaptureQueriesContext(connection) as queries:
        html = read(alice)

    assert address(row) in html
    assert len(queries) == len(without)
