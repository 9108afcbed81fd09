"""Summaries: their dates from the activities below them, and links on them as links on those activities.

A link on a summary acts on all activities below it. Instead of one link for each of them, or for each pair where both
ends are summaries, a summary that carries links gets up to four *virtual* activities without duration:

| virtual activity | holds | and passes it on |
|---|---|---|
| start gate | the latest date of links that act on starts (FS, SS) | to the start of all below |
| finish gate | the same for links that act on finishes (FF, SF) | to the finish of all below |
| last finish | the latest finish of all below | to links from its finish (FS, FF) |
| first start | the earliest start of all below | to links from its start (SS, SF) |

so that the network grows by the number of activities, not by the product. Source: the semantics are those of Microsoft
Project as MPXJ reproduces them (`org.mpxj.cpm.MicrosoftScheduler`, summary task relationships); the virtual activities
are the usual dummy nodes of project networks (Elmaghraby 1977, *Activity Networks*, ch. 1).
"""

from dataclasses import dataclass

import numpy as np

from projects.algorithms.plan import NONE, Constraint, Flags, LinkKind, Numbers, Plan

REAL, START_GATE, FINISH_GATE, LAST_FINISH, FIRST_START = range(5)
#: Kind of the links that tie a virtual activity to those below.
TIES = {
    START_GATE: LinkKind.SS,
    FINISH_GATE: LinkKind.FF,
    LAST_FINISH: LinkKind.FF,
    FIRST_START: LinkKind.SS,
}


@dataclass(frozen=True, slots=True)
class Outline:
    """The tree of summaries.

    Args:
        is_summary: bool (n).
        depth: int64 (n), 0 at the top.
        by_depth: int64 (n), activities sorted by depth; `depth_start` int64 (depths + 1).
    """

    parents: Numbers
    is_summary: Flags
    depth: Numbers
    by_depth: Numbers
    depth_start: Numbers

    def nearest(self, marked: Flags) -> Numbers:
        """For each activity the nearest summary above it that is marked, or -1.

        Cost: O(n).
        """
        answer = np.full(len(self.parents), -1, dtype=np.int64)
        for level in range(1, len(self.depth_start) - 1):
            below = self.by_depth[self.depth_start[level] : self.depth_start[level + 1]]
            above = self.parents[below]
            answer[below] = np.where(marked[above], above, answer[above])
        return answer

    def roll_up(self, values: Numbers, counts: Flags, *, earliest: bool) -> Numbers:
        """Give each summary the least or the greatest value of what counts below it.

        Args:
            values: int64 (n), read where `counts`; those of summaries that have something below are replaced.
        Cost: O(n).
        """
        better = np.minimum if earliest else np.maximum
        worst = np.iinfo(np.int64).max if earliest else np.iinfo(np.int64).min
        answer = np.where(counts & ~self.is_summary, values, worst)
        for level in range(len(self.depth_start) - 2, 0, -1):
            below = self.by_depth[self.depth_start[level] : self.depth_start[level + 1]]
            better.at(answer, self.parents[below], answer[below])
        return np.where(self.is_summary & (answer != worst), answer, values)


def read_outline(parents: Numbers) -> Outline:
    """The tree from each activity's summary, -1 at the top.

    Raises:
        ValueError: an activity is, through others, its own summary.
    Cost: O(n depth).
    """
    size = len(parents)
    is_summary = np.zeros(size, dtype=bool)
    is_summary[parents[parents >= 0]] = True
    depth, above = np.zeros(size, dtype=np.int64), parents
    while (above >= 0).any():
        depth += above >= 0
        above = np.where(above >= 0, parents[above], -1)
        if depth.max() > size:
            raise ValueError("An activity is, through others, its own summary.")
    by_depth = np.argsort(depth, kind="stable")
    starts = np.concatenate(([0], np.cumsum(np.bincount(depth, minlength=1))))
    return Outline(parents, is_summary, depth, by_depth, starts)


@dataclass(frozen=True, slots=True)
class Wiring:
    """Activities and links with the virtual ones: nodes 0 to n - 1 are the plan's activities.

    Args:
        owner: int64 (nodes), the activity that a node stands for; `kind` int64 (nodes), REAL or one of the four.
        tails, heads, kinds: int64 (links).
        origin: int64 (links), the number of the plan's link, or -1 of a tie between a summary and what is below it.
    """

    owner: Numbers
    kind: Numbers
    tails: Numbers
    heads: Numbers
    kinds: Numbers
    origin: Numbers


