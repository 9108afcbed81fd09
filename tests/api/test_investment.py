"""Business cases, benefits with their months, and earned value over REST."""

import datetime
from decimal import Decimal

import pytest

from accounts.models import Membership
from finance.models import BenefitMonth, BusinessCase, FinancialEntry

JANUARY = datetime.date(2026, 1, 1)


@pytest.fixture
def case(acme, project):
    return BusinessCase.objects.create(organization=acme, project=project, discount_ratio=Decimal("0.08"))


@pytest.fixture
def spent(acme, project):
    return FinancialEntry.objects.create(
        organization=acme, project=project, kind="actual", entry_class="opex", month=JANUARY, amount=Decimal(100),
        currency="USD", reporting_amount=Decimal(100),
    )  # fmt: skip


def test_a_business_case_is_created_changed_and_found_by_its_subject(api, project, program):
    told = [{"text": "It sells.", "owner": "Petra"}]
    body = {"project": project.pk, "discount_ratio": "0.080000", "assumptions": told}
    created = api.send("post", "/api/v1/business-cases/", body)
    assert created.status_code == 201, created.content
    row = created.json()
    assert row["assumptions"] == body["assumptions"]

    changed = api.send("patch", f"/api/v1/business-cases/{row['id']}/", {"timing": "end"}, If_Match=created["ETag"])

    assert (changed.json()["timing"], changed.json()["version"]) == ("end", 2)
    assert len(api.get(f"/api/v1/business-cases/?project={project.pk}").json()["results"]) == 1
    assert api.get(f"/api/v1/business-cases/?program={program.pk}").json()["results"] == []


def test_a_lost_update_a_second_case_and_a_wrong_body_are_refused(api, case, project):
    path = f"/api/v1/business-cases/{case.pk}/"
    assert api.send("patch", path, {"timing": "end"}, If_Match='"7"').status_code == 412
    assert api.send("post", "/api/v1/business-cases/", {"project": project.pk}).status_code == 400
    assert api.send("post", "/api/v1/business-cases/", {}).status_code == 400
    assert api.send("patch", path, {"assumptions": [{"words": "x"}]}).status_code == 400
    assert api.send("patch", path, {"project": project.pk}).status_code == 400
    assert api.delete(path).status_code == 405
    assert api.send("post", f"{path}restore/").status_code == 404


def test_the_figures_of_a_project_say_what_they_come_from(api, project, spent):
    body = api.get(f"/api/v1/projects/{project.pk}/business-case/").json()

    assert body["business_case"] is None
    assert body["cost_amount"] == "100.00"
    assert body["irr"] == {"found": "none", "rates": [], "reason": "Money only goes out"}
    assert body["payback"]["months"] is None
    assert body["months"][0]["kinds"] == ["actual"]
    assert api.get(f"/api/v1/projects/{project.pk}/business-case/?count=hope").status_code == 400
    assert api.get(f"/api/v1/projects/{project.pk}/business-case/?count=budget").json()["months"] == []


def test_programs_and_products_have_figures_too(api, program, product, spent):
    assert api.get(f"/api/v1/programs/{program.pk}/business-case/").json()["cost_amount"] == "100.00"
    assert api.get(f"/api/v1/products/{product.pk}/business-case/").json()["cost_amount"] == "0.00"


def test_many_months_of_a_benefit_are_set_at_once_and_read_back(api, benefit):
    path = f"/api/v1/benefits/{benefit.pk}/months/"
    months = [{"month": f"2026-0{n}-15", "planned_value": f"{n}.5"} for n in range(1, 10)]

    answer = api.send("patch", path, {"months": months})

    assert answer.status_code == 200, answer.content
    assert answer.json()["months"][0]["month"] == "2026-01-01"
    assert answer.json()["months"][0]["planned_value"] == "1.5000"
    assert BenefitMonth.objects.count() == 9
    read = api.get(path)
    assert read.json() == answer.json()
    assert read["ETag"] == answer["ETag"]
    assert api.get(path, headers={"If-None-Match": read["ETag"]}).status_code == 304
    stale = api.send("patch", path, {"months": []}, If_Match='"1"')
    assert stale.status_code == 412


def test_unknown_fields_and_months_given_twice_are_refused_by_name(api, benefit):
    path = f"/api/v1/benefits/{benefit.pk}/months/"

    assert api.send("patch", path, {"months": [{"month": "2026-01-01", "plan": 1}]}).status_code == 400
    twice = {"months": [{"month": "2026-01-01", "planned_value": "1"}, {"month": "2026-01-31", "planned_value": "2"}]}
    assert "comes twice" in api.send("patch", path, twice).content.decode()


def test_earned_value_is_read_for_projects_and_programs(api, project, program, spent):
    for path in (f"/api/v1/projects/{project.pk}/earned-value/", f"/api/v1/programs/{program.pk}/earned-value/"):
        body = api.get(path).json()

        assert body["bac_amount"] == "1000000.00"
        assert body["ac_amount"] == "100.00"
        assert body["by_budget"] == [project.pk]
        assert [row["method"] for row in body["estimates"]] == ["typical", "atypical", "schedule"]
        assert body["months"]


PATHS = (
    "business-cases/", "benefits/", "business-cases/{case}/", "benefits/{benefit}/", "benefits/{benefit}/months/",
    "projects/{project}/business-case/", "projects/{project}/earned-value/",
)  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_members_without_the_right_to_amounts_get_403(api_for, acme, vera, case, benefit, project, path):
    Membership.objects.filter(user=vera).update(sees_amounts=False)
    api = api_for(vera, acme)

    answer = api.get("/api/v1/" + path.format(case=case.pk, benefit=benefit.pk, project=project.pk))

    assert answer.status_code == 403
    assert "amounts" in answer.json()["detail"]


@pytest.mark.parametrize("path", PATHS[2:])
def test_strangers_find_nothing(api_for, other, charlie, case, benefit, project, path):
    api = api_for(charlie, other)

    assert api.get("/api/v1/" + path.format(case=case.pk, benefit=benefit.pk, project=project.pk)).status_code == 404


def test_contributors_read_and_may_not_write(api_for, acme, bob, benefit, project):
    api = api_for(bob, acme)

    assert api.get(f"/api/v1/benefits/{benefit.pk}/").status_code == 200
    assert api.send("patch", f"/api/v1/benefits/{benefit.pk}/months/", {"months": []}).status_code == 403
    assert api.send("post", "/api/v1/business-cases/", {"project": project.pk}).status_code == 403
