"""A pytest plugin, loaded before the settings: each test process has a PostgreSQL and a Valkey of its own."""

import gc
import os

from ops.servers import Servers

# Tests leave little behind that goes round in circles. Looking for it as often as Python does by itself took a sixth of
# the time to collect them, and an eighth of the time to run them.
gc.set_threshold(50_000, 20, 1_000)

servers = Servers.for_tests()
os.environ.update(servers.environment())
os.environ.update(
    {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SECRET_KEY": "only-for-tests-" + "x" * 50,
        "PORTOLAN_PLAIN_STATIC": "1",
        "PORTOLAN_DEBUG": "0",
        "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
        "LOG_LEVEL": "ERROR",
        # Playwright keeps an event loop in the process; what runs after its tests is as synchronous as before.
        "DJANGO_ALLOW_ASYNC_UNSAFE": "1",
        "API_RATE_LIMIT_PER_MINUTE": "100000",
    }
)


def pytest_unconfigure() -> None:
    servers.stop(immediately=True)
