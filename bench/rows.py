"""Rows to measure with: N cases as the design defines them, loaded by COPY.

Each case has 8 facts in a valid chain, 4 promises, 3 evidence rows, 1 order, 1 remedy and 2 messages. Nothing is due
while we measure: promises end in the past or were kept, and the files of the evidence are not looked for.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from random import Random
from typing import Any

import psycopg

from huiyin.domain.journal.chain import Link, next_hash
from huiyin.lib import numbers
from huiyin.lib.bigrams import pairs, plain

AT_ONCE = 20_000  # cases held in memory
FAR = datetime(2199, 1, 1, tzinfo=UTC)  # when a file that is not there is looked for
BEGUN = datetime(2026, 1, 1, tzinfo=UTC)
SPAN = 320 * 24 * 3600  # seconds over which the cases were filed
GOODS = [
    "星河战盟", "点券", "钻石", "月卡", "礼包", "话费", "流量", "会员", "积分", "皮肤", "季票", "充值卡", "加油卡",
    "影音", "网课", "云盘", "手游", "端游", "主机", "音乐",
]  # fmt: skip
TROUBLE = [
    "没有到账", "一直显示处理中", "卡密无效", "被重复扣款", "金额不对", "活动没有返现", "提示已被使用", "账号登录不了",
    "客服不回复", "迟迟不退款",
]  # fmt: skip
WISHES = ["请退款", "请补发卡密", "请在24小时内补发", "请说明原因并退款", "希望补偿差额"]
FACTS = [
    "case_filed", "case_assigned", "promise_made", "promise_made", "promise_kept", "case_answered", "case_proposed",
    "case_closed",
]  # fmt: skip
EVIDENCE = ["transaction", "communication", "problem"], ["payment", "chat", "balance"]

COLUMNS = {
    "journal_matter": "id no topic head_seq head_hash opened_at",
    "journal_fact": "matter_id seq name by at data hash",
    "contacts_buyer": "id name tier created_at",
    "contacts_identity": "buyer_id kind value",
    "orders_order": "id order_no matter_id buyer_id bill_nos amount title snapshot looked_at situation watch_tries",
    "orders_remedy": "matter_id order_id key purpose kind request amount state asked_by approved_by reason sealed_keys "
    "detail tries asked_at ended_at",
    "cases_case": "id matter_id order_id order_no buyer_id owner_id category urgency channel state level why "
    "what_happened demand amount external_ref filed_at answered_at closed_at outcome reopened reminded responsible "
    "responsible_reason buyer_disagrees",
    "cases_casetext": "case_id filed_at plain pairs",
    "cases_demanditem": "case_id no kind amount to text state offer_kind offer_amount offer_text offered_by",
    "cases_evidence": "case_id no type what source by custodian sha256 size mime name added_at unreadable checked_at",
    "promises_promise": "matter_id kind about obligor reason words started amount unit calendar events warn_at due "
    "estimated state ended_at",
    "conversations_message": "matter_id seq author internal text salt at",
}


@dataclass(frozen=True)
class One:
    """What the rows of one case are made of."""

    n: int
    case: int  # ids
    matter: int
    order_matter: int
    owner: int
    no: str
    at: datetime
    said: str
    wish: str
    facts: list[Link]


def load(url: str, rows: int, say: Callable[[str], None]) -> None:
    """Fill an empty centre with `rows` cases and let PostgreSQL learn what they are like."""
    with psycopg.connect(url) as link:
        owners = [row[0] for row in link.execute("SELECT id FROM staff_person WHERE tier IN ('L1','L2')")]
        shared = max(_next(link, table) for table in ("cases_case", "orders_order", "contacts_buyer"))
        every = _cases(rows, owners, (_next(link, "journal_matter"), shared))
        while part := list(islice(every, AT_ONCE)):
            for table, columns in COLUMNS.items():
                _copy(link, table, columns.split(), part)
            say(f"{part[-1].n + 1} of {rows} cases")
        for table in ("journal_matter", "contacts_buyer", "orders_order", "cases_case"):
            link.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
    with psycopg.connect(url, autocommit=True) as link:
        link.execute("VACUUM ANALYZE")
        link.execute("CHECKPOINT")


def _copy(link: "psycopg.Connection[Any]", table: str, columns: list[str], part: list["One"]) -> None:
    names = ", ".join(f'"{name}"' for name in columns)
    with link.cursor().copy(f"COPY {table} ({names}) FROM STDIN") as copy:
        for one in part:
            for row in ROWS[table](one):
                copy.write_row(row)


def _next(link: "psycopg.Connection[Any]", table: str) -> int:
    row = link.execute(f"SELECT coalesce(max(id), 0) + 1 FROM {table}").fetchone()
    assert row is not None
    return int(row[0])


def _cases(rows: int, owners: list[int], first: tuple[int, int]) -> Iterator[One]:
    dice, taken = Random(7), set[str]()
    for n in range(rows):
        while (no := numbers.new(dice)) in taken:
            pass
        taken.add(no)
        at = BEGUN + timedelta(seconds=n * SPAN // rows)
        goods, other, trouble = dice.choice(GOODS), dice.choice(GOODS), dice.choice(TROUBLE)
        said = f"我在{goods}买了{other}，{trouble}，订单尾号{dice.randrange(10**6):06d}"
        facts = _chain(no, at, dice)
        order = first[0] + rows + n
        yield One(n, first[1] + n, first[0] + n, order, dice.choice(owners), no, at, said, dice.choice(WISHES), facts)


def _chain(no: str, at: datetime, dice: Random) -> list[Link]:
    before, links = "", []
    for seq, name in enumerate(FACTS, 1):
        data = {"category": "recharge_delayed", "text_hash": f"{dice.getrandbits(256):064x}"}
        link = Link(seq, name, "system", at + timedelta(seconds=seq), data)
        before = next_hash(before, no, link)
        links.append(Link(seq, name, "system", link.at, data, before))
    return links


def _matters(one: One) -> Iterator[tuple[object, ...]]:
    yield one.matter, one.no, "case", len(one.facts), one.facts[-1].hash, one.at
    yield one.order_matter, f"9{one.n:011d}", "order", 0, "", one.at


def _facts(one: One) -> Iterator[tuple[object, ...]]:
    for link in one.facts:
        yield one.matter, link.seq, link.name, link.by, link.at, json.dumps(link.data), link.hash


def _buyer(one: One) -> Iterator[tuple[object, ...]]:
    yield one.case, "", "ordinary", one.at


def _identity(one: One) -> Iterator[tuple[object, ...]]:
    yield one.case, "email", f"row{one.n}@example.com"


def _order(one: One) -> Iterator[tuple[object, ...]]:
    snapshot = json.dumps({"payments": [{"state": "paid", "amount": "100.00"}], "delivery": {"items": []}})
    no = f"KR{one.n:012d}"
    yield one.case, no, one.order_matter, one.case, "[]", 10_000, "点券 100", snapshot, one.at, "delivered", 0


def _remedy(one: One) -> Iterator[tuple[object, ...]]:
    yield (
        one.matter, one.case, f"row-{one.n}", "delivery", "refund", '{"amount": "10.00"}', 1_000, "done", "buyer",
        "auto", "", "", "", 1, one.at, one.at,
    )  # fmt: skip


def _case(one: One) -> Iterator[tuple[object, ...]]:
    is_open = one.n % 10 == 0
    yield (
        one.case, one.matter, one.case, f"KR{one.n:012d}", one.case, one.owner, "recharge_delayed", "normal", "web",
        "investigating" if is_open else "closed", 0, "", one.said, one.wish, 0, "", one.at, one.at,
        None if is_open else one.at, "" if is_open else "confirmed", 0, 0, "platform", "", "",
    )  # fmt: skip


def _text(one: One) -> Iterator[tuple[object, ...]]:
    words = plain(f"{one.said} {one.wish}")
    yield one.case, one.at, words, pairs(words)


def _item(one: One) -> Iterator[tuple[object, ...]]:
    yield one.case, 1, "refund", 1_000, "", "", "arrived" if one.n % 10 else "open", "", 0, "", ""


def _evidence(one: One) -> Iterator[tuple[object, ...]]:
    for no, (kind, what) in enumerate(zip(*EVIDENCE, strict=True), 1):
        digest = hashlib.sha256(f"{one.n}/{no}".encode()).hexdigest()
        yield (
            one.case, no, kind, what, "buyer", "buyer", "buyer", digest, 100_000, "image/jpeg", "a.jpg", one.at, "[]",
            FAR,
        )  # fmt: skip


def _promises(one: One) -> Iterator[tuple[object, ...]]:
    for kind in ("acknowledge", "first_answer", "result", "next_update"):
        yield (
            one.matter, kind, "", "us", "rule", "", one.at, 3600, "seconds", "always", "[]", one.at, one.at, False,
            "kept", one.at,
        )  # fmt: skip


def _messages(one: One) -> Iterator[tuple[object, ...]]:
    yield one.matter, 1, "buyer", False, one.said, "0" * 32, one.at
    yield one.matter, 2, "staff:1024", False, "已经为您处理", "0" * 32, one.at


ROWS: dict[str, Callable[[One], Iterator[tuple[object, ...]]]] = {
    "journal_matter": _matters, "journal_fact": _facts, "contacts_buyer": _buyer, "contacts_identity": _identity,
    "orders_order": _order, "orders_remedy": _remedy, "cases_case": _case, "cases_casetext": _text,
    "cases_demanditem": _item, "cases_evidence": _evidence, "promises_promise": _promises,
    "conversations_message": _messages,
}  # fmt: skip
