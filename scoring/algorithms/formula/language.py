"""The words of the formula language with an example each, for editors and documentation."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """A word or sign of the language.

    Args:
        name: as `parsing.FUNCTIONS` and `TABLES` have it; of a sign, the sign.
        form: how it is written; `example` reads as a formula over value, effort and class.
    """

    name: str
    form: str
    meaning: str
    example: str


LANGUAGE = (
    Entry("+ - * /", "a + b", "Adds, takes away, multiplies, divides. × ÷ − may be written too.", "value * 2 / effort"),
    Entry("^", "a ^ b", "a to the power of b.", "value ^ 2"),
    Entry("%", "80 %", "A percentage: 80 % is 0.8.", "value * 80 %"),
    Entry(
        "< <= > >= = !=",
        "a < b",
        "Compares: yes or no, for “if”. Joined by and, or, not.",
        "if(value > 3 and not effort > 8, 1, 0)",
    ),
    Entry(
        "if",
        "if(condition, then, else)",
        "The second where the first holds, else the third.",
        "if(effort < 1, 10, value)",
    ),
    Entry("min", "min(a, b, …)", "The least of them.", "min(value, 8)"),
    Entry("max", "max(a, b, …)", "The greatest of them.", "value / max(effort, 0.5)"),
    Entry("clamp", "clamp(a, low, high)", "a, kept between two ends.", "clamp(value - effort, 0, 10)"),
    Entry("log", "log(a), log(a, base)", "The natural logarithm, or that to a base.", "log(value + 1, 10)"),
    Entry("sqrt", "sqrt(a)", "The square root.", "value / sqrt(effort)"),
    Entry("exp", "exp(a)", "e to the power of a.", "value * exp(-effort / 10)"),
    Entry("abs", "abs(a)", "The distance from zero.", "abs(value - effort)"),
    Entry(
        "round",
        "round(a), round(a, places)",
        "Rounded, halves up; to decimal places where they are given.",
        "round(value / effort, 1)",
    ),
    Entry("missing", "missing(a)", "Whether a has no value: yes or no.", "if(missing(effort), value, value / effort)"),
    Entry("coalesce", "coalesce(a, b, …)", "The first of them that has a value.", "value / coalesce(effort, 5)"),
    Entry(
        "case",
        "case(a, 1: x, 2: y, else: z)",
        "A table: the row whose value a equals.",
        "case(class, 1: 10, 2: 5, else: 1)",
    ),
    Entry(
        "steps",
        "steps(a, 0: x, 10: y)",
        "A table: the last row that a has reached.",
        "steps(effort, 0: 3, 5: 2, 20: 1)",
    ),
)
