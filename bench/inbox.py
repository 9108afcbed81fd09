"""The inbox and its search: a million items against ten thousand, page by page."""

import json
import os
import time
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
    "search_common": "/feedback/?q=%22w3%22&status=any",
    "search_two": "/feedback/?q=w3+w40&status=any",
    "search_rare": "/feedback/?q=%22needle%22&status=any",
    "search_prefix": "/feedback/?q=nee&status=any",
    "search_narrowed": "/feedback/?q=w300&sentiment=negative",
    "by_meaning": "/feedback/?q=printer+blurred&status=any",
    "combined": "/feedback/?q=label&status=any",
    "combined_page_4": "/feedback/?q=label&status=any&page=4",
}
#: The index of meanings is built once all are there.
DROP = "DROP INDEX feedback_analysis_by_meaning"
BUILD = """
    SET maintenance_work_mem = '2GB'; SET max_parallel_maintenance_workers = 2;
    CREATE INDEX feedback_analysis_by_meaning ON feedback_analysis
        USING hnsw (vector halfvec_cosine_ops) WITH (m = 16, ef_construction = 64)
"""


def run(options: Options) -> Iterator[Figure]:
    """The figures, one after the other."""
    with stage(replace(options, items=100, small_items=100)) as made:
        yield from figures(made)


def figures(made: Stage) -> Iterator[Figure]:
    owner = {**made.environment, "DATABASE_URL": made.servers.environment()["DATABASE_OWNER_URL"]}
    made.sql(DROP)
    facts = json.loads(made.django(["bench_inbox", "--items", *map(str, ITEMS)], owner))
    small, large = facts["said-little"], facts["said-much"]
    begun_at = time.monotonic()
    made.sql(BUILD)
    built = time.monotonic() - begun_at
    made.sql("VACUUM ANALYZE")
    yield Figure(
        "inbox.items", ITEMS[1], "items", note=f"against {ITEMS[0]:,}; index of meanings built in {built:.0f} s"
    )
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
