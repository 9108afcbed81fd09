"""How a figure, a day, a state or a person is written, everywhere the same (the rules: docs/how-to/build-a-page.md)."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.template import Context
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format, get_format, number_format
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from core.amounts import are_hidden, shown_reasons

register = template.Library()

MINUS = "\u2212"
SPACE = "\u00a0"  # does not break
NOTHING = mark_safe('<span class="muted">–</span>')
SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹", "AUD": "A$", "CAD": "C$", "NZD": "NZ$"}
QUANTA = [Decimal(1).scaleb(-places) for places in range(7)]
MAGNITUDES = ((10**12, "T"), (10**9, "B"), (10**6, "M"), (10**3, "k"))
HEALTH = {
    "green": ("g", "G", "On track"),
    "amber": ("a", "A", "At risk"),
    "red": ("r", "R", "Off track"),
    "unreported": ("u", "–", "Not reported"),
    "done": ("d", "✓", "Done"),
}
METER = (
    '<svg class="meter {{}}" viewBox="0 0 100 6" preserveAspectRatio="none" role="img" aria-label="{{}}">'
    '<rect class="fill" width="{{}}" height="6"/>{}</svg>'
)
STANCES = {"invest": ("up-r", "Invest"), "maintain": ("flat-r", "Maintain"), "sunset": ("down-r", "Sunset")}


def _decimal(value: Any) -> Decimal | None:
    if value is None or isinstance(value, Decimal):
        return value
    return None if value == "" else Decimal(str(value))


def _grouped(value: Decimal, places: int) -> str:
    """A number with the locale's separators and a true minus; small ones, the most frequent, go the short way."""
    rounded = value.quantize(QUANTA[places], ROUND_HALF_UP)
    size = abs(rounded)
    if size >= 1000:
        text = number_format(size, places, use_l10n=True, force_grouping=True)
    else:
        text = str(size) if places == 0 else str(size).replace(".", get_format("DECIMAL_SEPARATOR"))
    return f"{MINUS}{text}" if rounded < 0 else text


def _three_figures(value: Decimal) -> str:
    """A number in at most three significant figures, with k, M, B or T: 84k, 1.05M, 12.4M."""
    size = abs(value)
    divisor, unit = next(((Decimal(m), u) for m, u in MAGNITUDES if size >= m * Decimal("0.9995")), (Decimal(1), ""))
    scaled = size / divisor
    places = 0 if scaled >= Decimal("99.95") else 1 if scaled >= Decimal("9.995") else 2
    rounded = scaled.quantize(QUANTA[places], ROUND_HALF_UP)
    while places and rounded == rounded.quantize(QUANTA[places - 1]):
        places -= 1
    return _grouped(rounded, places) + unit


def currency_symbol(code: str) -> str:
    """What stands before an amount: $, €, or the code itself."""
    return SYMBOLS.get(code, code + SPACE)


def _currency(text: str, code: str) -> str:
    sign, text = (MINUS, text[1:]) if text.startswith(MINUS) else ("", text)
    return sign + currency_symbol(code) + text


@register.filter
def money(value: Any, currency: str = "USD") -> str:
    """An amount in full, for forms, tables of record and titles: $4,200,000; cents only where there are some.

    Pages leave amounts out for who sees none; what one forgets is not told here either.
    """
    amount = _decimal(value)
    if amount is None or are_hidden():
        return NOTHING
    return _currency(_grouped(amount, 0 if amount == amount.to_integral_value() else 2), currency)


@register.filter
def money_short(value: Any, currency: str = "USD") -> str:
    """An amount in three significant figures, for dashboards: $12.4M, $84k."""
    amount = _decimal(value)
    if amount is None or are_hidden():
        return NOTHING
    return _currency((MINUS if amount < 0 else "") + _three_figures(abs(amount)), currency)


@register.filter
def reasons(sentences: Sequence[str] | None) -> Sequence[str]:
    """Reasons for a health, without those about money where amounts are hidden."""
    return shown_reasons(sentences or ()) if are_hidden() else sentences or ()


