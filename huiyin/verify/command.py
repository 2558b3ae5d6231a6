"""`huiyin verify DOSSIER.zip [--key KEY.pem] [--head HASH] [--json]`: has anything in a dossier been changed?

Also takes the folder a dossier was unpacked into. Hashes and chains are checked with the standard library, the Ed25519
signature where the package `cryptography` is there; what could not be checked is said. The form of a dossier is
described in docs/reference/dossier.md. Exit code: 0 nothing has changed, 1 something has, 2 there is nothing to check.
"""

import argparse
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

from .checks import verify
from .container import is_dossier
from .report import as_text, said


def main(arguments: list[str]) -> int:
    """Print the report to stdout, in Chinese where the machine speaks Chinese. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="huiyin verify", description="Has anything in this dossier been changed?")
    parser.add_argument("dossier", type=Path, help="the ZIP, or the folder it was unpacked into")
    parser.add_argument("--key", type=Path, help="the public key the platform publishes")
    parser.add_argument("--head", default="", help="the hash printed on the receipt")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    asked = parser.parse_args(arguments)
    is_chinese = os.environ.get("LC_ALL", os.environ.get("LANG", "")).startswith("zh")
    try:
        if not is_dossier(asked.dossier):
            sys.stderr.write(f"{said('no_dossier', str(asked.dossier), 0 if is_chinese else 1)}\n")
            return 2
        report = verify(asked.dossier, key=asked.key.read_bytes() if asked.key else b"", head=asked.head)
    except OSError as trouble:
        sys.stderr.write(f"{trouble}\n")
        return 2
    plain = json.dumps({"intact": report.is_intact, **asdict(report)}, ensure_ascii=False) + "\n"
    sys.stdout.write(plain if asked.json else as_text(report, 0 if is_chinese else 1))
    return 0 if report.is_intact else 1
