"""Services of scoring as the story calls them: by the keys of criteria and the codes of projects, not by rows' ids."""

from decimal import Decimal
from typing import Any

from accounts.models import Organization, User
from events.services import happening_at
from scoring import services as scoring
from scoring.models import ScoringModel, ScoringSession, WeightSet
from scoring.selectors import Selection


def _criteria(model: ScoringModel) -> dict[str, int]:
    return {criterion.key: criterion.pk for criterion in model.criteria.live()}


def set_scores(*, actor: User, organization: Organization, model: ScoringModel, rows: list[dict[str, Any]]) -> None:
    """Scores of projects."""
    criteria = _criteria(model)
    cells = [
        scoring.ScoreCell("project", row["project"].pk, criteria[key], Decimal(str(value)), row["comment"])
        for row in rows
        for key, value in row["values"].items()
    ]
    scoring.set_scores(actor=actor, organization=organization, cells=cells)


def compare_criteria(*, actor: User, weight_set: WeightSet, told: list[tuple[str, str, int]]) -> None:
    """What one person says of a set's criteria."""
    criteria = _criteria(weight_set.model)
    answers = [scoring.Answer(criteria[one], criteria[other], step) for one, other, step in told]
    scoring.compare_criteria(actor=actor, weight_set=weight_set, answers=answers)


def freeze_scorecard(*, actor: User, model: ScoringModel, name: str, reason: str) -> None:
    """The ranking of all candidates as the story has it by now."""
    told = happening_at()
    assert told is not None  # noqa: S101 - every act of the story has its instant
    day = told.date()
    scoring.freeze_scorecard(
        actor=actor,
        model=model,
        kind="project",
        selection=Selection(),
        name=name,
        reason=reason,
        decided_date=day,
        day=day,
    )


def create_scoring_session(
    *, actor: User, model: ScoringModel, name: str, codes: list[Any], raters: list[User]
) -> ScoringSession:
    """A session over some projects."""
    return scoring.create_scoring_session(
        actor=actor, organization=model.organization, model=model, name=name, raters=raters,
        items=[scoring.Thing("project", project.pk) for project in codes],
    )  # fmt: skip


def set_votes(*, actor: User, session: ScoringSession, votes: list[dict[str, Any]]) -> None:
    """One person's impact and confidence for each project."""
    criteria = _criteria(session.model)
    items = dict(session.items.values_list("project_id", "pk"))
    ballots = [
        scoring.Ballot(items[vote["project"].pk], criteria[key], value, vote["comment"] if key == "impact" else None)
        for vote in votes
        for key, value in (("impact", Decimal(vote["impact"])), ("confidence", Decimal(vote["confidence"]) / 100))
    ]
    scoring.set_votes(actor=actor, session=session, votes=ballots)