@register.filter
def number(value: Any, places: int = 0) -> str:
    """A count or measure with the locale's separators: 1,842."""
    amount = _decimal(value)
    return NOTHING if amount is None else _grouped(amount, places)


@register.filter
def fte(value: Any) -> str:
    """A share of full time in as few of three decimals as it needs, so that what is shown adds up: 1, 0.5, 0.125."""
    amount = _decimal(value)
    if amount is None:
        return NOTHING
    return _grouped(amount, next((places for places in range(3) if amount == amount.quantize(QUANTA[places])), 3))


@register.filter
def percent(value: Any, places: int = 0) -> str:
    """A share of one as percent: 0.62 is 62%."""
    ratio = _decimal(value)
    return NOTHING if ratio is None else f"{_grouped(ratio * 100, places)}%"


@register.filter
def signed(value: Any, places: int = 0) -> str:
    """A change with its sign, a true minus: +12, −3, 0."""
    amount = _decimal(value)
    if amount is None:
        return NOTHING
    text = _grouped(amount, places)
    return f"+{text}" if amount.quantize(QUANTA[places], ROUND_HALF_UP) > 0 else text


@register.filter
def points(value: Any) -> str:
    """The difference of two shares, in points: −0.18 is −18 points."""
    ratio = _decimal(value)
    return NOTHING if ratio is None else f"{signed(ratio * 100)} points"


@register.filter
def signed_days(value: Any) -> str:
    """A slip in calendar days: +12 d, −3 d, 0 d."""
    days = value.days if isinstance(value, timedelta) else value
    return NOTHING if days is None else f"{signed(days)}{SPACE}d"


@lru_cache(maxsize=8192)
def _dated(value: date | datetime, pattern: str, language: str) -> str:
    """A day or a minute by Django's pattern. Kept, because a list writes hundreds and Django takes 70 µs for each."""
    return date_format(value, pattern).replace(" ", SPACE if pattern[0] == "j" else " ")


def _written(value: date | datetime, pattern: str) -> str:
    return _dated(value, pattern, get_language() or "")


def _local_day(value: date | datetime) -> date:
    if isinstance(value, datetime):
        return timezone.localdate(value) if timezone.is_aware(value) else value.date()
    return value


def _fiscal_year(day: date, first_month: int) -> int:
    return day.year + (1 if first_month > 1 and day.month >= first_month else 0)


@register.filter
def day(value: date | datetime | None, organization: Any = None) -> str:
    """A day, with its year unless that is the present fiscal year (of `organization`, else the calendar's): 24 Nov."""
    if not value:
        return NOTHING
    first_month = getattr(organization, "fiscal_year_start_month", 1) or 1
    local = _local_day(value)
    same = _fiscal_year(local, first_month) == _fiscal_year(timezone.localdate(), first_month)
    return _written(local, "j M" if same else "j M Y")


@register.filter
def deadline(value: date | datetime | None, organization: Any = None) -> str:
    """A day that something is due, with its weekday: Fri 18 Sep."""
    if not value:
        return NOTHING
    return f"{_written(_local_day(value), 'D')}{SPACE}{day(value, organization)}"


def ago_words(value: datetime, now: datetime | None = None) -> str:
    """How long ago, as text: see `ago`."""
    seconds = ((now or timezone.now()) - value).total_seconds()
    if -5 < seconds < 60:
        return f"{max(0, int(seconds))} s ago"
    if 0 <= seconds < 3600:
        return f"{int(seconds // 60)} min ago"
    if 0 <= seconds < 86400:
        return f"{int(seconds // 3600)} h ago"
    if 0 <= seconds < 6 * 86400:
        return _written(timezone.localtime(value).replace(second=0, microsecond=0), "D H:i")
    return day(value)


@register.filter
def ago(value: datetime | None, now: datetime | None = None) -> str:
    """How long ago: 40 min ago; then the weekday; then the date. The title carries the full stamp."""
    if not value:
        return NOTHING
    stamp = date_format(timezone.localtime(value), "D j M Y, H:i:s")
    text = ago_words(value, now)
    return format_html('<time datetime="{}" title="{}" data-ago>{}</time>', value.isoformat(), stamp, text)


