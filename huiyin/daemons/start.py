"""`huiyin start`: one command brings up everything, keeps it up and takes it down.

The order of birth: PostgreSQL and, in a demo, the demo shop; the tables; web, worker and demo people; `ready.json`.
"""

import argparse
import json
import os
import random
import resource
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, LiteralString

import httpx
import psycopg

from huiyin.adapters.asterisk.paths import SWITCHBOARD_LOCK
from huiyin.daemons import hotline, router
from huiyin.daemons.announcement import print_announcement
from huiyin.daemons.children import spawn
from huiyin.daemons.hotline import Hotline
from huiyin.daemons.instance import Instance, Occupied
from huiyin.daemons.postgres import DatabaseTrouble, ensure_cluster
from huiyin.daemons.pulse import VARIABLE, Pulse
from huiyin.daemons.supervisor import Child, NotUsable, StoppedEarly, Supervisor

PATIENCE = 60.0
RECOVERY_PATIENCE = 600.0
BEGAN = datetime.now(UTC)
LONGEST_LOG = 20_000_000
MOST_WEBS = 16
# Seconds without a beat after which one of ours hangs. Nobody waits for a router that only looks alive.
SILENCE = {"router": 10.0, "switchboard": 10.0, "worker": 20.0, "web": 20.0}
# Calls end before the pages that show them; web drains while everything it needs still runs; the database goes last.
WEBS = ["web", *(f"web{number}" for number in range(2, MOST_WEBS + 1))]
ORDER_OF_END = (["switchboard"], ["asterisk"], WEBS, ["worker", "router", "demo-shop"], ["postgres"])


class Refused(Exception):
    """We do not start like this; the message says what to do instead."""


@dataclass(frozen=True)
class Wish:
    """What the command line asks for."""

    var: Path
    port: int
    is_public: bool


@dataclass
class Centre:
    """The running whole: what each step of the start found out and the next one needs."""

    wish: Wish
    instance: Instance
    supervisor: Supervisor
    listener: socket.socket
    environment: dict[str, str] = field(default_factory=dict)
    demo_shop: dict[str, Any] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}"


@dataclass(frozen=True)
class Preparation:
    """`huiyin prepare` at work: it says `migrated`, then in a second line who the demo people are."""

    said: Path
    process: subprocess.Popen[bytes]

    def has_tables(self) -> bool:
        return self.said.stat().st_size > 0 or self.is_over()

    def is_over(self) -> bool:
        if self.process.poll() not in (None, 0):
            raise NotUsable("prepare")
        return self.process.returncode == 0

    def people(self) -> dict[str, Any]:
        """Keys and logins of the demo people; empty where there are none."""
        _, line = self.said.read_text().split("\n", 1)
        self.said.unlink()
        people: dict[str, Any] = json.loads(line)
        return people


def main(arguments: list[str]) -> int:
    """Run until SIGTERM or SIGINT. Returns the exit code."""
    wish = _parse(arguments)
    instance = Instance(wish.var)
    try:
        instance.occupy()
        centre = Centre(wish, instance, Supervisor(_say), _listen(wish))
        centre.environment = _environment(centre)
        centre.supervisor.listen()
        return _run(centre)
    except Occupied:
        _say(f"already running on {instance.var}: {instance.address_of_the_running_one()}")
    except (Refused, DatabaseTrouble) as trouble:
        _say(str(trouble))
    return 1


def _run(centre: Centre) -> int:
    try:
        line = _bring_up(centre)

        def on_the_minute() -> None:
            _shorten_logs(centre.instance.logs)
            line.tidy()

        centre.supervisor.keep_running(on_the_minute)
    except StoppedEarly:
        pass
    except NotUsable as trouble:
        _explain(centre.instance.logs / f"{trouble}.log")
        return 1
    finally:
        centre.instance.ready.unlink(missing_ok=True)
        _say("stopping")
        centre.supervisor.stop(ORDER_OF_END)
    return 0


def _bring_up(centre: Centre) -> Hotline:
    _raise_open_files()
    is_demo = not centre.wish.is_public
    database_answers = _run_database(centre)
    if is_demo:
        _run_demo_shop(centre)
    centre.supervisor.wait_for("postgres", database_answers, patience=RECOVERY_PATIENCE)
    preparation = _prepare(centre)
    line = _prepare_hotline(centre)
    centre.supervisor.wait_for("prepare", preparation.has_tables, patience=RECOVERY_PATIENCE)
    _run_web(centre, WEBS[0])
    _run_ours(centre, "worker")
    _run_ours(centre, "router")
    _run_hotline(centre, line)
    if is_demo:
        _meet_demo_shop(centre)
    centre.supervisor.wait_for("prepare", preparation.is_over, patience=PATIENCE)
    centre.supervisor.wait_for("web", lambda: _is_well(f"{centre.url}/healthz?deep=1"), patience=PATIENCE)
    centre.supervisor.wait_for("worker", lambda: _has_working_worker(centre.environment), patience=PATIENCE)
    centre.supervisor.wait_for("router", lambda: _has_holder(centre.environment, router.LOCK), patience=PATIENCE)
    for name in web_names()[1:]:  # now, so that the first one need not share the machine with them while it starts
        _run_web(centre, name)
    _await_hotline(centre, line)
    facts = _facts(centre, preparation.people(), line)
    centre.instance.announce(facts)
    print_announcement(facts, is_public=centre.wish.is_public)
    return line


