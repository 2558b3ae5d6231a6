"""How our child processes are born: they die with us, and PostgreSQL, which refuses root, is not root.

Root has two ways to run a program as somebody else. The good one is a user namespace in which our own files belong to
`nobody`: it needs no second account and reaches everything that root reaches, even below a directory of mode 0700.
Where namespaces are forbidden (most containers), the program really becomes another account (`Identity.SWITCHED`).
"""

import ctypes
import functools
import os
import pwd
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import IO

_CLONE_NEWUSER = 0x10000000
_PR_SET_PDEATHSIG = 1
# Loaded before any fork: between fork and exec only plain system calls are safe.
_libc = ctypes.CDLL(None, use_errno=True)


class Identity(Enum):
    OURSELVES = "ourselves"
    NAMESPACE = "namespace"
    SWITCHED = "switched"


@dataclass(frozen=True)
class Birth:
    """As whom a child runs, and which signal tells it that its parent is gone."""

    identity: Identity = Identity.OURSELVES
    parting: signal.Signals = signal.SIGKILL


def spawn(
    command: Sequence[str | Path],
    *,
    log: IO[bytes],
    out: IO[bytes] | None = None,
    env: Mapping[str, str] | None = None,
    inherited: Sequence[int] = (),
    birth: Birth = Birth(),
) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own that writes to `log` (its stdout to `out`, if given).

    `inherited` are open files it keeps. It receives `birth.parting` when the thread that called this ends or dies."""
    return subprocess.Popen(
        [os.fspath(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=out or log,
        stderr=log,
        env=None if env is None else dict(env),
        pass_fds=inherited,
        start_new_session=True,
        preexec_fn=_preparation(birth, os.getpid()),
    )


def unprivileged_identity() -> Identity:
    """The identity under which a program that refuses root can run."""
    if os.geteuid() != 0:
        return Identity.OURSELVES
    return Identity.NAMESPACE if _namespaces_work() else Identity.SWITCHED


def unprivileged_account() -> pwd.struct_passwd:
    """The account a `SWITCHED` child becomes: `postgres` where the machine has one, else `nobody`."""
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


@functools.cache
def _namespaces_work() -> bool:
    try:
        probe = subprocess.run(["id", "-u"], capture_output=True, preexec_fn=_namespace_entry(), check=False)
    except subprocess.SubprocessError:  # how Popen reports that the preparation of the child failed
        return False
    return probe.returncode == 0 and probe.stdout.strip() != b"0"


def _preparation(birth: Birth, parent: int) -> Callable[[], None]:
    become = _ways()[birth.identity]()

    def prepare() -> None:
        become()
        # After the change of identity, which would clear it.
        _libc.prctl(_PR_SET_PDEATHSIG, int(birth.parting), 0, 0, 0)
        if os.getppid() != parent:  # the parent died before the request was in place
            os._exit(1)

    return prepare


def _ways() -> dict[Identity, Callable[[], Callable[[], None]]]:
    return {
        Identity.OURSELVES: lambda: lambda: None,
        Identity.NAMESPACE: _namespace_entry,
        Identity.SWITCHED: _account_switch,
    }


def _namespace_entry() -> Callable[[], None]:
    uid, gid = os.geteuid(), os.getegid()
    nobody = pwd.getpwnam("nobody")

    def enter() -> None:
        if _libc.unshare(_CLONE_NEWUSER) != 0:
            raise OSError(ctypes.get_errno(), "unshare")
        _write("/proc/self/setgroups", "deny")
        _write("/proc/self/uid_map", f"{nobody.pw_uid} {uid} 1")
        _write("/proc/self/gid_map", f"{nobody.pw_gid} {gid} 1")

    return enter


def _account_switch() -> Callable[[], None]:
    account = unprivileged_account()

    def switch() -> None:
        os.setgroups([])
        os.setgid(account.pw_gid)
        os.setuid(account.pw_uid)
        os.chdir("/")  # the directory we stand in may be closed to the new account

    return switch


def _write(path: str, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY)
    os.write(descriptor, text.encode())
    os.close(descriptor)
