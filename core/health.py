"""Whether this process lives, and whether it can serve."""

from collections.abc import Callable

from django.core.cache import cache
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from redis.exceptions import RedisError

WORKER_KEY, WORKER_SILENCE_SECONDS = "worker-lives", 60
ROLE = """
SELECT rolsuper OR rolbypassrls OR EXISTS (
    SELECT 1 FROM pg_class WHERE relname = 'events_event' AND pg_has_role(current_user, relowner, 'USAGE')
) FROM pg_roles WHERE rolname = current_user
"""


class HealthMiddleware:
    """Answers /healthz and /readyz before sessions, hosts and redirects are looked at."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/healthz":
            return HttpResponse("ok\n", content_type="text/plain")
        if request.path == "/readyz":
            problems = readiness_problems()
            state = {"ready": "database" not in problems, "problems": problems}
            return JsonResponse(state, status=200 if state["ready"] else 503)
        return self.get_response(request)


def readiness_problems() -> dict[str, str]:
    """What is wrong, by part. Without the broker pages work and figures grow old; without the database nothing does."""
    problems = {}
    try:
        if bypasses_row_security():
            problems["database"] = "The database role is not held by row-level security."
        elif MigrationExecutor(connection).migration_plan(MigrationExecutor(connection).loader.graph.leaf_nodes()):
            problems["database"] = "Migrations are waiting."
    except Error:
        problems["database"] = "The database does not answer."
    try:
        if cache.get(WORKER_KEY) is None:
            problems["worker"] = (
                "No worker has been heard of for a minute: figures may be old; writes are kept and rolled up later."
            )
    except (RedisError, OSError):
        problems["broker"] = "The broker does not answer: figures may be old; writes are kept and rolled up later."
    return problems


def worker_lives() -> None:
    """What a worker says when it starts and at every sweep; silence for a minute is told at /readyz."""
    try:
        cache.set(WORKER_KEY, 1, WORKER_SILENCE_SECONDS)
    except (RedisError, OSError):
        return


def bypasses_row_security() -> bool:
    """True when the role we connect as is a superuser, may bypass row security, or owns the tables."""
    with connection.cursor() as cursor:
        cursor.execute(ROLE)
        return bool(cursor.fetchone()[0])