@register.filter
def ago_light(value: datetime | None) -> str:
    """The same for the cells of long lists: script gives it its title."""
    if not value:
        return NOTHING
    stamp = value.astimezone(UTC).isoformat(timespec="minutes")[:16]
    return mark_safe(f'<time datetime="{stamp}Z" data-ago>{escape(ago_words(value))}</time>')


@register.filter
def duration(value: Any) -> str:
    """A length of waiting in words, never more exact than it is known: about 40 s, about 3 min."""
    seconds = value.total_seconds() if isinstance(value, timedelta) else value
    if seconds is None:
        return NOTHING
    if seconds < 60:
        return f"about {max(5, round(seconds / 5) * 5)} s"
    return f"about {round(seconds / 60)} min" if seconds < 5400 else f"about {round(seconds / 3600)} h"


@register.filter
def is_silent(heartbeat: datetime | None) -> bool:
    """Whether a worker has said nothing for half a minute, where it says something every few seconds."""
    return heartbeat is not None and timezone.now() - heartbeat > timedelta(seconds=30)


@register.filter
def typed(form: Any, name: str) -> Any:
    """What the person typed or chose in a field of a bound form, in words."""
    if name in (told := getattr(form, "in_words", {})):
        return told[name] or NOTHING
    if name not in form.fields:
        return NOTHING
    field = form[name]
    value = field.value()
    chosen = [label for key, label in getattr(field.field, "choices", ()) if str(key) == str(value)]
    return chosen[0] if chosen else (NOTHING if value in (None, "") else value)


@register.inclusion_tag("core/_sort_th.html", takes_context=True)
def sort_th(
    context: Context, label: str, key: str, *, target: str, numeric: bool = False, unit: str = "", css: str = ""
) -> dict[str, Any]:
    """A column head that sorts by `key` and, pressed again, backwards.

    The present order is the context's `sort`, which the view read from the address with `core.pages.ordered`;
    `target` is the id of the fragment.
    """
    query = context["request"].GET.copy()
    direction = {key: "ascending", f"-{key}": "descending"}.get(context.get("sort") or "", "")
    query["sort"] = f"-{key}" if direction == "ascending" else key
    query.pop("page", None)
    return {
        "label": label,
        "query": f"?{query.urlencode()}",
        "direction": direction,
        "numeric": numeric,
        "unit": unit,
        "css": css,
        "target": target,
    }


@register.simple_tag
@lru_cache(maxsize=512)
def icon(name: str, label: str = "", small: bool = False) -> SafeString:
    """A symbol of the sprite `static/img/icons.svg`; unlabelled, it is decoration."""
    role = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    size = " ico-s" if small else ""
    return format_html('<svg class="ico{}" {}><use href="{}#i-{}"/></svg>', size, role, static("img/icons.svg"), name)


@register.simple_tag
@lru_cache(maxsize=512)
def health(value: str | None, mark_only: bool = False, label: str = "") -> SafeString:
    """Status of work by colour, shape and letter; `value` is green, amber, red, unreported or done."""
    shape, letter, words = HEALTH[value or "unreported"]
    words = label or words
    if mark_only:
        title = format_html('role="img" aria-label="{0}" title="{0}"', words)
        return format_html('<span class="hm {}" {}>{}</span>', shape, title, letter)
    mark = format_html('<span class="hm {}" aria-hidden="true">{}</span>', shape, letter)
    return format_html('<span class="health">{}{}</span>', mark, words)


@register.simple_tag
def stance(value: str | None) -> SafeString:
    """Invest, maintain or sunset."""
    if not value:
        return NOTHING
    symbol, words = STANCES[value]
    return format_html('<span class="stance {}">{}{}</span>', value, icon(symbol), words)


@register.simple_tag
def delta(change: Any, text: str = "", good: str = "") -> SafeString:
    """A change: the arrow is its direction; the colour is a judgement, made only where `good` is "up" or "down"."""
    amount = _decimal(change)
    if amount is None:
        return NOTHING
    direction = "up" if amount > 0 else "down" if amount < 0 else "flat"
    judged = "" if direction == "flat" or not good else " good" if direction == good else " bad"
    words = text or _grouped(abs(amount), 0)
    return format_html('<span class="delta{}" data-d="{}">{}</span>', judged, direction, words)


