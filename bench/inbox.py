"""The inbox and its search: a million items against ten thousand, page by page."""

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
    "inbox": "/feedback/",
    "page_9": "/feedback/?page=9",
    "negative": "/feedback/?sentiment=negative",
    "search_common": "/feedback/?q=w3&status=any",
    "search_two": "/feedback/?q=w3+w40&status=any",
    "search_rare": "/feedback/?q=needle&status=any",
}


def run(options: Options) -> Iterator[Figure]:
    """The figures, one after the other."""
    with stage(replace(options, items=100, small_items=100)) as made:
        yield from figures(made)


def figures(made: Stage) -> Iterator[Figure]:
    facts = json.loads(made.django(["bench_inbox", "--items", *map(str, ITEMS)], made.environment))
    small, large = facts["said-little"], facts["said-much"]
    made.sql("VACUUM ANALYZE")
    yield Figure("inbox.items", ITEMS[1], "items", note=f"against {ITEMS[0]:,}")
    calls = {}
    for size, of in (("small", small), ("large", large)):
        headers = {"Cookie": f"sessionid={of['session']}"}
        base = f"/o/{of['slug']}"
        calls |= {f"{name} {size}": Call(base + path, headers=headers, repeats=10) for name, path in PAGES.items()}
    costs = made.meter().measure(calls, rounds=made.options.rounds)
    for name in PAGES:
        few, many = costs[f"{name} small"], costs[f"{name} large"]
        value = many.total_ms if few.status == many.status == 200 else None
        told = f"wall {many.wall_ms:.1f} ms against {few.wall_ms:.1f}; database {many.database_ms:.1f} ms"
        yield Figure(f"inbox.{name}.growth", value, "ms", rival=few.total_ms, most_ratio=MOST_GROWTH, note=told)
        yield Figure(f"inbox.{name}.statements", many.statements, "statements")
