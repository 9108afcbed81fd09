"""The register of followers: what is done, exactly once, for every event of an organization."""

from collections.abc import Callable, Sequence

from events.models import Event

Follower = Callable[[Sequence[Event]], None]
FOLLOWERS: dict[str, Follower] = {}


def follower(name: str) -> Callable[[Follower], Follower]:
    """Register a function that deals with the next events of the organization in scope.

    It runs in the transaction that moves its cursor: what it writes and the mark that it has read stand or fall
    together. It must be idempotent, so that its cursor may be set back to zero.
    """

    def register(function: Follower) -> Follower:
        FOLLOWERS[name] = function
        return function

    return register
