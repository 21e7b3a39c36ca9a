"""How is this installation set up? From the environment or `.env`, with defaults that run at once."""

from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from environs import Env

from polyphonie.config import database_driver, secret

database_driver.install()

PACKAGE = Path(__file__).resolve().parent.parent

env = Env()
env.read_env(str(Path.cwd() / ".env"), recurse=False)

POLYPHONIE_VAR = Path(env.str("POLYPHONIE_VAR", "./var")).absolute()
POLYPHONIE_KEYS = Path(env.str("POLYPHONIE_KEYS", "./keys")).absolute()
POLYPHONIE_BASE_URL = env.str("POLYPHONIE_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
POLYPHONIE_DEMO = env.bool("POLYPHONIE_DEMO", False)
POLYPHONIE_TRUSTED_PROXIES: list[str] = env.list("POLYPHONIE_TRUSTED_PROXIES", [])
POLYPHONIE_WORKSHOPS: list[str] = env.list("POLYPHONIE_WORKSHOPS", [])
POLYPHONIE_WORKERS = env.int("POLYPHONIE_WORKERS", 2)
POLYPHONIE_THREADS = env.int("POLYPHONIE_THREADS", 3)

_address = urlsplit(POLYPHONIE_BASE_URL)
POLYPHONIE_HOST = _address.netloc
IS_HTTPS = _address.scheme == "https"
IS_LOCAL = _address.hostname in ("127.0.0.1", "localhost", "::1")
POLYPHONIE_BIND = env.str("POLYPHONIE_BIND", f"127.0.0.1:{_address.port or 8000}" if IS_LOCAL else "127.0.0.1:8000")
if POLYPHONIE_DEMO and not IS_LOCAL:
    raise ImproperlyConfigured("the demonstration lets anyone in as anyone: it refuses a public POLYPHONIE_BASE_URL")
if POLYPHONIE_DEMO and POLYPHONIE_BIND.rpartition(":")[0] not in ("127.0.0.1", "localhost", "[::1]"):
    raise ImproperlyConfigured("the demonstration lets anyone in as anyone: POLYPHONIE_BIND must be a loopback address")
if POLYPHONIE_DEMO and POLYPHONIE_TRUSTED_PROXIES:
    raise ImproperlyConfigured("the demonstration lets anyone in as anyone: it refuses to stand behind a proxy")

DEBUG = env.bool("POLYPHONIE_DEBUG", False)
SECRET_KEY = secret.read_or_create(POLYPHONIE_KEYS)
ALLOWED_HOSTS = [host for host in {_address.hostname, "127.0.0.1", "localhost", "[::1]"} if host]
CSRF_TRUSTED_ORIGINS = [POLYPHONIE_BASE_URL]

INSTALLED_APPS = [
    "polyphonie.portal",
    "polyphonie.opendata",
    "polyphonie.figures",
    "polyphonie.moderation",
    "polyphonie.synthesis",
    "polyphonie.annotations",
    "polyphonie.consultation",
    "polyphonie.contributions",
    "polyphonie.processes",
    "polyphonie.notifications",
    "polyphonie.accounts",
    "polyphonie.outbox",
    "polyphonie.ledger",
    "polyphonie.core",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
]

MIDDLEWARE = [
    "polyphonie.core.serving.middleware.Headers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "polyphonie.core.serving.middleware.DatabaseTrouble",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "polyphonie.opendata.api.answering.OpenAnswers",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "polyphonie.core.serving.middleware.Refusals",
    "polyphonie.config.access.Guard",
]

ROOT_URLCONF = "polyphonie.config.urls"
WSGI_APPLICATION = "polyphonie.config.wsgi.application"
AUTH_USER_MODEL = "accounts.Account"
AUTHENTICATION_BACKENDS = ["polyphonie.accounts.backend.Backend"]
LOGIN_URL = "/connexion/"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "NAME": "jinja2",
        "DIRS": [
            path
            for app in INSTALLED_APPS
            if app.startswith("polyphonie.")
            if (path := PACKAGE / app.split(".")[1] / "templates").is_dir()
        ],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "polyphonie.core.templating.environment",
            "context_processors": ["polyphonie.core.templating.frame", "polyphonie.config.menu.frame"],
        },
    }
]

