"""Levelling proposals: asked for, computed by a worker, then accepted in whole or in part, or discarded."""

import datetime
from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core.access import require
from core.errors import Conflict
from events.models import Event
from events.services import change_recorded, create_recorded, start_job
from projects.models import LevellingGroup, LevellingProposal, LevellingStatus, Project
from projects.selectors.levelling import NOTHING_PLANNED, levelling_result, standstill
from projects.selectors.levelling_input import levelled_projects, levelling_input, tokens_of
from projects.services.schedule import MOVED, PlanChanged, lock_schedule, move_back
from projects.services.shifting import Shift, move_constraints, put_off, shift_dates
from resources.algorithms.cp_sat import Effort, Progress
from resources.algorithms.levelling_exact import levelled
from resources.algorithms.months import plus_months
from resources.services import shift_allocations

KIND = "projects.levelling"
#: How long a worker looks for the best starts, in the solver's steps, and in seconds at most.
STEPS, SECONDS = 15.0, 90.0
STAGES = {
    "search": "A first suggestion is looked for.",
    "peak": "Lowering the peak",
    "total": "Lowering the sum",
    "movement": "Moving as little as possible",
}


@transaction.atomic
def suggest_levelling(
    *,
    actor: User,
    program: Any = None,
    portfolio: Any = None,
    group: str = LevellingGroup.ROLE,
    most_months: int = 6,
    seed: int = 1,
    result_path: str = "",
) -> LevellingProposal:
    """Ask which projects of a program or portfolio might start later, so that less is asked for than there is.

    Args:
        result_path: where the result is shown; `{pk}` stands for the proposal's id.
    Raises:
        NotAllowed: the actor's role may not suggest levelling.
        Conflict: none of the projects is in flight, nothing is planned of people's time, or no capacity is known.
    """
    subject = program or portfolio
    require(actor, "levelling.run", subject.organization_id)
    row = LevellingProposal(
        organization_id=subject.organization_id,
        program=program,
        portfolio=portfolio,
        requested_by=actor,
        group=group,
        most_months=most_months,
        seed=seed,
    )
    if why := standstill(row, timezone.localdate()):
        raise Conflict(why)
    row = create_recorded("levelling.requested", actor=actor, subject=row)
    row.job = start_job(
        actor=actor,
        organization=subject.organization,
        kind=KIND,
        title=f"Levelling of {subject}",
        payload={"levelling": row.pk},
        result_path=result_path.replace("{pk}", str(row.pk)),
    )
    row.save(update_fields=["job", "updated_at"])
    return row


def carry_out_levelling(*, actor: Any, row: LevellingProposal, report: Callable[..., None]) -> dict[str, Any]:
    """Look for later starts, and keep what comes out; done again on the same plan, it gives the same.

    Raises:
        Conflict: nothing can be levelled any more, or the plan cannot be scheduled; the sentence says why.
    """
    try:
        given = levelling_input(row, timezone.localdate())
        if not given.packages:
            raise Conflict(NOTHING_PLANNED)
        report(0, len(STAGES), "The plan is read.")
        effort, stages = Effort(seconds=SECONDS, steps=STEPS, seed=row.seed), list(STAGES)
        found = levelled(
            given.plan, effort, report=lambda stage, at: report(stages.index(stage), len(stages), _told(stage, at))
        )
    except ValueError as error:
        raise Conflict(str(error)) from error
    row.result = levelling_result(row, given, found)
    row.as_of = given.as_of
    row.version += 1
    row.save(update_fields=["result", "as_of", "version", "updated_at"])
    count = len(row.result["moves"])
    return {"message": f"{count} project{'' if count == 1 else 's'} might start later.", "levelling": row.pk}


def _told(stage: str, at: Progress) -> str:
    if stage not in ("peak", "total") or at.best is None or at.bound is None:
        return STAGES[stage]
    return f"{STAGES[stage]}: {at.best / 1000:.2f} FTE so far, not below {at.bound / 1000:.2f}."


@transaction.atomic
def accept_levelling(
    *,
    actor: User,
    proposal: LevellingProposal,
    project_ids: Collection[int] | None = None,
    expected_version: int | None = None,
) -> LevellingProposal:
    """Put projects off as suggested: their dates, their activities and their planned allocations.

    Args:
        project_ids: those chosen; None accepts all that the proposal moves.
    Raises:
        NotAllowed: the actor's role may not change projects or allocations.
        Conflict: it is decided already, or has no result; nothing, or something that it does not move, is chosen; or a
            project is chosen without another that has to make way for it.
        PlanChanged: one of the projects has changed since, or others would have to move too.
        StaleEdit: somebody decided about it meanwhile.
    """
    require(actor, "project.edit", proposal.organization_id)
    require(actor, "allocation.edit", proposal.organization_id)
    lock_schedule(proposal.organization_id)
    row = _open(proposal)
    moves = _chosen(row, project_ids)
    _refuse_changed({pk: move["token"] for pk, move in moves.items()}, "Not accepted", row)
    shifts = {pk: Shift(move["months"], move["days"]) for pk, move in moves.items()}
    first = datetime.date.fromisoformat(row.result["months"][0])
    told = put_off(actor=actor, organization=row.organization, shifts=shifts, first_month=first)
    tokens = tokens_of(shifts)
    accepted = [
        {"project": pk, "months": shift.months, "days": shift.days, "token": tokens[pk]}
        for pk, shift in sorted(shifts.items())
    ]
    return _decided(actor, row, LevellingStatus.ACCEPTED, accepted, expected_version, told)


