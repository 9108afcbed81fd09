from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CoreConfig(AppConfig):
    name = "core"

    def ready(self) -> None:
        # Celery's own discovery runs in workers only; core.jobs.enqueue needs the names everywhere.
        autodiscover_modules("tasks", "followers", "checks")
