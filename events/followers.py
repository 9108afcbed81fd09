"""What follows the log: what is done, exactly once, for every event; and what the world outside calls events."""

from collections.abc import Callable, Sequence

from events.models import Event

Follower = Callable[[Sequence[Event]], None]
FOLLOWERS: dict[str, Follower] = {}
#: Kind of event -> what webhooks call it, where that is not the kind itself.
PUBLIC_TYPES: dict[str, str] = {}


def follower(name: str) -> Callable[[Follower], Follower]:
    """Register a function that deals with the next events of the organization in scope.

    It runs in the transaction that moves its cursor: what it writes and the mark that it has read stand or fall
    together. It must be idempotent, so that its cursor may be set back to zero.
    """

    def register(function: Follower) -> Follower:
        FOLLOWERS[name] = function
        return function

    return register


def announce(public_type: str, *, of: str) -> None:
    """Let webhooks call a kind of event by another name, which receivers may rely on.

    Raises:
        ValueError: the kind has another public name, or another kind has this one.
    """
    taken = {name: kind for kind, name in PUBLIC_TYPES.items()}
    if PUBLIC_TYPES.get(of, public_type) != public_type or taken.get(public_type, of) != of:
        raise ValueError(f"{public_type} and {of} are announced otherwise already.")
    PUBLIC_TYPES[of] = public_type


def public_type(kind: str) -> str:
    """What webhooks call a kind of event."""
    return PUBLIC_TYPES.get(kind, kind)
