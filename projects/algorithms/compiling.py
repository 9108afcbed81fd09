"""From a plan to the arrays that the passes read: bounds, calendars and lags by rank of the network.

Each activity becomes one rule, whatever its constraint and progress: *work starts* at the latest date that its links
give (and not before `base`), moved to working time, put off by `delay`, not before `lo`, not after `hi`; the finish
comes `left` later. Constraints turn into `lo` and `hi`, progress into `fixed_start` and a `lo` at which the rest goes
on. Backwards: the latest finish is at most `late_cap`, or exactly `late_fix`.

Source: constraint rules of Microsoft Project ("Task constraints in Project", support.microsoft.com; KB Q109416), as
MPXJ reproduces them from files that Project wrote.
"""

from dataclasses import dataclass

import numpy as np

from projects.algorithms.network import CycleError, Network, build_network
from projects.algorithms.outline import FINISH_GATE, LAST_FINISH, REAL, START_GATE, Outline, Wiring, read_outline, wire
from projects.algorithms.plan import NONE, OWN_CALENDAR, Constraint, Flags, LagKind, LinkKind, Numbers, Plan
from resources.algorithms.calendars import ALWAYS, DAY, MARGIN_DAYS, SPAN, Axis, WorkingTime

#: Bounds that bind nothing, still far within the axis of a calendar.
LOW, HIGH = -SPAN // 4, SPAN // 4


@dataclass(frozen=True, slots=True)
class Frame:
    """What stays while durations and dates change: the order of the network, and who stands for whom in it.

    Args:
        owner, kind: int64 (nodes) by rank, see `Wiring`; `rank_of` int64 (n), the rank of each activity.
        origin: int64 (links) in the order of incoming links, the plan's link or -1.
        is_dormant: bool (nodes); summaries and inactive activities, which hold nobody else up.
        is_bound: bool (nodes); a link from an activity reaches it, directly or through its summaries.
        is_pulled: bool (nodes); likewise a finish-to-finish link.
    """

    outline: Outline
    network: Network
    owner: Numbers
    kind: Numbers
    rank_of: Numbers
    origin: Numbers
    link_kind: Numbers
    is_dormant: Flags
    is_bound: Flags
    is_pulled: Flags


@dataclass(slots=True)
class Rules:
    """The arrays of the passes; nodes by rank, links in the order of incoming links. All int64 or bool.

    Args:
        key, float_key: the place on the axis of the calendar on which work runs, and of that of float.
        stays_late: a milestone's or manual activity's late date is not moved back to the end of work before it.
        left: the ticks between start and finish of what is left to do.
        source: the predecessor's rank, plus the number of nodes where its finish decides.
        to_finish: the link acts on the successor's finish.
        is_silent: backwards the link says nothing: its successor is done, or its predecessor's start is past.
        parts: of nodes with assignments of their own: (key, duration, delay) of each.
    """

    frame: Frame
    axis: Axis
    key: Numbers
    float_key: Numbers
    left: Numbers
    base: Numbers
    lo: Numbers
    hi: Numbers
    delay: Numbers
    fixed_start: Numbers
    fixed_finish: Numbers
    late_cap: Numbers
    late_fix: Numbers
    is_milestone: Flags
    stays_late: Flags
    is_alap: Flags
    source: Numbers
    to_finish: Flags
    lag: Numbers
    lag_key: Numbers
    is_silent: Flags
    parts: dict[int, list[tuple[int, int, int]]]

    @property
    def size(self) -> int:
        """How many nodes there are."""
        return len(self.key)


