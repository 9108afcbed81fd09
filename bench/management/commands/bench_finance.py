"""Money and allocations to measure with, and what one changed entry costs the follower."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from bench.seed_finance import cost_of_an_entry, seed_money, seed_work


class Command(BaseCommand):
    help = "Add organizations with money and allocations, or time the follower; prints JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--projects", type=int, nargs=2, default=(20, 2000), help="of the small, of the large")
        parser.add_argument("--months", type=int, default=60)
        parser.add_argument("--fill", type=int, nargs="*", help="organizations whose projects get entries by month")
        parser.add_argument("--follow", type=int, nargs="*", help="organizations of which an entry is changed")
        parser.add_argument("--rounds", type=int, default=7)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["follow"]:
            found: Any = {str(pk): cost_of_an_entry(pk, options["rounds"]) for pk in options["follow"]}
        elif options["fill"]:
            found = {str(pk): seed_money(pk, options["months"]) for pk in options["fill"]}
        else:
            found = {
                slug: seed_work(slug, count)
                for slug, count in zip(("money-small", "money-large"), options["projects"], strict=True)
            }
        self.stdout.write(json.dumps(found))
