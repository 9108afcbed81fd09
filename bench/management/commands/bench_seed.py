"""Fill an empty database for a measurement."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from bench.seed import seed


class Command(BaseCommand):
    help = "Fill an empty database for a measurement, and print as JSON what was made."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--items", type=int, required=True)
        parser.add_argument("--small-items", type=int, required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        facts = {"small": seed("small", options["small_items"]), "large": seed("large", options["items"])}
        self.stdout.write(json.dumps(facts))
