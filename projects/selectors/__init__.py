"""Projects, activities, dependencies and risks in figures."""

<<<<<<< HEAD
from projects.selectors.exchange import exchanged_plans
=======
from projects.selectors.dependency import (
    DEPENDENCY_HEADER,
    DependencyLine,
    DependencyMap,
    dependency_cells,
    dependency_lines,
    dependency_map,
    late_dependencies_of,
)
>>>>>>> main
from projects.selectors.files import (
    ACTIVITY_HEADER,
    PROJECT_HEADER,
    RISK_HEADER,
    activity_cells,
    project_cells,
    risk_cells,
)
from projects.selectors.freshness import freshness_of
from projects.selectors.listed import LISTED, ListedProject, listed_projects
from projects.selectors.outline import OutlineRow, OutlineTotals, outline, outline_totals
from projects.selectors.project import (
    ServedProduct,
    Step,
    computed_health,
    largest_risks,
    lifecycle,
    part_counts,
    project_events,
    served_products,
)
from projects.selectors.totals import (
    MOST_ROWS,
    Totals,
    activity_totals,
    project_totals,
    project_view_counts,
    risk_totals,
)
from projects.selectors.variance import (
    VARIANCE_HEADER,
    VarianceRow,
    VarianceTotals,
    current_baselines,
    variance_cells,
    variance_rows,
    variance_totals,
    whole_today,
    whole_totals,
    with_whole,
)

__all__ = [
<<<<<<< HEAD
    "exchanged_plans",
=======
    "DEPENDENCY_HEADER",
    "DependencyLine",
    "DependencyMap",
    "dependency_cells",
    "dependency_lines",
    "dependency_map",
    "late_dependencies_of",
>>>>>>> main
    "ACTIVITY_HEADER",
    "LISTED",
    "MOST_ROWS",
    "PROJECT_HEADER",
    "RISK_HEADER",
    "ListedProject",
    "OutlineRow",
    "OutlineTotals",
    "ServedProduct",
    "Step",
    "Totals",
    "VARIANCE_HEADER",
    "VarianceRow",
    "VarianceTotals",
    "activity_cells",
    "activity_totals",
    "computed_health",
    "current_baselines",
    "freshness_of",
    "largest_risks",
    "lifecycle",
    "listed_projects",
    "outline",
    "outline_totals",
    "part_counts",
    "project_cells",
    "project_events",
    "project_totals",
    "project_view_counts",
    "risk_cells",
    "risk_totals",
    "served_products",
    "variance_cells",
    "variance_rows",
    "variance_totals",
    "whole_today",
    "whole_totals",
    "with_whole",
]
