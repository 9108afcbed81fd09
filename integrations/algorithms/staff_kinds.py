"""Kinds of rows about who does the work: teams, roles, people and typed capacity."""

from integrations.algorithms.targets import Kind, Target, description_target, key_target, name_target

IN_ROLE = "role, role name, resource role, job, job title, function, profession"
IN_TEAM = "team, team name, group, unit, organizational unit, squad"
TEAM = Kind(
    "team",
    "Team",
    "Teams",
    "resource.edit",
    "team",
    (
        key_target("team id, team key"),
        name_target("team, team name"),
        Target("lead", "Lead", "person", "lead, team lead, manager"),
        description_target(),
    ),
)
RESOURCE_ROLE = Kind(
    "resource_role",
    "Role",
    "Roles",
    "resource.edit",
    "role, resource role",
    (key_target("role id, role key"), name_target("role, role name, resource role"), description_target()),
)
PERSON = Kind(
    "person",
    "Person",
    "People",
    "resource.edit",
    "person, people, staff, employee, resource",
    (
        key_target("person id, employee id, employee number, staff number, personnel number, resource id"),
        name_target("person, person name, full name, employee, resource, resource name"),
        Target("email", "E-mail", "text", "e mail, email, mail, e mail address, email address", longest=254),
        Target("user", "Account", "person", "account, user, login, member"),
        Target("is_placeholder", "Placeholder", "flag", "placeholder, is placeholder, generic"),
        Target("role", "Role", "reference", IN_ROLE, to="resource_role"),
        Target("team", "Team", "reference", IN_TEAM, to="team"),
        Target("calendar", "Calendar", "text", "calendar, working calendar, work calendar, working time"),
        Target("skills", "Skills", "text", "skills, skill, skill levels, competences, abilities", longest=2_000),
        Target("fte", "FTE", "number", "fte, contract, contract fte, employment", at_least_zero=True),
        Target("start_date", "First day", "date", "first day, start, start date, entry, hired, joined"),
        Target("finish_date", "Last day", "date", "last day, end, end date, exit, leaves, left"),
    ),
)
CAPACITY = Kind(
    "capacity",
    "Capacity",
    "Capacities",
    "resource.edit",
    "capacity, capacities, typed capacity",
    (
        Target("role", "Role", "reference", IN_ROLE, to="resource_role"),
        Target("team", "Team", "reference", IN_TEAM, to="team"),
        Target("month", "Month", "month", "month, period, date", is_needed=True),
        Target("fte", "FTE", "number", "fte, capacity, person months, value", at_least_zero=True, is_needed=True),
        Target("note", "Note", "text", "note, comment, remark"),
    ),
    parents=("role",),
)
