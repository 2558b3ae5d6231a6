"""Papers as PDF by Typst. What people wrote reaches the template as JSON and is never markup: it could execute."""

import hashlib
import json
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typst
from django.conf import settings

from huiyin.adapters.papers import fonts, text

TEMPLATE = Path(__file__).with_name("paper.typ")
KEPT = timedelta(days=1)
_one_at_a_time = threading.Semaphore(2)  # each takes a core and some 100 MB


@dataclass(frozen=True, slots=True)
class Paper:
    """What stands on a paper: `content` as the template reads it. A paper with a secret on it is never kept.
    `pictures`: name → JPEG; the content names each one and the hash of what it shows: other pictures, another paper."""

    content: dict[str, Any]
    made_at: datetime
    is_secret: bool = False
    pictures: Mapping[str, bytes] = field(default_factory=dict)


def pdf(paper: Paper) -> bytes:
    """The paper as PDF, the same bytes for the same content. Kept under its hash in `settings.PAPERS` for a day."""
    fitted = json.dumps(text.fit_all(paper.content, fonts.drawable()), ensure_ascii=False, sort_keys=True)
    if paper.is_secret:
        return _compile(fitted, paper)
    place = _place(fitted, paper.made_at)
    try:
        return place.read_bytes()
    except FileNotFoundError:
        made = _compile(fitted, paper)
        _keep(place, made)
        return made


def pages(paper: Paper, ppi: float = 96.0) -> list[bytes]:
    """The paper as one PNG a page, to look at."""
    fitted = json.dumps(text.fit_all(paper.content, fonts.drawable()), ensure_ascii=False)
    with _compiler(paper.pictures) as compiler:
        made = compiler.compile(TEMPLATE.read_bytes(), format="png", ppi=ppi, sys_inputs={"paper": fitted})
    return made if isinstance(made, list) else [made or b""]


def forget_old(now: datetime) -> int:
    """Delete what was kept longer than a day; returns how many. It can be made again at any time."""
    old = [one for one in Path(settings.PAPERS).glob("*/*.pdf") if one.stat().st_mtime < (now - KEPT).timestamp()]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _compile(fitted: str, paper: Paper) -> bytes:
    at = int(paper.made_at.astimezone(UTC).timestamp())
    with _one_at_a_time, _compiler(paper.pictures) as compiler:
        made = compiler.compile(TEMPLATE.read_bytes(), format="pdf", sys_inputs={"paper": fitted}, timestamp=at)
    assert isinstance(made, bytes)
    return made


@contextmanager
def _compiler(pictures: Mapping[str, bytes]) -> Iterator[typst.Compiler]:
    """A compiler of its own for each paper: it is not shared between threads; the fonts are. It can read nothing but a
    folder of its own with the paper's pictures."""
    with TemporaryDirectory(prefix="huiyin-paper-") as folder:
        for name, picture in pictures.items():
            (Path(folder) / name).write_bytes(picture)
        yield typst.Compiler(
            TEMPLATE.read_bytes(), root=folder, font_paths=_fonts(), ignore_system_fonts=True
        )  # fmt: skip


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(one) for one in fonts.folders()]
    )


@lru_cache(maxsize=1)
def _look() -> bytes:
    return TEMPLATE.read_bytes() + getattr(typst, "__version__", "").encode()


def _place(fitted: str, made_at: datetime) -> Path:
    digest = hashlib.sha256(_look() + made_at.astimezone(UTC).isoformat().encode() + fitted.encode()).hexdigest()
    return Path(settings.PAPERS) / digest[:2] / f"{digest[2:]}.pdf"


def _keep(place: Path, made: bytes) -> None:
    """Whole or not at all, and for our own account only."""
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    half = place.with_name(f".{place.name}.{os.getpid()}.{threading.get_ident()}")
    half.touch(mode=0o600)
    half.write_bytes(made)
    half.replace(place)