def _run_database(centre: Centre) -> Callable[[], bool]:
    """Watch over our own PostgreSQL, unless DATABASE_URL names another. Returns the question whether it is usable."""
    if "DATABASE_URL" in os.environ:
        return lambda: True
    cluster = ensure_cluster(centre.instance.var)
    cluster.end_orphan()
    centre.environment["DATABASE_URL"] = cluster.url
    centre.supervisor.run(Child("postgres", cluster.launch, end_with=signal.SIGINT, patience=30.0))

    def is_usable() -> bool:
        if not cluster.is_answering():
            return False
        cluster.create_database()
        return True

    return is_usable


def _prepare_hotline(centre: Centre) -> Hotline:
    """Before web, which tells browsers where to call."""
    line = hotline.prepare(centre.instance.var, centre.instance.known_secrets()["ari_password"], centre.environment)
    centre.environment |= line.environment()
    return line


def _run_hotline(centre: Centre, line: Hotline) -> None:
    if not line.is_on:
        return
    centre.supervisor.run(line.child())
    _run_ours(centre, "switchboard", is_needed=False)


def _await_hotline(centre: Centre, line: Hotline) -> None:
    """Not for long: what is late is said to be off; it is kept running, and the API says when it answers."""
    if not line.is_on:
        return
    deadline = time.monotonic() + hotline.READY_PATIENCE

    def is_decided() -> bool:
        return time.monotonic() > deadline or (
            line.is_answering() and _has_holder(centre.environment, SWITCHBOARD_LOCK)
        )

    centre.supervisor.wait_for("asterisk", is_decided, patience=PATIENCE)
    if not line.is_answering():
        line.why = f"Asterisk does not answer; {centre.instance.logs / 'asterisk.log'} says more"


def _run_demo_shop(centre: Centre) -> None:
    (centre.instance.var / "demo-shop.json").unlink(missing_ok=True)
    port, smtp_port = _free_port(), _free_port()
    _run_ours(centre, "demo-shop", "--port", str(port), "--smtp-port", str(smtp_port))
    url = f"http://127.0.0.1:{port}"
    centre.environment |= {
        "HUIYIN_SHOP_URL": url,
        "HUIYIN_SMTP": f"127.0.0.1:{smtp_port}",
        "HUIYIN_SMS_URL": f"{url}/sms",
    }


def _meet_demo_shop(centre: Centre) -> None:
    said = centre.instance.var / "demo-shop.json"
    health = f"{centre.environment['HUIYIN_SHOP_URL']}/healthz"
    centre.supervisor.wait_for("demo-shop", lambda: said.exists() and _is_well(health), patience=PATIENCE)
    centre.demo_shop = json.loads(said.read_text())


def _prepare(centre: Centre) -> Preparation:
    said = centre.instance.var / ".prepared"
    with said.open("wb") as out, (centre.instance.logs / "prepare.log").open("ab") as log:
        said.chmod(0o600)
        return Preparation(said, spawn(_ours("prepare"), out=out, log=log, env=centre.environment))


def web_names() -> list[str]:
    """`web`, `web2`, …: a process for each core up to four, all on the one listening socket, because Python runs on one
    core a process. HUIYIN_WEB_PROCESSES says otherwise."""
    wanted = int(os.environ.get("HUIYIN_WEB_PROCESSES", min(os.cpu_count() or 1, 4)))
    return WEBS[: max(1, wanted)]


def _run_web(centre: Centre, name: str) -> None:
    _run_ours(centre, "web", "--fd", str(centre.listener.fileno()), "--name", name, name=name)


def _run_ours(centre: Centre, verb: str, *arguments: str, name: str = "", is_needed: bool = True) -> None:
    pulse = Pulse(SILENCE[verb]) if verb in SILENCE else None

    def launch() -> subprocess.Popen[bytes]:
        inherited = [centre.listener.fileno()] if verb == "web" else []
        environment = centre.environment
        if pulse is not None:
            inherited.append(pulse.renew(time.monotonic()))
            environment = {**environment, VARIABLE: str(inherited[-1])}
        with (centre.instance.logs / f"{name or verb}.log").open("ab") as log:
            born = spawn(_ours(verb, *arguments), log=log, env=environment, inherited=inherited)
        if pulse is not None:
            pulse.handed_over()
        return born

    centre.supervisor.run(Child(name or verb, launch, pulse=pulse, is_needed=is_needed))