def frame_plan(plan: Plan) -> Frame:
    """Put the plan's activities and links in order.

    Raises:
        CycleError: the links go round in a circle, through summaries too; its path are activities.
    Cost: O(n + m log m).
    """
    outline = read_outline(plan.parents)
    wiring = wire(plan, outline)
    network = _sorted(plan, wiring)
    order = network.order
    is_dormant = np.zeros(len(order), dtype=bool)
    is_dormant[network.rank[: plan.size]] = outline.is_summary | plan.is_inactive
    link_kind = wiring.kinds[network.in_link]
    return Frame(
        outline=outline,
        network=network,
        owner=wiring.owner[order],
        kind=wiring.kind[order],
        rank_of=network.rank[: plan.size],
        origin=wiring.origin[network.in_link],
        link_kind=link_kind,
        is_dormant=is_dormant,
        is_bound=_bound(network, wiring.kind[order]),
        is_pulled=_pulled(network, wiring.kind[order], link_kind, wiring.origin[network.in_link] < 0),
    )


def _sorted(plan: Plan, wiring: Wiring) -> Network:
    try:
        return build_network(len(wiring.owner), wiring.tails, wiring.heads)
    except CycleError as circle:
        owners = [int(wiring.owner[node]) for node in circle.path]
        path = [node for node, before in zip(owners, [-1, *owners], strict=False) if node != before]
        raise CycleError(path if len(path) > 1 else path * 2, plan.names) from None


def _bound(network: Network, kind: Numbers) -> Flags:
    """Which nodes a link from a real activity reaches, directly or through virtual ones."""
    is_real = kind[network.in_source] == REAL
    return _reached(network, is_real, ~is_real)


def _pulled(network: Network, kind: Numbers, link_kind: Numbers, is_tie: Flags) -> Flags:
    """Which nodes a finish-to-finish link reaches, directly or through a gate."""
    through = is_tie & (kind[network.in_source] == FINISH_GATE)
    return _reached(network, (link_kind == LinkKind.FF) & ~is_tie, through)


def _reached(network: Network, first: Flags, through: Flags) -> Flags:
    """The ends of some links, and of further ones that begin where those end."""
    targets = np.repeat(np.arange(network.size), np.diff(network.in_start))
    found = np.zeros(network.size, dtype=bool)
    found[targets[first]] = True
    while through.any():
        more = found.copy()
        more[targets[through & found[network.in_source]]] = True
        if (more == found).all():
            break
        found = more
    return found


