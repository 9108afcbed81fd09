"""The product that a text names."""

import re
from collections.abc import Mapping, Sequence

#: Confidence where the whole name stands in the text, and where the one word of it that no other product has does.
WHOLE, PART = 0.9, 0.6
#: Shorter words name nothing by themselves.
LEAST_LETTERS = 4


def suggested(text: str, products: Mapping[int, Sequence[str]]) -> tuple[int | None, float]:
    """The product that a text is about, by its name.

    Args:
        products: what each is called, by id.
    Returns:
        The product named first in full, or else by a word of its name that is written with a capital and is no other
        product's; with a confidence from 0 to 1. None and 0 where none is named, or two by a part each.
    """
    whole = sorted(
        (found.start(), product)
        for product, names in products.items()
        for name in names
        if name and (found := re.search(rf"\b{re.escape(name)}\b", text, re.IGNORECASE))
    )
    if whole:
        return whole[0][1], WHOLE
    parts = {product for word, product in _own_words(products).items() if re.search(rf"\b{re.escape(word)}\b", text)}
    return (parts.pop(), PART) if len(parts) == 1 else (None, 0.0)


def _own_words(products: Mapping[int, Sequence[str]]) -> dict[str, int]:
    """Words that stand in the names of one product alone."""
    owners: dict[str, set[int]] = {}
    for product, names in products.items():
        for word in {word for name in names for word in name.split() if len(word) >= LEAST_LETTERS}:
            owners.setdefault(word, set()).add(product)
    return {word: next(iter(found)) for word, found in owners.items() if len(found) == 1}
