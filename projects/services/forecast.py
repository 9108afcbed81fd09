"""Runs of the delivery forecast: asked for, simulated by a worker, kept with what came out."""

from collections.abc import Callable
from typing import Any

from django.db import transaction

from accounts.models import User
from core.access import require
from core.errors import Conflict, FieldErrors
from events.services import create_recorded, start_job
from projects.algorithms.forecasting import forecast
from projects.algorithms.plan import NONE
from projects.models import Forecast, Project
from projects.selectors.forecast import forecast_result
from projects.selectors.uncertainty import (
    FROM_PLAN,
    ForecastInput,
    Wanted,
    forecast_input,
    forecast_project_ids,
    has_estimates,
    open_risks,
    open_work,
)

KIND = "projects.forecast"
NOTHING_UNCERTAIN = (
    "No activity that remains has a three-point estimate, so every date would be certain. Enter estimates with the "
    "activities, or choose to assume a spread."
)


@transaction.atomic
def run_forecast(
    *,
    actor: User,
    project: Project | None = None,
    program: Any = None,
    samples: int = 10_000,
    seed: int = 1,
    includes_risks: bool = True,
    assumes_spread: bool = False,
    result_path: str = "",
) -> Forecast:
    """Ask for a forecast of one project, or of all projects of a program; a worker simulates it.

    Args:
        assumes_spread: where an activity has no three-point estimate, `ASSUMED` of its planned duration holds.
        result_path: where the result is shown; `{pk}` stands for the forecast's id.
    Raises:
        NotAllowed: the actor's role may not run forecasts.
        Conflict: nothing remains to be done.
        FieldErrors: nothing is uncertain, and no spread is assumed.
    """
    subject = project or program
    require(actor, "forecast.run", subject.organization_id)
    ids = forecast_project_ids(project, program)
    if not open_work(ids).exists():
        raise Conflict(f"“{subject}” has no work that remains to be done, so there is nothing to forecast.")
    if not assumes_spread and not has_estimates(ids) and not (includes_risks and open_risks(ids).exists()):
        raise FieldErrors({"assumes_spread": NOTHING_UNCERTAIN})
    row = Forecast(
        organization_id=subject.organization_id,
        project=project,
        program=program,
        requested_by=actor,
        samples=samples,
        seed=seed,
        includes_risks=includes_risks,
    )
    row = create_recorded("forecast.requested", actor=actor, subject=row)
    row.job = start_job(
        actor=actor,
        organization=subject.organization,
        kind=KIND,
        title=f"Forecast of {subject}",
        payload={"forecast": row.pk, "assumes_spread": assumes_spread},
        result_path=result_path.replace("{pk}", str(row.pk)),
    )
    row.save(update_fields=["job", "updated_at"])
    return row


def carry_out_forecast(
    *, actor: Any, row: Forecast, assumes_spread: bool, report: Callable[..., None]
) -> dict[str, Any]:
    """Simulate a forecast that was asked for, and keep what comes out; done again, it gives the same.

    Raises:
        Conflict: the plan cannot be scheduled; the sentence says why.
    """
    try:
        given = _read(row, assumes_spread)
        report(0, row.samples, "The plan is read.")
        whole = _whole_wanted(given)
        found = forecast(
            given.loaded.plan,
            given.uncertainty,
            projects=given.places,
            targets=[(aim.members, aim.wanted.ticks) for aim in given.aims],
            wanted=whole.ticks,
            risks=given.risks,
            samples=row.samples,
            seed=row.seed,
            not_before=given.not_before,
            report=lambda done: report(done, row.samples),
            engine=given.loaded.engine,
        )
    except ValueError as error:
        raise Conflict(str(error)) from error
    row.result = forecast_result(given, found, whole, assumes_spread)
    row.as_of = given.as_of
    row.version += 1
    row.save(update_fields=["result", "as_of", "version", "updated_at"])
    return {"message": f"{row.samples:,} samples are drawn.", "forecast": row.pk}


def _read(row: Forecast, assumes_spread: bool) -> ForecastInput:
    ids = forecast_project_ids(row.project, row.program)
    return forecast_input(row.organization_id, ids, assumes=assumes_spread, includes_risks=row.includes_risks)


def _whole_wanted(given: ForecastInput) -> Wanted:
    """Of a project its own date; of a program the latest that its projects should finish."""
    wanted = [aim.wanted for aim in given.aims if aim.is_whole and aim.wanted.day]
    return max(wanted, key=lambda one: one.ticks, default=Wanted(None, NONE, FROM_PLAN))