def horizon(plan: Plan) -> WorkingTime:
    """The plan's calendars and round-the-clock time after them, over a horizon around its dates."""
    dates = np.concatenate([getattr(plan, name) for name in ("project_starts", "project_finishes", "constraint_dates")])
    dates = np.concatenate((dates, plan.actual_starts, plan.deadlines, plan.manual_starts, plan.manual_finishes))
    known = dates[dates != NONE]
    first, last = (int(known.min()) // DAY, int(known.max()) // DAY) if len(known) else (0, 0)
    return WorkingTime((*plan.working_calendars, ALWAYS), plan.epoch, first - MARGIN_DAYS, last + MARGIN_DAYS)


def write_rules(plan: Plan, frame: Frame, axis: Axis, project_starts: Numbers) -> Rules:
    """Everything that the passes read, for all nodes.

    Args:
        project_starts: int64 (p); the plan's, or those found backwards from its finish.
    Cost: O(n + m), and O(log intervals) for each dated constraint.
    """
    size, network = len(frame.owner), frame.network
    clock = len(plan.working_calendars) * SPAN
    rules = Rules(
        frame,
        axis,
        key=np.full(size, clock, dtype=np.int64),
        float_key=np.full(size, clock, dtype=np.int64),
        left=np.zeros(size, dtype=np.int64),
        base=np.full(size, LOW, dtype=np.int64),
        lo=np.full(size, LOW, dtype=np.int64),
        hi=np.full(size, HIGH, dtype=np.int64),
        delay=np.zeros(size, dtype=np.int64),
        fixed_start=np.full(size, NONE, dtype=np.int64),
        fixed_finish=np.full(size, NONE, dtype=np.int64),
        late_cap=np.full(size, HIGH, dtype=np.int64),
        late_fix=np.full(size, NONE, dtype=np.int64),
        is_milestone=np.zeros(size, dtype=bool),
        stays_late=np.zeros(size, dtype=bool),
        is_alap=np.zeros(size, dtype=bool),
        source=network.in_source + size * np.isin(frame.link_kind, (LinkKind.FS, LinkKind.FF)),
        to_finish=np.isin(frame.link_kind, (LinkKind.FF, LinkKind.SF)),
        lag=np.zeros(len(frame.origin), dtype=np.int64),
        lag_key=np.full(len(frame.origin), clock, dtype=np.int64),
        is_silent=np.zeros(len(frame.origin), dtype=bool),
        parts={},
    )
    for part in plan.assignments:
        key = clock if part.calendar < 0 else part.calendar * SPAN
        rules.parts.setdefault(int(frame.rank_of[part.activity]), []).append((key, part.duration, part.delay))
    rule_activities(plan, rules, np.arange(plan.size), project_starts)
    rule_links(plan, rules, np.flatnonzero(frame.origin >= 0))
    _rule_summaries(plan, rules)
    return rules


def _rule_summaries(plan: Plan, rules: Rules) -> None:
    """A summary's SNET holds its gate, its FNLT and its deadline the last finish below it."""
    frame = rules.frame
    dates, kinds = plan.constraint_dates[frame.owner], plan.constraints[frame.owner]
    is_dated = ~plan.is_manual[frame.owner]
    gates = (frame.kind == START_GATE) & (kinds == Constraint.SNET) & is_dated
    rules.lo[gates] = dates[gates]
    lasts = (frame.kind == LAST_FINISH) & (kinds == Constraint.FNLT) & is_dated
    rules.late_cap[lasts] = dates[lasts]
    deadlines = plan.deadlines[frame.owner]
    due = (frame.kind == LAST_FINISH) & (deadlines != NONE)
    rules.late_cap[due] = np.minimum(rules.late_cap[due], deadlines[due])


def rule_activities(plan: Plan, rules: Rules, which: Numbers, project_starts: Numbers) -> None:
    """Write the rules of some activities anew.

    Args:
        which: int64, the plan's numbers of the activities.
    Cost: O(activities); only dates of constraints and of progress ask the calendars.
    """
    ranks = rules.frame.rank_of[which]
    works_on = np.where(plan.work_calendars[which] == OWN_CALENDAR, plan.calendars[which], plan.work_calendars[which])
    rules.key[ranks] = _keys(plan, which, works_on)
    rules.float_key[ranks] = _keys(plan, which, plan.calendars[which])
    done, left = _progress(plan, which)
    rules.left[ranks], rules.delay[ranks] = left, plan.delays[which]
    rules.is_milestone[ranks] = plan.is_milestone[which]
    rules.stays_late[ranks] = plan.is_milestone[which] | plan.is_manual[which]
    rules.base[ranks] = _base(plan, rules, which, ranks, project_starts)
    rules.lo[ranks], rules.hi[ranks] = LOW, HIGH
    rules.fixed_start[ranks], rules.fixed_finish[ranks] = NONE, NONE
    rules.late_cap[ranks], rules.late_fix[ranks] = HIGH, NONE
    is_late = plan.constraints[which] == Constraint.ALAP
    if plan.is_from_finish:
        is_late = plan.constraints[which] != Constraint.ASAP
    rules.is_alap[ranks] = is_late & (plan.actual_starts[which] == NONE) & ~plan.is_manual[which]
    _rule_constraints(plan, rules, which, ranks)
    _rule_progress(plan, rules, which, ranks, done)
    _rule_fixed(plan, rules, which, ranks)


def _keys(plan: Plan, which: Numbers, calendars: Numbers) -> Numbers:
    """Where calendars stand on the axis; round-the-clock time comes last."""
    clock = len(plan.working_calendars)
    return np.where(plan.is_elapsed[which] | (calendars < 0), clock, calendars) * SPAN


def _progress(plan: Plan, which: Numbers) -> tuple[Numbers, Numbers]:
    """What is done of each activity, and what is left with the pauses still to come, in ticks."""
    durations = plan.durations[which]
    given = plan.remaining[which]
    left = np.where(given != NONE, given, durations - np.rint(durations * plan.progress_ratios[which]).astype(np.int64))
    left = np.where(plan.actual_finishes[which] != NONE, 0, left)
    left = np.where((plan.actual_starts[which] == NONE) & (plan.actual_finishes[which] == NONE), durations, left)
    left = np.where(plan.is_manual[which], durations, left)
    done = np.maximum(durations - left, 0)
    if plan.splits:
        place = {int(activity): index for index, activity in enumerate(which)}
        for split in plan.splits:
            index = place.get(split.activity, -1)
            if index >= 0 and split.after >= done[index] and plan.actual_finishes[split.activity] == NONE:
                left[index] += split.gap
    return done, left


def _base(plan: Plan, rules: Rules, which: Numbers, ranks: Numbers, project_starts: Numbers) -> Numbers:
    """The project's start where no link reaches the activity, unless an SNET or FNET date says when.

    A finish-to-finish link pulls nothing before the project's start.
    """
    frame = rules.frame
    kinds = plan.constraints[which]
    is_free = ~frame.is_bound[ranks] & (kinds != Constraint.SNET) & (kinds != Constraint.FNET)
    is_free |= frame.is_pulled[ranks]
    return np.where(is_free, project_starts[plan.projects[which]], LOW)


def _rule_constraints(plan: Plan, rules: Rules, which: Numbers, ranks: Numbers) -> None:
    kinds, dates = plan.constraints[which], plan.constraint_dates[which]
    rules.late_cap[ranks] = np.where(plan.deadlines[which] != NONE, plan.deadlines[which], HIGH)
    dated = np.flatnonzero(kinds > Constraint.ALAP)
    if not len(dated):
        return
    kind, date, rank = kinds[dated], dates[dated], ranks[dated]
    on_start = np.isin(kind, (Constraint.MSO, Constraint.SNET, Constraint.SNLT))
    start = np.where(on_start, next_start(rules, date, rank), earlier(rules, date, rank))
    finish = np.where(on_start, later(rules, start, rank), date)
    holds = np.isin(kind, (Constraint.SNET, Constraint.FNET, Constraint.MSO, Constraint.MFO))
    rules.lo[rank] = np.where(holds, start, LOW)
    if plan.honors_constraint_dates:
        rules.hi[rank] = np.where(np.isin(kind, (Constraint.SNET, Constraint.FNET)), HIGH, start)
    is_must = (kind == Constraint.MSO) | (kind == Constraint.MFO)
    rules.late_fix[rank] = np.where(is_must, finish, NONE)
    is_capped = np.isin(kind, (Constraint.SNLT, Constraint.FNLT))
    rules.late_cap[rank] = np.where(is_capped, np.minimum(rules.late_cap[rank], finish), rules.late_cap[rank])


def _rule_progress(plan: Plan, rules: Rules, which: Numbers, ranks: Numbers, done: Numbers) -> None:
    """What is left goes on where it stopped, not before it is to be resumed, and not before the status date."""
    starts = plan.actual_starts[which]
    is_open = (plan.actual_finishes[which] == NONE) & ~plan.is_manual[which]
    going = np.flatnonzero(is_open & (starts != NONE))
    if len(going):
        rank = ranks[going]
        stop = rules.axis.add(starts[going], done[going], rules.key[rank])
        on = np.maximum(np.maximum(stop, plan.resumes[which[going]]), plan.status_at[which[going]])
        on = next_start(rules, on, rank)
        waits = plan.constraints[which[going]] == Constraint.FNET
        rules.lo[rank] = np.maximum(on, np.where(waits, rules.lo[rank], LOW))
        rules.hi[rank] = HIGH if plan.is_retained_logic else rules.lo[rank]
        rules.base[rank], rules.delay[rank] = LOW, 0
        rules.fixed_start[rank] = starts[going]
    waiting = np.flatnonzero(is_open & (starts == NONE) & (plan.status_at[which] != NONE))
    if len(waiting):
        rank = ranks[waiting]
        status = next_start(rules, plan.status_at[which[waiting]], rank)
        rules.lo[rank] = np.maximum(rules.lo[rank], status)
        rules.hi[rank] = np.maximum(rules.hi[rank], rules.lo[rank])


def _rule_fixed(plan: Plan, rules: Rules, which: Numbers, ranks: Numbers) -> None:
    """Done is done, and what is scheduled by hand stays."""
    finishes = plan.actual_finishes[which]
    done = np.flatnonzero(finishes != NONE)
    if len(done):
        rank, starts = ranks[done], plan.actual_starts[which[done]]
        guess = rules.axis.subtract(finishes[done], plan.durations[which[done]], rules.key[rank])
        rules.fixed_start[rank] = np.where(starts != NONE, starts, guess)
        rules.fixed_finish[rank] = rules.late_fix[rank] = finishes[done]
        rules.late_cap[rank] = HIGH
    manual = np.flatnonzero(plan.is_manual[which] & (finishes == NONE))
    rules.fixed_start[ranks[manual]] = plan.manual_starts[which[manual]]
    rules.fixed_finish[ranks[manual]] = plan.manual_finishes[which[manual]]


def rule_links(plan: Plan, rules: Rules, places: Numbers) -> None:
    """Write the lags of some links anew.

    Args:
        places: int64, where the links stand among the incoming ones; not of ties.
    Cost: O(links).
    """
    frame = rules.frame
    link = frame.origin[places]
    tails, heads = plan.predecessors[link], plan.successors[link]
    kinds, lags = plan.lag_kinds[link], plan.lags[link]
    in_percent = kinds >= LagKind.PERCENT
    if in_percent.any():
        shares = np.rint(plan.durations[tails] * (lags / 100.0)).astype(np.int64)
        lags = np.where(in_percent, shares, lags)
    clock = len(plan.working_calendars)
    is_clock = (plan.calendars[heads] < 0) | (kinds == LagKind.ELAPSED) | (kinds == LagKind.ELAPSED_PERCENT)
    rules.lag[places] = lags
    rules.lag_key[places] = np.where(is_clock, clock, plan.calendars[heads]) * SPAN
    from_start = rules.source[places] < rules.size
    is_past = from_start & (plan.actual_starts[tails] != NONE) & ~frame.outline.is_summary[tails]
    rules.is_silent[places] = is_past | (plan.actual_finishes[heads] != NONE) | plan.is_inactive[heads]


def next_start(rules: Rules, at: Numbers, ranks: Numbers) -> Numbers:
    """The next instants at which activities may start.

    A milestone may stand where a working period ends, and at the project's start even if nobody works then.

    Args:
        at, ranks: int64 of the same length; the calendars are those of the ranks.
    Cost: O(log intervals) each.
    Source: the milestones of the MPSPLIB files, which Microsoft Project leaves at a start outside working hours.
    """
    moved = rules.axis.next_working(at, rules.key[ranks])
    ends = (rules.axis.previous_working(at, rules.key[ranks]) == at) | (at == rules.base[ranks])
    stays = rules.is_milestone[ranks] & ends
    return np.where(stays, at, moved)


def earlier(rules: Rules, at: Numbers, ranks: Numbers) -> Numbers:
    """Starts that lead to the finishes `at`; with assignments, the earliest that one of them needs."""
    answer = rules.axis.subtract(at, rules.left[ranks], rules.key[ranks])
    for place, rank in enumerate(ranks.tolist() if rules.parts else ()):
        if rank in rules.parts:
            key, length, delay = np.array(rules.parts[rank], dtype=np.int64).T
            answer[place] = int((rules.axis.subtract(np.full(len(key), at[place]), length, key) - delay).min())
    return answer


def later(rules: Rules, at: Numbers, ranks: Numbers) -> Numbers:
    """Finishes that the starts `at` lead to; with assignments, that of the last."""
    answer = rules.axis.add(at, rules.left[ranks], rules.key[ranks])
    for place, rank in enumerate(ranks.tolist() if rules.parts else ()):
        if rank in rules.parts:
            key, length, delay = np.array(rules.parts[rank], dtype=np.int64).T
            answer[place] = int(rules.axis.add(at[place] + delay, length, key).max())
    return answer
