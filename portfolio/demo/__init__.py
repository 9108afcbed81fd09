"""The demo organization: Fennmark, its people, products and work, generated from a seed around a day."""

from portfolio.demo.generating import DEMO_NAME, DEMO_SLUG, generate
from portfolio.demo.people import PASSWORD, PEOPLE, sign_ins
from portfolio.demo.purging import PurgeRefused, purge

__all__ = ["DEMO_NAME", "DEMO_SLUG", "PASSWORD", "PEOPLE", "PurgeRefused", "generate", "purge", "sign_ins"]