def _ours(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "huiyin.daemons.command", *arguments]


def _facts(centre: Centre, people: dict[str, Any], line: Hotline) -> dict[str, Any]:
    shop = centre.demo_shop
    return {
        "url": centre.url,
        "pid": os.getpid(),
        "api_key": people.get("api_key"),
        "logins": people.get("logins", []),
        "voice": line.facts(),
        "demo_orders": shop.get("demo_orders", []),
        "demo_shop": {"url": shop["url"], "ledger_path": shop["ledger_path"]} if shop else None,
    }


def _environment(centre: Centre) -> dict[str, str]:
    """What the children see. Raises Refused for what must not face the public."""
    is_public = centre.wish.is_public
    if is_public and "HUIYIN_PUBLIC_URL" not in os.environ:
        raise Refused("--public needs HUIYIN_PUBLIC_URL, the address buyers will open, as https://help.example.com")
    if centre.instance.ensure_secrets(is_demo=not is_public)["made_for"] == "demo" and is_public:
        raise Refused(f"{centre.instance.var} holds demo people and demo keys: give --public another --var")
    inherited = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    return {
        "HUIYIN_PUBLIC_URL": centre.url,
        **inherited,
        "HUIYIN_VAR": str(centre.instance.var),
        "HUIYIN_SECRET_FILE": str(centre.instance.secrets),
        "HUIYIN_DEMO": "0" if is_public else "1",
        "PYTHONUNBUFFERED": "1",
    }


def _listen(wish: Wish) -> socket.socket:
    """The socket that outlives every restart of web. Raises Refused."""
    address = "0.0.0.0" if wish.is_public else "127.0.0.1"
    try:
        return socket.create_server((address, wish.port), backlog=2048)
    except OSError as trouble:
        raise Refused(f"port {wish.port} cannot be used ({trouble.strerror}): choose another with --port") from None


def _free_port() -> int:
    """Below the range from which the kernel takes the ports of outgoing connections, so that it stays free."""
    while True:
        port = random.randint(20_000, 32_000)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port


def _is_well(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2.0, trust_env=False).is_success
    except httpx.HTTPError:
        return False


def _has_working_worker(environment: dict[str, str]) -> bool:
    """Whether a worker has said so to the database since this process began."""
    return _finds(environment, "select 1 from procrastinate_workers where last_heartbeat > %s", BEGAN)


def _has_holder(environment: dict[str, str], lock: int) -> bool:
    """Whether a router or a switchboard holds the lock of the active one."""
    query = """
        select 1 from pg_locks join pg_database on pg_database.oid = pg_locks.database
        where datname = current_database() and locktype = 'advisory' and objid = %s
    """
    return _finds(environment, query, lock)


def _finds(environment: dict[str, str], query: LiteralString, value: object) -> bool:
    try:
        with psycopg.connect(environment["DATABASE_URL"], connect_timeout=5) as connection:
            return connection.execute(query, [value]).fetchone() is not None
    except psycopg.Error:
        return False


def _raise_open_files() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    enough = 65_536 if most == resource.RLIM_INFINITY else min(most, 65_536)
    resource.setrlimit(resource.RLIMIT_NOFILE, (enough, most))


def _shorten_logs(logs: Path) -> None:
    """Keep one older part of each log; the children append, so an emptied file goes on from its beginning."""
    for log in logs.glob("*.log"):
        if log.stat().st_size > LONGEST_LOG:
            shutil.copyfile(log, log.with_suffix(".log.1"))
            os.truncate(log, 0)


def _explain(log: Path) -> None:
    """Say which process did not become usable, and its last words."""
    _say(f"{log.stem} did not become usable; {log} ends with:")
    if log.exists():
        sys.stderr.write("".join(f"    {line}\n" for line in log.read_text(errors="replace").splitlines()[-5:]))


def _parse(arguments: list[str]) -> Wish:
    parser = argparse.ArgumentParser(prog="huiyin start", description="Start everything; Ctrl-C stops it.")
    parser.add_argument("--port", type=int, default=8000, help="of the pages and the API (0: any free one)")
    parser.add_argument("--var", type=Path, default=Path("var"), help="where this instance keeps its data")
    parser.add_argument("--public", action="store_true", help="face the network, without demo shop and demo people")
    chosen = parser.parse_args(arguments)
    return Wish(chosen.var, chosen.port, chosen.public)


def _say(words: str) -> None:
    print(f"huiyin: {words}", file=sys.stderr, flush=True)  # noqa: T201
