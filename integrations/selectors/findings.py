"""What the check found, grouped by problem: how many rows, which, and what a person can answer for all of them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from integrations.algorithms.catalog import KINDS
from integrations.algorithms.rows import ERROR, Message
from integrations.models import ImportFile
from integrations.selectors.newcomers import with_article

MOST_EXAMPLES = 5
MOST_VALUES = 12
#: Problems whose rows are told apart by a text in one column, so that one answer serves all rows with it.
BY_VALUE = {"not_a_choice", "unknown_reference", "ambiguous_reference", "archived_reference", "unknown_person"}

STAYS_OPEN = "The field stays open."
#: code -> what is the matter ({rows} is “3 projects”, {has} agrees with it), and what happens if nothing is done.
HEADINGS: dict[str, tuple[str, str]] = {
    "no_name": ("{rows} {has} no name", "Each gets a provisional name until somebody names it; all are listed."),
    "no_parent": ("{rows} {has} no {parent}", ""),
    "unknown_reference": ("{rows} {names} {target} that is not known", ""),
    "ambiguous_reference": ("{rows} {names} {target} that several answer to", ""),
    "archived_reference": ("{rows} {names} {target} that is archived", ""),
    "unknown_skill": ("{rows} {names} a skill that is not known", ""),
    "unknown_level": ("{rows} {has} a level of a skill that is none", ""),
    "unknown_calendar": ("{rows} {names} a calendar that is not known", ""),
    "parent_fails": ("{rows} {belongs} to a row that is not imported itself", ""),
    "unknown_person": ("{rows} {names} {target} who is no member", STAYS_OPEN),
    "not_a_choice": ("{rows} {has} {target} that is not known here", ""),
    "not_a_date": ("{rows} {has} {target} that is no date", ""),
    "ambiguous_date": ("{rows} {has} {target} that is a date in two ways", ""),
    "not_a_month": ("{rows} {has} {target} that is no month", ""),
    "not_a_money": ("{rows} {has} {target} that is no amount", ""),
    "not_a_ratio": ("{rows} {has} {target} that is no share", ""),
    "not_a_days": ("{rows} {has} {target} that is no number of days", ""),
    "not_a_number": ("{rows} {has} {target} that is no number from 0 to 1,000", ""),
    "not_a_flag": ("{rows} {has} {target} that is neither yes nor no", ""),
    "not_a_fte": ("{rows} {has} {target} that is no share of full time", ""),
    "not_a_rating": ("{rows} {has} {target} that is no whole number from 1 to 5", STAYS_OPEN),
    "not_a_language": ("{rows} {has} {target} that is not known here", STAYS_OPEN),
    "not_a_domain": ("{rows} {has} {target} that is none", STAYS_OPEN),
    "not_a_email": ("{rows} {has} {target} that is none", STAYS_OPEN),
    "not_a_url": ("{rows} {has} {target} that is no address of a page", STAYS_OPEN),
    "cut": ("{rows} {has} {target} that is too long", "Its beginning is kept."),
    "no_text": ("{rows} {says} nothing", ""),
    "other_text": ("{rows} {is} here already with another text", ""),
    "past": ("{rows} would have been said longer ago than feedback is kept", ""),
    "future": ("{rows} would have been said on a day that is still to come", ""),
    "key_taken": ("{rows} {has} another key here", ""),
    "name_taken": ("{rows} {has} a name that another account has", ""),
    "domain_taken": ("{rows} {has} an e-mail domain that another account has", ""),
    "too_long": ("{rows} {has} {target} that is too long", ""),
    "long_cell": ("{rows} {has} a cell that is far too long", ""),
    "error_cell": ("{rows} {has} a cell with an error of a formula", ""),
    "no_result": ("{rows} {has} a formula without its result", ""),
    "nul": ("{rows} {has} a cell with a NUL byte", ""),
    "undecodable": ("{rows} {has} letters that cannot be read in this encoding", ""),
    "ragged": ("{rows} {has} more or fewer cells than the header", ""),
    "unclosed": ("A quotation mark is never closed", ""),
    "day_out_of_range": ("{rows} {has} a duration or delay that leads far out of time", ""),
    "finish_before_start": ("{rows} would finish before the start", ""),
    "duplicate": ("{rows} {is} in these files twice", "The first one is imported."),
    "circle": ("{rows} {lies} in a circle", ""),
    "needed": ("{rows} {lacks} {target}", ""),
    "nothing": ("{rows} {is} not to be identified", ""),
    "moved": ("{rows} would move to another project", ""),
    "archived": ("{rows} {is} archived here", ""),
    "code_taken": ("{rows} {has} a code that belongs to another row", ""),
    "ambiguous_name": ("{rows} {has} a name that several rows here bear", ""),
    "missing_rate": ("{rows} {has} a currency without an exchange rate", ""),
    "approved": ("{rows} would change a budget that is approved", ""),
    "needs_reason": ("{rows} would change a budget that is approved, without a reason", ""),
    "approves": ("{rows} {changes} a budget that is approved", "Its next number is approved; the former one stays."),
    "not_allowed": ("{rows} {is} not yours to change", ""),
    "not_derived": (
        "{rows} {lacks} the day that a duration or delay counts from",
        "What would follow from it stays open.",
    ),
    "changed_since": ("{rows} {was} changed here after the last import", "The file's values replace what was changed."),
    "parent_kept": ("{rows} {lies} below another summary here", "They stay where they are."),
    "default": ("{rows} cannot get the value given for new rows", ""),
}
PARKED = "They are parked: kept with everything they hold, and listed until somebody places them."
REFUSED = "They are not imported unless you answer; the others are."


@dataclass(slots=True)
class Finding:
    """One problem of one file."""

    file_id: int
    file_name: str
    kind: str
    level: str
    code: str
    target: str
    column: str
    count: int = 0
    parked_count: int = 0
    examples: list[int] = field(default_factory=list)
    values: Counter[str] = field(default_factory=Counter)

    def as_json(self) -> dict[str, Any]:
        return {
            "id": f"{self.file_id}-{self.code}-{self.target or 'row'}-{self.level}",
            "file": self.file_id,
            "file_name": self.file_name,
            "kind": self.kind,
            "level": self.level,
            "code": self.code,
            "target": self.target,
            "column": self.column,
            "count": self.count,
            "examples": self.examples,
            "values": [[text, count] for text, count in self.values.most_common(MOST_VALUES)],
            "values_count": len(self.values),
            "heading": self.heading,
            "consequence": self.consequence,
        }

    @property
    def heading(self) -> str:
        """What is the matter, in a sentence that counts."""
        kind, one = KINDS[self.kind], self.count == 1
        target = kind.by_target.get(self.target)
        words = {
            "rows": f"{self.count:,} {(kind.label if one else kind.plural).lower()}",
            "target": with_article(target.label.lower() if target else "value"),
            "parent": " or ".join(kind.by_target[name].label.lower() for name in kind.parents),
            "has": "has" if one else "have",
            "is": "is" if one else "are",
            "was": "was" if one else "were",
            "names": "names" if one else "name",
            "belongs": "belongs" if one else "belong",
            "lies": "lies" if one else "lie",
            "says": "says" if one else "say",
            "lacks": "lacks" if one else "lack",
            "changes": "changes" if one else "change",
        }
        return HEADINGS[self.code][0].format(**words)

    @property
    def consequence(self) -> str:
        """What happens to the rows if nobody answers."""
        if self.level == ERROR:
            return HEADINGS[self.code][1] or REFUSED
        target = KINDS[self.kind].by_target.get(self.target)
        is_open = target is not None and target.is_soft
        return HEADINGS[self.code][1] or (PARKED if self.parked_count else STAYS_OPEN if is_open else "")


class Findings:
    """Gathers the messages of many rows into a short list."""

    def __init__(self) -> None:
        self.by_key: dict[tuple[int, str, str, str], Finding] = {}

    def add(self, file: ImportFile, row_id: int, messages: Sequence[Message], *, is_parked: bool) -> None:
        for message in messages:
            key = (file.pk, message.code, message.target, message.level)
            finding = self.by_key.get(key)
            if finding is None:
                finding = self.by_key[key] = Finding(
                    file.pk, file.name, file.kind, message.level, message.code, message.target, message.column
                )
            finding.count += 1
            finding.parked_count += is_parked
            if len(finding.examples) < MOST_EXAMPLES:
                finding.examples.append(row_id)
            if message.code in BY_VALUE:
                finding.values[message.value] += 1

    def as_json(self) -> list[dict[str, Any]]:
        """Errors first, then notes; the most frequent first."""
        ordered = sorted(self.by_key.values(), key=lambda finding: (finding.level != ERROR, -finding.count))
        return [finding.as_json() for finding in ordered]