@register.simple_tag
def meter(ratio: Any, target: Any = None, label: str = "", tone: str = "") -> SafeString:
    """A share as a bar, with a tick at the target; above one, the whole bar is the larger of the two.

    Drawn with attributes, so that it needs neither script nor inline style. `tone` is a class: ln-a, bad, what-if, sm.
    """
    share, goal = _decimal(ratio), _decimal(target)
    drawn = max(Decimal(0), share or Decimal(0))
    whole = max(Decimal(1), drawn, goal or Decimal(0))
    words = label or ("not known" if share is None else percent(share)) + (f", target {percent(goal)}" if goal else "")
    if not goal:
        return format_html(METER.format(""), tone, words, round(drawn / whole * 100, 1))
    tick = '<path class="target" d="M{} -3v12"/>'
    return format_html(METER.format(tick), tone, words, round(drawn / whole * 100, 1), round(goal / whole * 100, 1))


@register.simple_tag
def sparkline(
    values: Sequence[Any], forecast: Sequence[Any] = (), target: Any = None, label: str = "", small: bool = False
) -> SafeString:
    """A run of values as a line; what has not happened yet dashed in magenta, the target dotted.

    Args:
        values: oldest first; None leaves a gap in time, not a zero.
        forecast: what follows the last of `values`.
        label: what the line shows, read aloud; without it the line is decoration beside its figure.
    """
    known = [(i, float(v)) for i, v in enumerate(values) if v is not None]
    later = [(len(values) + i, float(v)) for i, v in enumerate(forecast) if v is not None]
    if len(known) + len(later) < 2:
        return mark_safe("")
    width, height, inset = (64, 18, 3.0) if small else (160, 26, 3.0)
    drawn = [v for _, v in known + later] + ([float(target)] if target is not None else [])
    low, high = min(drawn), max(drawn)
    last = max(1, len(values) + len(forecast) - 1)

    def at(point: tuple[int, float]) -> tuple[float, float]:
        share = 0.5 if high == low else (point[1] - low) / (high - low)
        return round(2 + point[0] / last * (width - 4), 1), round(height - inset - share * (height - 2 * inset), 1)

    def line(points: list[tuple[int, float]], css: str) -> SafeString:
        if len(points) < 2:
            return mark_safe("")
        path = format_html_join(" ", "{},{}", (at(p) for p in points))
        return format_html('<polyline class="{}" points="{}"/>', css, path)

    goal = mark_safe("")
    if target is not None:
        goal = format_html('<path class="tgt" d="M0 {}H{}"/>', at((0, float(target)))[1], width)
    end = format_html('<path class="e" d="M{} {}h0"/>', *at((known or later)[-1]))
    role = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="spark{}" viewBox="0 0 {} {}" preserveAspectRatio="none" {}>{}{}{}{}</svg>',
        " sm" if small else "", width, height, role, goal, line(known, "l"), line(known[-1:] + later, "f"), end,
    )  # fmt: skip


@register.simple_tag
def avatar(user: Any, size: str = "") -> SafeString:
    """A person's initials; decoration beside the name (sizes: sm, lg)."""
    return format_html('<span class="avatar {}" aria-hidden="true" title="{}">{}</span>', size, user, user.initials)


@register.simple_tag
def person(user: Any) -> SafeString:
    """A person: initials and name."""
    return format_html('<span class="row">{}{}</span>', avatar(user, "sm"), user) if user else NOTHING


@register.simple_tag(takes_context=True)
def appearance(context: Context) -> SafeString:
    """The attributes of <html> that this browser chose, so that the first paint is right: theme, sidebar, density."""
    cookies = getattr(context.get("request"), "COOKIES", {})
    allowed = {"theme": ("light", "dark"), "side": ("rail",), "density": ("compact", "roomy"), "keys": ("off",)}
    chosen = [(name, cookies.get(f"portolan_{name}")) for name in allowed]
    return format_html_join("", ' data-{}="{}"', ((n, v) for n, v in chosen if v in allowed[n]))
