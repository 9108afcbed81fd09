"""Recording a decision to invest, maintain or sunset, with its evidence frozen."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from portfolio.models import Product, StanceDecision
from portfolio.selectors.decisions import decisions_of
from portfolio.services import decide_stance
from tests.filling import answers, fill, sentences

DAY = datetime.date(2026, 2, 3)


@pytest.fixture
def url(product):
    return reverse("portfolio:product-stance", args=[product.pk])


@pytest.fixture
def line_url(line):
    return reverse("portfolio:line-stance", args=[line.pk])


def test_a_decision_is_recorded_with_the_figures_as_they_stood(client, alice, product, url):
    Product.objects.filter(pk=product.pk).update(annual_revenue_amount=500, revenue_growth_ratio="0.41")
    client.force_login(alice)

    response = fill(client, url, stance="invest", reason="It grows.", review_date="2027-06-01")
    Product.objects.filter(pk=product.pk).update(annual_revenue_amount=1)

    decision = StanceDecision.objects.get()
    assert (decision.stance, decision.owner, decision.decided_date) == ("invest", alice, timezone.localdate())
    assert response["Location"] == reverse("portfolio:product-detail", args=[product.pk])
    assert sentences(response) == ["Recorded: Invest Atlas Insights."]
    page = client.get(reverse("portfolio:product-decisions", args=[product.pk])).content.decode()
    assert "$500" in page


def test_a_decision_about_a_line_keeps_the_figures_of_its_products(client, alice, line, product, line_url):
    client.force_login(alice)

    response = fill(client, line_url, stance="sunset", reason="It shrinks.")

    assert response["Location"] == reverse("portfolio:line-detail", args=[line.pk])
    (decision,) = decisions_of(line, timezone.localdate())
    assert [figures.name for figures in decision.evidence] == ["Atlas Insights"]


def test_a_line_without_products_can_be_decided_about(client, alice, line, line_url):
    client.force_login(alice)

    assert b"no figures are kept" in client.get(line_url).content
    assert fill(client, line_url, stance="maintain", reason="Nothing in it.").status_code == 302


def test_the_page_shows_what_holds_and_what_will_be_kept(client, alice, product, url):
    decide_stance(actor=alice, stance="maintain", reason="Steady.", decided_date=DAY, product=product)
    client.force_login(alice)

    text = client.get(url).content.decode()

    assert "Review the stance of Atlas Insights" in text
    assert "Steady." in text
    assert "Kept with the decision" in text


def test_a_decision_sent_twice_is_recorded_once(client, alice, url):
    client.force_login(alice)
    data = answers(client.get(url), stance="invest", reason="It grows.")

    assert client.post(url, data)["Location"] == client.post(url, data)["Location"]
    assert StanceDecision.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("stance", ""),
        ("stance", "abandon"),
        ("reason", ""),
        ("reason", "x" * 5001),
        ("decided_date", "tomorrow"),
        ("decided_date", "2099-01-01"),
        ("decided_date", ""),
        ("review_date", "2026-13-45"),
        ("owner", "99999"),
    ],
)
def test_a_bad_answer_is_kept_and_named_at_its_field(client, alice, url, field, value):
    client.force_login(alice)
    good = {"stance": "invest", "reason": "It grows.", "decided_date": "2026-02-03"}

    response = fill(client, url, **{**good, field: value})

    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert response.context["form"][field].value() == value
    assert not StanceDecision.objects.exists()


def test_a_review_before_the_decision_is_refused(client, alice, url):
    client.force_login(alice)

    response = fill(client, url, stance="invest", reason="x", decided_date="2026-02-03", review_date="2026-02-02")

    assert response.status_code == 422
    assert "The review cannot lie before the decision." in response.content.decode()


def test_the_latest_decision_holds_and_says_when_its_review_is_due(alice, product):
    for day, stance in ((DAY, "invest"), (DAY + datetime.timedelta(days=30), "sunset")):
        decide_stance(
            actor=alice, stance=stance, reason="x", decided_date=day, product=product,
            review_date=day + datetime.timedelta(days=10),
        )  # fmt: skip

    last, first = decisions_of(product, DAY + datetime.timedelta(days=40))

    assert (last.row.stance, last.is_present, last.is_due) == ("sunset", True, True)
    assert (first.is_present, first.is_due) == (False, False)
    assert not decisions_of(product, DAY)[0].is_due


def test_the_role_decides(client, petra, bob, vera, url, line_url):
    for person in (petra, bob, vera):
        client.force_login(person)
        for address in (url, line_url):
            assert client.get(address).status_code == 403
            assert client.post(address, {"stance": "invest", "reason": "x"}).status_code == 403
    assert not StanceDecision.objects.exists()


def test_another_organization_gets_404(client, charlie, url, line_url):
    client.force_login(charlie)

    assert client.post(url).status_code == client.post(line_url).status_code == 404


def test_a_decision_is_not_deleted(client, alice, url):
    client.force_login(alice)

    assert client.delete(url).status_code == 405
