"""Settings that only mypy's Django plugin reads: the centre and the demo shop together, so that both are typed."""

from huiyin.demo.settings import HUIYIN_URL as HUIYIN_URL
from huiyin.settings import *  # noqa: F403
from huiyin.settings import INSTALLED_APPS as CENTRE

INSTALLED_APPS = [*CENTRE, "huiyin.demo"]
