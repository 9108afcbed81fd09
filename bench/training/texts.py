"""The labelled texts, read from where they lie beside the project. Each reader gives texts and their labels."""

import csv
import json
import os
import re
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

csv.field_size_limit(sys.maxsize)
ROOT = Path(
    os.environ.get("FEEDBACK_TEXTS", Path(__file__).resolve().parents[2].parent / "shared" / "data" / "feedback")
)
#: Labels of sentiment, everywhere.
NEGATIVE, NEUTRAL, POSITIVE = 0, 1, 2


@dataclass(frozen=True)
class Labelled:
    """Texts and as many labels."""

    texts: list[str]
    labels: list[int]


def lines(*parts: str) -> list[str]:
    return ROOT.joinpath(*parts).read_text(encoding="utf-8", errors="replace").rstrip("\n").split("\n")


def rows(*parts: str) -> list[dict[str, str]]:
    with ROOT.joinpath(*parts).open(encoding="utf-8", errors="replace", newline="") as file:
        return list(csv.DictReader(file))


def unescaped(text: str) -> str:
    """Tweets as people wrote them: some sets hold escapes for quotes and commas."""
    text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)
    return text.replace('\\"', '"').replace('""', '"').replace("\\n", "\n").strip('" ')


def detokenized(text: str) -> str:
    """Treebank tokens put together again: `does n't work .` becomes `doesn't work.`."""
    text = text.replace("-lrb-", "(").replace("-rrb-", ")").replace("``", '"').replace("''", '"')
    text = re.sub(r" (n't|'s|'re|'ve|'ll|'d|'m)\b", r"\1", text)
    return re.sub(r" ([.,!?;:%)])", r"\1", text)


def uci(name: str) -> Labelled:
    pairs = [line.rsplit("\t", 1) for line in lines("train", f"{name}_labelled.txt") if "\t" in line]
    return Labelled([text.strip() for text, _ in pairs], [POSITIVE * int(label) for _, label in pairs])


def treebank() -> Labelled:
    """SST, five grades: 0 and 1 negative, 2 neutral, 3 and 4 positive."""
    found = [*lines("train", "stsa.fine.train"), *lines("train", "stsa.fine.dev")]
    grade = [NEGATIVE, NEGATIVE, NEUTRAL, POSITIVE, POSITIVE]
    return Labelled([detokenized(line[2:]) for line in found], [grade[int(line[0])] for line in found])


def aspects(name: str) -> Labelled:
    """SemEval-2014 sentences all of whose aspects are judged alike."""
    found = [line.strip() for line in lines("train", f"{name}_Train.xml.seg")]
    judged: dict[str, set[str]] = defaultdict(set)
    for sentence, aspect, grade in zip(found[::3], found[1::3], found[2::3], strict=False):
        judged[detokenized(sentence.replace("$T$", aspect))].add(grade)
    label = {"-1": NEGATIVE, "0": NEUTRAL, "1": POSITIVE}
    alike = {text: label[grades.pop()] for text, grades in judged.items() if len(grades) == 1}
    return Labelled(list(alike), list(alike.values()))


def tweets_validation() -> Labelled:
    found = [unescaped(line) for line in lines("train", "tweeteval_val_text.txt")]
    return Labelled(found, [int(line) for line in lines("train", "tweeteval_val_labels.txt")])


def tweets() -> Labelled:
    """TweetEval's validation part, and what XLM-T's English part has beyond it."""
    first = tweets_validation()
    more = without(xlmt("english"), {essence(text) for text in first.texts})
    return Labelled(first.texts + more.texts, first.labels + more.labels)


def xlmt(language: str, parts: tuple[str, ...] = ("train", "val")) -> Labelled:
    texts, labels = [], []
    for part in parts:
        texts += [unescaped(line) for line in lines("train", f"xlmt_{language}", f"{part}_text.txt")]
        labels += [int(line) for line in lines("train", f"xlmt_{language}", f"{part}_labels.txt")]
    return Labelled(texts, labels)


