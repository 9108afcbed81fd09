"""All settings, from the environment. `NAME_FILE` reads `NAME` from a file; no default secret when DEBUG is off."""

import logging
import re
from pathlib import Path
from typing import Any

import structlog
from celery.schedules import crontab
from csp.constants import NONCE, NONE, SELF
from whitenoise.compress import Compressor

from config.environment import database, env, env_bool, env_int, env_list, env_seconds, env_word, env_zone

BASE_DIR = Path(__file__).resolve().parent.parent

#: What a log may leave out, from everything to nearly nothing.
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")

DEBUG = env_bool("PORTOLAN_DEBUG", False)
#: HTTPS in front: redirects, secure cookies, HSTS.
SECURE = env_bool("SECURE", False)
SECRET_KEY = env("SECRET_KEY", "not-secret-only-for-debugging" if DEBUG else None)
#: Former keys: what was signed or sealed by one is read still, and nothing is signed or sealed by it any more.
SECRET_KEY_FALLBACKS = env_list("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS")
VAR_DIR = Path(env("PORTOLAN_VAR", str(BASE_DIR / "var")))

FIRST_PARTY_APPS = [
    "core",
    "events",
    "accounts",
    "resources",
    "projects",
    "programs",
    "finance",
    "feedback",
    "scoring",
    "scenarios",
    "portfolio",
    "integrations",
]
INSTALLED_APPS = [
    *FIRST_PARTY_APPS,
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
    "django_filters",
    "django_htmx",
    "django_prometheus",
    "django_structlog",
    "csp",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
]
MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.health.HealthMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "core.middleware.RequestIdMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.middleware.OrganizationMiddleware",
    "core.middleware.ReadablePathMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "core.middleware.DomainErrorMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "accounts.middleware.permissions",
            ],
            "builtins": ["core.templatetags.portolan", "django.templatetags.static"],
        },
    }
]

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = {"default": database(env("DATABASE_URL", "postgresql://portolan_app@127.0.0.1:5432/portolan"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.MemberBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/sign-in/"

#: Without a database number: 0 is the broker, 1 the cache; one that is named is taken off.
REDIS_URL = re.sub(r"/\d*$", "", env("REDIS_URL", "redis://127.0.0.1:6379"))
_CACHE = {"LOCATION": f"{REDIS_URL}/1", "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 1}}
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", **_CACHE},
    "sessions": {"BACKEND": "core.sessions.SessionCache", **_CACHE},
}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_CACHE_ALIAS = "sessions"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

CELERY_BROKER_URL = f"{REDIS_URL}/0"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "socket_connect_timeout": 0.5,
    "socket_timeout": 5,
    "max_retries": 0,
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_QUEUES: dict[str, dict[str, str]] = {"default": {}, "analysis": {}, "delivery": {}, "solver": {}}
CELERY_TASK_ROUTES = {
    "feedback.analyze": {"queue": "analysis"},
    "events.deliver_webhooks": {"queue": "delivery"},
    "events.deliver_mail": {"queue": "delivery"},
    "events.run_delivery_jobs": {"queue": "delivery"},
    "feedback.poll_mailboxes": {"queue": "delivery"},
    "events.run_solver_jobs": {"queue": "solver"},
}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
# What a worker claimed to analyze and did not finish within this time, another takes up.
FEEDBACK_CLAIM_SECONDS = env_int("FEEDBACK_CLAIM_SECONDS", 120)
#: Where people reach this server, for links in what is sent outside; without it links begin with a slash.
PUBLIC_URL = env("PUBLIC_URL", next(iter(CSRF_TRUSTED_ORIGINS), "")).rstrip("/")
#: Seconds to wait after each failed attempt to send a webhook, by default as Standard Webhooks proposes: three days.
WEBHOOK_RETRY_SECONDS = env_seconds("WEBHOOK_RETRY_SECONDS", "5,300,1800,7200,18000,36000,50400,72000,86400")
#: An endpoint that did nothing but fail for so long is sent nothing more.
WEBHOOK_DISABLE_DAYS = env_int("WEBHOOK_DISABLE_DAYS", 5)
#: What was sent, or given up, is kept for so long.
WEBHOOK_KEEP_DAYS = env_int("WEBHOOK_KEEP_DAYS", 30)
#: What a worker began to send and did not finish within this time, another sends again, with the same id.
WEBHOOK_CLAIM_SECONDS = env_int("WEBHOOK_CLAIM_SECONDS", 120)
#: Endpoints without TLS are refused unless this is on: what is sent could be read on the way.
WEBHOOK_ALLOW_HTTP = env_bool("WEBHOOK_ALLOW_HTTP", False)
#: Hosts of endpoints that may have private addresses.
WEBHOOK_PRIVATE_HOSTS = env_list("WEBHOOK_PRIVATE_HOSTS")
# Hosts, by name or number, on which a language model may be asked although their addresses are private.
DRAFTING_PRIVATE_HOSTS = env_list("DRAFTING_PRIVATE_HOSTS")
# Whether mailboxes may be on this machine and its network, where leaders could otherwise reach what is not theirs.
FEEDBACK_PRIVATE_HOSTS = env_list("FEEDBACK_PRIVATE_HOSTS")
# Larger messages are not fetched.
FEEDBACK_MAIL_MAX_BYTES = env_int("FEEDBACK_MAIL_MAX_BYTES", 10 * 1024 * 1024)
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "events.sweep", "schedule": 10.0, "options": {"expires": 10}},
    "end-overdue-sessions": {"task": "scoring.end_all_overdue_sessions", "schedule": crontab(hour="0", minute="40")},
    "forget-deliveries": {"task": "events.forget_all_deliveries", "schedule": crontab(hour="1", minute="10")},
    "refresh-themes": {"task": "feedback.refresh_all_themes", "schedule": crontab(hour="1", minute="10")},
    "forget-unconfirmed": {"task": "feedback.forget_all_unconfirmed", "schedule": crontab(hour="0", minute="50")},
    "check-rollups": {"task": "portfolio.check_all_rollups", "schedule": crontab(hour="0", minute="20")},
}

#: Without a mail server, mail is written to files where a folder is named, else to the log of the worker.
EMAIL_HOST = env("EMAIL_HOST", "")
EMAIL_FILE_PATH = env("EMAIL_FILE_PATH", "")
EMAIL_BACKEND = "django.core.mail.backends." + (
    "smtp.EmailBackend" if EMAIL_HOST else "filebased.EmailBackend" if EMAIL_FILE_PATH else "console.EmailBackend"
)
_EMAIL_SECURITY = env_word("EMAIL_SECURITY", "starttls", {"starttls", "tls", "none"})
EMAIL_USE_TLS, EMAIL_USE_SSL = _EMAIL_SECURITY == "starttls", _EMAIL_SECURITY == "tls"
EMAIL_PORT = env_int("EMAIL_PORT", {"starttls": 587, "tls": 465, "none": 25}[_EMAIL_SECURITY])
EMAIL_HOST_USER = env("EMAIL_USER", "")
EMAIL_HOST_PASSWORD = env("EMAIL_PASSWORD", "")
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", "Portolan <portolan@localhost>")

LANGUAGE_CODE = "en-us"
USE_TZ = True
TIME_ZONE = env_zone("TIME_ZONE", "UTC")

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "core.finders.PackageFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG or env_bool("PORTOLAN_PLAIN_STATIC", False)
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}
WHITENOISE_USE_FINDERS = DEBUG or env_bool("PORTOLAN_PLAIN_STATIC", False)
WHITENOISE_MANIFEST_STRICT = True
# Compressed at set-up: nobody asks for the plain names, and source maps are for debuggers.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = [*Compressor.SKIP_COMPRESS_EXTENSIONS, "map"]

