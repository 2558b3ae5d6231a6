"""A case as papers see it: the buyer who got 120 for 150, with as many pieces of evidence as a test wants."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from huiyin.adapters.papers.dossier import Chain, Dossier, Line, Words, build
from huiyin.domain.cases.letter import Claimant, Exhibit, Happening, Material, Purchase, Wish
from huiyin.domain.journal.chain import Link, next_hash
from huiyin.lib.files import Health, Spoiled
from huiyin.lib.money import Money
from huiyin.verify.report import Report

NO = "483102759164"
FILED = datetime(2026, 11, 22, 8, 10, tzinfo=UTC)
SALT = "00" * 16
WORDS = "活动写“充 100 送 50”，到账只有 120。"
KINDS = ["order", "payment", "promotion", "balance", "chat", "error"]
TYPES = {"chat": "communication", "balance": "problem", "error": "problem"}


def original(no: int) -> bytes:
    """The bytes of the evidence with this number."""
    return f"original {no}".encode()


def exhibit(no: int, what: str = "", *, name: str = "", source: str = "") -> Exhibit:
    """A piece of evidence."""
    what = what or KINDS[(no - 1) % len(KINDS)]
    return Exhibit(
        no=no, type=TYPES.get(what, "transaction"), what=what,
        source=source or ("system" if what in {"order", "payment", "promotion"} else "buyer"),
        name=name or f"{what}-{no}.png", mime="image/png", size=len(original(no)),
        sha256=hashlib.sha256(original(no)).hexdigest(), added_at=FILED + timedelta(seconds=no),
        captured_at=FILED - timedelta(minutes=no), by="buyer", custodian="buyer",
    )  # fmt: skip


def wish(no: int = 1, kind: str = "compensation", amount: str = "30.00", **more: object) -> Wish:
    """A demand item."""
    return Wish(no=no, kind=kind, amount=Money.parse(amount) if amount else None, **more)  # type: ignore[arg-type]


def material(count: int = 3, **more: object) -> Material:
    """Everything a letter needs."""
    paid = FILED - timedelta(hours=1)
    facts = {
        "case_no": NO, "filed_at": FILED, "as_of": FILED + timedelta(hours=4),
        "claimant": Claimant("王小明", (("phone", "13800138000"), ("email", "wang@example.com"))),
        "purchase": Purchase("KM202611220001", "游戏点卡 100 元", Money.parse("100"), ("4200002026112212345678901234",)),  # noqa: E501
        "wishes": (
            wish(by=FILED + timedelta(hours=12), to="账号 wang***", text="补足少到的 30 元面值"),
            wish(2, "explanation", "", text="说明为什么按 120 到账"),
        ),
        "demand": "补 30，并说明原因。", "account": WORDS, "occurred_at": FILED - timedelta(minutes=50),
        "happenings": (
            Happening(paid, "paid", {"amount": "100.00", "channel": "wechat", "bill_no": "42000020261122"},
                      frozenset({"payment"})),
            Happening(paid + timedelta(minutes=1), "short", {"expected": "150.00", "credited": "120.00"},
                      frozenset({"promotion", "balance"})),
            Happening(FILED, "filed", {"no": NO}),
            Happening(FILED + timedelta(minutes=8), "answered", {"agent_no": "1024"}, frozenset({"chat"})),
        ),
        "exhibits": tuple(exhibit(no) for no in range(1, count + 1)),
    }  # fmt: skip
    return Material(**{**facts, **more})  # type: ignore[arg-type]


def chain(exhibits: tuple[Exhibit, ...] = (), no: str = NO) -> Chain:
    """A chain that speaks of this evidence and of one message."""
    text_hash = hashlib.sha256((SALT + WORDS).encode()).hexdigest()
    filed = hashlib.sha256(f"{SALT}{WORDS}\0补 30".encode()).hexdigest()
    facts: list[tuple[str, dict[str, object]]] = [("case_filed", {"category": "promo_dispute", "text_hash": filed})]
    facts.append(("message_written", {"text_hash": text_hash}))
    facts += [("evidence_added", {"items": [{"no": one.no, "sha256": one.sha256}]}) for one in exhibits]
    links: list[Link] = []
    for seq, (name, data) in enumerate(facts, start=1):
        link = Link(seq, name, "buyer", FILED + timedelta(seconds=seq), dict(data))
        digest = next_hash(links[-1].hash if links else "", no, link)
        links.append(Link(seq, name, "buyer", link.at, link.data, digest))
    return Chain(no, "case", tuple(links))


def dossier(exhibits: int = 2) -> Dossier:
    """A dossier whose papers are short, so that a test can turn every byte of it."""
    shown = tuple(exhibit(no) for no in range(1, exhibits + 1))
    return Dossier(
        case_no=NO, as_of=FILED, papers={"letter.pdf": b"the letter"}, exhibits=shown, chains=(chain(shown),),
        messages=(Line("buyer", FILED, WORDS, SALT),), words=Words(WORDS, "补 30", SALT),
    )  # fmt: skip


def reader(exhibits: int = 100, *, spoiled: int = 0) -> Callable[[str], bytes]:
    """A store of originals; the one with number `spoiled` is damaged."""
    kept = {hashlib.sha256(original(no)).hexdigest(): no for no in range(1, exhibits + 1)}

    def read(sha256: str) -> bytes:
        if kept[sha256] == spoiled:
            raise Spoiled(sha256, Health.DAMAGED)
        return original(kept[sha256])

    return read


def write(place: Path, made: Dossier | None = None) -> bytes:
    """Write a dossier to disk; returns its bytes."""
    whole = b"".join(build(made or dossier(), reader()).pieces())
    place.write_bytes(whole)
    return whole


def codes(report: Report) -> set[str]:
    """What a report found changed."""
    return {said.code for said in report.changed}
