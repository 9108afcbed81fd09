"""How Fennmark came to stand where it stands: every act in its order, as plain data."""

import datetime
import random
from decimal import Decimal
from typing import Any

from core.access import MANAGERS
from portfolio.demo import atlas, beacon, cutter
from portfolio.demo.allocations import allocated
from portfolio.demo.benefits import tell_benefits
from portfolio.demo.facts import Act, LineFacts, ProductFacts, ProgramFacts, ProjectFacts, Ref, RiskFacts
from portfolio.demo.links import ACROSS, DAY, TEAMS, estimates, holidays, within
from portfolio.demo.people import BY_KEY, PEOPLE
from portfolio.demo.priorities import tell_priorities
from portfolio.demo.products import LINES, PORTFOLIOS, PRODUCTS
from portfolio.demo.schedule import HELD_DAYS, STARTED, ActivityPlan, ProjectPlan, plan_project, workday
from portfolio.demo.teams import staff
from portfolio.demo.voices import tell_voices

PROGRAMS = (
    atlas.EU_LAUNCH,
    atlas.MOBILE_BETA,
    atlas.CONNECT_PROGRAM,
    beacon.COMPLIANCE,
    cutter.SUNSET,
    cutter.SHARED_IDENTITY,
)
DIRECT_PROJECTS = (*atlas.DIRECT, *beacon.DIRECT)
#: The new rules come this many days after the day the world is told for.
RULES_CHANGE_DAYS = 109
THOUSAND = Decimal("1000.00")
SCREENED = ("Fits the line’s stance; no overlap found.", "Small enough to try.", "Asked for by six customers.")
APPROVED = ("Money and people are there from the planned start.", "Approved in the monthly review.")


def tell(seed: int, day: datetime.date) -> list[Act]:
    """Every act up to the evening before `day`, oldest first; the same seed and day tell the same story."""
    teller = _Teller(seed, day)
    teller.people()
    teller.structure()
    for program in PROGRAMS:
        teller.program(program)
    for project in DIRECT_PROJECTS:
        teller.project(project, {"portfolio": Ref(f"portfolio:{project.portfolio}")}, "ines")
    teller.across()
    teller.acts += staff(seed, day)
    teller.acts += allocated(
        seed, day, [*(each for program in PROGRAMS for each in program.projects), *DIRECT_PROJECTS]
    )
    teller.acts += [*tell_benefits(day), *tell_priorities(day, teller.acts), *tell_voices(day)]
    return sorted(teller.acts, key=lambda act: act.at)


