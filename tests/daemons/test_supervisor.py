"""Children that really die, under a supervisor in a process of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from huiyin.daemons.pulse import Pulse
from huiyin.daemons.supervisor import LONGEST_PAUSE, Child

SCRIPT = """
import sys
import time
from pathlib import Path
from huiyin.daemons.children import spawn
from huiyin.daemons.pulse import Pulse
from huiyin.daemons.supervisor import Child, Supervisor

place = Path(sys.argv[1])
supervisor = Supervisor(lambda words: print(words, flush=True))
supervisor.listen()

def run(name, script):
    with (place / f"{name}.log").open("ab") as log:
        return spawn(["sh", "-c", f"echo $$ >> {place}/{name}.pids; {script}"], log=log)

supervisor.run(Child("steady", lambda: run("steady", "exec sleep 600")))
supervisor.run(Child("other", lambda: run("other", "exec sleep 600")))
pulse = Pulse(patience=1.0)

def beating():
    end = pulse.renew(time.monotonic())
    script = f"echo $$ >> {place}/beating.pids; while printf . >&{end}; do sleep 0.1; done"
    with (place / "beating.log").open("ab") as log:
        born = spawn(["bash", "-c", script], log=log, inherited=[end])
    pulse.handed_over()
    return born

supervisor.run(Child("beating", beating, pulse=pulse))
supervisor.run(Child("stubborn", lambda: run("stubborn", "trap '' TERM; while :; do sleep 1; done"), patience=0.5))
supervisor.keep_running(lambda: None)
supervisor.stop([["steady", "beating"], ["other", "stubborn"]])
print("stopped", flush=True)
"""


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", SCRIPT, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert eventually(lambda: all(pids(tmp_path, name) for name in ("steady", "other", "stubborn")))
        yield process
        process.kill()


def pids(place: Path, name: str) -> list[int]:
    try:
        return [int(line) for line in (place / f"{name}.pids").read_text().split()]
    except FileNotFoundError:
        return []


def is_running(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[:1]
    except OSError:
        return False


def eventually(is_so: Callable[[], bool], seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.01)
    return is_so()


def test_a_killed_child_is_back_within_a_second_and_the_others_notice_nothing(
    watched: subprocess.Popen[str], tmp_path: Path
) -> None:
    os.kill(pids(tmp_path, "steady")[0], signal.SIGKILL)
    assert eventually(lambda: len(pids(tmp_path, "steady")) == 2, seconds=1.0)
    assert watched.stdout is not None
    assert "steady ended (signal SIGKILL)" in watched.stdout.readline()
    assert len(pids(tmp_path, "other")) == 1


def test_a_child_that_hangs_is_killed_and_back(watched: subprocess.Popen[str], tmp_path: Path) -> None:
    assert eventually(lambda: len(pids(tmp_path, "beating")) == 1)
    frozen = pids(tmp_path, "beating")[0]
    os.kill(frozen, signal.SIGSTOP)
    assert eventually(lambda: len(pids(tmp_path, "beating")) == 2, seconds=5.0)
    assert not is_running(frozen)
    assert watched.stdout is not None
    assert "beating hangs" in watched.stdout.readline()
    assert len(pids(tmp_path, "other")) == 1


def test_a_child_that_never_began_has_longer() -> None:
    pulse = Pulse(patience=1.0, birth=5.0)
    pulse.renew(0.0)
    assert [pulse.has_stopped(second) for second in (2.0, 4.0, 6.0)] == [False, False, True]
    pulse.handed_over()


def test_what_the_supervisor_slept_through_is_nobodys_silence() -> None:
    pulse = Pulse(patience=3.0)
    os.write(pulse.renew(0.0), b".")
    assert [pulse.has_stopped(second) for second in (1.0, 3600.0, 3601.5)] == [False, False, True]
    pulse.handed_over()


def test_sigterm_ends_all_even_the_stubborn(watched: subprocess.Popen[str], tmp_path: Path) -> None:
    watched.send_signal(signal.SIGTERM)
    said, _ = watched.communicate(timeout=5)
    assert said.endswith("stopped\n")
    assert watched.returncode == 0
    assert not any(is_running(pid) for name in ("steady", "other", "stubborn") for pid in pids(tmp_path, name))


def test_the_children_die_with_a_killed_supervisor(watched: subprocess.Popen[str], tmp_path: Path) -> None:
    watched.kill()
    alive = [pid for name in ("steady", "other", "stubborn") for pid in pids(tmp_path, name)]
    assert eventually(lambda: not any(is_running(pid) for pid in alive), seconds=2.0)


def test_what_keeps_dying_at_birth_waits_longer_each_time_up_to_a_limit() -> None:
    child = Child("doomed", launch=lambda: pytest.fail("not started here"))
    pauses = [child.schedule(now=0.0) for _ in range(12)]
    assert pauses == sorted(pauses)
    assert pauses[0] <= 0.1
    assert pauses[-1] == LONGEST_PAUSE
    assert child.schedule(now=100.0) == 0.0
