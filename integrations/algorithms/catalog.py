"""What can be imported: kinds of rows, the fields that a column can fill, and the words by which columns are known."""

from integrations.algorithms.feedback_kinds import CUSTOMER_ACCOUNT, FEEDBACK_ITEM
from integrations.algorithms.staff_kinds import CAPACITY, PERSON, RESOURCE_ROLE, TEAM
from integrations.algorithms.targets import LONGEST_TEXT, Kind, Target, description_target, key_target, name_target

HEALTH = ("green", "amber", "red")
IN_PROJECT = "project, project id, project code, project name, project key, project number"
IN_PROGRAM = "program, program id, program code, program name, program key, program number"
IN_PORTFOLIO = (
    "portfolio, portfolio code, portfolio id, portfolio name, portfolio number, bureau, bureau code, agency,"
    " department, division"
)
PROGRESS = "reported progress, progress, percent complete, complete, percent, progress percent"


def _code(phrases: str, longest: int = 20, is_needed: bool = False) -> Target:
    return Target("code", "Code", "code", f"code, {phrases}", longest=longest, is_needed=is_needed)


def _health() -> tuple[Target, Target]:
    words = "reported health, health, overall health, rating, cio rating"
    return (
        Target("reported_health", "Reported health", "choice", words, choices=HEALTH),
        Target("health_note", "Why this health", "text", "health note, health reason, health comment", longest=500),
    )


def _cost(planned: str, planned_label: str, planned_words: str, actual: str) -> tuple[Target, ...]:
    label = "Cost variance (planned − actual)"
    return (
        Target(planned, planned_label, "money", planned_words, at_least_zero=planned == "budget_amount"),
        Target(actual, "Actual cost", "money", "actual cost, spent, actual, actual spent, cost to date, spent to date"),
        Target("cost_variance_amount", label, "money", "cost variance, budget variance", fills=actual),
    )


def _schedule() -> tuple[Target, ...]:
    finish = "planned_finish_date"
    return (
        Target("planned_start_date", "Planned start", "date", "planned start, start"),
        Target(finish, "Planned finish", "date", "planned finish, finish"),
        Target(
            "planned_days", "Planned duration", "days", "planned duration, duration", fills=finish, at_least_zero=True
        ),
        Target("actual_start_date", "Actual start", "date", "actual start"),
        Target(
            "start_delay_days",
            "Delay of the start",
            "days",
            "actual start delay, start delay, start variance",
            fills="actual_start_date",
        ),
        Target("actual_finish_date", "Actual finish", "date", "actual finish"),
        Target(
            "actual_days", "Actual duration", "days", "actual duration", fills="actual_finish_date", at_least_zero=True
        ),
    )


