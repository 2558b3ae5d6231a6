"""Settings of the centre. Everything that differs between machines comes from the environment; each name is
documented in docs/reference/settings.md."""

import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("HUIYIN_VAR", ROOT / "var"))


def _secrets() -> dict[str, str]:
    """The secrets file that `huiyin start` writes once (0600)."""
    path = Path(os.environ.get("HUIYIN_SECRET_FILE", VAR / "secrets.json"))
    if not path.exists():
        return {}
    loaded: dict[str, str] = json.loads(path.read_text())
    return loaded


def _database(url: str) -> dict[str, Any]:
    """A Django database entry from `postgresql://user:password@host:port/name?host=/socket/dir`."""
    parts = urlsplit(url)
    host = parse_qs(parts.query).get("host", [parts.hostname or ""])[0]
    return {
        "ENGINE": "huiyin.lib.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": parts.username or "",
        "PASSWORD": parts.password or "",
        "HOST": host,
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 5},
    }


SECRETS = _secrets()
DEMO = os.environ.get("HUIYIN_DEMO") == "1"
DEBUG = False
SECRET_KEY = os.environ.get("HUIYIN_SECRET_KEY") or SECRETS.get("secret_key", "")
if not SECRET_KEY and os.environ.get("HUIYIN_TEST") == "1":
    SECRET_KEY = "only-for-tests-and-never-for-people"
