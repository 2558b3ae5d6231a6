"""CP5: whoever is killed between file and row, no row is without its bytes and nothing said to be kept is lost."""

import io
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection

from huiyin.adapters.storage.disk import DiskFiles
from huiyin.domain.cases import uploads
from huiyin.domain.cases.exhibits import named_files
from huiyin.domain.cases.models import Case, Evidence
from huiyin.domain.cases.uploads import Upload
from huiyin.lib.files import Health
from tests import people
from tests.house.tree import ROOT
from tests.samples import picture

pytestmark = pytest.mark.django_db(transaction=True)

# Adds pictures to a case until it is killed; names each one after `take` has returned. `where` kills it at a place.
CHILD = """
import io, os, signal, sys
import django
django.setup()
from pathlib import Path
from huiyin.adapters.storage import disk
from huiyin.domain.cases import actions, uploads
from huiyin.domain.cases.models import Case
from huiyin.lib.clock import now
from tests.samples import picture

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

root, case_id, where = sys.argv[1:]
if where == "writing":
    os.fsync = die
if where == "renaming":
    Path.replace = die
if where == "between":
    actions.add_evidence = die
case = Case.objects.get(pk=case_id)
for number in range(45):
    data = picture("PNG", 200 + number, 150)
    upload = uploads.Upload(io.BytesIO(data), f"{number}.png", "error")
    row = uploads.take(case, upload, by="buyer", files=disk.DiskFiles(Path(root)), now=now())
    print(row.sha256, flush=True)
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "files"


@pytest.fixture
def case() -> Case:
    return people.complaint(now=datetime.now(UTC))


def child(root: Path, case: Case, where: str) -> subprocess.Popen[str]:
    base, _, query = str(os.environ["DATABASE_URL"]).partition("?")
    url = f"{base.rsplit('/', 1)[0]}/{connection.settings_dict['NAME']}?{query}"
    environment = os.environ | {"DATABASE_URL": url, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, str(root), str(case.pk), where], env=environment, cwd=ROOT,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


@pytest.mark.parametrize("where", ["writing", "renaming", "between"])
def test_cp5_killed_between_file_and_row_the_case_has_neither_and_takes_it_again(
    where: str, root: Path, case: Case
) -> None:
    dying = child(root, case, where)
    said, trouble = dying.communicate(timeout=60)
    assert (dying.returncode, said) == (-signal.SIGKILL, ""), trouble
    assert not Evidence.objects.exists()
    files = DiskFiles(root)
    data = picture("PNG", 200, 150)
    now = datetime.now(UTC)
    row = uploads.take(case, Upload(io.BytesIO(data), "0.png", "error"), by="buyer", files=files, now=now)
    assert (row.no, files.read(row.sha256)) == (1, data)
    left = [path for path in root.rglob("*") if path.is_file() and path.name != ".lock"]
    assert len(left) == (1 if where == "between" else 2)  # a part that nobody points at
    files.sweep(named_files, before=now + timedelta(days=2))
    assert [path.parent.name + path.name for path in root.rglob("*") if path.is_file() and path.name != ".lock"] == [
        row.sha256
    ]


@pytest.mark.parametrize("patience_s", [0.0, 0.05, 0.15])
def test_cp5_killed_at_any_moment_what_was_said_to_be_kept_is_whole(root: Path, case: Case, patience_s: float) -> None:
    working = child(root, case, "nowhere")
    assert working.stdout is not None
    said = [working.stdout.readline().strip()]
    time.sleep(patience_s)  # any moment will do
    working.kill()
    said += working.communicate(timeout=60)[0].split()
    files = DiskFiles(root)
    rows = list(Evidence.objects.filter(case=case).order_by("no"))
    assert {sha for sha in said if len(sha) == 64} <= {row.sha256 for row in rows}
    assert [row.no for row in rows] == list(range(1, len(rows) + 1))
    assert [row.no for row in rows if files.health(row.sha256) is not Health.WHOLE] == []
