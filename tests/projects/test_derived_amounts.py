"""A project's budget and cost are the sums of its entries, once it has some: then they are only read."""

from decimal import Decimal

import pytest

from core.errors import FieldErrors
from core.tenancy import organization_url
from projects.services import report_project, update_project
from tests.api.conftest import errors_of
from tests.finance.conftest import cell, put  # noqa: F401 - fixture

pytestmark = pytest.mark.django_db


@pytest.fixture
def with_entries(put, project):  # noqa: F811
    put(cell(project, "2026-01", "700"), cell(project, "2026-01", "90", kind="actual"))
    project.refresh_from_db()
    return project


def test_another_budget_is_refused_with_where_to_change_it(alice, with_entries):
    with pytest.raises(FieldErrors) as refused:
        update_project(actor=alice, project=with_entries, budget_amount=Decimal(5))

    assert refused.value.errors == {
        "budget_amount": "It is the sum of the project's budget entries. Change them on its Budget tab."
    }


def test_another_cost_is_refused_in_a_report(alice, with_entries):
    with pytest.raises(FieldErrors, match="sum of the project's actual entries"):
        report_project(actor=alice, project=with_entries, actual_amount=Decimal(5))


def test_the_same_amounts_are_no_error(alice, with_entries):
    changed = update_project(actor=alice, project=with_entries, name="Apollo 2", budget_amount=Decimal("700.00"))

    assert (changed.name, changed.budget_amount) == ("Apollo 2", Decimal(700))


def test_a_project_without_entries_is_budgeted_as_before(alice, project):
    assert update_project(actor=alice, project=project, budget_amount=Decimal(5)).budget_amount == 5


def test_the_form_shows_them_read_only_with_a_way_to_the_budget(client, alice, with_entries):
    client.force_login(alice)

    page = client.get(organization_url("acme", "projects:project-edit", with_entries.pk)).content.decode()

    assert "The sum of its entries" in page
    assert f"/projects/{with_entries.pk}/budget/" in page


def test_the_cell_of_a_list_leads_to_the_budget(client, alice, with_entries):
    client.force_login(alice)
    url = organization_url("acme", "projects:project-cell", with_entries.pk, "budget")

    assert client.get(url).url.endswith(f"/projects/{with_entries.pk}/budget/")


def test_the_api_refuses_another_budget_at_the_field(api, with_entries):
    response = api.send("patch", f"/api/v1/projects/{with_entries.pk}/", {"budget_amount": "5.00"})

    assert response.status_code == 400
    assert "sum of the project's budget entries" in errors_of(response)["budget_amount"][0]
