"""A figure, a day, a state is written the same way everywhere."""

import datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone

from core.templatetags import portolan

NOW = datetime.datetime(2026, 11, 24, 12, 0, tzinfo=datetime.UTC)


def render(source, **context):
    return Template("{% load portolan %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        (12_400_000, "$12.4M"),
        (84_000, "$84k"),
        (1_050_000, "$1.05M"),
        (Decimal("4200000.00"), "$4.2M"),
        (999_499, "$999k"),
        (999_500, "$1M"),
        (1_234_567_890, "$1.23B"),
        (842, "$842"),
        (0, "$0"),
        (-1_900_000, "−$1.9M"),
    ],
)
def test_money_on_dashboards_has_three_figures(amount, written):
    assert portolan.money_short(amount) == written


def test_money_in_full_shows_cents_only_where_there_are_some():
    assert portolan.money(4_200_000) == "$4,200,000"
    assert portolan.money(Decimal("12.50"), "EUR") == "€12.50"
    assert portolan.money(-3, "GBP") == "−£3"


def test_a_currency_without_a_symbol_is_written_by_its_code():
    assert portolan.money_short(12_400_000, "CHF") == "CHF\u00a012.4M"


@pytest.mark.parametrize("write", [portolan.money, portolan.money_short, portolan.number, portolan.percent])
def test_nothing_is_a_muted_dash(write):
    assert write(None) == portolan.NOTHING


def test_shares_are_percent_and_their_differences_points():
    assert portolan.percent(0.62) == "62%"
    assert portolan.percent(-1.33) == "−133%"
    assert portolan.percent(0.625, 1) == "62.5%"
    assert portolan.points(Decimal("-0.18")) == "−18 points"


def test_changes_carry_their_sign_and_a_true_minus():
    assert portolan.signed(12) == "+12"
    assert portolan.signed(Decimal("0.24"), 2) == "+0.24"
    assert portolan.signed(0) == "0"
    assert portolan.signed_days(-3) == "−3\u00a0d"
    assert portolan.signed_days(datetime.timedelta(days=12)) == "+12\u00a0d"


def test_a_number_that_rounds_to_nothing_has_no_sign():
    assert portolan.signed(Decimal("-0.2")) == "0"
    assert portolan.number(Decimal("-0.2")) == "0"


def test_a_day_names_its_year_only_outside_the_fiscal_year():
    today = timezone.localdate()
    assert portolan.day(today).endswith(today.strftime("%b"))
    assert portolan.day(today.replace(year=today.year + 2, day=1)).endswith(str(today.year + 2))


def test_a_fiscal_year_is_named_for_the_year_it_ends_in():
    assert portolan._fiscal_year(datetime.date(2026, 11, 24), 10) == 2027
    assert portolan._fiscal_year(datetime.date(2026, 9, 30), 10) == 2026
    assert portolan._fiscal_year(datetime.date(2026, 9, 30), 1) == 2026


@pytest.mark.parametrize(
    ("before", "words"),
    [
        ({"seconds": 12}, "12 s ago"),
        ({"minutes": 40}, "40 min ago"),
        ({"hours": 5}, "5 h ago"),
        ({"days": 4}, "Fri 12:00"),
    ],
)
def test_time_past_is_relative_then_a_weekday(before, words):
    moment = NOW - datetime.timedelta(**before)
    assert f">{words}</time>" in portolan.ago(moment, NOW)


def test_a_wait_is_never_more_exact_than_it_is_known():
    assert portolan.duration(42) == "about 40 s"
    assert portolan.duration(1) == "about 5 s"
    assert portolan.duration(200) == "about 3 min"
    assert portolan.duration(7300) == "about 2 h"


def test_health_is_read_by_shape_letter_and_words():
    assert render("{% health 'amber' %}") == (
        '<span class="health"><span class="hm a" aria-hidden="true">A</span>At risk</span>'
    )
    assert 'role="img" aria-label="Off track"' in render("{% health 'red' mark_only=True %}")
    assert "Not reported" in render("{% health None %}")


def test_a_delta_is_judged_only_where_one_way_is_good():
    assert (
        render("{% delta 4 text='4.0% over' good='down' %}") == '<span class="delta bad" data-d="up">4.0% over</span>'
    )
    assert 'class="delta good" data-d="down"' in render("{% delta change good='down' %}", change=-2)
    assert 'class="delta" data-d="up"' in render("{% delta 4 %}")


def test_a_meter_needs_no_inline_style_and_says_its_figures():
    drawn = render("{% meter 0.62 target=0.65 %}")
    assert 'aria-label="62%, target 65%"' in drawn
    assert 'width="62.0"' in drawn
    assert "style=" not in drawn


def test_a_meter_beyond_its_whole_is_scaled_and_its_target_moves():
    drawn = render("{% meter 1.25 target=1 %}")
    assert 'width="100.0"' in drawn
    assert 'd="M80.0 -3v12"' in drawn


def test_a_sparkline_dashes_what_has_not_happened():
    drawn = render("{% sparkline values forecast=later label='Spend' %}", values=[1, 2, None, 3], later=[4])
    assert 'aria-label="Spend"' in drawn
    assert drawn.count("<polyline") == 2
    assert render("{% sparkline values %}", values=[3]) == ""


def test_an_icon_is_decoration_unless_it_is_named():
    assert 'aria-hidden="true"' in render("{% icon 'plus' %}")
    assert 'role="img" aria-label="Late"' in render("{% icon 'warn' label='Late' %}")


def test_marks_escape_what_people_typed():
    user = SimpleNamespace(initials="<b>")
    assert "<b>" not in render("{% avatar user %}", user=user)
    assert "<script>" not in render("{% delta 1 text=text %}", text="<script>")


def test_what_was_typed_is_shown_in_words():
    class Form(forms.Form):
        status = forms.ChoiceField(choices=[("active", "Active")])
        name = forms.CharField()

    form = Form({"status": "active", "name": ""})
    assert portolan.typed(form, "status") == "Active"
    assert portolan.typed(form, "name") == portolan.NOTHING
    assert portolan.typed(form, "missing") == portolan.NOTHING


def test_a_column_head_sorts_and_then_sorts_backwards():
    request = RequestFactory().get("/", {"status": "active", "page": "3"})
    source = "{% sort_th 'Ends' 'finish' target='t' %}"
    first = render(source, request=request, sort="name")
    assert "?status=active&amp;sort=finish" in first
    assert "aria-sort" not in first
    second = render(source, request=request, sort="finish")
    assert 'aria-sort="ascending"' in second
    assert "sort=-finish" in second


def test_a_browser_may_choose_only_appearances_that_exist():
    request = RequestFactory().get("/")
    request.COOKIES = {"portolan_theme": "dark", "portolan_side": '"><script>', "portolan_keys": "off"}
    assert render("<html{% appearance %}>", request=request) == '<html data-theme="dark" data-keys="off">'
