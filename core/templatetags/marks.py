"""Small marks of what people say."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
CELLS = 5
TONES = {"negative": "neg", "neutral": "neu", "positive": "pos"}


@register.simple_tag
def sentiment(value: str, score: float | None = None) -> SafeString | str:
    """A level on a staff of five, from negative to positive; nothing where it is not known."""
    if not value:
        return ""
    level = score if score is not None else {"negative": -1.0, "neutral": 0.0, "positive": 1.0}[value]
    place = round((min(max(level, -1.0), 1.0) + 1) / 2 * (CELLS - 1))
    cells = mark_safe("".join('<i class="on"></i>' if n == place else "<i></i>" for n in range(CELLS)))  # noqa: S308
    label = f"Sentiment: {value}" if score is None else f"Sentiment: {value}, {score:+.2f}".replace("-", "−")
    return format_html('<span class="senti {}" role="img" aria-label="{}">{}</span>', TONES[value], label, cells)
