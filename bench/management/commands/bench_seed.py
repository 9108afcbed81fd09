"""Fill an empty database for a measurement."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from bench.linked import seed_linked
from bench.seed import seed

#: Activities of a program alike, against which the linked one is held.
FEW = 50


class Command(BaseCommand):
    help = "Fill an empty database for a measurement, and print as JSON what was made."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--items", type=int, required=True)
        parser.add_argument("--small-items", type=int, required=True)
        parser.add_argument("--linked", type=int, default=0)

    def handle(self, *args: Any, **options: Any) -> None:
        facts = {"small": seed("small", options["small_items"]), "large": seed("large", options["items"])}
        if options["linked"]:
            facts["linked"] = seed_linked("linked", options["linked"])
            facts["few"] = seed_linked("few", FEW)
        self.stdout.write(json.dumps(facts))