class _Teller:
    def __init__(self, seed: int, day: datetime.date) -> None:
        self.rng, self.day = random.Random(seed), day  # noqa: S311 - no secret
        self.acts: list[Act] = []
        self.names: dict[tuple[str, str], str] = {}
        self.year = (day + datetime.timedelta(RULES_CHANGE_DAYS)).year
        self.last_day = workday(day - datetime.timedelta(1))

    def at(self, when: int | datetime.date, part: float = 0.5) -> datetime.datetime:
        """An instant of working time on a day (or days from the day): `part` 0 is eight o'clock, 1 half past five."""
        date = self.day + datetime.timedelta(when) if isinstance(when, int) else when
        date = min(workday(date), self.last_day)
        morning = datetime.datetime.combine(date, datetime.time(8), datetime.UTC)
        return morning + datetime.timedelta(seconds=round(part * 34_200) + self.rng.randrange(90))

    def act(
        self, at: datetime.datetime, actor: str, service: str, target: str = "", makes: str = "", **fields: Any
    ) -> None:
        self.acts.append(Act(at, actor, service, target, makes, fields))

    def named(self, text: str) -> str:
        return text.replace("{year}", str(self.year))

    # Who and what there is

    def people(self) -> None:
        for place, person in enumerate(PEOPLE[1:]):
            at = self.at(-428, 0.2 + place * 0.04)
            standing: dict[str, Any] = {"role": str(person.role), "sees_amounts": person.sees_amounts}
            self.act(at, "maren", "add_person", email=person.email, name=person.name, **standing)

    def structure(self) -> None:
        makes, name = "calendar:usual", "Fennmark working time"
        self.act(self.at(-423, 0.2), "maren", "create_calendar", makes=makes, name=name, exceptions=holidays(self.day))
        self.act(self.at(-423, 0.3), "maren", "set_default_calendar", makes)
        for place, portfolio in enumerate(PORTFOLIOS):
            parent = Ref(f"portfolio:{portfolio.parent}") if portfolio.parent else None
            self.act(
                self.at(-422, 0.1 + place * 0.05),
                "maren",
                "create_portfolio",
                makes=f"portfolio:{portfolio.name}",
                name=portfolio.name,
                parent=parent,
                manager=Ref(f"person:{portfolio.manager}"),
                description=portfolio.description,
            )
        for place, line in enumerate(LINES):
            self.act(
                self.at(-421, 0.1 + place * 0.05),
                "ines",
                "create_product_line",
                makes=f"line:{line.name}",
                code=line.code,
                name=line.name,
                description=line.description,
            )
            self.decisions(line, f"line:{line.name}")
        for product in PRODUCTS:
            self.product(product)

    def product(self, facts: ProductFacts) -> None:
        key = f"product:{facts.name}"
        before = facts.stage_before or facts.stage
        growth = facts.growth if facts.growth is not None else Decimal("0.25")
        revenue, cost = _thousands(facts.revenue), _thousands(facts.cost)
        earlier = None if revenue is None else _rounded(revenue / (1 + growth), 1000)
        self.act(
            self.at(facts.created, 0.5 + self.rng.random() * 0.4),
            "ines",
            "create_product",
            makes=key,
            line=Ref(f"line:{facts.line}"),
            name=facts.name,
            description=facts.description,
            owner=Ref(f"person:{facts.owner}"),
            lifecycle_stage=before,
            annual_revenue_amount=earlier,
            annual_cost_amount=None if cost is None else _rounded(cost * Decimal("0.94"), 1000),
        )
        self.act(
            self.at(facts.figures, self.rng.random() * 0.2),
            "ines",
            "update_product",
            key,
            lifecycle_stage=facts.stage,
            annual_revenue_amount=revenue,
            annual_cost_amount=cost,
            revenue_growth_ratio=facts.growth,
        )
        self.decisions(facts, key)

    def decisions(self, facts: LineFacts | ProductFacts, key: str) -> None:
        for days, stance, reason, review in facts.decisions:
            at = self.at(days, 0.4 + self.rng.random() * 0.4)
            subject: dict[str, Any] = {key.partition(":")[0]: Ref(key)}
            self.act(
                at,
                "maren",
                "decide_stance",
                stance=stance,
                reason=reason,
                decided_date=at.date(),
                review_date=workday(at.date() + datetime.timedelta(review)),
                owner=Ref("person:maren"),
                **subject,
            )

    # What is being done

    def program(self, facts: ProgramFacts) -> None:
        key = f"program:{facts.code}"
        opened = min(project.start for project in facts.projects if project.start is not None) - 100
        self.act(
            self.at(opened, 0.3),
            "ines",
            "create_program",
            makes=key,
            code=facts.code,
            name=self.named(facts.name),
            description=self.named(facts.description),
            portfolio=Ref(f"portfolio:{facts.portfolio}"),
            manager=Ref(f"person:{facts.manager}"),
        )
        for place, measure in enumerate(facts.measures):
            makes = f"measure:{facts.code}-{place}"
            self.act(
                self.at(opened + 5, 0.4 + place * 0.05),
                facts.manager,
                "create_measure",
                key,
                makes,
                name=measure.name,
                category=measure.category,
            )
            if measure.result:
                at = self.at(-25 + place * 3, 0.7)
                self.act(at, facts.manager, "update_measure", makes, result=measure.result)
        self.act(self.at(-48, 0.5), facts.manager, "update_program", key, reported_health="green")
        self.act(
            self.at(-1, 0.55 + self.rng.random() * 0.2),
            facts.manager,
            "update_program",
            key,
            reported_health=facts.health,
            health_note=facts.note,
        )
        for project in facts.projects:
            self.project(project, {"program": Ref(key)}, facts.manager)

    def project(self, facts: ProjectFacts, parent: dict[str, Any], program_manager: str) -> None:
        plan = plan_project(facts, self.day, self.rng)
        key = f"project:{facts.code}"
        lead = facts.manager if BY_KEY[facts.manager].role in MANAGERS else program_manager
        proposed = self.at(min((facts.start or 0) - 75, -20), self.rng.random())
        before = facts.budget if facts.budget_before is None else facts.budget_before
        self.act(
            proposed,
            facts.manager,
            "create_project",
            makes=key,
            code=facts.code,
            name=self.named(facts.name),
            description=facts.description,
            method=facts.method,
            manager=Ref(f"person:{facts.manager}"),
            planned_start_date=plan.start,
            planned_finish_date=plan.finish,
            budget_amount=_thousands(before),
            **parent,
        )
        shares = {Ref(f"product:{name}"): Decimal(percent) / 100 for name, percent in facts.shares}
        self.act(proposed + datetime.timedelta(minutes=20), lead, "set_product_shares", key, shares=shares)
        self.lifecycle(facts, plan, key, lead)
        if facts.start is None or facts.status not in {"approved", *STARTED}:
            return
        self.outline(facts, plan, key)
        self.reports(facts, plan, key)
        for place, risk in enumerate(facts.risks):
            self.risk(facts, risk, key, place)
        if facts.budget_before is not None:
            self.act(self.at(-62, 0.6), "ines", "update_project", key, budget_amount=plan.budget)

    def lifecycle(self, facts: ProjectFacts, plan: ProjectPlan, key: str, lead: str) -> None:
        start = facts.start or 0
        approver = "maren" if (facts.budget or 0) >= 500 else "ines"
        steps = [
            (self.at(min(start - 55, -12), self.rng.random()), "ines", "screened", self.rng.choice(SCREENED)),
            (self.at(min(start - 34, -8), self.rng.random()), approver, "approved", self.rng.choice(APPROVED)),
        ]
        if facts.status == "cancelled":
            steps[1:] = [(self.at(-157, 0.6), "maren", "cancelled", facts.note)]
        elif facts.status in STARTED:
            steps.append((self.at(plan.actual_start or start, 0.1), lead, "active", "Kick-off held."))
        if facts.status == "on_hold":
            steps.append((self.at(-HELD_DAYS, 0.8), lead, "on_hold", facts.note))
        if facts.status == "done":
            steps.append((self.at(plan.actual_finish or -1, 0.9), lead, "done", "Accepted by the product’s owner."))
        for at, actor, status, reason in steps[: {"proposed": 0, "screened": 1}.get(facts.status)]:
            self.act(at, actor, "change_status", key, to=status, reason=reason)

    def outline(self, facts: ProjectFacts, plan: ProjectPlan, key: str) -> None:
        at = self.at((facts.start or 0) - 30, 0.2)
        phase, names = "", [f"activity:{facts.code}-{place}" for place in range(len(plan.activities))]
        for name, row in zip(names, plan.activities, strict=True):
            at += datetime.timedelta(seconds=self.rng.randrange(20, 120))
            if row.level == 1:
                phase = name
            self.act(
                at,
                facts.manager,
                "create_activity",
                key,
                name,
                name=row.name,
                kind=row.kind,
                parent=Ref(phase) if row.level > 1 else None,
                assignee=Ref(f"person:{row.assignee}"),
                planned_start_date=row.start,
                planned_finish_date=row.finish,
                planned_cost_amount=row.cost,
                **estimates(row),
                delay_group=TEAMS.get(facts.code, "") if row.kind == "task" else "",
            )
        self.names |= {(facts.code, row.name): name for name, row in zip(names, plan.activities, strict=True)}
        for name, row in zip(names, plan.activities, strict=True):
            if row.status != "not_started":
                self.progress(facts, name, row)
        lead = facts.manager if BY_KEY[facts.manager].role in MANAGERS else "ines"
        self.act(at + datetime.timedelta(hours=4), lead, "take_baseline", key, name="Approved plan")
        self.links(facts, plan, names, lead)

    def links(self, facts: ProjectFacts, plan: ProjectPlan, names: list[str], lead: str) -> None:
        """Within a project, each activity waits for the one before it in its phase."""
        owner = Ref(f"person:{facts.manager}")
        rows = [
            {
                "predecessor": Ref(names[before]),
                "successor": Ref(names[after]),
                "link_type": link_type,
                "lag_minutes": Decimal(lag),
                "owner": owner,
            }
            for before, after, link_type, lag in within(plan.activities)
        ]
        at = self.at(-4, 0.1 + self.rng.random() * 0.3)
        self.act(at, lead, "create_dependencies", f"project:{facts.code}", rows=rows)

    def across(self) -> None:
        """What projects have agreed with each other."""
        at = self.at(-3, 0.2)
        for link in ACROSS:
            at += datetime.timedelta(minutes=self.rng.randrange(3, 25))
            self.act(
                at,
                "ines",
                "create_dependency",
                predecessor=Ref(self.names[link.before]),
                successor=Ref(self.names[link.after]),
                lag_minutes=Decimal(link.lag * DAY),
                slip_policy=link.policy,
                owner=Ref(f"person:{link.owner}"),
                agreed_with=Ref(f"person:{link.agreed_with}") if link.agreed_with else None,
                note=link.note,
            )

    def progress(self, facts: ProjectFacts, name: str, row: ActivityPlan) -> None:
        """One report on an activity: on the day it was finished, or when its project was last reported."""
        latest = -HELD_DAYS if facts.status == "on_hold" else -1 - facts.reported
        at = self.at(row.actual_finish or latest, 0.02 if row.kind == "summary" else 0.3 + self.rng.random() * 0.5)
        who = row.assignee or facts.manager
        self.act(
            at,
            who,
            "update_activity",
            name,
            status=row.status,
            progress_ratio=row.progress,
            actual_start_date=row.actual_start,
            actual_finish_date=row.actual_finish,
            actual_cost_amount=row.spent,
        )

    def reports(self, facts: ProjectFacts, plan: ProjectPlan, key: str) -> None:
        """What the manager said along the way: green at first, then as it became known."""
        if plan.actual_start is None:
            at = self.at(-1 - facts.reported, self.rng.random())
            self.act(at, facts.manager, "report_project", key, reported_health=facts.health, health_note=facts.note)
            return
        self.act(
            self.at(plan.actual_start, 0.3),
            facts.manager,
            "report_project",
            key,
            reported_health="green",
            actual_start_date=plan.actual_start,
        )
        end = plan.actual_finish or self.day - datetime.timedelta(1 + facts.reported)
        for share, part in ((0.45, 0.35), (0.75, 0.6)):
            on = plan.actual_start + (end - plan.actual_start) * share
            self.report(facts, plan, key, on, part, share)
        self.report(facts, plan, key, end, 0.7 + self.rng.random() * 0.15, 1.0)

    def report(
        self, facts: ProjectFacts, plan: ProjectPlan, key: str, on: datetime.date, part: float, share: float
    ) -> None:
        fields: dict[str, Any] = {"actual_amount": _rounded((plan.spent or Decimal(0)) * Decimal(str(share)), 100)}
        if share == 1.0:
            fields |= {"actual_amount": plan.spent, "reported_health": facts.health, "health_note": facts.note}
            fields |= {"expected_finish_date": plan.expected_finish, "actual_finish_date": plan.actual_finish}
        elif share > 0.7 and facts.slip > 0 and plan.finish:
            early = workday(plan.finish + datetime.timedelta(max(1, facts.slip // 2)))
            fields |= {"expected_finish_date": early}
            if facts.health in {"amber", "red"}:
                fields |= {"reported_health": "amber", "health_note": "Behind the plan; being looked into."}
        self.act(self.at(on, part), facts.manager, "report_project", key, **fields)

    def risk(self, facts: ProjectFacts, risk: RiskFacts, key: str, place: int) -> None:
        makes = f"risk:{facts.code}-{place}"
        probability = Decimal(min(100, max(5, risk.probability + self.rng.choice((-5, 0, 0, 5))))) / 100
        first = min(Decimal("0.9"), probability + Decimal("0.1")) if risk.status == "open" else Decimal("0.4")
        found = (facts.start or 0) - 25 + place * 9
        self.act(
            self.at(found, 0.4),
            facts.manager,
            "create_risk",
            key,
            makes,
            name=risk.name,
            probability_ratio=first,
            impact_days=risk.days,
            impact_amount=_thousands(risk.amount),
            response=risk.response,
            response_plan=risk.plan,
            owner=Ref(f"person:{risk.owner or facts.manager}"),
        )
        at = self.at(-risk.ended if risk.status != "open" else min(-2, found // 3), 0.6)
        self.act(at, facts.manager, "update_risk", makes, probability_ratio=probability, status=risk.status)


def _thousands(amount: int | None) -> Decimal | None:
    return None if amount is None else amount * THOUSAND


def _rounded(amount: Decimal, unit: int) -> Decimal:
    return (amount / unit).quantize(Decimal(1)) * unit + Decimal("0.00")
