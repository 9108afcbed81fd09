"""The page that says which products a project serves, and with which part of it."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from events.models import Event
from portfolio.models import Product, ProductShare
from portfolio.services import set_product_shares
from projects.services import update_project
from tests.filling import answers, fill


@pytest.fixture
def url(project):
    return reverse("portfolio:project-shares", args=[project.pk])


@pytest.fixture
def twin(acme, line):
    return Product.objects.create(organization=acme, line=line, name="Twin", currency="USD")


def shares(project):
    return {share.product.name: share.share_ratio for share in project.product_shares.all()}


def test_shares_are_set_in_percent(client, petra, project, product, twin, url):
    client.force_login(petra)

    response = fill(client, url, product_0=product.pk, share_0="66.67", product_1=twin.pk, share_1="33.33")

    assert response["Location"] == reverse("projects:project-detail", args=[project.pk])
    assert shares(project) == {"Atlas Insights": Decimal("0.6667"), "Twin": Decimal("0.3333")}
    assert Event.objects.get().kind == "project.products_set"


def test_the_page_shows_what_is_set_with_room_for_more(client, petra, project, product, twin, url):
    set_product_shares(actor=petra, project=project, shares={product: Decimal("0.75"), twin: Decimal("0.25")})
    client.force_login(petra)

    rows = client.get(url).context["form"].rows

    assert [(product_field.value(), share_field.value()) for product_field, share_field in rows] == [
        (product.pk, "75"),
        (twin.pk, "25"),
        ("", None),
        ("", None),
    ]


def test_a_row_is_added_without_script_and_nothing_typed_is_lost(client, petra, product, url):
    client.force_login(petra)
    data = answers(client.get(url), product_0=product.pk, share_0="60")

    response = client.post(url, {**data, "rows": "4", "add_row": "1"})

    form = response.context["form"]
    assert (response.status_code, form.row_count) == (200, 5)
    assert form["share_0"].value() == "60"
    assert "needs a change" not in response.content.decode()
    assert not ProductShare.objects.exists()


def test_all_rows_empty_means_that_it_serves_none(client, petra, project, product, url):
    set_product_shares(actor=petra, project=project, shares={product: Decimal(1)})
    client.force_login(petra)

    assert fill(client, url, product_0="", share_0="").status_code == 302
    assert shares(project) == {}


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ({"share_0": "60", "share_1": "30"}, "The shares sum to 90 %, not to 100 %: 10 % is missing."),
        ({"share_0": "60", "share_1": "40.5"}, "The shares sum to 100.5 %, not to 100 %: 0.5 % is too much."),
        ({"share_0": "60", "share_1": ""}, "Say how much of the project serves it."),
        ({"share_0": "60", "share_1": "40", "product_1": ""}, "Say which product this share serves."),
        ({"share_0": "60", "share_1": "40", "product_1": "same"}, "This product is named twice."),
        ({"share_0": "120"}, "Ensure this value is less than or equal to 100."),
        ({"share_0": "-5"}, "Ensure this value is greater than or equal to 0."),
        ({"share_0": "half"}, "Enter a number."),
        ({"share_0": "33.333", "share_1": "66.667"}, "Ensure that there are no more than 2 decimal places."),
        ({"product_0": "99999", "share_0": "100"}, "Select a valid choice."),
    ],
    ids=str,
)
def test_a_bad_answer_is_kept_and_nothing_is_changed(client, petra, project, product, twin, url, rows, sentence):
    client.force_login(petra)
    rows = {"product_0": product.pk, "product_1": twin.pk, **rows}
    rows["product_1"] = product.pk if rows["product_1"] == "same" else rows["product_1"]

    response = fill(client, url, **rows)

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert response.context["form"]["share_0"].value() == rows.get("share_0")
    assert shares(project) == {}


@pytest.mark.parametrize("rows", ["", "x", "-3", "99999999", "٣"])
def test_the_number_of_rows_is_held_to_reason(client, petra, url, rows):
    client.force_login(petra)

    response = client.post(url, {"rows": rows, "add_row": "1"})

    assert 4 <= response.context["form"].row_count <= 40


def test_a_product_that_was_archived_keeps_its_share_until_it_is_taken_away(client, petra, project, product, url):
    set_product_shares(actor=petra, project=project, shares={product: Decimal(1)})
    Product.objects.filter(pk=product.pk).update(archived_at=timezone.now())
    client.force_login(petra)

    assert fill(client, url).status_code == 302
    assert shares(project) == {"Atlas Insights": Decimal(1)}


def test_a_stale_form_tells_who_changed_what_and_keeps_the_text(client, petra, alice, project, product, url):
    client.force_login(petra)
    data = answers(client.get(url), product_0=product.pk, share_0="100")
    update_project(actor=alice, project=project, name="Apollo 2")

    response = client.post(url, data)

    assert response.status_code == 409
    assert "Alice" in response.content.decode()
    assert response.context["form"]["share_0"].value() == "100"
    assert client.post(url, answers(response)).status_code == 302


def test_shares_sent_twice_are_set_once(client, petra, project, product, url):
    client.force_login(petra)
    data = answers(client.get(url), product_0=product.pk, share_0="100")

    assert client.post(url, data)["Location"] == client.post(url, data)["Location"]
    assert Event.objects.count() == 1


def test_the_role_decides(client, bob, vera, url):
    for person in (bob, vera):
        client.force_login(person)
        assert client.get(url).status_code == client.post(url, {"add_row": "1"}).status_code == 403


def test_another_organization_gets_404_and_another_method_405(client, charlie, petra, url):
    client.force_login(charlie)
    assert client.post(url).status_code == 404
    client.force_login(petra)
    assert client.delete(url).status_code == 405
