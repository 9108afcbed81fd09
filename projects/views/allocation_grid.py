"""The grid of allocations behind its page: its rows and months, what was typed into it, what is wrong there."""

import datetime
import json
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.functional import cached_property

from core.access import can
from core.pages import MemberRequest, id_in
from projects.models import Project
from resources import selectors as staff
from resources.algorithms.fte import fte_text, parse_fte
from resources.algorithms.months import distance, first_of, months_from, plus_months
from resources.models import Person, ResourceRole, Team
from resources.selectors import GridRow, Limits, Who
from resources.services import Cell, Seen

KINDS = {"plan": "Plan", "actual": "Actual", "compare": "Plan against actual"}
#: Months side by side: all where they are few, else a year, else what the address asks for.
FEW_MONTHS, MOST_MONTHS, A_YEAR = 15, 36, 12
#: So many people, roles or teams can be picked from.
MOST_CHOICES = 2000
NOBODY = "Choose a person, a role or a team for the new row."
Choices = dict[int, Any]


def month_in(text: str | None) -> datetime.date | None:
    """The month that a part of an address or a form names, as 2026-11; None where it is none."""
    try:
        return datetime.datetime.strptime(text or "", "%Y-%m").date()  # noqa: DTZ007 - a month has no time zone
    except ValueError:
        return None


def cell_name(row_key: str, month: datetime.date) -> str:
    """The form field of a cell."""
    return f"c.{row_key}.{month:%Y-%m}"


def parts_of(name: str) -> tuple[Who, datetime.date] | None:
    """Whose cell a form field is, and of which month; None where it is no cell."""
    prefix, _, rest = name.partition(".")
    key, _, text = rest.partition(".")
    numbers, month = [id_in(part) for part in key.split("-")], month_in(text)
    if prefix != "c" or len(numbers) != 4 or None in numbers or month is None or not numbers[0]:
        return None
    return Who(numbers[0], *(number or None for number in numbers[1:])), month


@dataclass
class Group:
    """A project's rows of the grid."""

    project: Project
    rows: list[GridRow]

    def outside(self, month: datetime.date) -> str:
        """How a month lies outside the project's dates; empty where it does not."""
        start, finish = self.project.planned_start_date, self.project.finish_date
        if start and month < first_of(start):
            return "Before the project starts"
        return "After the project ends" if finish and month > first_of(finish) else ""


