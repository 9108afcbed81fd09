"""Feedback in themes to measure with."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from bench.seed_feedback import seed_feedback


class Command(BaseCommand):
    help = "Add two organizations with feedback in themes; prints JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--items", type=int, nargs=2, default=(10_000, 1_000_000), help="small, large")
        parser.add_argument("--themes", type=int, default=50)
        parser.add_argument("--accounts", type=int, default=400)

    def handle(self, *args: Any, **options: Any) -> None:
        found = {
            slug: seed_feedback(slug, count, theme_count=options["themes"], account_count=options["accounts"])
            for slug, count in zip(("themed-little", "themed-much"), options["items"], strict=True)
        }
        self.stdout.write(json.dumps(found))
