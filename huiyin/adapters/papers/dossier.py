"""The dossier: letter, result, files, the whole record and a signature in one ZIP that anybody can verify.

Its form is described in docs/reference/dossier.md and fixed by `huiyin.verify.container`: the same content gives the
same bytes, and the length is known before the first byte leaves. A stored original that no longer fits its hash is left
out and named, never silently replaced.
"""

import hashlib
import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from huiyin.adapters.papers import keys
from huiyin.domain.cases.letter import Exhibit
from huiyin.domain.journal.chain import Link
from huiyin.lib.files import Spoiled
from huiyin.verify.checks import FORMAT, KEY, MANIFEST, SIGNATURE, SUMS, fingerprint, sums
from huiyin.verify.container import Entry, directory

README = Path(__file__).with_name("dossier-readme.txt")
MESSAGES = "conversation.json"
COMPLAINT = "complaint.json"
PIECE = 1 << 20
_ENDINGS = {
    "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/gif": "gif", "image/heic": "heic",
    "application/pdf": "pdf", "text/plain": "txt", "application/json": "json", "audio/mpeg": "mp3", "audio/wav": "wav",
    "audio/x-wav": "wav", "audio/mp4": "m4a", "audio/x-m4a": "m4a", "audio/amr": "amr", "video/mp4": "mp4",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chain:
    """All facts of one matter, or all looks at it (`access`), in order."""

    matter: str
    topic: str  # case | order | access
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One message between buyer and agent; with its salt anybody can compute the hash that its fact keeps."""

    author: str
    at: datetime
    text: str
    salt: str


@dataclass(frozen=True, slots=True)
class Words:
    """The complaint in the buyer's words; with the salt anybody can compute the hash that the chain keeps of them."""

    what_happened: str
    demand: str
    salt: str


@dataclass(frozen=True, slots=True)
class Dossier:
    """What goes into a dossier. `papers`: file name → PDF; `as_of`: time of the newest fact."""

    case_no: str
    as_of: datetime
    papers: Mapping[str, bytes]
    exhibits: tuple[Exhibit, ...] = ()
    chains: tuple[Chain, ...] = ()
    messages: tuple[Line, ...] = ()
    words: Words | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a dossier: how to get its bytes, and what they were when they were looked at."""

    load: Callable[[], bytes] = field(repr=False)
    size: int
    crc: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Built:
    """A dossier ready to leave: `length` in bytes; `pieces` can be asked for again and gives the same bytes.
    `gaps`: evidence whose originals were damaged or gone."""

    parts: Mapping[str, Part]
    gaps: tuple[Exhibit, ...] = ()

    @property
    def length(self) -> int:
        entries = self._entries()
        return entries[-1].after + len(directory(entries))

    def pieces(self) -> Iterator[bytes]:
        """The ZIP, a mebibyte at most at a time; of the originals one is in memory at any moment. Raises Spoiled when
        an original was changed meanwhile: the download then breaks off rather than carry it."""
        entries = self._entries()
        for entry in entries:
            yield entry.header
            content = self.parts[entry.name].load()
            yield from (content[place : place + PIECE] for place in range(0, len(content), PIECE))
        yield directory(entries)

    def _entries(self) -> list[Entry]:
        entries: list[Entry] = []
        for name, part in self.parts.items():
            entries.append(Entry(name, part.size, part.crc, entries[-1].after if entries else 0))
        return entries


def build(dossier: Dossier, read: Callable[[str], bytes]) -> Built:
    """Put a dossier together. `read` gives the original with this SHA-256 or raises `Spoiled` (see `lib/files.py`)."""
    parts = {name: _part(_just(paper)) for name, paper in sorted(dossier.papers.items())}
    gaps = []
    for exhibit in dossier.exhibits:
        try:
            parts[path_of(exhibit)] = _part(_later(read, exhibit.sha256))
        except Spoiled:
            gaps.append(exhibit)
    if dossier.words:
        parts[COMPLAINT] = _part(_just(_json(asdict(dossier.words))))
    if dossier.messages:
        parts[MESSAGES] = _part(_just(_json([_plain(asdict(line)) for line in dossier.messages])))
    parts |= {"README.txt": _part(_just(README.read_bytes())), KEY: _part(_just(keys.public_pem()))}
    manifest = _json(_manifest(dossier, parts, gaps))
    parts |= {MANIFEST: _part(_just(manifest)), SIGNATURE: _part(_just(keys.sign(manifest)))}
    parts[SUMS] = _part(_just(sums({name: part.sha256 for name, part in parts.items()}).encode()))
    return Built(parts, tuple(gaps))


def path_of(exhibit: Exhibit) -> str:
    """Where an original lies in the dossier: its number, never the name somebody gave it."""
    return f"evidence/E{exhibit.no:02d}.{_ENDINGS.get(exhibit.mime, 'bin')}"


def _manifest(dossier: Dossier, parts: Mapping[str, Part], gaps: list[Exhibit]) -> dict[str, Any]:
    missing = {exhibit.no for exhibit in gaps}
    evidence = [{**_plain(asdict(one)), "path": path_of(one)} for one in dossier.exhibits]
    return {
        "format": FORMAT,
        "case_no": dossier.case_no,
        "as_of": _plain(dossier.as_of),
        "issuer": {"name": settings.SHOP_NAME, "url": settings.PUBLIC_URL, "key": fingerprint(keys.public_pem())},
        "files": [{"path": name, "sha256": one.sha256, "size": one.size} for name, one in parts.items()],
        "evidence": [one for one in evidence if one["no"] not in missing],
        "gaps": [one for one in evidence if one["no"] in missing],
        "complaint": COMPLAINT if dossier.words else "",
        "messages": MESSAGES if dossier.messages else "",
        "chains": [_chain(chain) for chain in dossier.chains],
    }


def _chain(chain: Chain) -> dict[str, Any]:
    facts = [_plain(asdict(link)) for link in chain.links]
    head = chain.links[-1].hash if chain.links else ""
    return {"matter": chain.matter, "topic": chain.topic, "head": head, "facts": facts}


def _part(load: Callable[[], bytes]) -> Part:
    content = load()
    return Part(load, len(content), zlib.crc32(content), hashlib.sha256(content).hexdigest())


def _json(content: object) -> bytes:
    return (json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def _plain(value: Any) -> Any:
    """Times as the chain writes them: UTC with microseconds."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return {key: _plain(inner) for key, inner in value.items()} if isinstance(value, dict) else value


def _just(content: bytes) -> Callable[[], bytes]:
    return lambda: content


def _later(read: Callable[[str], bytes], sha256: str) -> Callable[[], bytes]:
    return lambda: read(sha256)
