"""From the words of a formula to its tree: recursive descent, with the place of each mistake.

    formula    = or
    or         = and { "or" and }
    and        = not { "and" not }
    not        = "not" not | comparison
    comparison = sum [ ("<" | "<=" | ">" | ">=" | "=" | "!=") sum ]
    sum        = product { ("+" | "-") product }
    product    = unary { ("*" | "/") unary }
    unary      = "-" unary | power
    power      = atom [ "^" unary ]
    atom       = number ["%"] | name | name "(" arguments ")" | "(" or ")"

Source: the grammar is that of spreadsheets; the method is recursive descent (Wirth, "Compiler Construction", 1996).
"""

from collections.abc import Collection, Mapping
from difflib import get_close_matches

from scoring.algorithms.formula.reading import FormulaError, Word, read
from scoring.algorithms.formula.tree import (
    Binary,
    Call,
    Case,
    Formula,
    Name,
    Negative,
    Node,
    Not,
    Number,
    is_condition,
)

MOST_NODES = 500
MOST_DEPTH = 40
#: Function -> how few and how many arguments it takes.
FUNCTIONS: Mapping[str, tuple[int, int]] = {
    "if": (3, 3),
    "min": (1, 50),
    "max": (1, 50),
    "log": (1, 2),
    "sqrt": (1, 1),
    "exp": (1, 1),
    "abs": (1, 1),
    "round": (1, 2),
    "clamp": (3, 3),
    "missing": (1, 1),
    "coalesce": (2, 50),
}
TABLES = ("case", "steps")
RESERVED = {*FUNCTIONS, *TABLES, "and", "or", "not", "else"}
COMPARISONS = {"<", "<=", ">", ">=", "=", "!="}


def parse(text: str, names: Collection[str] | None = None) -> Formula:
    """Read a formula.

    Args:
        names: the criteria and facts that it may speak of; None allows any.
    Raises:
        FormulaError: it means nothing; `str()` says why and `position` where.
    Cost: O(characters).
    """
    return Formula(text, _Parser(read(text), names).whole())


