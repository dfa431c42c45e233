"""Everything that can be set, read top to bottom. All of it comes from the environment.

| variable       | what it says                                                      | without it        |
|----------------|-------------------------------------------------------------------|-------------------|
| `IBASHO_DATA`  | the folder of one programme: its database and its keys            | `/var/lib/ibasho` |
| `IBASHO_RUN`   | a folder on tmpfs, for sessions and the prepared static files     | `/run/ibasho`     |
| `DATABASE_URL` | `postgresql://…` in place of the SQLite file in `IBASHO_DATA`     | SQLite            |
| `IBASHO_HOSTS` | the host names this programme answers to, with commas             | this machine only |
| `IBASHO_HTTPS` | `1` when people reach it through https: browsers are told to stay | off               |
| `IBASHO_PROXY` | `1` when our own proxy stands in front and says `X-Real-IP`       | off               |
| `IBASHO_SITE`  | where links of a bell lead, such as `https://ibasho.example.org`  | with https: the first host |
| `IBASHO_SMTP`  | the mail host of the bell: `smtp://name:password@host:587`        | no letters        |
| `IBASHO_SENDER`| the address its letters come from                                 | no letters        |
| `IBASHO_PUSH`  | `known`, and other push services by name, with commas             | no push           |
| `IBASHO_ZONE`  | the time zone of the place, such as `Europe/Madrid`               | UTC               |

Three more are read by the command line alone: `IBASHO_SECRETS`, the folder of the pepper where systemd gives
none (`secrets` in the folder of data); `IBASHO_BACKUP`, the folder a copy is written to each night (none is);
and `IBASHO_RECIPIENT`, the public half of the key those copies are sealed for (`age1…`; they are as sealed as
the database is).
"""

import os
import secrets
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent

# --- this programme -----------------------------------------------------------------------------

IBASHO_DATA = Path(os.environ.get("IBASHO_DATA", "/var/lib/ibasho"))
IBASHO_RUN = Path(os.environ.get("IBASHO_RUN", "/run/ibasho"))
DATABASE_URL = os.environ.get("DATABASE_URL", "")
IBASHO_HTTPS = os.environ.get("IBASHO_HTTPS", "") == "1"
IBASHO_PROXY = os.environ.get("IBASHO_PROXY", "") == "1"  # else anybody could name any network in a header

ALLOWED_HOSTS = [
    host.strip()
    for host in os.environ.get("IBASHO_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
    if host.strip()
]

# --- the bell: how somebody is reached who is not here. The server connects to these places, and to no others ---

IBASHO_SITE = os.environ.get("IBASHO_SITE", f"https://{ALLOWED_HOSTS[0]}" if IBASHO_HTTPS else "")
IBASHO_SMTP = os.environ.get("IBASHO_SMTP", "")
IBASHO_SENDER = os.environ.get("IBASHO_SENDER", "")
IBASHO_PUSH = os.environ.get("IBASHO_PUSH", "")

# --- Django, as little of it as possible --------------------------------------------------------

DEBUG = False
INSTALLED_APPS: list[str] = []  # no admin, auth, sessions or messages: nothing that keeps what it sees
DATABASES: dict[str, dict[str, str]] = {}  # only the vault speaks to a database
ROOT_URLCONF = "ibasho.urls"
WSGI_APPLICATION = "ibasho.wsgi.application"
APPEND_SLASH = False
DEFAULT_CHARSET = "utf-8"

# Nothing that outlives the process is signed with it, so it need not outlive the process either.
SECRET_KEY = secrets.token_urlsafe(48)

MIDDLEWARE = [
    "ibasho.web.middleware.Front",  # host, size, headers, kind errors
    "ibasho.web.middleware.Compress",
    "ibasho.web.middleware.Language",
    "django.middleware.csrf.CsrfViewMiddleware",
    "ibasho.people.middleware.SpaceMiddleware",  # who is here; the sign-in page for everybody else
]

# --- pages --------------------------------------------------------------------------------------

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "NAME": "jinja2",
        "DIRS": sorted(PACKAGE.glob("*/templates")),  # every room brings its own
        "OPTIONS": {"environment": "ibasho.web.templating.environment", "autoescape": True},
    }
]
STATIC_URL = "/static/"

# --- languages and time -------------------------------------------------------------------------

USE_I18N = True
USE_TZ = True
TIME_ZONE = os.environ.get("IBASHO_ZONE", "UTC")
LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", "English"),
    ("es", "Español"),
    ("de", "Deutsch"),
    ("fr", "Français"),
    ("ja", "日本語"),
]
LOCALE_PATHS = [PACKAGE / "locale"]

# --- what comes in ------------------------------------------------------------------------------

# Django's default would write a slow or large upload to /tmp in the clear.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
# A form of percent signs becomes 35 times as large in memory: decision 0007.
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
# A file is not decoded, and only who is signed in may send one, to a page that takes it: decision 0009. A file of
# 8 MiB, and what stands around it.
FILE_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024 + 64 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 20

# --- forms come only from our own pages ---------------------------------------------------------

CSRF_COOKIE_NAME = "__Host-c"
CSRF_COOKIE_SECURE = True  # browsers count http://127.0.0.1 and http://localhost as secure
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_PATH = "/"
CSRF_COOKIE_AGE = None  # gone when the browser closes
CSRF_FAILURE_VIEW = "ibasho.web.error_pages.form_from_elsewhere"
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if host != "*"] if IBASHO_HTTPS else []

# --- logs: an hour, a logger, a level, a class and a line; never a message, nor who asked for what ---

_QUIET = {"handlers": ["quiet"], "level": "WARNING", "propagate": False}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"quiet": {"()": "ibasho.web.logs.QuietFormatter"}},
    "filters": {"once": {"()": "ibasho.web.logs.OnceAnHour"}},
    "handlers": {"quiet": {"class": "logging.StreamHandler", "formatter": "quiet", "filters": ["once"]}},
    "root": {"handlers": ["quiet"], "level": "WARNING"},
    # Named here so that Django's own handlers, one of which sends e-mail with local variables, are replaced.
    "loggers": {
        "django": _QUIET,
        "django.server": _QUIET,
        "ibasho": _QUIET,
        # An answer below 500 is no trouble of ours, and a wrong word at 21:14:03 is somebody's evening.
        "django.request": _QUIET | {"level": "ERROR"},
        "django.security": _QUIET | {"level": "CRITICAL"},
    },
}
