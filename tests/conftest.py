"""What every test stands on: a PostgreSQL of this session, Django, and the ways Hypothesis searches.

Each session takes the first free cluster of `var/test-pg-N`, so that two sessions at once do not meet. Under xdist the
session that started the workers owns the cluster and each worker a database in it.
"""

import fcntl
import os
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING

import django
import pytest
from django.conf import settings as django_settings
from hypothesis import HealthCheck, settings

from huiyin.daemons.postgres import ELSEWHERE, Cluster, ensure_cluster, forget_cluster

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parent.parent
# Quick folders first, whatever random order the tests within them have; unknown ones before the slow ones.
ORDER = [
    "rules",
    "house",
    "actions",
    "web",
    "adapters",
    "daemons",
    "bench",
    "",
    "contract",
    "journeys",
    "voice",
    "chaos",
]
LAST_WORDS = 8  # lines of each process
_held: list[tuple[Cluster, IO[str]]] = []


def _first_free_slot() -> tuple[Path, IO[str]]:
    number = 0
    while True:
        slot = ROOT / "var" / f"test-pg-{number}"
        slot.mkdir(parents=True, exist_ok=True)
        lock = (slot / "lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            number += 1
            continue
        return slot, lock


def _start_database() -> None:
    if "DATABASE_URL" in os.environ:
        return
    slot, lock = _first_free_slot()
    cluster = ensure_cluster(slot, fast_and_unsafe=True)
    cluster.start()
    _held.append((cluster, lock))
    os.environ["DATABASE_URL"] = cluster.url


def pytest_unconfigure() -> None:
    for cluster, lock in _held:
        cluster.stop()
        lock.close()
    _held.clear()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_rank)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that failed against a running centre shows what the centre's processes said last."""
    report = yield
    given = getattr(item, "funcargs", {})
    var = getattr(given.get("centre") or given.get("instance"), "var", None)
    for log in sorted((var / "log").glob("*.log")) if report.failed and var else ():
        if lines := log.read_text(errors="replace").splitlines()[-LAST_WORDS:]:
            report.sections.append((f"what {log.stem} said last", "\n".join(lines)))
    return report


def _rank(item: pytest.Item) -> int:
    folder = item.path.relative_to(ROOT / "tests").parts[0]
    return ORDER.index(folder if folder in ORDER else "")


os.environ["HUIYIN_TEST"] = "1"
# Playwright leaves an event loop in the main thread; Django would take the tests after it for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
os.environ.setdefault("HUIYIN_VAR", str(ROOT / "var" / "test"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huiyin.settings")
(Path(os.environ["HUIYIN_VAR"]) / "static").mkdir(parents=True, exist_ok=True)  # where `start` collects files to
_start_database()
django.setup()  # here, because the address of the database is known only now
# Scrypt costs 60 ms each time by design; tests need no such protection.
django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

settings.register_profile("usual", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("soak", parent=settings.get_profile("usual"), max_examples=5_000)
settings.load_profile(os.environ.get("HUIYIN_HYPOTHESIS", "usual"))


@pytest.fixture(scope="session", autouse=True)
def _nothing_left_elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Clusters of root without namespaces live outside of the test's directory."""
    yield
    for pointer in tmp_path_factory.getbasetemp().rglob(ELSEWHERE):
        forget_cluster(pointer.parent)


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """One for all: two cannot be had in one thread."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()