class _Parser:
    def __init__(self, words: list[Word], names: Collection[str] | None) -> None:
        self.words, self.names = words, names
        self.place, self.count, self.depth = 0, 0, 0

    @property
    def word(self) -> Word:
        return self.words[self.place]

    def whole(self) -> Node:
        if self.word.kind == "end":
            raise FormulaError("The formula is empty. Write one, such as value / effort.", 0)
        root = self.number()
        if self.word.kind != "end":
            raise FormulaError(
                f"“{self.word.text}” is not expected here. Is an operator missing before it?", self.word.position
            )
        return root

    def number(self) -> Node:
        """A node that is a number, not a condition."""
        begin = self.word.position
        node = self.either()
        if is_condition(node):
            raise FormulaError("This is yes or no, where a number is needed. Choose one with if(…, 1, 0).", begin)
        return node

    def condition(self, node: Node, begin: int) -> Node:
        if not is_condition(node):
            raise FormulaError("This is a number, where yes or no is needed. Compare it, such as value > 3.", begin)
        return node

    def made(self, node: Node) -> Node:
        self.count += 1
        if self.count > MOST_NODES:
            raise FormulaError(
                f"The formula has more than {MOST_NODES} parts. Make some of them criteria.", node.position
            )
        return node

    def either(self) -> Node:
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise FormulaError(f"The formula is nested more than {MOST_DEPTH} deep.", self.word.position)
        begin = self.word.position
        node = self.both()
        while self.is_name("or"):
            node = self.joined("or", node, begin, self.both)
        self.depth -= 1
        return node

    def both(self) -> Node:
        begin = self.word.position
        node = self.opposite()
        while self.is_name("and"):
            node = self.joined("and", node, begin, self.opposite)
        return node

    def joined(self, sign: str, left: Node, begin: int, following: "object") -> Node:
        position = self.take().position
        after = self.word.position
        self.condition(left, begin)
        right = self.condition(following(), after)  # type: ignore[operator]
        return self.made(Binary(sign, left, right, position))

    def opposite(self) -> Node:
        count = []
        while self.is_name("not"):
            count.append(self.take().position)
        begin = self.word.position
        node = self.comparison()
        for position in reversed(count):
            node = self.made(Not(self.condition(node, begin), position))
        return node

    def comparison(self) -> Node:
        node = self.sum()
        if self.word.kind == "sign" and self.word.text in COMPARISONS:
            sign = self.take()
            self.no_condition(node, sign)
            right = self.sum()
            node = self.made(Binary(sign.text, node, right, sign.position))
            if self.word.kind == "sign" and self.word.text in COMPARISONS:
                raise FormulaError("Compare two numbers at a time: a < b and b < c.", self.word.position)
        return node

    def no_condition(self, node: Node, word: Word) -> None:
        if is_condition(node):
            raise FormulaError(f"“{word.text}” needs numbers on both sides; there is yes or no.", word.position)

    def sum(self) -> Node:
        return self.chain(("+", "-"), self.product)

    def product(self) -> Node:
        return self.chain(("*", "/"), self.unary)

    def chain(self, signs: tuple[str, ...], following: "object") -> Node:
        node: Node = following()  # type: ignore[operator]
        while self.word.kind == "sign" and self.word.text in signs:
            sign = self.take()
            self.no_condition(node, sign)
            right: Node = following()  # type: ignore[operator]
            self.no_condition(right, sign)
            node = self.made(Binary(sign.text, node, right, sign.position))
        return node

    def unary(self) -> Node:
        minus = []
        while self.is_sign("-"):
            minus.append(self.take())
        node = self.power()
        for sign in reversed(minus):
            self.no_condition(node, sign)
            node = self.made(Negative(node, sign.position))
        return node

    def power(self) -> Node:
        node = self.atom()
        if self.is_sign("^"):
            sign = self.take()
            self.depth += 1
            if self.depth > MOST_DEPTH:
                raise FormulaError(f"The formula is nested more than {MOST_DEPTH} deep.", sign.position)
            node = self.made(Binary("^", node, self.unary(), sign.position))
            self.depth -= 1
        return node

    def atom(self) -> Node:
        word = self.take()
        if word.kind == "number":
            return self.literal(word)
        if word.kind == "name":
            return self.call(word) if self.is_sign("(") else self.named(word)
        if word.text == "(":
            node = self.either()
            self.close("(", word.position)
            return node
        what = "The formula ends" if word.kind == "end" else f"“{word.text}” stands"
        raise FormulaError(f"{what} where a number, a name or “(” is needed.", word.position)

    def literal(self, word: Word) -> Node:
        value = float(word.text)
        if value == float("inf"):
            raise FormulaError(f"{word.text} is too large a number.", word.position)
        if self.is_sign("%"):
            self.take()
            return self.made(Number(value / 100, f"{word.text} %", word.position))
        return self.made(Number(value, word.text, word.position))

    def named(self, word: Word) -> Node:
        if word.text in RESERVED:
            raise FormulaError(f"“{word.text}” needs its arguments in brackets: {word.text}(…).", word.position)
        if self.names is not None and word.text not in self.names:
            raise FormulaError(_unknown(word.text, self.names, "criterion or fact"), word.position)
        return self.made(Name(word.text, word.position))

    def call(self, word: Word) -> Node:
        if word.text in TABLES:
            return self.table(word)
        if word.text not in FUNCTIONS:
            raise FormulaError(_unknown(word.text, [*FUNCTIONS, *TABLES], "function"), word.position)
        opening = self.take().position
        arguments: list[Node] = []
        while not self.is_sign(")") or not arguments:
            begin = self.word.position
            needs_condition = word.text == "if" and not arguments
            arguments.append(self.condition(self.either(), begin) if needs_condition else self.number())
            if not self.is_sign(","):
                break
            self.take()
        self.close("(", opening)
        least, most = FUNCTIONS[word.text]
        if not least <= len(arguments) <= most:
            wanted = f"{least}" if least == most else f"{least} to {most}"
            raise FormulaError(f"{word.text} takes {wanted} arguments; there are {len(arguments)}.", word.position)
        return self.made(Call(word.text, tuple(arguments), word.position))

    def table(self, word: Word) -> Node:
        """case(x, 1: 10, 2: 20, else: 0): rows of a value and what it gives."""
        opening = self.take().position
        subject, rows, otherwise = self.number(), [], None
        while self.is_sign(","):
            self.take()
            if self.is_name("else"):
                self.take()
                self.expect(":", "else is followed by “:” and what holds otherwise.")
                otherwise = self.number()
                break
            value = self.number()
            self.expect(":", f"Rows of {word.text} are written value: result.")
            rows.append((value, self.number()))
        self.close("(", opening)
        if not rows:
            raise FormulaError(
                f"{word.text} needs at least one row, such as {word.text}(x, 1: 10, else: 0).", word.position
            )
        return self.made(Case(word.text, subject, tuple(rows), otherwise, word.position))

    def take(self) -> Word:
        word = self.word
        if word.kind != "end":
            self.place += 1
        return word

    def is_sign(self, text: str) -> bool:
        return self.word.kind == "sign" and self.word.text == text

    def is_name(self, text: str) -> bool:
        return self.word.kind == "name" and self.word.text == text

    def expect(self, sign: str, sentence: str) -> None:
        if not self.is_sign(sign):
            raise FormulaError(sentence, self.word.position)
        self.take()

    def close(self, opening: str, position: int) -> None:
        if self.word.kind == "end":
            raise FormulaError(f"This “{opening}” is never closed.", position)
        if not self.is_sign(")"):
            raise FormulaError(f"“{self.word.text}” stands where “)” or “,” is needed.", self.word.position)
        self.take()


def _unknown(word: str, known: Collection[str], what: str) -> str:
    near = get_close_matches(word, list(known), 1)
    hint = f" Is “{near[0]}” meant?" if near else f" There are: {', '.join(sorted(known)[:12])}."
    return f"There is no {what} “{word}”.{hint}"
