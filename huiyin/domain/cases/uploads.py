"""Taking a file from a person: proven, kept, numbered. The bytes are safe before the row says that we have them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from huiyin.domain.cases import actions
from huiyin.domain.cases.actions import Original
from huiyin.domain.cases.evidence import Source, known_what, unreadable
from huiyin.domain.cases.exhibits import spoiled_with
from huiyin.domain.cases.models import Case, Evidence
from huiyin.lib.errors import Refusal
from huiyin.lib.files import Files, Health, Stored
from huiyin.lib.filetypes import Proven, prove

MOST_BYTES = 20 << 20
LONGEST_NAME = 100
CUSTODIANS = {Source.BUYER: "buyer", Source.STAFF: "centre", Source.SYSTEM: "centre"}


@dataclass(frozen=True, slots=True)
class Upload:
    """A seekable stream with what somebody says about it. `unreadable`: points they named as not legible (CP20)."""

    stream: BinaryIO
    name: str
    what: str = "other"
    captured_at: datetime | None = None
    unreadable: Collection[str] = ()


def take(case: Case, upload: Upload, *, by: str, files: Files, now: datetime) -> Evidence:
    """Add a file to a case; the same file again is the evidence there is. Never called inside a transaction.

    Raises Refusal: `file_empty`, `file_too_large`, `file_type`, `picture_too_large`, `case_closed`, `too_many_files`,
    `case_too_full`; Unavailable where the disk is full.
    """
    if case.state == "closed":
        raise Refusal("case_closed")
    proven = prove(upload.stream)
    stored = files.put(upload.stream, most=MOST_BYTES)
    if stored.was_spoiled:
        _restored(stored, now)
    source = source_of(by)
    return actions.add_evidence(case, [_original(upload, proven, stored, source)], source=source, by=by, now=now)[0]


def source_of(by: str) -> Source:
    """Who brings it, from how facts name them. A program without the buyer's secret brings it for the shop."""
    return {"buyer": Source.BUYER, "system": Source.SYSTEM}.get(by, Source.STAFF)


def _original(upload: Upload, proven: Proven, stored: Stored, source: Source) -> Original:
    what, size = known_what(upload.what), proven.size
    shortest = min(size.width, size.height) if size else None
    return Original(
        what=what, sha256=stored.sha256, size=stored.size, mime=proven.mime, name=safe_name(upload.name, proven.ending),
        custodian=CUSTODIANS[source], captured_at=upload.captured_at,
        unreadable=unreadable(what, upload.unreadable, shortest),
    )  # fmt: skip


def safe_name(name: str, ending: str) -> str:
    """The name without folders and control characters, with the ending that fits the content."""
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    stem = "".join(letter for letter in base.rsplit(".", 1)[0] if letter.isprintable()).strip(" .")
    return f"{stem[:LONGEST_NAME] or 'file'}.{ending}"


def _restored(stored: Stored, now: datetime) -> None:
    """The same bytes lay here damaged: every case that points at them says so, and that they are whole again."""
    for evidence in spoiled_with(stored.sha256):
        actions.note_health(evidence, Health.DAMAGED, now=now)
        actions.note_health(evidence, Health.WHOLE, now=now)
