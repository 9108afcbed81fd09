"""Portfolios, products, lines, shares, stances and rollups over REST."""

import datetime

import pytest
from django.utils import timezone

from events.models import Event
from portfolio.models import Portfolio, Product, Rollup
from portfolio.services import rebuild_rollups
from tests.api.conftest import errors_of


def test_portfolios_in_a_circle_are_refused_and_the_circle_is_named(api, acme, portfolio):
    middle = Portfolio.objects.create(organization=acme, parent=portfolio, name="Middle")
    lowest = Portfolio.objects.create(organization=acme, parent=middle, name="Lowest")

    response = api.send("patch", f"/api/v1/portfolios/{portfolio.pk}/", {"parent": lowest.pk})

    assert errors_of(response) == {
        "parent": [
            "Portfolios cannot lie in a circle: Core portfolio → Middle → Lowest → Core portfolio."
            " Choose another parent."
        ]
    }


def test_a_portfolio_is_not_its_own_parent(api, portfolio):
    assert "parent" in errors_of(api.send("patch", f"/api/v1/portfolios/{portfolio.pk}/", {"parent": portfolio.pk}))


def test_a_portfolio_that_holds_programs_is_not_archived(api, portfolio, program):
    response = api.delete(f"/api/v1/portfolios/{portfolio.pk}/")

    assert response.status_code == 409
    assert "1 program (EU launch)" in response.json()["detail"]


def test_a_program_moves_to_another_portfolio(api, acme, program):
    growth = Portfolio.objects.create(organization=acme, name="Growth")

    moved = api.send("post", f"/api/v1/programs/{program.pk}/move/", {"portfolio": growth.pk})

    assert moved.json()["portfolio_name"] == "Growth"
    assert "portfolio" in errors_of(api.send("post", f"/api/v1/programs/{program.pk}/move/", {"portfolio": None}))
    assert "portfolio" in errors_of(api.send("post", f"/api/v1/programs/{program.pk}/move/", {}))


def test_the_latest_decision_is_the_stance(api, product):
    body = {"product": product.pk, "stance": "invest", "reason": "It grows.", "decided_date": "2026-10-01"}

    response = api.send("post", "/api/v1/stance-decisions/", body)
    api.send("post", "/api/v1/stance-decisions/", {**body, "stance": "sunset", "decided_date": "2026-11-01"})

    assert response.status_code == 201
    assert response.json()["owner_name"] == "Alice"
    assert response.json()["evidence"]["products"][0]["name"] == "Atlas Insights"
    assert api.get(f"/api/v1/products/{product.pk}/").json()["stance"] == "sunset"
    assert [row["stance"] for row in api.get("/api/v1/stance-decisions/").json()["results"]] == ["invest", "sunset"]


def test_a_decision_is_about_one_thing(api, product, line):
    body = {"stance": "invest", "reason": "It grows.", "decided_date": "2026-10-01"}

    both = api.send("post", "/api/v1/stance-decisions/", {**body, "product": product.pk, "line": line.pk})
    none = api.send("post", "/api/v1/stance-decisions/", body)

    assert (both.status_code, none.status_code) == (409, 409)


def test_a_decision_needs_a_reason_and_a_review_after_it(api, product):
    body = {"product": product.pk, "stance": "invest", "reason": "", "decided_date": "2026-10-01"}

    assert "reason" in errors_of(api.send("post", "/api/v1/stance-decisions/", body))
    early = api.send("post", "/api/v1/stance-decisions/", {**body, "reason": "So", "review_date": "2026-09-01"})
    assert errors_of(early) == {"non_field_errors": ["The review cannot lie before the decision."]}


def test_decisions_are_for_leaders_and_never_changed(api_for, petra, acme, api, product, decision):
    body = {"product": product.pk, "stance": "invest", "reason": "It grows.", "decided_date": "2026-10-01"}

    assert api_for(petra, acme).send("post", "/api/v1/stance-decisions/", body).status_code == 403
    assert api.send("patch", f"/api/v1/stance-decisions/{decision.pk}/", {"reason": "x"}).status_code == 405
    assert api.delete(f"/api/v1/stance-decisions/{decision.pk}/").status_code == 405


def test_a_stranger_finds_no_decision_and_cannot_decide_about_acme(api_for, charlie, other, product, decision):
    api = api_for(charlie, other)
    body = {"product": product.pk, "stance": "invest", "reason": "Mine", "decided_date": "2026-10-01"}

    assert api.get(f"/api/v1/stance-decisions/{decision.pk}/").status_code == 404
    assert "product" in errors_of(api.send("post", "/api/v1/stance-decisions/", body))


@pytest.fixture
def shares(project):
    return f"/api/v1/projects/{project.pk}/products/"


@pytest.fixture
def maps(acme, line):
    return Product.objects.create(organization=acme, line=line, name="Atlas Maps", currency="USD")


def both(product, maps, first="0.6", second="0.4"):
    return {"shares": [{"product": product.pk, "share_ratio": first}, {"product": maps.pk, "share_ratio": second}]}


def test_the_products_of_a_project_are_set_whole_and_read_back(api, shares, product, maps, project):
    assert api.get(shares).json() == {"project": project.pk, "shares": []}

    put = api.send("put", shares, both(product, maps))

    assert put.status_code == 200
    assert put.json()["shares"] == [
        {"product": product.pk, "product_name": "Atlas Insights", "share_ratio": "0.6000"},
        {"product": maps.pk, "product_name": "Atlas Maps", "share_ratio": "0.4000"},
    ]
    assert api.get(shares).json() == put.json()
    assert Event.objects.filter(kind="project.products_set").count() == 1
    assert api.send("put", shares, {"shares": []}).json()["shares"] == []