@dataclass
class AllocationGrid:
    """The allocations of some projects in some months, as the address asks for them and as a form was sent."""

    request: MemberRequest
    projects: list[Project]
    errors: dict[str, str] = field(default_factory=dict)
    added: list[Who] = field(default_factory=list)
    problem: str = ""

    @cached_property
    def kind(self) -> str:
        asked = self.request.GET.get("kind", "")
        return asked if asked in KINDS else "plan"

    @property
    def column(self) -> str:
        """Which allocations limits and costs are about: what is compared is about the plan."""
        return "actual" if self.kind == "actual" else "plan"

    @cached_property
    def may_edit(self) -> bool:
        is_live = any(not project.is_archived for project in self.projects)
        return self.kind != "compare" and is_live and can(self.request.user, "allocation.edit", self.organization)

    @property
    def organization(self) -> Any:
        return self.request.organization

    @cached_property
    def ids(self) -> list[int]:
        return [project.pk for project in self.projects]

    # Months

    @cached_property
    def span(self) -> tuple[datetime.date, datetime.date]:
        """From the first month that is planned or allocated to the last one."""
        ends = [day for p in self.projects for day in (p.planned_start_date, p.finish_date) if day]
        ends += staff.allocated_span(self.organization.pk, self.ids) or ()
        today = timezone.localdate()
        first = first_of(min(ends, default=today))
        last = first_of(max(ends, default=plus_months(first, A_YEAR - 1)))
        return first, max(last, plus_months(first, 2))

    @cached_property
    def months(self) -> list[datetime.date]:
        first, last = self.span
        whole = distance(first, last) + 1
        asked = id_in(self.request.GET.get("months"))
        count = min(asked, MOST_MONTHS) if asked else whole if whole <= FEW_MONTHS else A_YEAR
        begin = month_in(self.request.GET.get("from"))
        if begin is None:
            begin = first if whole <= count else self._around_today(first, last, count)
        return months_from(begin, count)

    def _around_today(self, first: datetime.date, last: datetime.date, count: int) -> datetime.date:
        before = plus_months(first_of(timezone.localdate()), -2)
        return max(first, min(before, plus_months(last, 1 - count)))

    @property
    def earlier(self) -> str:
        begin = self.months[0]
        return f"{plus_months(begin, -len(self.months)):%Y-%m}" if begin > self.span[0] else ""

    @property
    def later(self) -> str:
        return f"{plus_months(self.months[-1], 1):%Y-%m}" if self.months[-1] < self.span[1] else ""

    # Rows

    @cached_property
    def people(self) -> Choices:
        rows = Person.objects.visible_to(self.request.user).live().select_related("role", "team")
        return {row.pk: row for row in rows.order_by("is_placeholder", "name", "pk")[:MOST_CHOICES]}

    @cached_property
    def roles(self) -> Choices:
        rows = ResourceRole.objects.visible_to(self.request.user).live().order_by("name", "pk")
        return {row.pk: row for row in rows[:MOST_CHOICES]}

    @cached_property
    def teams(self) -> Choices:
        rows = Team.objects.visible_to(self.request.user).live().order_by("name", "pk")
        return {row.pk: row for row in rows[:MOST_CHOICES]}

    @cached_property
    def groups(self) -> list[Group]:
        kept = staff.allocation_rows(self.organization.pk, self.ids, self.months[0], self.months[-1])
        found = {row.who: row for row in kept}
        fresh = {who: self._new_row(who) for who in [*(who for who, _ in self.sent), *self.added] if who not in found}
        by_project: dict[int, list[GridRow]] = defaultdict(list)
        for row in sorted([*found.values(), *filter(None, fresh.values())], key=staff.order_of):
            by_project[row.who.project_id].append(row)
        return [Group(project, by_project[project.pk]) for project in self.projects]

    @property
    def rows(self) -> list[GridRow]:
        return [row for group in self.groups for row in group.rows]

    def _new_row(self, who: Who) -> GridRow | None:
        """A row that nothing is allocated in yet."""
        person, role, team = (
            rows.get(pk or 0)
            for rows, pk in ((self.people, who.person_id), (self.roles, who.role_id), (self.teams, who.team_id))
        )
        if who.project_id not in self.ids or not (person or role or team):
            return None
        if person is not None:
            role, team = person.role, person.team
        name, about = staff.names_of(*(str(row) if row else None for row in (person, role, team)))
        return GridRow(who, name, about, role.pk if role else None, bool(person and person.is_placeholder))

    # What was typed

    @cached_property
    def sent(self) -> dict[tuple[Who, datetime.date], str]:
        """The cells of the form as they were sent."""
        post = self.request.POST
        return {parts: str(post[name]) for name in post if (parts := parts_of(name)) is not None}

    @cached_property
    def seen(self) -> dict[str, str]:
        """What the cells held when the person opened the form."""
        try:
            seen = json.loads(self.request.POST.get("seen", "") or "{}")
        except ValueError:
            return {}
        return seen if isinstance(seen, dict) else {}

    @cached_property
    def typed(self) -> dict[str, str]:
        """The cells that the person changed: field -> text."""
        texts = {cell_name(who.key, month): text.strip() for (who, month), text in self.sent.items()}
        return {name: text for name, text in texts.items() if text != str(self.seen.get(name, ""))}

    def changes(self) -> list[Cell]:
        """The changed cells, for the service; what cannot be read gets a sentence in `errors`."""
        cells = []
        for (who, month), text in self.sent.items():
            name = cell_name(who.key, month)
            if name not in self.typed:
                continue
            try:
                fte, seen = parse_fte(text), parse_fte(str(self.seen.get(name, "")))
            except ValueError as error:
                self.errors[name] = str(error)
                continue
            project_id = who.project_id if who.project_id in self.ids else 0
            cells.append(Cell(project_id, month, fte, *who[1:], kind=self.kind, seen=Seen(seen)))
        return cells

    def add_row(self) -> None:
        """The row that the picker names, in `added`; or `problem` says what is missing."""
        chosen = {name: id_in(self.request.POST.get(f"add_{name}")) for name in ("project", "person", "role", "team")}
        person = chosen["person"]
        project = self.ids[0] if len(self.ids) == 1 else chosen["project"] or 0
        who = Who(project, None if person else chosen["role"], None if person else chosen["team"], person)
        if self._new_row(who) is None:
            self.problem = NOBODY if project in self.ids else "Choose the project of the new row."
        else:
            self.added.append(who)

    def text(self, row: GridRow, month: datetime.date) -> str:
        """What a cell shows: what was typed, else what is kept."""
        name = cell_name(row.who.key, month)
        return self.typed[name] if name in self.typed else fte_text(row.cells(self.column).get(month))

    def seen_now(self) -> str:
        """What the cells hold now, for the next time that the form is sent."""
        return json.dumps(
            {
                cell_name(row.who.key, month): fte_text(fte)
                for row in self.rows
                for month, fte in row.cells(self.column).items()
            }
        )

    # How it fits

    @cached_property
    def person_limits(self) -> Limits:
        people = {row.who.person_id for row in self.rows if row.who.person_id and not row.is_placeholder}
        return staff.person_limits(self.organization.pk, people, self.months, self.column)

    @cached_property
    def role_limits(self) -> Limits:
        roles = {row.role_id for row in self.rows if row.role_id}
        return staff.role_limits(self.organization.pk, roles, self.months, self.column)

    @cached_property
    def role_names(self) -> dict[int, str]:
        """The roles of the rows, by name."""
        rows = ResourceRole.objects.filter(organization=self.organization, pk__in=self.role_limits)
        return dict(rows.order_by("name", "pk").values_list("pk", "name"))

    def limits_json(self) -> str:
        """For the page's script: by person and role and month, what there is and what other projects take of it."""
        here: dict[tuple[str, int | None, datetime.date], Decimal] = defaultdict(Decimal)
        for row in self.rows:
            for month, fte in row.cells(self.column).items():
                here["person", row.who.person_id, month] += fte
                here["role", row.role_id, month] += fte
        limits = {"person": self.person_limits, "role": self.role_limits}
        return json.dumps(
            {
                what: {
                    pk: {
                        f"{month:%Y-%m}": [
                            int(limit.available * 1000),
                            int((limit.allocated - here[what, pk, month]) * 1000),
                        ]
                        for month, limit in by_month.items()
                    }
                    for pk, by_month in found.items()
                }
                for what, found in limits.items()
            }
        )
