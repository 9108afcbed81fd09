"""The rows of risks, of a project or across projects, written in Python as those of projects are (rows.py)."""

from collections.abc import Iterable
from html import escape
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from core.access import can
from core.amounts import are_hidden
from core.pages import MemberRequest
from core.templatetags.portolan import NOTHING, money_short, number, percent
from projects.models import Project, RiskResponse, RiskStatus
from projects.views.rows import short

STATUS_WORDS = {status.value: str(status.label) for status in RiskStatus}
RESPONSE_WORDS = {response.value: str(response.label) for response in RiskResponse}


class RiskRows:
    """Writes rows for one person; each value is escaped where it is put in.

    Args:
        project: where all rows are of one project, which then is not named in each.
    """

    def __init__(self, request: MemberRequest, project: Project | None = None) -> None:
        self.project = project
        self.may_edit = can(request.user, "risk.edit", request.organization)
        self.risks, self.projects = reverse("projects:risk-list"), reverse("projects:project-list")

    def rows(self, risks: Iterable[Any]) -> SafeString:
        """The rows of a table's body."""
        return mark_safe("".join(map(self._row, risks)))

    def _row(self, risk: Any) -> str:
        home = f"{self.projects}{risk.project_id}/risks/"
        to = f"{self.risks}{risk.pk}/edit/" if self.may_edit else home
        name = f'<a class="t" href="{to}">{short(risk.name, 160)}</a>'
        put_away = ' class="archived"' if risk.is_archived else ""
        project = ""
        if self.project is None:
            words = short(risk.project.name, 80)
            project = f'<td class="w full"><a class="n" href="{home}">{words}</a></td>'
        return f'<tr{put_away}><th scope="row" class="w risk">{name}</th>{project}{_facts(risk)}{self._act(risk)}</tr>'

    def _act(self, risk: Any) -> str:
        """The button that archives a risk or brings it back, of the one form below the table."""
        if not self.may_edit or (self.project is not None and self.project.is_archived):
            return ""
        verb = "restore" if risk.is_archived else "archive"
        label = f"{verb.capitalize()} {short(risk.name, 60)}"
        return (
            f'<td class="r hide-s"><button class="btn sm quiet" type="submit" form="acts" name="version"'
            f' formaction="{self.risks}{risk.pk}/{verb}/" value="{risk.version}" aria-label="{label}">'
            f"{verb.capitalize()}</button></td>"
        )


def _facts(risk: Any) -> str:
    owner = escape(str(risk.owner)) if risk.owner else NOTHING
    over = "" if risk.status == RiskStatus.OPEN else " muted"
    money = (
        ""
        if are_hidden()
        else (
            f'<td class="r" data-k="Impact">{money_short(risk.impact_amount, risk.currency)}</td>'
            f'<td class="r{over}" data-k="Exposure">{money_short(risk.exposure, risk.currency)}</td>'
        )
    )
    return (
        f'<td data-k="Status"><span class="state {risk.status}">{STATUS_WORDS[risk.status]}</span></td>'
        f'<td class="r" data-k="Probability">{percent(risk.probability_ratio)}</td>{money}'
        f'<td class="r hide-s">{number(risk.impact_days)}</td>'
        f'<td class="hide-s x-md">{RESPONSE_WORDS[risk.response]}</td>'
        f'<td class="nowrap assignee" data-k="Owner">{owner}</td>'
    )
