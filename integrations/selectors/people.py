"""What each row of a file of people would do: their skills and their calendar are named, and have to be here."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from core.errors import Conflict
from integrations.algorithms.rows import Reading
from integrations.models import RowPlan
from integrations.selectors.plan import Plan
from integrations.selectors.planning import Planner
from resources.models import Calendar, PersonSkill, Skill

SKILLS = "skills"
#: “SQL 4”: a skill and how well, as our own files write it.
WITH_LEVEL = re.compile(r"(.+?)\s+(\d+)")
#: How well somebody can do what a file names without a level.
USUAL_LEVEL = 3
MOST_NAMED = 15


class PersonPlanner(Planner):
    """Plans rows of people and placeholders."""

    def __init__(self, **rest: Any) -> None:
        super().__init__(**rest)
        own = {SKILLS, "calendar"}  # what they name is looked up, in the file and nowhere else
        self.newcomers.defaults = {name: text for name, text in self.newcomers.defaults.items() if name not in own}
        self.skills, self.calendars = self._named(Skill), self._named(Calendar)

    def _named(self, model: Any) -> dict[str, Any]:
        """Live rows by their names, which are unique."""
        rows = model.objects.visible_to(self.user).live().order_by("name", "pk")
        return {row.name.casefold(): row for row in rows}

    def _look_up(self, readings: Sequence[Reading]) -> None:
        super()._look_up(readings)
        rows = [*self.by_key.values(), *(row for named in self.by_name.values() for row in named)]
        self.levels = levels_of({row.pk for row in rows})

    def _parents(self, plan: Plan, reading: Reading) -> dict[str, Any]:
        found = super()._parents(plan, reading)
        if text := reading.values.pop("calendar", ""):
            if calendar := self.calendars.get(text.casefold()):
                found["calendar"] = calendar
            else:
                sentence = f"There is no calendar “{text}” here{_offer(self.calendars)}"
                plan.refuse("unknown_calendar", sentence, "calendar", text)
        return found

    def _existing(self, plan: Plan, reading: Reading, parents: Mapping[str, Any]) -> Any:
        row = super()._existing(plan, reading, parents)
        if text := reading.values.pop(SKILLS, ""):
            reading.values[SKILLS] = self._read_skills(plan, text, self.levels.get(row.pk, {}) if row else {})
        return row

    def _read_skills(self, plan: Plan, text: str, held: Mapping[Skill, int]) -> dict[Skill, int]:
        """Skills with levels from “Python; SQL 4”: without a level a skill keeps the one that the person has."""
        levels: dict[Skill, int] = {}
        for part in filter(None, (" ".join(part.split()) for part in text.split(";"))):
            match = WITH_LEVEL.fullmatch(part)
            skill = self.skills.get(match[1].casefold()) if match else None
            if match and skill is not None:
                level = int(match[2][:3])
                if not 1 <= level <= 5:
                    plan.refuse("unknown_level", f"“{part}”: a level is from 1 to 5.", SKILLS, part)
                levels[skill] = level
            elif skill := self.skills.get(part.casefold()):
                levels[skill] = held.get(skill, USUAL_LEVEL)
            else:
                divided = " (skills are divided by semicolons)" if "," in part else ""
                sentence = f"There is no skill “{part[:100]}” here{divided}{_offer(self.skills)}"
                plan.refuse("unknown_skill", sentence, SKILLS, part)
        return levels

    def _change(self, plan: Plan, reading: Reading, parents: dict[str, Any]) -> None:
        levels = reading.values.pop(SKILLS, None)
        super()._change(plan, reading, parents)
        held = self.levels.get(plan.row.pk, {})
        if levels is not None and levels != held and not plan.has_errors:
            plan.changes[SKILLS] = [levels_in_words(held), levels_in_words(levels)]
            plan.values[SKILLS] = levels
            plan.action = RowPlan.UPDATE


def _offer(rows: Mapping[str, Any]) -> str:
    """The end of the sentence that something is not here: what is."""
    names = [row.name for row in rows.values()]
    if not names:
        return ": none is kept yet. Add it first, or clear the cell."
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return f"; there are: {', '.join(names[:MOST_NAMED])}{more}."


def levels_of(person_ids: Collection[int]) -> dict[int, dict[Skill, int]]:
    """Id of a person -> their skills with how well."""
    found: dict[int, dict[Skill, int]] = {}
    rows = PersonSkill.objects.filter(person__in=person_ids).select_related("skill") if person_ids else ()
    for row in rows:
        found.setdefault(row.person_id, {})[row.skill] = row.level
    return found


def levels_in_words(levels: Mapping[Skill, int]) -> dict[str, Any]:
    """Skills as JSON keeps them and people read them."""
    ordered = sorted(levels.items(), key=lambda item: (item[0].name.casefold(), item[0].pk))
    name = "; ".join(f"{skill} {level}" for skill, level in ordered)
    return {"name": name, "levels": {str(skill.pk): level for skill, level in ordered}}


def levels_from_words(words: Mapping[str, Any]) -> dict[Skill, int]:
    """Skills that `levels_in_words` kept.

    Raises:
        Conflict: one of them is gone.
    """
    levels = {int(pk): level for pk, level in words["levels"].items()}
    skills = Skill.objects.in_bulk(levels)
    if len(skills) < len(levels):
        raise Conflict(f"Of the skills “{words['name']}”, which they had before, one no longer exists.")
    return {skill: levels[pk] for pk, skill in skills.items()}
