"""Themes: the list and the page of one theme at a million items against ten thousand, in fifty themes each.

Both read stored counts: a row for each theme and week, and one for each theme and account. Items have no vectors here
(their index would take hours to fill), so the quotes nearest to the middle are looked for and not found.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import replace

from bench.figures import Figure
from bench.load import Call
from bench.stage import Options, Stage, stage

#: Items of the small and of the large organization.
ITEMS = (10_000, int(os.environ.get("BENCH_FEEDBACK_ITEMS", "1000000")))
MOST_GROWTH = 1.2
PAGES = {
    "list": "/feedback/themes/",
    "list_by_arr": "/feedback/themes/?sort=-arr",
    "detail": "/feedback/themes/{theme}/",
    "inbox_of_theme": "/feedback/?theme={theme}",
}


def run(options: Options) -> Iterator[Figure]:
    """The figures, one after the other."""
    with stage(replace(options, items=100, small_items=100)) as made:
        yield from figures(made)


def figures(made: Stage) -> Iterator[Figure]:
    facts = json.loads(made.django(["bench_themes", "--items", *map(str, ITEMS)], made.environment))
    made.sql("VACUUM ANALYZE")
    yield Figure("themes.items", ITEMS[1], "items", note=f"against {ITEMS[0]:,}")
    calls = {}
    for size, slug in (("small", "themed-little"), ("large", "themed-much")):
        headers = {"Cookie": f"sessionid={facts[slug]['session']}"}
        for name, path in PAGES.items():
            address = f"/o/{slug}{path.format(theme=facts[slug]['theme'])}"
            calls[f"{name} {size}"] = Call(address, headers=headers, repeats=10)
    costs = made.meter().measure(calls, rounds=made.options.rounds)
    for name in PAGES:
        few, many = costs[f"{name} small"], costs[f"{name} large"]
        value = many.total_ms if few.status == many.status == 200 else None
        told = f"wall {many.wall_ms:.1f} ms against {few.wall_ms:.1f}; database {many.database_ms:.1f} ms"
        yield Figure(f"themes.{name}.growth", value, "ms", rival=few.total_ms, most_ratio=MOST_GROWTH, note=told)
        yield Figure(f"themes.{name}.statements", many.statements, "statements")