def reviews() -> Labelled:
    """App reviews by their stars: one and two negative, three neutral, four and five positive."""
    found = rows("train", "maalej_app_reviews.csv")
    label = {"1": NEGATIVE, "2": NEGATIVE, "3": NEUTRAL, "4": POSITIVE, "5": POSITIVE}
    return Labelled([review_text(row) for row in found], [label[row["stars"]] for row in found])


def review_text(row: dict[str, str]) -> str:
    title, comment = row["title"].strip(), row["comment"].strip()
    return f"{title}. {comment}" if title and title[-1:] not in ".!?" else f"{title} {comment}"


def sentiment_sets() -> dict[str, Labelled]:
    """Every English set with sentiment, by name; texts that also occur in a set to measure on are left out."""
    found = {
        "amazon": uci("amazon_cells"), "yelp": uci("yelp"), "imdb": uci("imdb"), "treebank": treebank(),
        "laptops": aspects("Laptops"), "restaurants": aspects("Restaurants"), "tweets": tweets(),
        "reviews": reviews(),
    }  # fmt: skip
    unseen = {essence(text) for name in ("snippets", "tweets") for text in EVALUATED[name]().texts}
    return {name: without(labelled, unseen) for name, labelled in found.items()}


def essence(text: str) -> str:
    return "".join(re.findall(r"[^\W_]", text.lower()))


def without(labelled: Labelled, unseen: set[str]) -> Labelled:
    kept = [number for number, text in enumerate(labelled.texts) if essence(text) not in unseen]
    return Labelled([labelled.texts[number] for number in kept], [labelled.labels[number] for number in kept])


def snippet_ratings() -> list[tuple[str, float]]:
    found = [line.split("\t") for line in lines("eval", "vader_amazon_snippets.txt")]
    return [(line[2], float(line[1])) for line in found]


def snippets(neutral: float = 0.5) -> Labelled:
    """VADER's snippets of Amazon reviews; a mean rating within `neutral` of 0, on -4 to 4, counts as neutral."""
    found = snippet_ratings()
    labels = [POSITIVE if rating > neutral else NEGATIVE if rating < -neutral else NEUTRAL for _, rating in found]
    return Labelled([text for text, _ in found], labels)


def tweets_test() -> Labelled:
    texts = [unescaped(line) for line in lines("eval", "tweeteval_test_text.txt")]
    return Labelled(texts, [int(line) for line in lines("eval", "tweeteval_test_labels.txt")])


#: Sets to measure on. Nothing is ever trained on them.
EVALUATED = {"snippets": snippets, "tweets": tweets_test}


def intents(*parts: str) -> Labelled:
    """Texts by intent, numbered by name: banking77 (CSV) or clinc150 (JSON)."""
    path = ROOT.joinpath(*parts)
    if path.suffix == ".json":
        pairs = [tuple(pair) for pair in json.loads(path.read_text(encoding="utf-8"))]
    else:
        pairs = [(row["text"], row["category"]) for row in rows(*parts)]
    number = {name: place for place, name in enumerate(sorted({name for _, name in pairs}))}
    return Labelled([text.strip() for text, _ in pairs], [number[name] for _, name in pairs])


def titles() -> Labelled:
    return Labelled(
        lines("train", "so_titles", "title.txt"), [int(line) for line in lines("train", "so_titles", "label.txt")]
    )


def pairs_by_likeness() -> list[tuple[float, str, str]]:
    """STS benchmark dev: likeness from 0 to 5 of two sentences."""
    found = [line.split("\t") for line in lines("train", "sts-dev.csv")]
    return [(float(line[4]), line[5], line[6]) for line in found]


def issues() -> list[dict[str, str]]:
    """NLBSE-24: issues of five repositories, label bug, feature or question."""
    return rows("train", "nlbse24_issues_train.csv")
