"""The organization, its members and the caller over REST."""

from tests.api.conftest import errors_of


def test_the_caller_learns_who_they_are_and_what_they_may_do(api, alice, acme):
    me = api.get("/api/v1/me/").json()

    assert (me["id"], me["role"], me["organization"]["slug"]) == (alice.pk, "portfolio_manager", "acme")
    assert "portfolio.edit" in me["may"]
    assert "organization.manage" not in me["may"]
    assert me["token"] == {"name": "test", "scope": "write", "expires_at": None}


def test_an_owner_changes_the_organization(api_for, olivia, acme):
    api = api_for(olivia, acme)

    response = api.send("patch", "/api/v1/organization/", {"name": "Acme Group", "fiscal_year_start_month": 7})

    assert response.status_code == 200
    assert response.json()["version"] == 2
    assert api.get("/api/v1/organization/").json() == response.json()


def test_others_may_read_the_organization_but_not_change_it(api):
    assert api.get("/api/v1/organization/").status_code == 200
    assert api.send("patch", "/api/v1/organization/", {"name": "Mine"}).status_code == 403


def test_an_organization_with_a_thirteenth_month_is_refused(api_for, olivia, acme):
    api = api_for(olivia, acme)

    assert errors_of(api.send("patch", "/api/v1/organization/", {"fiscal_year_start_month": 13}))
    assert errors_of(api.send("patch", "/api/v1/organization/", {"currency": "dollars"}))
    assert errors_of(api.send("patch", "/api/v1/organization/", {"slug": "other"})) == {
        "slug": ["This field is only read."]
    }


def test_a_stale_change_of_the_organization_gets_412(api_for, olivia, acme):
    api = api_for(olivia, acme)
    tag = api.get("/api/v1/organization/").headers["ETag"]
    assert api.get("/api/v1/organization/", headers={"If-None-Match": tag}).status_code == 304
    api.send("patch", "/api/v1/organization/", {"name": "Acme Group"})

    assert api.send("patch", "/api/v1/organization/", {"name": "Acme AG"}, If_Match=tag).status_code == 412


def test_members_are_listed_with_their_roles(api, alice, bob, charlie):
    rows = api.get("/api/v1/members/").json()["results"]

    assert {(row["user"], row["role"]) for row in rows} == {(alice.pk, "portfolio_manager"), (bob.pk, "contributor")}
    assert [row["name"] for row in api.get("/api/v1/members/?role=contributor").json()["results"]] == ["Bob"]
    assert [row["name"] for row in api.get("/api/v1/members/?q=ali").json()["results"]] == ["Alice"]


def test_members_are_only_read_and_hidden_from_strangers(api_for, charlie, other, api, acme, bob):
    membership = bob.memberships.get()

    assert api.get(f"/api/v1/members/{membership.pk}/").status_code == 200
    assert api.delete(f"/api/v1/members/{membership.pk}/").status_code == 405
    assert api_for(charlie, other).get(f"/api/v1/members/{membership.pk}/").status_code == 404
    assert api.send("post", "/api/v1/me/", {}).status_code == 405
    assert api.send("put", "/api/v1/organization/", {}).status_code == 405