def test_shares_that_do_not_sum_to_one_are_refused(api, shares, product, maps):
    response = api.send("put", shares, both(product, maps, "0.6", "0.3"))

    assert errors_of(response) == {"shares": ["The shares sum to 90 %, not to 100 %. Nothing was changed."]}
    assert api.get(shares).json()["shares"] == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"shares": None},
        {"shares": "all"},
        {"shares": [1]},
        {"shares": [{}]},
        {"shares": [{"product": 10**30, "share_ratio": "1"}]},
        {"shares": [{"product": "x", "share_ratio": "1"}]},
        {"shares": [{"product": 1, "share_ratio": "0"}]},
        {"shares": [{"product": 1, "share_ratio": "NaN"}]},
        {"shares": [{"product": 1, "share_ratio": "1", "weight": 2}]},
        {"shares": [{"product": 1, "share_ratio": "0.5"}, {"product": 1, "share_ratio": "0.5"}]},
    ],
)
def test_shares_that_make_no_sense_are_refused(api, shares, body):
    response = api.send("put", shares, body)

    assert response.status_code == 400
    assert "shares" in errors_of(response)


def test_anothers_product_is_no_share(api_for, charlie, other, api, shares, product, project):
    stranger = api_for(charlie, other)
    theirs = stranger.send("post", "/api/v1/products/", {"name": "Theirs"}).json()

    assert "shares" in errors_of(api.send("put", shares, {"shares": [{"product": theirs["id"], "share_ratio": "1"}]}))
    assert stranger.get(shares).status_code == 404
    assert stranger.send("put", shares, {"shares": []}).status_code == 404


def test_shares_are_for_those_who_may_change_projects(api_for, bob, acme, shares):
    assert api_for(bob, acme).get(shares).status_code == 200
    assert api_for(bob, acme).send("put", shares, {"shares": []}).status_code == 403
    assert api_for(bob, acme).send("patch", shares, {"shares": []}).status_code == 405


def test_stale_shares_get_412(api, shares, product, maps, project):
    tag = api.get(shares).headers["ETag"]
    assert api.get(shares, headers={"If-None-Match": tag}).status_code == 304
    api.send("patch", f"/api/v1/projects/{project.pk}/", {"name": "Renamed"})

    assert api.send("put", shares, both(product, maps), If_Match=tag).status_code == 412
    assert api.send("put", shares, both(product, maps), If_Match=api.get(shares).headers["ETag"]).status_code == 200


@pytest.fixture
def rollup(acme, project):
    values = {"project_count": 1, "red_count": 1, "health": "red", "health_reasons": ["Budget"], "slip_days": 12}
    found, _ = Rollup.objects.update_or_create(
        organization=acme,
        project=project,
        defaults={**values, "currency": "USD", "as_of": timezone.now(), "judged_date": timezone.localdate()},
    )
    return found


def test_the_totals_of_a_node_have_an_address(api, project, rollup):
    response = api.get(f"/api/v1/projects/{project.pk}/rollup/")

    assert response.status_code == 200
    assert (response.json()["health"], response.json()["slip_days"]) == ("red", 12)
    assert datetime.datetime.fromisoformat(response.json()["as_of"]) == rollup.as_of
    assert api.get(f"/api/v1/projects/{project.pk}/").json()["health"] == "red"


def test_totals_can_be_listed_by_kind_and_health(api, rollup):
    def found(query: str) -> list[int]:
        return [row["id"] for row in api.get(f"/api/v1/rollups/?{query}").json()["results"]]

    assert found("of=project&health=red") == [rollup.pk]
    assert found("of=portfolio") == []


def test_the_totals_of_the_organization_are_found_by_their_kind(api, acme, project):
    rebuild_rollups(acme.pk)

    (whole,) = api.get("/api/v1/rollups/?of=organization").json()["results"]

    assert [whole[name] for name in ("project", "program", "portfolio", "product")] == [None] * 4
    assert whole["project_count"] == 1
    assert api.get("/api/v1/rollups/?of=activity").status_code == 400


def test_totals_tell_lateness_and_what_the_figures_say_beside_what_is_reported(api, project, rollup):
    rollup.late_days, rollup.computed_health = 4, "amber"
    rollup.save()

    found = api.get(f"/api/v1/projects/{project.pk}/rollup/").json()

    assert (found["late_days"], found["health"], found["computed_health"]) == (4, "red", "amber")
    assert api.get(f"/api/v1/rollups/{rollup.pk}/").json() == found


def test_totals_are_only_read_and_hidden_from_strangers(api_for, charlie, other, api, project, rollup, portfolio):
    stranger = api_for(charlie, other)

    assert stranger.get(f"/api/v1/projects/{project.pk}/rollup/").status_code == 404
    assert stranger.get(f"/api/v1/rollups/{rollup.pk}/").status_code == 404
    assert api.get(f"/api/v1/portfolios/{portfolio.pk + 999}/rollup/").status_code == 404
    for method in ("post", "put", "patch", "delete"):
        assert api.send(method, f"/api/v1/projects/{project.pk}/rollup/", {}).status_code == 405


def test_a_tag_changes_when_a_figure_moves_though_the_version_does_not(api, project, rollup):
    url = f"/api/v1/projects/{project.pk}/"
    before = api.get(url)
    rollup.health = "amber"
    rollup.save()

    after = api.get(url, headers={"If-None-Match": before.headers["ETag"]})

    assert after.status_code == 200
    assert after.json()["version"] == before.json()["version"]
    assert api.send("patch", url, {"name": "Renamed"}, If_Match=before.headers["ETag"]).status_code == 200
