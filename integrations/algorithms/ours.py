"""Our own exports, known by their header: what is counted or computed in them is not read back as if it were a fact."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from integrations.algorithms.catalog import KINDS
from integrations.algorithms.guessing import source_for
from integrations.algorithms.mapping import OUR_COLUMNS, Mapping, Source
from integrations.algorithms.profiling import Column

#: Column -> the field it was written from, on either side of “=”; the others are told as “not imported”.
PLAN = (
    "Planned start=planned_start_date,Planned finish=planned_finish_date,"
    "Actual start=actual_start_date,Actual finish=actual_finish_date,Actual cost=actual_amount,"
)
KEY = "External key=external_key"
FIELDS: dict[str, str] = {
    "portfolio": f"Portfolio=name,Manager=manager,{KEY}",
    "product_line": f"Code=code,Line=name,{KEY}",
    "program": "Code=code,Name=name,Portfolio=portfolio,Manager=manager,Reported health=reported_health,"
    f"Why=health_note,{KEY}",
    "product": "Line=line,Product=name,Lifecycle stage=lifecycle_stage,Owner=owner,Revenue=annual_revenue_amount,"
    f"Growth=revenue_growth_ratio,Cost=annual_cost_amount,{KEY}",
    "project": "Code=code,Name=name,Portfolio=portfolio,Program=program,Status=status,Reported health=reported_health,"
    f"Why=health_note,Manager=manager,Method=method,{PLAN}"
    f"Expected finish=expected_finish_date,Budget=budget_amount,{KEY}",
    "activity": "Project code=project,Activity=name,Kind=kind,Status=status,Assignee=assignee,"
    f"{PLAN.replace('actual_amount', 'actual_cost_amount')}Progress=progress_ratio,"
    f"Planned cost=planned_cost_amount,{KEY}",
    "risk": "Project code=project,Risk=name,Status=status,Probability=probability_ratio,Impact in money=impact_amount,"
    f"Impact in days=impact_days,Response=response,Response plan=response_plan,Owner=owner,{KEY}",
    "entry": "Subject code=subject,Kind=kind,Class=entry_class,Line=line,Month=month,Amount=amount,Currency=currency,"
    "Note=note,Key=external_key",
    "team": f"Team=name,Lead=lead,Description=description,{KEY}",
    "resource_role": f"Role=name,Description=description,{KEY}",
    "person": "Name=name,E-mail=email,Account=user,Placeholder=is_placeholder,Role=role,Team=team,Calendar=calendar,"
    f"Skills=skills,FTE=fte,First day=start_date,Last day=finish_date,{KEY}",
    "capacity": "Role=role,Team=team,Month=month,Capacity=fte,Note=note",
    "allocation": "Project code=project,Person=person,Role=role,Team=team,Kind=kind,Month=month,FTE=fte,Note=note",
    "measure": f"Measure=name,Category=category,Result=result,Program code=program,{KEY}",
}
#: Columns without a field of their own that, with those above, tell the file of one kind from all others.
TELLING: dict[str, set[str]] = {
    "portfolio": {"Inside", "Programs", "In flight"},
    "product_line": {"Stance", "Products", "Budget of projects"},
    "program": {"Health", "Projects", "Parked because"},
    "product": {"Stance", "Margin", "Budget of projects"},
    "project": {"Health", "Slip in days", "Parked because"},
    "activity": {"Project", "Currency"},
    "risk": {"Project", "Exposure", "Currency"},
    "entry": {"Subject", "Rate of"},
    "team": {"Capacity", "Placeholders"},
    "resource_role": {"Capacity", "Placeholders"},
    "person": set(),
    "capacity": set(),
    "allocation": {"Project"},
    "measure": {"Portfolio"},
}


def our_mapping(header: Sequence[str], columns: Sequence[Column]) -> tuple[str, Mapping] | None:
    """The kind and the mapping of a file that we wrote ourselves; None for any other."""
    present = {name for name in header if name.casefold() not in OUR_COLUMNS}
    for kind, text in FIELDS.items():
        fields = dict(pair.split("=") for pair in text.split(","))
        if fields.keys() | TELLING[kind] <= present:
            return kind, Mapping(
                {column.name: _source(kind, fields.get(column.name, ""), column) for column in columns}
            )
    return None


def _source(kind: str, target: str, column: Column) -> Source:
    if not target:
        return Source()
    source = source_for(kind, target, column)
    # Shares are written as shares of one, also where growth is more than all of it.
    return replace(source, scale=Decimal(1)) if KINDS[kind].by_target[target].type == "ratio" else source
