"""Money and capacity: a portfolio of 2,000 projects over 60 months against one of 20, page by page."""

import json
from collections.abc import Iterator
from dataclasses import replace

from bench.figures import Figure
from bench.load import Call
from bench.stage import Options, Stage, stage

#: Projects of the small and of the large portfolio.
PROJECTS = (20, 2000)
#: Statements that a page may send besides those that any page sends for its session, person and transaction.
MOST_STATEMENTS, MOST_GROWTH = 5, 2.0
PAGES = {
    "budget": "/portfolios/{portfolio}/budget/",
    "budget_months": "/portfolios/{portfolio}/budget/?zoom=month",
    "heatmap": "/capacity/?portfolio={portfolio}&from=2026-01&span=12",
    "heatmap_60": "/capacity/?by=role&from=2025-01&span=60",
    "heatmap_quarters": "/capacity/?from=2025-01&span=60&zoom=quarter",
}


def run(options: Options) -> Iterator[Figure]:
    """The figures, one after the other."""
    with stage(replace(options, items=100, small_items=100)) as made:
        yield from figures(made)


def figures(made: Stage) -> Iterator[Figure]:
    facts = json.loads(made.django(["bench_finance", "--projects", *map(str, PROJECTS)], made.environment))
    small, large = facts["money-small"], facts["money-large"]
    made.sql("VACUUM ANALYZE")
    ids = [str(small["organization"]), str(large["organization"])]
    entries = json.loads(made.django(["bench_finance", "--fill", *ids], made.environment))
    made.sql("VACUUM ANALYZE")
    note = f"{PROJECTS[1]} projects, 60 months, 3 kinds"
    yield Figure("finance.entries", entries[ids[1]], "entries", note=note)
    calls = {}
    for size, of in (("small", small), ("large", large)):
        headers = {"Cookie": f"sessionid={of['session']}"}
        base = f"/o/{of['slug']}"
        pages = {"floor": "/settings/", **PAGES}
        calls |= {
            f"{name} {size}": Call(base + path.format(**of), headers=headers, repeats=10)
            for name, path in pages.items()
        }
    costs = made.meter().measure(calls, rounds=made.options.rounds)
    for name in PAGES:
        few, many = costs[f"{name} small"], costs[f"{name} large"]
        value = many.total_ms if few.status == many.status == 200 else None
        told = f"wall {many.wall_ms:.1f} ms against {few.wall_ms:.1f}; database {many.database_ms:.1f} ms"
        yield Figure(f"finance.{name}.growth", value, "ms", rival=few.total_ms, most_ratio=MOST_GROWTH, note=told)
        own = many.statements - costs["floor large"].statements
        yield Figure(f"finance.{name}.statements", own, "statements", most=MOST_STATEMENTS, note="beyond /settings/")
    followed = json.loads(made.django(["bench_finance", "--follow", *ids], made.environment))
    few_ms, many_ms = (followed[pk]["ms"] for pk in ids)
    statements = f"{followed[ids[1]]['statements']:.0f} statements"
    yield Figure("finance.follow_one_entry", many_ms, "ms", rival=few_ms, note=statements)
