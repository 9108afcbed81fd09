"""The WSGI application that the web server calls."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# Where the web processes of one server keep their counts, so that each can tell the sum of all at /metrics.
if folder := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
    os.makedirs(folder, exist_ok=True)

application = get_wsgi_application()
# What is loaded at the start stays: the collector need not walk it each time that a request makes many objects.
gc.collect()
gc.freeze()
