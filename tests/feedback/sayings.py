"""Feedback in numbers, for those who count it."""

import datetime
import random

import pytest
from django.utils import timezone

from feedback.models import CustomerAccount, FeedbackItem, Release, Theme
from portfolio.models import Product

TODAY = datetime.date(2026, 6, 30)
SCORES = {"negative": -0.6, "neutral": 0.05, "positive": 0.7}


def at(day: datetime.date, hour: int = 12) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(hour)))


@pytest.fixture
def voices(acme, line):
    """Six accounts, two products, three themes, and 400 items drawn with a seed, some of which count nowhere."""
    draw = random.Random(11)  # noqa: S311
    products = [Product.objects.create(organization=acme, line=line, name=name, currency="USD") for name in "XY"]
    themes = [Theme.objects.create(organization=acme, name=name) for name in ("Labels", "Exports", "Speed")]
    accounts = [
        CustomerAccount.objects.create(
            organization=acme, name=f"A{n}", segment=("Retail", "Freight")[n % 2], arr_amount=1000 * 2**n,
            arr_reporting_amount=1000 * 2**n,
        )
        for n in range(6)
    ]  # fmt: skip
    rows = []
    for n in range(400):
        sentiment = draw.choice(["negative", "negative", "neutral", "positive", ""])
        score = None if not sentiment else max(-1.0, min(1.0, SCORES[sentiment] + draw.uniform(-0.3, 0.3)))
        rows.append(
            FeedbackItem(
                organization=acme, channel=draw.choice(["form", "email"]), text=f"Item {n}", sentiment=sentiment,
                sentiment_score=score, kind=draw.choice(["bug", "request"]), theme=draw.choice([*themes, None]),
                product=draw.choice([*products, None]), account=draw.choice([*accounts, None]),
                said_at=at(TODAY - datetime.timedelta(days=draw.randrange(0, 500)), draw.choice([0, 12, 23])),
                status=draw.choice(["untriaged", "done", "done", "not_feedback"]),
                archived_at=at(TODAY) if draw.random() < 0.1 else None,
            )
        )  # fmt: skip
    FeedbackItem.objects.bulk_create(rows)
    return {"products": products, "themes": themes, "accounts": accounts}


def fill(acme, day, negative: int, positive: int, **fields):
    """Items of one day, with scores that are not all the same."""
    FeedbackItem.objects.bulk_create(
        FeedbackItem(
            organization=acme, text="Said.", channel="api", said_at=at(day), sentiment=sentiment,
            sentiment_score=score + n % 3 / 100, **fields,
        )
        for sentiment, count, score in (("negative", negative, -0.6), ("positive", positive, 0.6))
        for n in range(count)
    )  # fmt: skip


@pytest.fixture
def better(acme, product):
    """4.17, after which much less sounds negative."""
    fill(acme, datetime.date(2026, 3, 20), 41, 59, product=product)
    fill(acme, datetime.date(2026, 5, 10), 15, 85, product=product)
    return Release.objects.create(
        organization=acme, product=product, name="4.17", released_date=datetime.date(2026, 4, 10)
    )