#: Uploads above this are refused before they are read.
DATA_UPLOAD_MAX_MEMORY_SIZE = 30 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
IMPORT_MAX_BYTES = 25 * 1024 * 1024
PLAN_MAX_BYTES = 50 * 1024 * 1024
# Twenty files of thirty columns ask some thousand questions on one page.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "core.views.csrf_failure"
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SESSION_COOKIE_SECURE = SECURE
CSRF_COOKIE_SECURE = SECURE
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.api.tokens.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.api.tokens.TokenPermission"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "core.api.handle_exception",
    "COERCE_DECIMAL_TO_STRING": True,
    "UNAUTHENTICATED_USER": None,
}
#: Requests that one API token has in a minute.
API_RATE_LIMIT_PER_MINUTE = env_int("API_RATE_LIMIT_PER_MINUTE", 600)
SPECTACULAR_SETTINGS = {
    "TITLE": "Portolan API",
    "DESCRIPTION": (
        "Every object a page can touch, as JSON. Send `Authorization: Bearer` and a token of Settings, API tokens.\n\n"
        "Lists come in pages: follow `next`. A row has a version: send its `ETag` as `If-Match` and nobody's change is"
        " lost. Send an `Idempotency-Key` with a POST and it may be repeated. Amounts and ratios are strings, so that"
        " nobody rounds them. Errors are `application/problem+json`; those of fields stand under `errors`."
    ),
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "core.api.documentation.document_problems",
    ],
    "ENUM_NAME_OVERRIDES": {
        "ReportedHealthEnum": "projects.models.Health",
        "HealthEnum": "projects.serializers.HEALTHS",
        "ProjectStatusEnum": "projects.models.ProjectStatus",
        "ActivityStatusEnum": "projects.models.ActivityStatus",
        "RiskStatusEnum": "projects.models.RiskStatus",
        "JobStatusEnum": "events.models.JobStatus",
        "LevellingStatusEnum": "projects.models.LevellingStatus",
        "ActivityKindEnum": "projects.models.ActivityKind",
        "EntryKindEnum": "finance.models.EntryKind",
        "AllocationKindEnum": "resources.models.AllocationKind",
        "RowResultEnum": ["created", "updated", "removed", "unchanged"],
        "StanceEnum": "portfolio.models.Stance",
        "ItemKindEnum": "scoring.models.ItemKind",
        "ScoringModelKindEnum": "scoring.models.model.KINDS",
        "FeedbackChannelEnum": "feedback.models.Channel",
        "FeedbackKindEnum": "feedback.models.FeedbackKind",
        "FeedbackStatusEnum": "feedback.models.ItemStatus",
        "RegroupingKindEnum": "feedback.models.RegroupingKind",
        "StoryStatusEnum": "feedback.models.StoryStatus",
        "EndpointStateEnum": "events.models.EndpointState",
        "DeliveryStateEnum": "events.models.DeliveryState",
        "MailStateEnum": "events.models.MailState",
        "IdeaStatusEnum": "feedback.models.IdeaStatus",
    },
}

DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG  # one line a request, when it is over
LOG_FORMAT = env_word("LOG_FORMAT", "console" if DEBUG else "json", {"console", "json"})
SHARED_PROCESSORS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso"),
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.StackInfoRenderer(),
    structlog.processors.format_exc_info,
    structlog.processors.UnicodeDecoder(),
]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processor": structlog.processors.JSONRenderer(),
            "foreign_pre_chain": SHARED_PROCESSORS,
        },
        "console": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processor": structlog.dev.ConsoleRenderer(colors=False),
            "foreign_pre_chain": SHARED_PROCESSORS,
        },
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["stderr"], "level": env_word("LOG_LEVEL", "INFO", LEVELS)},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "celery.app.trace": {"level": "WARNING"},
        "httpx": {"level": "WARNING"},  # it writes whole addresses, which may be keys
    },
}
structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        *SHARED_PROCESSORS,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
