"""A document alone gives its ranking again."""

from scoring.algorithms.definition import CriterionSpec, Definition, Kind
from scoring.algorithms.frozen import counted, outcome_of, rerun

MODEL = Definition(
    Kind.FORMULA,
    (CriterionSpec("reach", "Reach", highest=1000), CriterionSpec("effort", "Effort", highest=20)),
    "reach / effort + npv",
    {"npv": "money"},
)


def item(name, reach, effort, npv):
    values = [{"key": "reach", "value": reach}, {"key": "effort", "value": effort}]
    return {"name": name, "values": values, "facts": [{"key": "npv", "value": npv}]}


def document(**more):
    items = [item("A", 100, 3.0, 0.1), item("B", 200, 3.0, 0.1), item("C", None, 3.0, 0.1), item("D", 5, 0, 0.1)]
    ranked = counted(MODEL, items)
    for number, each in enumerate(items):
        each |= outcome_of(MODEL, ranked, number, 1)
    return {"definition": MODEL.as_plain(), "items": items, "top_count": 1, **more}


def test_a_document_says_what_came_out_and_gives_it_again():
    found = document()

    assert [each["rank"] for each in found["items"]] == [2, 1, None, None]
    assert [each["is_above_line"] for each in found["items"]] == [False, True, False, False]
    assert found["items"][2]["missing"] == ["reach"]
    assert "divides by zero at character" in found["items"][3]["problem"]
    assert rerun(found).is_same


def test_what_comes_out_otherwise_is_named_to_the_last_digit():
    found = document()
    found["items"][0]["score"] += 1e-12
    found["items"][1]["rank"] = 7

    told = [(each.item, each.what, each.then, each.now) for each in rerun(found).differences]

    assert ("B", "rank", "7", "1") in told
    assert told[0][:2] == ("A", "score")
    assert told[0][2] != told[0][3]