SERVED_BY = {"sqlite", "postgres", "postgresql"}
if urlsplit(env.str("POLYPHONIE_DATABASE_URL", "sqlite:")).scheme not in SERVED_BY:
    raise ImproperlyConfigured("POLYPHONIE_DATABASE_URL must begin with sqlite:/// or postgres://: no other database is served")
DATABASES = {
    "default": env.dj_db_url("POLYPHONIE_DATABASE_URL", f"sqlite:///{POLYPHONIE_VAR / 'polyphonie.sqlite3'}", conn_max_age=600)
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            f"PRAGMA journal_mode={database_driver.journal_mode()};"
            "PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;PRAGMA journal_size_limit=67108864;"
            "PRAGMA cache_size=-1024;PRAGMA temp_store=MEMORY"
        ),
    }
else:
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault(
        "options", "-c statement_timeout=30000 -c lock_timeout=15000 -c idle_in_transaction_session_timeout=60000"
    )
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"]["ATOMIC_REQUESTS"] = False

CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 20000}},
}

POLYPHONIE_HOLD_SECONDS = env.float("POLYPHONIE_HOLD_SECONDS", 5)
"""How long a page that everybody sees alike is held in memory; 0 holds nothing."""

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("en", "English")]
LOCALE_PATHS = [next(folder for folder in (PACKAGE / "locale", PACKAGE.parent / "locale") if folder.is_dir())]
TIME_ZONE = "Europe/Paris"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = POLYPHONIE_VAR / "static"
POLYPHONIE_VAR.mkdir(mode=0o700, parents=True, exist_ok=True)
STATIC_ROOT.mkdir(exist_ok=True)
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": POLYPHONIE_VAR / "files"},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MANIFEST_STRICT = False

SESSION_ENGINE = "polyphonie.accounts.sessions"
SESSION_COOKIE_AGE = 30 * 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_NAME = "__Host-session" if IS_HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if IS_HTTPS else "csrf"
LANGUAGE_COOKIE_NAME = "__Host-langue" if IS_HTTPS else "langue"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SECURE_HSTS_SECONDS = 31536000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^sante/"]  # a supervisor on this machine asks the server itself, without the proxy
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if POLYPHONIE_TRUSTED_PROXIES else None
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_REFERRER_POLICY = "same-origin"
CSRF_FAILURE_VIEW = "polyphonie.core.serving.errors.stale_form"
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS = ["security.W002"]  # core.serving.middleware.Headers sets X-Frame-Options
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 400

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "manifest-src": ["'self'"],
        "require-trusted-types-for": ["'script'"],
        "trusted-types": ["polyphonie"],
    }
}

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]

_mail = env.dj_email_url("POLYPHONIE_MAIL_URL", "console:")
if "EMAIL_BACKEND" not in _mail:
    raise ImproperlyConfigured("POLYPHONIE_MAIL_URL begins with smtp:// or console:")
globals().update({key: value for key, value in _mail.items() if key.startswith("EMAIL_")})
DEFAULT_FROM_EMAIL = env.str("POLYPHONIE_MAIL_FROM", "concertation@localhost")
POLYPHONIE_CONTACT_MAIL = env.str("POLYPHONIE_CONTACT_MAIL", "")
POLYPHONIE_CONTACT_PHONE = env.str("POLYPHONIE_CONTACT_PHONE", "")
POLYPHONIE_CONTACT_PLACES = env.str("POLYPHONIE_CONTACT_PLACES", "")

POLYPHONIE_LEGAL = {
    "publisher": env.str("POLYPHONIE_PUBLISHER", ""),
    "publisher_address": env.str("POLYPHONIE_PUBLISHER_ADDRESS", ""),
    "publication_director": env.str("POLYPHONIE_PUBLICATION_DIRECTOR", ""),
    "host": env.str("POLYPHONIE_HOSTING", ""),
    "host_address": env.str("POLYPHONIE_HOSTING_ADDRESS", ""),
    "data_protection_officer": env.str("POLYPHONIE_DATA_PROTECTION_OFFICER", ""),
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"django.request": {"level": "ERROR"}, "django.security": {"level": "ERROR"}},
}
