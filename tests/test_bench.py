"""The runner of the figures: the line it prints, and what counts as passed. What is measured is not judged here."""

import json

import pytest

from bench.__main__ import HELPERS, names
from bench.figures import Figure
from bench.load import Cost, cpu_seconds
from bench.pages import pages, told
from bench.seed import seed
from core.tenancy import Scope, scope
from ops.state import ROOT


def test_a_figure_is_one_line_of_json_with_all_its_facts():
    line = Figure("api.detail.worker", 3.14159, "ms", floor=0.8, most_ratio=6, note="wall 4 ms").line()

    assert "\n" not in line
    assert json.loads(line) == {
        "name": "api.detail.worker",
        "value": 3.142,
        "unit": "ms",
        "floor": 0.8,
        "rival": None,
        "ratio": 3.927,
        "target": "at most 6 times the floor",
        "passed": True,
        "note": "wall 4 ms",
    }


@pytest.mark.parametrize(
    ("figure", "passed", "target"),
    [
        (Figure("a", 5, "statements", most=5), True, "at most 5 statements"),
        (Figure("a", 5.1, "statements", most=5), False, "at most 5 statements"),
        (Figure("a", 11, "ms", rival=10, most_ratio=1.1), True, "at most 1.1 times the rival"),
        (Figure("a", 11.5, "ms", rival=10, most_ratio=1.1), False, "at most 1.1 times the rival"),
        (Figure("a", 5, "ms", floor=1, most=4, most_ratio=9), False, "at most 4 ms, at most 9 times the floor"),
        (Figure("a", None, "ms", most=5), False, "at most 5 ms"),
        (Figure("a", 5, "ms", most_ratio=2), False, "at most 2 times the rival"),
        (Figure("a", 5, "ms"), True, ""),
    ],
)
def test_a_figure_passes_only_when_it_was_measured_and_is_small_enough(figure, passed, target):
    assert (figure.passed, figure.target) == (passed, target)


def test_a_page_that_does_not_answer_is_told_and_does_not_pass():
    floor = Cost(1, 0, 1, 0, 0.049, 200)

    (figure,) = told("pages.home", Cost(1, 1, 1, 1, 1, 404), floor, 8, 20.0, 5.0, None)

    assert (figure.value, figure.passed, figure.note) == (None, False, "it answered 404")


def test_what_is_measured_answers_whoever_the_seed_signs_in(db, client):
    facts = seed("measured", 60)
    client.cookies["sessionid"] = facts["session"]

    with scope(Scope()):
        answers = {name: client.get(call.path).status_code for name, call in pages(facts, repeats=1).items()}

    assert set(answers.values()) == {200}, answers


def test_every_module_that_is_no_helper_can_be_run_by_name():
    assert {"api", "pages"} <= set(names())
    for name in names():
        assert "def run(options: Options)" in (ROOT / "bench" / f"{name}.py").read_text(), name
    for name in HELPERS:
        assert (ROOT / "bench" / f"{name}.py").exists(), name


def test_the_floor_is_49_bytes_long():
    text = (ROOT / "bench" / "urls.py").read_text()

    assert len(text.partition("FLOOR = b'")[2].partition("'\n")[0]) == 49


def test_processor_time_of_a_process_that_has_gone_is_none():
    assert cpu_seconds([2**22 + 1]) == 0
