"""The grid of allocations as HTML, written in Python as the rows of lists are: it has a thousand cells and more."""

import datetime
from collections.abc import Iterable
from decimal import Decimal
from html import escape
from itertools import groupby

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from projects.algorithms.periods import quarter_of
from projects.views.allocation_grid import AllocationGrid, Group, cell_name
from resources.algorithms.fte import fte_text
from resources.selectors import GridRow, Limit

DASH = "–"


class AllocationRows:
    """Writes the head, the body and the foot of a grid; each value is escaped where it is put in."""

    def __init__(self, grid: AllocationGrid) -> None:
        self.grid = grid
        self.months = grid.months
        self.is_one = len(grid.projects) == 1

    def head(self) -> SafeString:
        first = getattr(self.grid.organization, "fiscal_year_start_month", 1) or 1
        quarters = ""
        for (start, _), found in groupby(self.months, key=lambda month: quarter_of(month, first)):
            count = len(list(found))
            number = (start.month - first) % 12 // 3 + 1
            year = start.year + (1 if first > 1 and start.month >= first else 0)
            quarters += f'<th scope="colgroup" colspan="{count}" class="q">Q{number} {year}</th>'
        months = "".join(
            f'<th scope="col" class="r" data-month="{month:%Y-%m}"><abbr title="{month:%B %Y}">{month:%b}</abbr></th>'
            for month in self.months
        )
        return mark_safe(
            f'<tr><td class="corner"></td>{quarters}<td class="total"></td></tr>'
            f'<tr><th scope="col" class="who">Who</th>{months}<th scope="col" class="r total">Sum</th></tr>'
        )

    def body(self) -> SafeString:
        return mark_safe("".join(f"<tbody>{self._group(group)}</tbody>" for group in self.grid.groups))

    def _group(self, group: Group) -> str:
        rows = "".join(self._row(row, group) for row in group.rows)
        if self.is_one:
            return rows
        name = escape(group.project.name)
        url = reverse("projects:project-allocations", args=[group.project.pk])
        given = [row.cells(self.grid.column) for row in group.rows]
        sums = "".join(
            f'<td class="r" data-sum="group">{self._sum(cells.get(month) for cells in given)}</td>'
            for month in self.months
        )
        whole = self._sum(fte for cells in given for fte in cells.values())
        head = f'<th scope="row" class="who"><a class="n" href="{url}">{name}</a></th>'
        total = f'<td class="r total" data-sum="group" data-whole>{whole}</td>'
        return f'<tr class="grp" data-group="{group.project.pk}">{head}{sums}{total}</tr>{rows}'

    def _row(self, row: GridRow, group: Group) -> str:
        cells = "".join(self._cell(row, group, month) for month in self.months)
        person, role = row.who.person_id or "", row.role_id or ""
        data = f'data-group="{row.who.project_id}" data-role="{role}"' + (
            f' data-person="{person}"' if person and not row.is_placeholder else ""
        )
        if row.who in self.grid.added:
            data += " data-new"
        return f"<tr {data}>{self._who(row)}{cells}{self._total(row)}</tr>"

    def _who(self, row: GridRow) -> str:
        name = escape(row.name)
        mark = ' <span class="badge">placeholder</span>' if row.is_placeholder else ""
        mark += ' <span class="badge">archived</span>' if row.is_archived else ""
        over = self._over(row)
        about = f'<span class="sub">{escape(row.about)}</span>' if row.about else ""
        warning = f'<span class="sub over-words" data-over>{escape(over)}</span>'
        return f'<th scope="row" class="who"><span class="nm">{name}</span>{mark}{about}{warning}</th>'

    def _limit(self, row: GridRow, month: datetime.date) -> Limit | None:
        return self.grid.person_limits.get(row.who.person_id or 0, {}).get(month)

    def _over(self, row: GridRow) -> str:
        """In which months somebody gives more than there is of them."""
        over = [
            f"{month:%b}"
            for month in self.months
            if (limit := self._limit(row, month)) and limit.is_over and row.cells(self.grid.column).get(month)
        ]
        return f"Over in {', '.join(over)}" if over else ""

    def _cell(self, row: GridRow, group: Group, month: datetime.date) -> str:
        limit, told, css = self._limit(row, month), [], ["r"]
        if outside := group.outside(month):
            told.append(outside)
            css.append("outside")
        if limit and limit.is_over and row.cells(self.grid.column).get(month):
            told.append(f"{fte_text(limit.allocated)} FTE over all projects, {fte_text(limit.available)} there")
            css.append("over")
        title = f' title="{escape(". ".join(told))}"' if told else ""
        if self.grid.kind == "compare":
            return f'<td class="{" ".join(css)}"{title}>{self._compared(row, month)}</td>'
        if not self.grid.may_edit or group.project.is_archived:
            return f'<td class="{" ".join(css)}"{title}>{fte_text(row.cells(self.grid.column).get(month)) or DASH}</td>'
        name = cell_name(row.who.key, month)
        error = self.grid.errors.get(name, "")
        said, words = "", ""
        if error:
            css.append("bad")
            said = f' aria-invalid="true" aria-describedby="e-{name}"'
            words = f'<span class="err" id="e-{name}">{escape(error)}</span>'
        label = escape(f"{row.name}, {month:%B %Y}" + ("" if self.is_one else f", {group.project.name}"))
        text = escape(self.grid.text(row, month))
        box = f'<input name="{name}" value="{text}" inputmode="decimal" autocomplete="off" aria-label="{label}"{said}>'
        return f'<td class="{" ".join(css)}"{title}>{box}{words}</td>'

    def _compared(self, row: GridRow, month: datetime.date) -> str:
        plan, actual = row.plan.get(month), row.actual.get(month)
        if plan is None and actual is None:
            return ""
        more = (actual or 0) > (plan or 0)
        tone = "" if actual is None or plan == actual else ' class="more"' if more else ' class="less"'
        sign = "" if not tone else " ▲" if more else " ▼"
        said = "" if not tone else f'<span class="vh"> {"more" if more else "less"} than planned</span>'
        return (
            f"<span>{fte_text(plan) or DASH}</span>"
            f'<span class="sub"><span{tone}>{fte_text(actual) or DASH}{sign}</span>{said}</span>'
        )

    def _total(self, row: GridRow) -> str:
        if self.grid.kind == "compare":
            return (
                f'<td class="r total"><span>{self._sum(row.plan.values())}</span>'
                f'<span class="sub">{self._sum(row.actual.values())}</span></td>'
            )
        return f'<td class="r total" data-sum="row">{self._sum(row.cells(self.grid.column).values())}</td>'

    def foot(self) -> SafeString:
        rows = self.grid.rows
        if self.grid.kind == "compare":
            lines = self._line("Plan", [row.plan for row in rows]) + self._line("Actual", [row.actual for row in rows])
        else:
            lines = self._line("Sum", [row.cells(self.grid.column) for row in rows], is_live=True)
        return mark_safe(lines + "".join(self._role(pk, name) for pk, name in self.grid.role_names.items()))

    def _line(self, name: str, cells: list[dict[datetime.date, Decimal]], *, is_live: bool = False) -> str:
        column, every = (' data-sum="col"', ' data-sum="all"') if is_live else ("", "")
        sums = "".join(
            f'<td class="r"{column}>{self._sum(by_month.get(month) for by_month in cells)}</td>'
            for month in self.months
        )
        whole = self._sum(fte for by_month in cells for fte in by_month.values())
        return (
            f'<tr class="sum"><th scope="row" class="who">{name}</th>{sums}<td class="r total"{every}>{whole}</td></tr>'
        )

    def _role(self, pk: int, name: str) -> str:
        """What a role has left over all projects; negative is missing."""
        cells = ""
        for month in self.months:
            limit = self.grid.role_limits[pk][month]
            title = f"{fte_text(limit.allocated)} FTE asked for over all projects, {fte_text(limit.available)} there"
            css = "r over" if limit.is_over else "r"
            cells += f'<td class="{css}" title="{title}" data-month="{month:%Y-%m}">{_signed(limit.free)}</td>'
        head = f'<th scope="row" class="who">{escape(name)}<span class="sub">left over all projects</span></th>'
        return f'<tr class="left" data-left="{pk}">{head}{cells}<td class="total"></td></tr>'

    def _sum(self, cells: Iterable[Decimal | None]) -> str:
        whole = sum((fte for fte in cells if fte), Decimal(0))
        return fte_text(whole) if whole else DASH


def _signed(fte: Decimal) -> str:
    return f"\u2212{fte_text(-fte)}" if fte < 0 else fte_text(fte)
