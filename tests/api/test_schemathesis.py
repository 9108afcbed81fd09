"""Requests made up from the OpenAPI document, good and bad: no answer but those it promises, and never a crash."""

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from config.wsgi import application
from portfolio.services import rebuild_rollups

load_all_checks()
PROMISES = [
    CHECKS.get_one(name)
    for name in (
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_schema_conformance",
    )
]
BOUNDED = settings(
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def rows(
    acme, portfolio, program, measure, project, activity, risk, line, product, decision, job, calendar, criterion, alice
):
    """Real ids by the word that a path or a body has for them, so that made-up requests also reach something."""
    rebuild_rollups(acme.pk)
    paths = {
        "portfolios": portfolio, "programs": program, "measures": measure, "projects": project, "activities": activity,
        "risks": risk, "product-lines": line, "products": product, "stance-decisions": decision, "jobs": job,
        "rollups": project.rollup, "members": alice.memberships.get(), "calendars": calendar,
        "criteria": criterion, "scoring-models": criterion.model,
    }  # fmt: skip
    fields = {
        "portfolio": portfolio, "program": program, "project": project, "line": line, "product": product,
        "manager": alice, "owner": alice, "assignee": alice, "calendar": calendar,
        "model": criterion.model,
    }  # fmt: skip
    return {name: row.pk for name, row in paths.items()}, {name: row.pk for name, row in fields.items()}


@pytest.fixture
def one_connection():
    """Every request on the connection of the test, as Django's own test client has it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def ground(case, rows, choose: int) -> None:
    """Let some made-up requests name rows that there are."""
    paths, fields = rows
    if choose % 3 and isinstance(case.path_parameters, dict) and "id" in case.path_parameters:
        case.path_parameters["id"] = paths.get(case.path.split("/")[3], case.path_parameters["id"])
    if choose % 2 and isinstance(case.body, dict):
        case.body.update({name: pk for name, pk in fields.items() if name in case.body})


@pytest.mark.long
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["good", "bad"])
def test_the_api_keeps_the_promises_of_its_document(api, rows, one_connection, mode):
    schema = schemathesis.openapi.from_wsgi("/api/schema/", application)
    headers = {"Authorization": api.defaults["HTTP_AUTHORIZATION"]}
    seen = 0
    for found in schema.get_all_operations():
        operation = found.ok()

        # What takes an id alone is the same from route to route.
        @settings(BOUNDED, max_examples=3 if len(operation.body) + len(operation.query) else 2)
        @given(case=operation.as_strategy(generation_mode=mode), choose=st.integers(0, 5))
        def keeps_its_promises(case, choose):
            ground(case, rows, choose)
            case.call_and_validate(headers=headers, checks=PROMISES)

        keeps_its_promises()
        seen += 1
    assert seen > 60
