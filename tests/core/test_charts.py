"""Figures carry tokens, not colours, and cannot break out of their script element."""

import json

import plotly.graph_objects as go
import pytest

from core import charts


def figure(**changes):
    given = {"key": "k", "title": "T", "subtitle": "S", "plot": {"data": []}, "headers": (), "rows": ()}
    return charts.Figure(**(given | changes))


def test_text_in_a_figure_cannot_end_the_script():
    script = figure(plot={"data": [{"name": "</script><script>alert(1)</script>"}]}).script
    assert script.count("</script>") == 1
    body = script.removeprefix('<script type="application/json" id="figure-k">').removesuffix("</script>")
    assert json.loads(body)["data"][0]["name"] == "</script><script>alert(1)</script>"


@pytest.mark.parametrize("color", [charts.ink("sea"), charts.ink("what-if", 0.12), charts.tint("cat-1", 0.2)])
def test_plotly_accepts_our_tokens_as_colours(color):
    plot = go.Figure(go.Bar(y=[1], marker={"color": color}))
    assert color in charts.figure_json(plot)


def test_a_figure_is_drawn_in_our_template_and_not_plotlys():
    made = json.loads(charts.figure_json(go.Figure(go.Bar(y=[1]))))
    assert made["layout"]["template"] == charts.TEMPLATE


def test_categories_repeat_after_eight():
    assert charts.category(0) == charts.category(8) == "var(--cat-1)"
