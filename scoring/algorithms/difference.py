"""What changed from one version of a scoring model to another, as sentences."""

from collections.abc import Mapping

from scoring.algorithms.definition import PERCENT, CriterionSpec, Definition, Kind

KIND_NAMES = {Kind.FORMULA: "a formula", Kind.WEIGHTED: "weighted criteria", Kind.CLASSES: "classes"}


def number_text(value: float, unit: str = "") -> str:
    """A number as people read it; shares of one of a criterion in percent as percent."""
    shown = value * 100 if unit == PERCENT else value
    text = f"{shown:,.6f}".rstrip("0").rstrip(".").replace("-", "−")
    return f"{text} %" if unit == PERCENT else text


def scale_text(criterion: CriterionSpec) -> str:
    """The ends of a scale."""
    lowest = number_text(criterion.lowest, criterion.unit).removesuffix(" %")
    return f"{lowest} to {number_text(criterion.highest, criterion.unit)}"


def weight_shares(definition: Definition) -> dict[str, float]:
    """Key of a criterion -> its share of all weights; nothing counts where they sum to zero."""
    total = sum(criterion.weight for criterion in definition.criteria)
    return {one.key: one.weight / total if total > 0 else 0.0 for one in definition.criteria}


def differences(before: Definition, after: Definition) -> list[str]:
    """What is another in `after`, a sentence each; empty where nothing is.

    Criteria are told apart by their names in formulas; one that has another there, and keeps its name, is the same.
    """
    found: list[str] = []
    if before.kind != after.kind:
        found.append(f"Scores come from {KIND_NAMES[after.kind]}, before from {KIND_NAMES[before.kind]}.")
    if (was := before.formula.strip()) != (now := after.formula.strip()):
        found.append(_turned("Formula", was or "none", now or "none"))
    pairs = _same(before, after)
    found += [f"Added “{one.name}” ({one.key}), {scale_text(one)}." for one in after.criteria if one.key not in pairs]
    kept = {was.key for was in pairs.values()}
    found += [f"Took out “{one.name}” ({one.key})." for one in before.criteria if one.key not in kept]
    for one in after.criteria:
        if one.key in pairs:
            found += _of_criterion(pairs[one.key], one)
    if after.kind == Kind.WEIGHTED:
        found += _weights(before, after, pairs)
    order = [pairs[one.key].key for one in after.criteria if one.key in pairs]
    if order != [one.key for one in before.criteria if one.key in kept]:
        found.append("The criteria stand in another order.")
    return found


def _same(before: Definition, after: Definition) -> dict[str, CriterionSpec]:
    """Key after -> the criterion that it was before."""
    by_key = {one.key: one for one in before.criteria}
    found = {one.key: by_key[one.key] for one in after.criteria if one.key in by_key}
    left = {one.name: one for one in before.criteria if one.key not in found}
    for one in after.criteria:
        if one.key not in found and one.name in left:
            found[one.key] = left.pop(one.name)
    return found


def _turned(what: str, was: str, now: str) -> str:
    return f"{what}: {was} → {now}."


def _of_criterion(was: CriterionSpec, now: CriterionSpec) -> list[str]:
    name = f"“{now.name}”"
    found = []
    if was.name != now.name:
        found.append(f"“{was.name}” is called {name}.")
    if was.key != now.key:
        found.append(_turned(f"{name} in formulas", was.key, now.key))
    if was.meaning != now.meaning:
        found.append(f"{name} means: {now.meaning or 'nothing is said'}")
    if was.is_lower_better != now.is_lower_better:
        found.append(f"{name}: {'lower' if now.is_lower_better else 'higher'} is better.")
    if was.unit != now.unit:
        found.append(_turned(f"Unit of {name}", was.unit or "none", now.unit or "none"))
    if (was.lowest, was.highest) != (now.lowest, now.highest):
        found.append(_turned(f"Scale of {name}", scale_text(was), scale_text(now)))
    return found + _levels(was, now, name)


def _levels(was: CriterionSpec, now: CriterionSpec, name: str) -> list[str]:
    old = {level.value: level for level in was.levels}
    new = {level.value: level for level in now.levels}
    if bool(old) != bool(new):
        return [f"{name} {'has levels' if new else 'has no levels: any value of its scale may be given'}."]
    found = [
        f"{name}: level {number_text(value, now.unit)} “{level.name}” added."
        for value, level in new.items()
        if value not in old
    ]
    found += [
        f"{name}: level {number_text(value, was.unit)} “{level.name}” taken out."
        for value, level in old.items()
        if value not in new
    ]
    for value, level in new.items():
        if value in old and old[value] != level:
            said = f"is “{level.name}”" if old[value].name != level.name else f"means: {level.meaning or '–'}"
            found.append(f"{name}: level {number_text(value, now.unit)} {said}")
    return found


def _weights(before: Definition, after: Definition, pairs: Mapping[str, CriterionSpec]) -> list[str]:
    was, now = weight_shares(before), weight_shares(after)
    moved = [
        f"{one.name} {was[pairs[one.key].key]:.1%} → {now[one.key]:.1%}"
        for one in after.criteria
        if one.key in pairs and abs(was[pairs[one.key].key] - now[one.key]) >= 0.0005
    ]
    return [f"Weights: {', '.join(moved)}.".replace(".0%", "%").replace("%", " %")] if moved else []
