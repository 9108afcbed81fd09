"""Facts about what customers say."""

from collections.abc import Mapping

from feedback.selectors.behind import account_ids_behind, arr_behind, heard
from scoring.selectors.facts import Asked, Fact


def _voices(asked: Asked) -> Mapping[int, float]:
    return {pk: float(said.count) for pk, said in heard(asked.kind, asked.ids).items()}


def _sentiment(asked: Asked) -> Mapping[int, float]:
    means = {pk: said.mean for pk, said in heard(asked.kind, asked.ids).items()}
    return {pk: mean for pk, mean in means.items() if mean is not None}


def _accounts(asked: Asked) -> Mapping[int, float]:
    return {pk: float(len(accounts)) for pk, accounts in account_ids_behind(asked.kind, asked.ids).items()}


def _arr(asked: Asked) -> Mapping[int, float]:
    return {pk: float(amount) for pk, amount in arr_behind(asked.kind, asked.ids).items()}


FEEDBACK_FACTS = (
    Fact("voices", "Voices", "items", "Items of feedback that ask for it, or are about it.", _voices),
    Fact("sentiment", "Sentiment", "from -1 to 1", "Mean of what is said of it.", _sentiment),
    Fact("accounts", "Customer accounts", "accounts", "Whose people said it, each once.", _accounts),
    Fact("arr", "ARR behind it", "money", "What those accounts pay a year, each once.", _arr, True),
)
