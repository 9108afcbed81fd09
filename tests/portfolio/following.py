"""What tests of rollups share: the follower without the wait for other transactions, and what it should make."""

from events.models import Event
from portfolio.followers import keep_rollups
from portfolio.models import Rollup
from portfolio.models.rollup import NODES


class Follower:
    """Reads what has happened since it last read, in batches, inside the test's own transaction."""

    def __init__(self):
        self.position = 0

    def follow(self, batch=1000):
        read = 0
        while events := list(Event.objects.filter(pk__gt=self.position).order_by("pk")[:batch]):
            keep_rollups(events)
            self.position = events[-1].pk
            read += len(events)
        return read


def stored_totals():
    """Every rollup of the organization in scope by its node, without when it was written."""
    rows = Rollup.objects.values()
    return {
        tuple(row[f"{node}_id"] for node in NODES): {
            name: value for name, value in row.items() if name not in {"id", "as_of", "judged_date"}
        }
        for row in rows
    }


def totals_of(**node):
    """The totals of one node."""
    return Rollup.objects.get(**(node or dict.fromkeys(NODES)))
