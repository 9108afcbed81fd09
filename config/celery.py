"""The Celery application."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("portolan")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect
def say_so(**_sender: Any) -> None:
    """Do not wait for the first sweep to be known as alive."""
    app.tasks["events.sweep"].delay()
