"""Evidence as the desk shows it: numbered, pictures inline, what is missing, what cannot be read (CP4, CP20)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from huiyin.adapters.papers.words import brought_by, size_of
from huiyin.domain.cases import actions as cases
from huiyin.domain.cases.evidence import POINTS, What, assess, held_by_the_shop, may_be_asked
from huiyin.domain.cases.models import Case, Evidence
from huiyin.lib.errors import Refusal
from huiyin.web.desk.sound_cards import Sound, sounds_by_hash
from huiyin.web.ui.words_desk import by_text
from huiyin.web.ui.words_evidence import (
    example_of,
    point_name,
    points_text,
    source_name,
    type_name,
    what_name,
)

SHOWN = {"image/jpeg", "image/png", "image/webp", "image/gif"}  # what browsers can draw
PLAYED = {"audio/mpeg", "audio/wav", "audio/x-wav", "audio/mp4", "audio/x-m4a", "video/mp4"}
_OURS = {What.DELIVERY_LOG, What.ORDER, What.GOODS_PAGE, What.FEES, What.REFUND_TERMS}
_ASKED_FOR = tuple(what for what in What if what not in _OURS)  # what a buyer can bring


@dataclass(frozen=True, slots=True)
class Row:
    """One piece of evidence. `points`: code, words and whether somebody said that it cannot be read."""

    no: int
    what: str
    about: str
    name: str
    who: str
    added_at: datetime
    captured_at: datetime | None
    sha256: str
    is_picture: bool
    player: str  # audio | video, where a browser can play it
    damaged_at: datetime | None
    unreadable: str
    points: list[tuple[str, str, bool]]
    sound: Sound | None = None  # a recording of ours


@dataclass(frozen=True, slots=True)
class Proof:
    """All of a case's evidence and what its problem still lacks. `ask`: slug and name of what a buyer may be asked for,
    those first for which our clock may stand still; what we hold already is not among them."""

    rows: list[Row]
    held: list[Row]  # records of ours, which nobody had to bring, but those that are heard
    ask_first: str
    missing: str
    example: str
    points: str
    ours: str
    ask: list[tuple[str, str]]
    ask_running: list[tuple[str, str]]
    bring: list[tuple[str, str]]


def proof(case: Case, evidence: Sequence[Evidence]) -> Proof:
    """What is there and what is missing; `evidence` by number."""
    snapshot = case.order.snapshot if case.order else {}
    held = {one.what for one in evidence if one.damaged_at is None} | held_by_the_shop(snapshot)
    chain = assess(case.category, case.order.situation if case.order else "", held)
    stops = may_be_asked(case.category)
    free = [what for what in _ASKED_FOR if what not in held]
    missing = chain.missing[0] if chain.missing else ""
    sounds = sounds_by_hash([one.sha256 for one in evidence if one.what == What.CALL and one.source == "system"])
    rows = [replace(_row(one), sound=sounds.get(one.sha256)) for one in evidence]
    ours = {one.no for one in evidence if one.source == "system"}
    return Proof(
        rows=[row for row in rows if row.sound or row.no not in ours],
        held=[row for row in rows if not row.sound and row.no in ours],
        ask_first=missing,
        missing=what_name(missing) if missing else "",
        example=example_of(missing), points=points_text(chain.points),
        ours=", ".join(what_name(what) for what in chain.ours),
        ask=_named([what for what in free if what in stops]),
        ask_running=_named([what for what in free if what not in stops]), bring=_named(What),
    )  # fmt: skip


def _named(whats: Sequence[What] | type[What]) -> list[tuple[str, str]]:
    return [(what.value, what_name(what.value)) for what in whats]


def _row(one: Evidence) -> Row:
    about = " · ".join((type_name(one.type), source_name(brought_by(one.source, one.by)), size_of(one.size)))
    points = [(point, point_name(point), point in one.unreadable) for point in POINTS[What(one.what)]]
    return Row(
        no=one.no, what=what_name(one.what), about=about, name=one.name, added_at=one.added_at, sha256=one.sha256,
        who=by_text(one.by) if one.source == "staff" else "", captured_at=one.captured_at,
        is_picture=one.mime in SHOWN, player=one.mime.split("/")[0] if one.mime in PLAYED else "",
        damaged_at=one.damaged_at, unreadable=points_text(one.unreadable),
        points=points if one.source != "system" else [],
    )  # fmt: skip


def name_unreadable(case: Case, no: int, points: Sequence[str], *, by: str, now: datetime) -> None:
    """Say which points cannot be read in one piece of evidence. Raises Refusal where there is no such piece."""
    row = Evidence.objects.select_related("case").filter(case=case, no=no).first()
    if row is None:
        raise Refusal("no_such_evidence")
    cases.name_unreadable(row, points, by=by, now=now)