PUBLIC_URL = os.environ.get("HUIYIN_PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = [urlsplit(PUBLIC_URL).hostname or "127.0.0.1", "127.0.0.1", "localhost", "testserver"]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
SECURE_COOKIES = PUBLIC_URL.startswith("https://")

DATABASE_URL = os.environ.get("DATABASE_URL", "postgresql://huiyin@/huiyin")
DATABASES = {"default": _database(DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "procrastinate.contrib.django",
    "huiyin.lib.limits",
    "huiyin.domain.journal",
    "huiyin.domain.promises",
    "huiyin.domain.staff",
    "huiyin.domain.contacts",
    "huiyin.domain.routing",
    "huiyin.domain.notices",
    "huiyin.domain.orders",
    "huiyin.domain.conversations",
    "huiyin.domain.voice",
    "huiyin.domain.cases",
    "huiyin.domain.surveys",
    "huiyin.domain.insight",
    "huiyin.domain",
    "huiyin.web.ui",
    "huiyin.web.portal",
    "huiyin.web.chat",
    "huiyin.web.desk",
    "huiyin.web.console",
    "huiyin.web.api",
    "huiyin.daemons",
    "ninja",  # serves the page that describes the API from here, not from elsewhere
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "huiyin.web.headers.Headers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "huiyin.web.ui.language.ReadersLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "huiyin.web.ui.refusals.RefusalsBecomePages",
]
ROOT_URLCONF = "huiyin.urls"
APPEND_SLASH = False
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "huiyin.web.ui.page.page",
            ],
            "builtins": ["huiyin.web.ui.templatetags.huiyin"],
        },
    }
]
AUTH_USER_MODEL = "staff.Person"
LOGIN_URL = "/desk/login"
LOGIN_REDIRECT_URL = "/desk/"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
SESSION_COOKIE_NAME = "huiyin"
SESSION_COOKIE_AGE = 30 * 24 * 3600  # a buyer comes back to the same matter from the same browser for 30 days
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
SESSION_ENGINE = "django.contrib.sessions.backends.db"
CSRF_COOKIE_HTTPONLY = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 300_000

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [ROOT / "huiyin" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
# what `npm ci` fetched, served as it comes
STATICFILES_DIRS: list[tuple[str, str]] = [
    ("vendor/htmx", str(ROOT / "node_modules" / "htmx.org" / "dist")),
    ("vendor/idiomorph", str(ROOT / "node_modules" / "idiomorph" / "dist")),
    ("vendor/tabler", str(ROOT / "node_modules" / "@tabler" / "core" / "dist")),
    ("vendor/jssip", str(ROOT / "node_modules" / ".bundled")),  # made by esbuild at set-up
    ("vendor/echarts", str(ROOT / "node_modules" / "echarts" / "dist")),
]
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 300

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
_smtp = os.environ.get("HUIYIN_SMTP", "127.0.0.1:25")
EMAIL_HOST, EMAIL_PORT = _smtp.rsplit(":", 1)[0], int(_smtp.rsplit(":", 1)[1])
EMAIL_TIMEOUT = 5
DEFAULT_FROM_EMAIL = os.environ.get("HUIYIN_MAIL_FROM", "回音 <help@huiyin.invalid>")

# the outside world, by dotted path; tests put fakes here
SHOP = os.environ.get("HUIYIN_SHOP", "huiyin.adapters.shop.http.from_settings")
FILES = "huiyin.adapters.storage.disk.from_settings"
SHOP_URL = os.environ.get("HUIYIN_SHOP_URL", "")
SHOP_KEY_ID = SECRETS.get("shop_key_id", "")
SHOP_SECRET = SECRETS.get("shop_secret", "only-for-tests" if os.environ.get("HUIYIN_TEST") == "1" else "")
SHOP_NAME = os.environ.get("HUIYIN_SHOP_NAME", "本店")
SMS_URL = os.environ.get("HUIYIN_SMS_URL", "")

# what the media server records, until it lies in the file store; how many days what no case needs is kept
RECORDINGS = Path(os.environ.get("HUIYIN_VOICE_DIR", VAR / "voice")) / "recordings"
RECORDING_DAYS = int(os.environ.get("HUIYIN_RECORDING_DAYS", "180"))
# directory of a model that turns speech into text; empty: keypad only, nothing is written down of what was said
SPEECH_MODEL = os.environ.get("HUIYIN_SPEECH_MODEL", "")

# papers: their fonts, where finished ones lie for a day, and the seed (32 bytes) of the key that signs dossiers
_FONTS = ROOT / "node_modules" / "@expo-google-fonts"
PAPER_FONTS = [str(_FONTS / f) for f in ("noto-sans-sc/400Regular", "noto-sans-sc/700Bold", "noto-emoji/400Regular")]
PAPERS = VAR / "papers"
DOSSIER_KEY = SECRETS.get("dossier_key", "A" * 43 if os.environ.get("HUIYIN_TEST") == "1" else "")

# how people reach us
HOTLINE = os.environ.get("HUIYIN_HOTLINE", "")
HOTLINE_WS = os.environ.get("HUIYIN_WS_URL", "")  # where browsers phone; empty: the hotline is off
# numbers that the system may call back, by their beginnings in E.164
DIAL_PREFIXES = os.environ.get("HUIYIN_DIAL_PREFIXES", "+86").split(",")
HOLIDAYS = os.environ.get("HUIYIN_HOLIDAYS", str(VAR / "holidays"))
SERVICE_CALENDAR = os.environ.get("HUIYIN_SERVICE_CALENDAR", "always")
# pages that may carry the chat: their origins, or * for all; the shop's own and ours always
WIDGET_ORIGINS = [o.rstrip("/") for o in os.environ.get("HUIYIN_WIDGET_ORIGINS", "").split(",") if o]
WIDGET_ORIGINS += [PUBLIC_URL, *(["{0.scheme}://{0.netloc}".format(urlsplit(SHOP_URL))] if SHOP_URL else [])]
TRUSTED_PROXIES = [a for a in os.environ.get("HUIYIN_TRUSTED_PROXIES", "").split(",") if a]

# serving (asgi.py): threads that run Django, live streams in all and from one address, paths with room for files
WEB_THREADS = int(os.environ.get("HUIYIN_WEB_THREADS", "16"))
LIVE_STREAMS = int(os.environ.get("HUIYIN_LIVE_STREAMS", "10000"))
LIVE_STREAMS_PER_ADDRESS = int(os.environ.get("HUIYIN_LIVE_STREAMS_PER_ADDRESS", "300"))
UPLOAD_PATHS = [
    "/api/v1/uploads", "/api/v1/conversations/*/files", "/api/v1/complaints/*/evidence", "/evidence/",
    "/desk/files/", "/u/pictures", "/console/hotline/sentences/",
]  # fmt: skip

# the board (IN1), in seconds: the promise everybody is told, and who leaves sooner had hardly arrived
SERVICE_LEVEL_S = float(os.environ.get("HUIYIN_SERVICE_LEVEL_S", "60"))
SHORT_ABANDON_S = float(os.environ.get("HUIYIN_SHORT_ABANDON_S", "5"))

# money brakes (RM9), in fen and counts; what is above goes to a person
BRAKES = {
    "act": 30_000,
    "agent_day": 200_000,
    "team_hour": 2_000_000,
    "buyer_30d": 200_000,
    "usual_per_hour": 200,
    "breaker_times": 5,
} | json.loads(os.environ.get("HUIYIN_BRAKES", "{}"))

LOGGING_CONFIG = None
