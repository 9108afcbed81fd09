"""Money and allocations to measure with, and what one changed entry costs the follower."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from bench.seed_finance import cost_of_an_entry, seed_finance


class Command(BaseCommand):
    help = "Add organizations with money and allocations, or time the follower; prints JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--projects", type=int, nargs=2, default=(20, 2000), help="of the small, of the large")
        parser.add_argument("--months", type=int, default=60)
        parser.add_argument("--follow", type=int, nargs="*", help="organizations of which an entry is changed")
        parser.add_argument("--rounds", type=int, default=7)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["follow"]:
            found: Any = {str(pk): cost_of_an_entry(pk, options["rounds"]) for pk in options["follow"]}
        else:
            found = {
                slug: seed_finance(slug, count, options["months"])
                for slug, count in zip(("money-small", "money-large"), options["projects"], strict=True)
            }
        self.stdout.write(json.dumps(found))