PORTFOLIO = Kind(
    "portfolio",
    "Portfolio",
    "Portfolios",
    "portfolio.edit",
    "portfolio, bureau, bureaus",
    (
        key_target("code, portfolio id, portfolio code"),
        name_target("portfolio, portfolio name, bureau, agency, department, division"),
        Target(
            "parent",
            "Parent portfolio",
            "reference",
            "parent, parent portfolio, parent id, parent code, parent name",
            to="portfolio",
        ),
        description_target(),
        Target("manager", "Manager", "person", "manager, owner, manager email"),
    ),
)
PRODUCT_LINE = Kind(
    "product_line",
    "Product line",
    "Product lines",
    "product.edit",
    "product line, line",
    (
        key_target("line id, product line id"),
        _code("line code, product line code", longest=3, is_needed=True),
        name_target("line, product line"),
        description_target(),
    ),
)
PROGRAM = Kind(
    "program",
    "Program",
    "Programs",
    "program.edit",
    "program",
    (
        key_target("program id, program number, program key"),
        _code("program code"),
        name_target("program, program name"),
        Target("portfolio", "Portfolio", "reference", IN_PORTFOLIO, to="portfolio"),
        description_target(),
        Target("manager", "Manager", "person", "manager, owner, program manager, manager email"),
        *_health(),
    ),
    parents=("portfolio",),
    parks=True,
)
PRODUCT = Kind(
    "product",
    "Product",
    "Products",
    "product.edit",
    "product",
    (
        key_target("product id, code, sku, product code"),
        name_target("product, product name"),
        Target(
            "line", "Product line", "reference", "line, product line, line code, line id, line name", to="product_line"
        ),
        description_target(),
        Target("owner", "Owner", "person", "owner, product owner, manager, owner email"),
        Target(
            "lifecycle_stage",
            "Lifecycle stage",
            "choice",
            "lifecycle stage, stage, lifecycle, status",
            choices=("introduction", "growth", "maturity", "decline", "retired"),
        ),
        Target(
            "annual_revenue_amount",
            "Annual revenue",
            "money",
            "annual revenue, revenue, sales, turnover",
            at_least_zero=True,
        ),
        Target("annual_cost_amount", "Annual cost", "money", "annual cost, cost"),
        Target("revenue_growth_ratio", "Revenue growth", "ratio", "revenue growth, growth, growth percent"),
    ),
)
PROJECT = Kind(
    "project",
    "Project",
    "Projects",
    "project.create",
    "project",
    (
        key_target("project id, project number, project key"),
        _code("project code, shortcode"),
        name_target("project, project name"),
        Target("program", "Program", "reference", IN_PROGRAM, to="program"),
        Target("portfolio", "Portfolio", "reference", IN_PORTFOLIO, to="portfolio"),
        description_target(),
        Target(
            "status",
            "Status",
            "choice",
            "status, lifecycle status, project status",
            choices=("proposed", "screened", "approved", "active", "on_hold", "done", "cancelled"),
        ),
        Target("method", "Method", "choice", "method", choices=("waterfall", "agile", "hybrid")),
        Target("manager", "Manager", "person", "manager, project manager, owner, pm, manager email"),
        *_schedule(),
        Target("expected_finish_date", "Expected finish", "date", "expected finish"),
        Target(
            "finish_delay_days",
            "Delay of the finish",
            "days",
            "delay, finish delay, expected delay, finish variance",
            fills="expected_finish_date",
        ),
        *_cost("budget_amount", "Budget", "budget, planned cost, planned budget, cost, expected cost", "actual_amount"),
        Target("reported_progress_ratio", "Reported progress", "ratio", PROGRESS),
        *_health(),
    ),
    parents=("program", "portfolio"),
    parks=True,
)
ACTIVITY = Kind(
    "activity",
    "Activity",
    "Activities",
    "activity.edit",
    "activity, milestone, wbs",
    (
        key_target("activity id, activity number, wbs, activity key"),
        Target("project", "Project", "reference", IN_PROJECT, to="project"),
        Target(
            "parent",
            "Summary above it",
            "reference",
            "parent, parent id, parent activity, parent activity id, summary activity",
            to="activity",
        ),
        name_target("activity, activity name, milestone", longest=300),
        description_target(),
        Target("kind", "Kind", "choice", "kind, activity kind", choices=("task", "milestone", "summary")),
        Target(
            "status",
            "Status",
            "choice",
            "status, activity status",
            choices=("not_started", "in_progress", "done", "cancelled"),
        ),
        Target("assignee", "Assignee", "person", "assignee, owner, assignee email, manager"),
        *_schedule(),
        *_cost(
            "planned_cost_amount", "Planned cost", "planned cost, cost, budget, planned budget", "actual_cost_amount"
        ),
        Target("progress_ratio", "Progress", "ratio", PROGRESS),
    ),
    parents=("project",),
)
RISK = Kind(
    "risk",
    "Risk",
    "Risks",
    "risk.edit",
    "risk",
    (
        key_target("risk id, risk number, risk key"),
        Target("project", "Project", "reference", IN_PROJECT, to="project"),
        name_target("risk, risk name, event"),
        description_target(),
        Target("probability_ratio", "Probability", "ratio", "probability, probability percent", is_needed=True),
        Target("impact_days", "Impact in days", "days", "impact, schedule impact, impact planned", at_least_zero=True),
        Target("impact_amount", "Impact in money", "money", "impact, impact cost, impact money", at_least_zero=True),
        Target(
            "response",
            "Response",
            "choice",
            "response, strategy, response strategy",
            choices=("avoid", "transfer", "mitigate", "accept"),
        ),
        Target(
            "response_plan",
            "Response plan",
            "prose",
            "response plan, mitigation, mitigation plan, action",
            longest=LONGEST_TEXT,
        ),
        Target("status", "Status", "choice", "status, risk status", choices=("open", "closed", "occurred")),
        Target("owner", "Owner", "person", "owner, risk owner, assignee, owner email"),
    ),
    parents=("project",),
)
MEASURE = Kind(
    "measure",
    "Performance measure",
    "Performance measures",
    "measure.edit",
    "measure",
    (
        key_target("measure id, measure number, measure key"),
        Target("program", "Program", "reference", IN_PROGRAM, to="program"),
        name_target("measure, measure name, measure description, description", longest=500),
        Target("category", "Category", "text", "category, measure category, area, group"),
        Target("result", "Result", "choice", "result, status, met", choices=("met", "not_met")),
    ),
    parents=("program",),
)
ENTRY = Kind(
    "entry",
    "Financial entry",
    "Financial entries",
    "finance.edit",
    "entry, entries, financial entries, financials, budget, forecast, actuals",
    (
        key_target("entry id, entry key"),
        Target(
            "subject",
            "Project, program or product",
            "reference",
            f"subject, subject code, {IN_PROJECT}, {IN_PROGRAM}, product, product name, code, name",
            to="project",
        ),
        Target(
            "kind", "Kind", "choice", "kind, entry kind, version", choices=("budget", "forecast", "actual"),
            is_needed=True,
        ),
        Target(
            "entry_class", "Class", "choice", "class, entry class, cost class, type, category",
            choices=("capex", "opex", "revenue", "benefit"), is_needed=True,
        ),
        Target("line", "Line", "text", "line, cost line, account, position, item"),
        Target("month", "Month", "month", "month, period, date", is_needed=True),
        Target("amount", "Amount", "money", "amount, value, cost, sum", is_needed=True),
        Target("currency", "Currency", "text", "currency, currency code", longest=3),
        Target("note", "Note", "text", "note, comment, remark", longest=500),
        Target(
            "reason", "Why an approved budget changes", "text",
            "reason, reason for change, change reason, why, why it changes", longest=500,
        ),
    ),
    parents=("subject",),
)  # fmt: skip
ALLOCATION = Kind(
    "allocation",
    "Allocation",
    "Allocations",
    "allocation.edit",
    "allocation, allocations, staffing, resource plan, utilization",
    (
        Target("project", "Project", "reference", IN_PROJECT, to="project"),
        Target("person", "Person", "text", "person, resource, employee, person email, email, assignee, person name"),
        Target("role", "Role", "text", "role, resource role, role name, job title, function"),
        Target("team", "Team", "text", "team, team name, department, group"),
        Target("kind", "Kind", "choice", "kind, plan or actual, version", choices=("plan", "actual")),
        Target("month", "Month", "month", "month, period, date", is_needed=True),
        Target(
            "fte", "FTE", "text", "fte, allocation, share, effort, utilization, allocated", longest=20, is_needed=True
        ),
        Target("note", "Note", "text", "note, comment, remark"),
    ),
    parents=("project",),
)
KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        PORTFOLIO, PRODUCT_LINE, PROGRAM, PRODUCT, PROJECT, ACTIVITY, RISK, MEASURE, ENTRY, TEAM, RESOURCE_ROLE,
        PERSON, CAPACITY, ALLOCATION, CUSTOMER_ACCOUNT, FEEDBACK_ITEM,
    )
}  # fmt: skip
CHOICE_LABELS = {
    "not_started": "Not started",
    "in_progress": "In progress",
    "on_hold": "On hold",
    "not_met": "Not met",
    "green": "On track (green)",
    "amber": "At risk (amber)",
    "red": "Off track (red)",
}


def choice_label(choice: str) -> str:
    return CHOICE_LABELS.get(choice, choice.capitalize())