@transaction.atomic
def discard_levelling(
    *, actor: User, proposal: LevellingProposal, expected_version: int | None = None
) -> LevellingProposal:
    """Say that a proposal is not followed; nothing in the plan changes.

    Raises:
        NotAllowed: the actor's role may not change allocations.
        Conflict: it is decided already.
    """
    require(actor, "allocation.edit", proposal.organization_id)
    return _decided(actor, _open(proposal, may_wait=True), LevellingStatus.DISCARDED, None, expected_version, {})


@transaction.atomic
def take_back_levelling(
    *, actor: User, proposal: LevellingProposal, expected_version: int | None = None
) -> LevellingProposal:
    """Open a decided proposal again; what it put off goes back to where it was.

    Raises:
        NotAllowed: the actor's role may not change projects or allocations.
        Conflict: it is open.
        PlanChanged: something that it put off has changed since; nothing is taken back.
    """
    require(actor, "project.edit", proposal.organization_id)
    require(actor, "allocation.edit", proposal.organization_id)
    lock_schedule(proposal.organization_id)
    row = LevellingProposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk)
    if row.status == LevellingStatus.OPEN:
        raise Conflict("This proposal is open: there is nothing to take back.")
    told: dict[str, Any] = {}
    if row.accepted:
        _refuse_changed({one["project"]: one["token"] for one in row.accepted}, "Not taken back", row)
        told = _put_back(actor, row)
        tokens = tokens_of([one["project"] for one in row.accepted])
        moves = [{**move, "token": tokens.get(move["project"], move["token"])} for move in row.result["moves"]]
        LevellingProposal.objects.filter(pk=row.pk).update(result={**row.result, "moves": moves})
    return _decided(actor, row, LevellingStatus.OPEN, None, expected_version, told)


def _put_back(actor: User, row: LevellingProposal) -> dict[str, Any]:
    """Move everything back that the acceptance has moved; returns what the event tells besides."""
    events = Event.objects.filter(organization_id=row.organization_id, kind="levelling.accepted")
    event = events.about(row._meta.label_lower, row.pk).latest("id")
    told = move_back(row.organization_id, (event.changes.get(MOVED) or [None, []])[1])
    first = datetime.date.fromisoformat(row.result["months"][0])
    projects = {one.pk: one for one in Project.objects.filter(pk__in=[each["project"] for each in row.accepted or ()])}
    for one in row.accepted or ():
        project = projects[one["project"]]
        shift_dates(actor=actor, project=project, days=-one["days"])
        move_constraints(project, -one["days"])
        shift_allocations(
            actor=actor,
            organization=row.organization,
            project_id=project.pk,
            months=-one["months"],
            from_month=plus_months(first, one["months"]),
        )
    return told


def _open(proposal: LevellingProposal, *, may_wait: bool = False) -> LevellingProposal:
    rows = LevellingProposal.objects.select_related("organization", "program", "portfolio")
    row = rows.select_for_update(of=("self",)).get(pk=proposal.pk)
    if row.status != LevellingStatus.OPEN:
        raise Conflict(f"This proposal is {row.get_status_display().lower()} already. Take that back first.")
    if row.result is None and not may_wait:
        raise Conflict("This proposal has no result yet: its job has not finished.")
    return row


def _chosen(row: LevellingProposal, project_ids: Collection[int] | None) -> dict[int, Mapping[str, Any]]:
    """The moves that are accepted, by project."""
    moves = {move["project"]: move for move in row.result["moves"]}
    chosen = set(moves) if project_ids is None else set(project_ids)
    if not chosen:
        raise Conflict("No project is chosen. Tick some of those that the proposal puts off.")
    if chosen - moves.keys():
        raise Conflict("The proposal does not put off all projects that are chosen. Nothing was changed.")
    for pk in sorted(chosen):
        if left := [other for other in moves[pk]["along"] if other not in chosen]:
            name, other = moves[pk]["name"], moves[left[0]]["name"]
            raise Conflict(f"“{name}” can be put off only with “{other}”, which waits for it. Tick both, or neither.")
    return {pk: moves[pk] for pk in sorted(chosen)}


def _refuse_changed(tokens: Mapping[int, str], refused: str, row: LevellingProposal) -> None:
    """Refuse where a project, its activities or its allocations are others than they were."""
    now = tokens_of(tokens)
    live = set(levelled_projects(row).filter(pk__in=tokens).values_list("pk", flat=True))
    others = [pk for pk, token in tokens.items() if now.get(pk) != token or pk not in live]
    if others:
        names = list(Project.objects.filter(pk__in=others).order_by("name").values_list("name", flat=True))
        told = ", ".join(f"“{name}”" for name in names[:3]) + (f" and {len(names) - 3} more" if names[3:] else "")
        raise PlanChanged(
            f"{refused}: {told} changed since. Nothing was changed: ask for a new suggestion, or leave them out.",
            since=names,
        )


def _decided(
    actor: User,
    row: LevellingProposal,
    status: LevellingStatus,
    accepted: list[dict[str, Any]] | None,
    expected_version: int | None,
    told: Mapping[str, Any],
) -> LevellingProposal:
    verb = {LevellingStatus.OPEN: "taken_back"}.get(status, str(status))
    is_open = status == LevellingStatus.OPEN
    return change_recorded(
        f"levelling.{verb}",
        actor=actor,
        subject=row,
        values={
            "status": status,
            "accepted": accepted,
            "decided_by": None if is_open else actor,
            "decided_at": None if is_open else timezone.now(),
        },
        expected_version=expected_version,
        also=told,
    )
