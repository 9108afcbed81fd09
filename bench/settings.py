"""Portolan's settings as in production, with the floor view mounted and the seeding command installed."""

from config import settings as production

globals().update({name: getattr(production, name) for name in dir(production) if name.isupper()})

ROOT_URLCONF = "bench.urls"
INSTALLED_APPS = [*production.INSTALLED_APPS, "bench"]