def wire(plan: Plan, outline: Outline) -> Wiring:
    """Replace links on summaries by links on virtual activities; leave out links from inactive activities.

    A summary's SNET, FNLT and deadline work through virtual activities as well.

    Cost: O(n + m).
    """
    size = plan.size
    kept = np.flatnonzero(~plan.is_inactive[plan.predecessors])
    tails, heads, kinds = plan.predecessors[kept], plan.successors[kept], plan.link_kinds[kept]
    from_finish = (kinds == LinkKind.FS) | (kinds == LinkKind.FF)
    to_finish = (kinds == LinkKind.FF) | (kinds == LinkKind.SF)
    is_out, is_in = outline.is_summary[tails], outline.is_summary[heads]
    if not is_out.any() and not is_in.any() and not _has_dates(plan, outline).any():
        return Wiring(np.arange(size), np.zeros(size, dtype=np.int64), tails, heads, kinds, kept)
    wanted = _wanted(plan, outline, tails, heads, from_finish, to_finish)
    owner, kind, numbers = _virtual(size, wanted)
    ends = {
        "tails": [
            np.where(is_out, np.where(from_finish, numbers[LAST_FINISH][tails], numbers[FIRST_START][tails]), tails)
        ],
        "heads": [np.where(is_in, np.where(to_finish, numbers[FINISH_GATE][heads], numbers[START_GATE][heads]), heads)],
        "kinds": [kinds],
    }
    for form, tie in TIES.items():
        above, below = _ties(plan, outline, wanted[form], numbers[form])
        is_gate = form in (START_GATE, FINISH_GATE)
        ends["tails"].append(above if is_gate else below)
        ends["heads"].append(below if is_gate else above)
        ends["kinds"].append(np.full(len(above), int(tie), dtype=np.int64))
    joined = {name: np.concatenate(parts) for name, parts in ends.items()}
    origin = np.concatenate((kept, np.full(len(joined["tails"]) - len(kept), -1, dtype=np.int64)))
    return Wiring(owner, kind, joined["tails"], joined["heads"], joined["kinds"], origin)


def _has_dates(plan: Plan, outline: Outline) -> Flags:
    """Summaries with a constraint or a deadline that acts on what is below."""
    limited = np.isin(plan.constraints, (Constraint.SNET, Constraint.FNLT)) | (plan.deadlines != NONE)
    return outline.is_summary & limited & ~plan.is_inactive & ~plan.is_manual


def _wanted(
    plan: Plan, outline: Outline, tails: Numbers, heads: Numbers, from_finish: Flags, to_finish: Flags
) -> dict[int, Flags]:
    """For each form of virtual activity, which summaries need it."""
    dated = _has_dates(plan, outline)
    wanted = {
        START_GATE: dated & (plan.constraints == Constraint.SNET),
        FINISH_GATE: np.zeros(plan.size, dtype=bool),
        LAST_FINISH: dated & ((plan.constraints == Constraint.FNLT) | (plan.deadlines != NONE)),
        FIRST_START: np.zeros(plan.size, dtype=bool),
    }
    for form, ends in (
        (START_GATE, heads[~to_finish]),
        (FINISH_GATE, heads[to_finish]),
        (LAST_FINISH, tails[from_finish]),
        (FIRST_START, tails[~from_finish]),
    ):
        wanted[form][ends] = True
        wanted[form] &= outline.is_summary
    return wanted


def _virtual(size: int, wanted: dict[int, Flags]) -> tuple[Numbers, Numbers, dict[int, Numbers]]:
    """Number the virtual activities after the real ones."""
    owners, kinds, numbers, next_number = [np.arange(size)], [np.zeros(size, dtype=np.int64)], {}, size
    for form, marked in wanted.items():
        summaries = np.flatnonzero(marked)
        numbers[form] = np.full(size, -1, dtype=np.int64)
        numbers[form][summaries] = next_number + np.arange(len(summaries))
        next_number += len(summaries)
        owners.append(summaries)
        kinds.append(np.full(len(summaries), form, dtype=np.int64))
    return np.concatenate(owners), np.concatenate(kinds), numbers


def _ties(plan: Plan, outline: Outline, marked: Flags, numbers: Numbers) -> tuple[Numbers, Numbers]:
    """Tie each active leaf, and each marked summary's virtual activity, to that of the nearest marked summary above."""
    nearest = outline.nearest(marked)
    below = np.flatnonzero((nearest >= 0) & ((~outline.is_summary & ~plan.is_inactive) | marked))
    return numbers[nearest[below]], np.where(marked[below], numbers[below], below)
