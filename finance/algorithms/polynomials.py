"""The positive real roots of a polynomial with whole coefficients, counted exactly and never guessed.

A polynomial is its coefficients, the constant first, without trailing zeros: [-6, 11, -6, 1].
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import accumulate, pairwise
from math import gcd

Polynomial = list[int]
#: A prime modulo which a common factor shows itself; a Mersenne prime.
PRIME = 2**61 - 1


def trimmed(coefficients: Sequence[int]) -> Polynomial:
    """Without powers that have no coefficient at the end; [] is the zero polynomial."""
    kept = list(coefficients)
    while kept and kept[-1] == 0:
        kept.pop()
    return kept


def sign_changes(coefficients: Sequence[int]) -> int:
    """How often neighbors differ in sign, zeros left out: by Descartes' rule at least the number of positive roots."""
    signs = [coefficient > 0 for coefficient in coefficients if coefficient]
    return sum(before != after for before, after in pairwise(signs))


def sign_at(polynomial: Polynomial, point: Fraction) -> int:
    """The exact sign of its value: −1, 0 or 1."""
    above, below = point.numerator, point.denominator
    value, scale = 0, 1
    for coefficient in reversed(polynomial):
        value = value * above + coefficient * scale
        scale *= below
    return (value > 0) - (value < 0)


def positive_roots(polynomial: Polynomial, width: Fraction) -> list[Fraction]:
    """Each distinct root above 0, in order, to within `width` as a share of itself.

    Args:
        polynomial: not the zero polynomial.
    Cost: O(degree²) additions for each halving; about as many halvings as bits separate neighboring roots.
    Source: Descartes' rule of signs; Vincent, Collins and Akritas, “Polynomial real root isolation using Descartes'
        rule of signs”, SYMSAC 1976. Every sign is of whole numbers, so no root is missed or made up.
    """
    plain = polynomial[next(position for position, coefficient in enumerate(polynomial) if coefficient) :]
    changes = sign_changes(plain)
    if changes == 0:
        return []
    # One change is one root, and a simple one; otherwise repeated roots are made single ones first.
    plain = plain if changes == 1 else square_free(plain)
    bound = 1
    while bound * abs(plain[-1]) < 2 * max(map(abs, plain)):
        bound *= 2
    # Roots in (0, bound) become roots in (0, 1).
    scaled = [coefficient * bound**power for power, coefficient in enumerate(plain)]
    found = sorted((low * bound, high * bound) for low, high in _isolated(scaled))
    return [_narrowed(plain, low, high, width) for low, high in found]


def _isolated(polynomial: Polynomial) -> Iterator[tuple[Fraction, Fraction]]:
    """Intervals within (0, 1] that hold one root each, the same number twice where it is the root itself."""
    open_: list[tuple[Polynomial, Fraction, Fraction]] = [(polynomial, Fraction(0), Fraction(1))]
    while open_:
        part, low, high = open_.pop()
        if part[0] == 0:
            yield low, low
            part = part[1:]
        changes = sign_changes(_shifted(part[::-1]))
        if changes == 1:
            yield low, high
        if changes > 1:
            degree, middle = len(part) - 1, (low + high) / 2
            lower = [coefficient << (degree - power) for power, coefficient in enumerate(part)]
            open_ += [(lower, low, middle), (_shifted(lower), middle, high)]


def _shifted(polynomial: Polynomial) -> Polynomial:
    """p(x + 1), by repeated sums."""
    turned = polynomial[::-1]
    shifted = []
    for _ in range(len(polynomial)):
        turned = list(accumulate(turned))
        shifted.append(turned.pop())
    return shifted


def _narrowed(polynomial: Polynomial, low: Fraction, high: Fraction, width: Fraction) -> Fraction:
    """The single root, a simple one, within an open interval."""
    if low == high:
        return low
    # Where the end is the next root, a simple one, the sign before it is that of the slope, turned.
    side = sign_at(polynomial, high) or -sign_at(derivative(polynomial), high)
    while high - low > width * low:
        middle = (low + high) / 2
        sign = sign_at(polynomial, middle)
        if sign == 0:
            return middle
        low, high = (low, middle) if sign == side else (middle, high)
    return (low + high) / 2


def derivative(polynomial: Polynomial) -> Polynomial:
    return [coefficient * power for power, coefficient in enumerate(polynomial)][1:]


def square_free(polynomial: Polynomial) -> Polynomial:
    """A polynomial with the same roots, each once: divided by what it has in common with its derivative."""
    slope = derivative(polynomial)
    if polynomial[-1] % PRIME and len(_common_modulo(polynomial, slope)) == 1:
        return polynomial
    common = _common(polynomial, slope)
    return primitive(_divided(polynomial, common)) if len(common) > 1 else polynomial


def primitive(polynomial: Polynomial) -> Polynomial:
    """Divided by the greatest whole number that divides all coefficients."""
    shared = gcd(*polynomial)
    return [coefficient // shared for coefficient in polynomial] if shared > 1 else polynomial


def _common_modulo(first: Polynomial, second: Polynomial) -> Polynomial:
    """The greatest common divisor modulo a prime; of degree 0 there, it is of degree 0 over whole numbers too."""
    one, other = (trimmed([coefficient % PRIME for coefficient in each]) for each in (first, second))
    while other:
        inverse = pow(other[-1], -1, PRIME)
        while len(one) >= len(other):
            factor, offset = one[-1] * inverse % PRIME, len(one) - len(other)
            for power, coefficient in enumerate(other):
                one[offset + power] = (one[offset + power] - factor * coefficient) % PRIME
            one = trimmed(one)
        one, other = other, one
    return one


def _common(first: Polynomial, second: Polynomial) -> Polynomial:
    """The greatest common divisor, by Euclid on primitive remainders."""
    while second:
        while len(first) >= len(second):
            lead, factor, offset = second[-1], first[-1], len(first) - len(second)
            first = [coefficient * lead for coefficient in first]
            for power, coefficient in enumerate(second):
                first[offset + power] -= factor * coefficient
            first = trimmed(first)
            first = primitive(first) if first else first
        first, second = second, first
    return first


def _divided(polynomial: Polynomial, divisor: Polynomial) -> Polynomial:
    """The quotient, times a whole number that makes its coefficients whole. The division leaves nothing."""
    rest = [Fraction(coefficient) for coefficient in polynomial]
    quotient: list[Fraction] = []
    for offset in range(len(polynomial) - len(divisor), -1, -1):
        factor = rest[offset + len(divisor) - 1] / divisor[-1]
        quotient.insert(0, factor)
        for power, coefficient in enumerate(divisor):
            rest[offset + power] -= factor * coefficient
    scale = 1
    for part in quotient:
        scale = scale * part.denominator // gcd(scale, part.denominator)
    return [int(part * scale) for part in quotient]
