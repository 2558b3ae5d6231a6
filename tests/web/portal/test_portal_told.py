"""CP11: the time line tells deeds in a buyer's words: whose they were, and our bookkeeping below them."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from huiyin.domain.cases import actions as cases
from huiyin.domain.cases.actions import Doer
from huiyin.domain.cases.demand import ItemKind
from huiyin.domain.cases.models import Case
from huiyin.domain.cases.offers import Offer
from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.models import Fact
from huiyin.domain.notices.events import NoticeSent
from huiyin.domain.promises.models import Promise
from huiyin.lib.clock import now
from huiyin.web.portal.told import Line, lines_of
from huiyin.web.ui.words import fact_text, promise_text
from tests import people
from tests.fakes import MIDNIGHT

Read = Callable[[str], str]
FORM = {
    "once": "t" * 20, "category": "service_attitude", "what_happened": "客服 1030 挂电话", "contact": "13800138000",
    "want": ["explanation"],
}  # fmt: skip
AGENT, PROGRAM = Doer(f"staff:{people.ALICE}"), Doer("api:9", behalf="电话里同意")
OFFERS = (Offer(1, ItemKind.OTHER, text="登门道歉"),)


def told(name: str, by: str = "buyer", **data: object) -> str:
    """A fact in the buyer's words."""
    return fact_text(Fact(name=name, by=by, at=MIDNIGHT, data=data)) or ""


@pytest.fixture
def case(browser: Client) -> Case:
    people.on_duty(people.ALICE, now=now())
    browser.post("/complain", FORM)
    filed = Case.objects.select_related("matter", "owner").get()
    cases.propose(filed, OFFERS, AGENT, now=now(), text="我们明天登门道歉")
    return filed


def _line(case: Case, words: str) -> Line:
    return next(line for line in lines_of(case.matter, case) if words in line.text)


def test_cp11_one_proposal_is_one_line_with_what_we_kept_below_it(case: Case, read: Read) -> None:
    lines = [line.text for line in lines_of(case.matter, case)]
    assert not any("做到了" in line or "第一次答复" in line or "邮件" in line for line in lines)
    assert "我们写的" not in "".join(lines)
    assert _line(case, "我们提出").said == "我们明天登门道歉"
    assert any("给您结果" in note for note in _line(case, "我们提出").notes)
    assert "做到了：给您结果" in read(f"/t/{case.matter.no}")


def test_cp11_a_mail_stands_below_the_deed_it_tells(case: Case) -> None:
    proposed = case.matter.facts.get(name="case_proposed")
    queued = case.matter.facts.get(name="notice_queued", at=proposed.at)
    with journal.chapter():
        sent = NoticeSent(notice=queued.data["notice"], template=queued.data["template"], channel="mail")
        journal.record(journal.lock_one(case.matter_id), sent, by="system", now=now())
    assert "已给您发邮件" in "".join(_line(case, "我们提出").notes)


def test_cp11_a_promise_without_a_deed_keeps_a_line_of_its_own(case: Case) -> None:
    fact = case.matter.facts.filter(name="promise_kept", data__kind="result").first()
    assert fact is not None
    Fact.objects.filter(pk=fact.pk).update(at=fact.at - timedelta(hours=2))
    assert any(line.text.startswith("做到了") for line in lines_of(case.matter, case))


def test_cp11_what_was_noted_for_the_buyer_is_never_their_own_deed(case: Case) -> None:
    cases.accept(case, [1], PROGRAM, now=now())
    assert _line(case, "您接受了第 1 项").text == "本店代您记下：您接受了第 1 项（电话里同意）"
    assert told("item_arrived", by="api:9", no=1, verified="buyer") == "本店代您记下：第 1 项已到"
    assert told("item_arrived", no=1, verified="buyer") == "您确认第 1 项已到"
    assert told("case_closed", by="api:9", outcome="confirmed", behalf="电话里说的").startswith("本店代您记下")


def test_cp4_files_a_program_brings_are_not_the_buyers_deed() -> None:
    files = [{"no": 3, "what": "error"}]
    assert told("evidence_added", by="api:9", source="buyer", items=files) == "本店添加了材料 3"
    assert told("evidence_added", source="buyer", items=files) == "您添加了材料 3"


def test_cp10_closed_because_it_arrived_is_not_called_confirmed(case: Case, read: Read) -> None:
    cases.accept(case, [1], Doer("buyer"), now=now())
    cases.arrive(case.items.get(no=1), AGENT, now=now())
    page = read(f"/t/{case.matter.no}")
    assert "商定的都已到位" in page
    assert "您已确认" not in page
    assert told("case_closed", outcome="confirmed") == "您已确认，办结"


@pytest.mark.parametrize(
    ("name", "expected"), [("promise_made", "请您在"), ("promise_kept", "您已把"), ("promise_broken", "前没有等到")]
)
def test_cp8_what_the_buyer_is_to_do_is_asked_and_not_promised(name: str, expected: str) -> None:
    said = told(name, by="system", kind="buyer_material", due=MIDNIGHT.isoformat())
    assert expected in said
    assert "答应您" not in said
    assert "做到" not in said


@pytest.mark.parametrize("state", ["running", "paused", "kept", "broken", "withdrawn"])
def test_cp8_the_ring_of_the_buyers_turn_speaks_to_them(state: str) -> None:
    said = promise_text(Promise(kind="buyer_material", state=state, due=MIDNIGHT))
    assert "前您把" not in said
    assert "做到" not in said
