"""Settings of the demo shop: a Django project of its own on one SQLite file that survives SIGKILL."""

import json
import os
from pathlib import Path

VAR = Path(os.environ.get("HUIYIN_VAR", "var")).resolve()
_secret_file = Path(os.environ.get("HUIYIN_SECRET_FILE", VAR / "secrets.json"))
SECRETS: dict[str, str] = json.loads(_secret_file.read_text()) if _secret_file.exists() else {}

DEBUG = False
SECRET_KEY = "demo-" + SECRETS.get("shop_secret", "only-for-tests")
SHOP_KEY_ID = SECRETS.get("shop_key_id", "demo")
SHOP_SECRET = SECRETS.get("shop_secret", "only-for-tests")
HUIYIN_URL = os.environ.get("HUIYIN_PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = ["*"]  # a demo on loopback; it holds invented buyers only

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": VAR / "demo-shop.sqlite3",
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": 20,
            # writers queue up at BEGIN, so that what a transaction has read stays true until it commits
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = ["huiyin.demo"]
MIDDLEWARE = [
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
]
ROOT_URLCONF = "huiyin.demo.urls"
APPEND_SLASH = False
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]
CSRF_COOKIE_NAME = "demo-shop-csrf"  # cookies do not know ports: the centre has its own on the same host
DATA_UPLOAD_MAX_MEMORY_SIZE = 300_000

LANGUAGE_CODE = "zh-hans"
USE_I18N = False  # the shop speaks Chinese, like its buyers
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
STATIC_URL = "/static/"
