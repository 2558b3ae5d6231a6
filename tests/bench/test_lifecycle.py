"""The bench of a complaint's life, small, on a real instance: what it prints is what the issue asks for."""

import json
import subprocess
import sys

import pytest

COMMAND = [sys.executable, "-m", "huiyin.daemons.command", "bench", "lifecycle", "--json", "--rows", "200"]
FIELDS = {"lifecycles_per_s", "p95_ms", "errors", "backlog", "rows", "steal", "fsync_us", "cpu_ms_per_life"}


@pytest.mark.parametrize("part", ["open_loop", "closed_loop"])
def test_op1_the_life_of_complaints_is_measured_and_printed_as_one_json_object(part: str) -> None:
    done = subprocess.run(
        [*COMMAND, "--rate", "2", "--seconds", "3", "--only", part], capture_output=True, text=True, timeout=240
    )
    told = json.loads(done.stdout.splitlines()[-1])
    found = told if part == "open_loop" else told[part]
    assert (told["rows"], found["errors"], found["first_errors"]) == (200, 0, [])
    assert found["lifecycles_per_s"] > 0
    assert found["by_request_ms"].keys() == {"create", "assign", "resolve", "search"}
    assert found["cpu_ms_per_life"].keys() >= {"generator", "postgres", "web", "worker"}
    assert (told.keys() | found.keys()) >= FIELDS
