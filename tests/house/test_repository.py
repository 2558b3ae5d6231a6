"""What must not stand anywhere in the repository, and what must."""

import json
import re
import subprocess
from pathlib import Path

from tests.house.tree import ROOT, files, name_of

PICTURES = {".webp", ".png", ".ico", ".mo", ".woff2"}
# Spelled so that this file does not find itself.
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:work|root|farm|home/[a-z]+|Users)/")
REGISTRY = re.compile(
    r"registry\.np[m]js|np[m]mirror|pyp[i]\.org|pythonhoste[d]|pyp[i]\.tuna|mirrors\.\w+\.(?:com|edu)"
)
UNFINISHED = re.compile(r"\b(?:TOD[O]|FIXM[E]|XX[X])\b")
SKIPPED = re.compile(r"mark\.(?:ski[p]|xfai[l])|pytest\.(?:ski[p]|xfai[l]|importorski[p])\(")


def test_no_path_of_a_machine() -> None:
    assert _lines_with(MACHINE_PATH) == []


def test_no_address_of_a_registry() -> None:
    assert _lines_with(REGISTRY) == []


def test_nothing_is_left_unfinished() -> None:
    assert _lines_with(UNFINISHED) == []


def test_no_test_is_skipped() -> None:
    assert _lines_with(SKIPPED) == []


def test_lock_files_pin_by_hash_and_name_no_address() -> None:
    requirements = (ROOT / "requirements.lock").read_text()
    assert "--hash=sha256:" in requirements
    assert "://" not in requirements
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert [name for name, package in packages.items() if name and "integrity" not in package] == []
    assert [name for name, package in packages.items() if "resolved" in package] == []


def test_run_without_a_verb_explains_every_verb() -> None:
    said = subprocess.run([ROOT / "run"], capture_output=True, text=True, check=True).stdout
    verbs = re.search(r"^    ([a-z0-9 |]+)\) \"\$verb\"", (ROOT / "run").read_text(), re.MULTILINE)
    assert verbs is not None
    assert set(verbs[1].split(" | ")) == set(re.findall(r"^  \./run (\w+)", said, re.MULTILINE))


def test_links_in_the_documents_lead_somewhere() -> None:
    broken = [
        f"{name_of(page)}: {target}"
        for page in files(".md")
        for target in re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", page.read_text())
        if not (page.parent / target).exists()
    ]
    assert broken == []


def _lines_with(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{name_of(path)}:{number}"
        for path in _texts()
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if pattern.search(line)
    ]


def _texts() -> list[Path]:
    return [path for path in files() if path.suffix not in PICTURES and not path.is_symlink()]
