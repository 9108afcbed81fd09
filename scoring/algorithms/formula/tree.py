"""What a formula is once it is read: a tree of few kinds of nodes."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it was written."""

    value: float
    text: str
    position: int


@dataclass(frozen=True, slots=True)
class Name:
    """A criterion or a fact."""

    name: str
    position: int


@dataclass(frozen=True, slots=True)
class Negative:
    """Minus."""

    operand: "Node"
    position: int


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of a condition."""

    operand: "Node"
    position: int


@dataclass(frozen=True, slots=True)
class Binary:
    """`sign` is one of + - * / ^ < <= > >= = != and or."""

    sign: str
    left: "Node"
    right: "Node"
    position: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function of its arguments."""

    function: str
    arguments: tuple["Node", ...]
    position: int


@dataclass(frozen=True, slots=True)
class Case:
    """A table: `case` finds a row equal to the subject, `steps` the last one at or below it; else `otherwise`."""

    function: str
    subject: "Node"
    rows: tuple[tuple["Node", "Node"], ...]
    otherwise: "Node | None"
    position: int


Node = Number | Name | Negative | Not | Binary | Call | Case

CONDITIONS = {"<", "<=", ">", ">=", "=", "!=", "and", "or"}


def parts(node: Node) -> tuple[Node, ...]:
    """The nodes right below one."""
    match node:
        case Negative(operand) | Not(operand):
            return (operand,)
        case Binary(_, left, right):
            return (left, right)
        case Call(_, arguments):
            return arguments
        case Case(_, subject, rows, otherwise):
            last = () if otherwise is None else (otherwise,)
            return (subject, *(one for row in rows for one in row), *last)
    return ()


def all_nodes(node: Node) -> Iterator[Node]:
    """A node and all below it."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        yield one
        waiting += reversed(parts(one))


def is_condition(node: Node) -> bool:
    """Whether a node says yes or no instead of a number."""
    match node:
        case Binary(sign):
            return sign in CONDITIONS
        case Call(function):
            return function == "missing"
    return isinstance(node, Not)


@dataclass(frozen=True)
class Formula:
    """A formula that has been read and checked."""

    text: str
    root: Node

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The criteria and facts that it speaks of, in the order in which they first appear."""
        return tuple(dict.fromkeys(node.name for node in all_nodes(self.root) if isinstance(node, Name)))
