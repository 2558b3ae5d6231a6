"""Everything papers need to know of a case, read from its tables once.

Who may open the case, the faces decide; how much of an order and of a person the papers show, the level of proof does
(HL11). Anybody may complain about any order number and give anybody's address: without proof the papers hold what was
said on this case, masked, and nothing of the order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.conf import settings

from huiyin.adapters.papers import prints, render
from huiyin.adapters.papers.dossier import Built, Chain, Dossier, Line, Words, build
from huiyin.adapters.papers.dues import due_sentence
from huiyin.adapters.papers.letters import letter_paper
from huiyin.adapters.papers.of_order import happenings
from huiyin.adapters.papers.prints import Prints, prints_of
from huiyin.adapters.papers.receipts import Owed, Receipt, receipt_paper
from huiyin.adapters.papers.results import Clock, Result, result_paper
from huiyin.adapters.papers.words import REASONS
from huiyin.domain.cases import actions as cases
from huiyin.domain.cases.exhibits import is_proven
from huiyin.domain.cases.letter import Claimant, Exhibit, Happening, Material, NextStep, Purchase, Wish
from huiyin.domain.cases.lifecycle import State
from huiyin.domain.cases.models import Case, DemandItem, Evidence
from huiyin.domain.cases.outcome import ending
from huiyin.domain.conversations.models import Message
from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.chain import Link
from huiyin.domain.journal.events import Look
from huiyin.domain.journal.models import Access, Fact, Matter
from huiyin.domain.journal.queries import access_link
from huiyin.domain.notices.letters import tracking_link
from huiyin.domain.orders.models import Order
from huiyin.domain.orders.proof import Level, may_see_facts
from huiyin.domain.promises.models import Promise
from huiyin.domain.promises.promises import Kind
from huiyin.domain.promises.words import promise_what
from huiyin.lib import numbers
from huiyin.lib.files import Files
from huiyin.lib.phones import mask_account, mask_email, mask_name, mask_phone, mask_qq

CHAT = frozenset({"chat", "call", "mail"})
AGREED = {"accepted", "carrying_out", "closed"}  # states in which there is a result to write down


@dataclass(frozen=True, slots=True)
class Papers:
    """What one case gives: `result` is None until something was agreed or the case is closed."""

    material: Material
    result: Result | None
    receipt: Receipt
    chains: tuple[Chain, ...]
    messages: tuple[Line, ...]
    words: Words | None = None

    def letter_pdf(self, language: str = "zh-hans", printed: Prints = prints.NONE) -> bytes:
        """The letter of complaint in `zh-hans` or `en`; its annex shows what is `printed` of the evidence."""
        return render.pdf(letter_paper(self.material, language, printed))

    def result_pdf(self, language: str = "zh-hans") -> bytes | None:
        """The written result, where there is one."""
        return render.pdf(result_paper(self.result, language)) if self.result else None

    def receipt_pdf(self, language: str = "zh-hans") -> bytes:
        """The receipt. It opens the case: for the buyer alone."""
        return render.pdf(receipt_paper(self.receipt, language))

    def dossier(self, language: str = "zh-hans", printed: Prints = prints.NONE) -> Dossier:
        """What goes into the dossier."""
        pdfs = {"letter.pdf": self.letter_pdf(language, printed)}
        if result := self.result_pdf(language):
            pdfs["result.pdf"] = result
        told = self.material
        return Dossier(told.case_no, told.as_of, pdfs, told.exhibits, self.chains, self.messages, self.words)


def letter(papers: Papers, case: Case, language: str = "zh-hans", *, files: Files, now: datetime) -> bytes:
    """The letter as PDF with the pictures of the evidence. An original found damaged on the way is a fact of the case.
    Whoever hands it out notes it in the access ledger."""
    printed = prints_of(papers.material.exhibits, files.read)
    _note_spoiled(case, printed.spoiled, files, now)
    return papers.letter_pdf(language, printed)


def export(papers: Papers, case: Case, language: str = "zh-hans", *, by: str, files: Files, now: datetime) -> Built:
    """The dossier, ready to leave: see `Built.pieces` and `Built.length`. Noted in the access ledger; an original found
    damaged on the way is left out, named in the manifest, and a fact of the case."""
    journal.note_access(case.matter_id, "dossier", Look.EXPORTED, by=by, now=now)
    printed = prints_of(papers.material.exhibits, files.read)
    built = build(papers.dossier(language, printed), files.read)
    _note_spoiled(case, [one.no for one in built.gaps], files, now)
    return built


def _note_spoiled(case: Case, nos: Sequence[int], files: Files, now: datetime) -> None:
    for row in Evidence.objects.filter(case=case, no__in=nos).select_related("case"):
        cases.note_health(row, files.health(row.sha256), now=now)


@dataclass(frozen=True, slots=True)
class Reader:
    """A case, and what whoever reads it has proven."""

    case: Case
    level: Level

    @property
    def order(self) -> Order | None:
        """The order, where it may be shown: proven, or the case lives on the order's own matter."""
        return self.case.order if may_see_facts(self.level) or is_proven(self.case) else None

    @property
    def knows_person(self) -> bool:
        return self.level in {Level.CONTACT, Level.SIGNED}

    @property
    def matters(self) -> list[Matter]:
        order = self.order
        more = [order.matter] if order and order.matter_id != self.case.matter_id else []
        return [self.case.matter, *more]


def papers_of(case: Case, level: Level = Level.NONE, next_step: NextStep | None = None) -> Papers:
    """Gather a case for somebody who has proven `level` (staff: SIGNED). `next_step`: where the buyer turns when the
    deadline is missed; None = as the buyer chose last, so that a letter printed again says the same."""
    reader = Reader(case, level)
    facts = _facts(reader)
    chosen = NextStep(case.next_step) if next_step is None else next_step
    material = _material(reader, facts, chosen)
    return Papers(
        material=material, result=_result(reader, material, facts), receipt=_receipt(case, material, facts),
        chains=_chains(reader, facts), messages=_messages(reader),
        words=Words(case.what_happened, case.demand, case.salt) if _has_words(case) else None,
    )  # fmt: skip


def _has_words(case: Case) -> bool:
    """Whether somebody filed it in words that the chain still proves; erased ones have no salt any more."""
    return bool(case.salt and (case.what_happened or case.demand))


# --- the record


def _facts(reader: Reader) -> dict[int, list[Fact]]:
    """All facts, by matter."""
    found: dict[int, list[Fact]] = {matter.pk: [] for matter in reader.matters}
    for fact in Fact.objects.filter(matter__in=found).order_by("matter", "seq"):
        found[fact.matter_id].append(fact)
    return found


def _chains(reader: Reader, facts: dict[int, list[Fact]]) -> tuple[Chain, ...]:
    chains = [Chain(matter.no, matter.topic, tuple(map(_link, facts[matter.pk]))) for matter in reader.matters]
    looks = Access.objects.filter(matter=reader.case.matter_id, seq__isnull=False).order_by("seq")
    links = tuple(_linked(row) for row in looks)
    return (*chains, Chain(reader.case.matter.no, "access", links)) if links else tuple(chains)


def _link(fact: Fact) -> Link:
    return Link(fact.seq, fact.name, fact.by, fact.at, fact.data, fact.hash)


def _linked(row: Access) -> Link:
    link = access_link(row)
    return Link(link.seq, link.name, link.by, link.at, link.data, row.hash)


def _messages(reader: Reader) -> tuple[Line, ...]:
    """What buyer and agents wrote to each other; notes among staff stay here."""
    found = Message.objects.filter(matter__in=reader.matters, internal=False).order_by("at", "pk")
    return tuple(Line(one.author, one.at, one.text, one.salt) for one in found)


# --- the letter


def _material(reader: Reader, facts: dict[int, list[Fact]], next_step: NextStep) -> Material:
    case, order = reader.case, reader.order
    told = [sentence for fact in facts[case.matter_id] if (sentence := _happening(case, fact)) is not None]
    if order:
        known_until = max(_newest(case, facts), order.looked_at)  # a time that is still to come is no fact yet
        of_order = happenings(order.snapshot, order.looked_at)
        told = [*(one for one in of_order if one.at <= known_until), *told]
    shown = case.evidence.order_by("no") if order else case.evidence.exclude(source="system").order_by("no")
    return Material(
        case_no=case.matter.no, filed_at=case.filed_at, as_of=_newest(case, facts), claimant=_claimant(reader),
        purchase=_purchase(reader), wishes=tuple(_wish(one) for one in case.items.order_by("no")), demand=case.demand,
        account=case.what_happened, occurred_at=case.occurred_at, happenings=tuple(told), next_step=next_step,
        exhibits=tuple(_exhibit(row) for row in shown), ending=_ending(case, facts[case.matter_id]),
    )  # fmt: skip


def _ending(case: Case, chain: Sequence[Fact]) -> str:
    if case.state != State.CLOSED:
        return "agreed" if case.state in AGREED else ""
    closing = next((fact for fact in reversed(chain) if fact.name == "case_closed"), None)
    if closing is None:
        return case.outcome
    return ending(case.outcome, closing.by, str(closing.data.get("behalf", "")))


def _newest(case: Case, facts: dict[int, list[Fact]]) -> datetime:
    return max((fact.at for chain in facts.values() for fact in chain), default=case.filed_at)


def _claimant(reader: Reader) -> Claimant:
    buyer = reader.case.buyer
    if buyer is None:
        return Claimant()
    reach = buyer.identities.order_by("kind", "pk").values_list("kind", "value")
    if reader.knows_person:
        return Claimant(buyer.name, tuple(reach))
    masked = tuple((kind, _MASKS.get(kind, mask_account)(value)) for kind, value in reach)
    return Claimant(mask_name(buyer.name) if buyer.name else "", masked)


_MASKS = {"phone": mask_phone, "email": mask_email, "qq": mask_qq}


def _purchase(reader: Reader) -> Purchase | None:
    order, given = reader.order, reader.case.order_no
    if order is None:
        return Purchase(given) if given else None
    return Purchase(order.order_no, order.title, order.amount, tuple(map(str, order.bill_nos)))


def _wish(item: DemandItem) -> Wish:
    return Wish(
        no=item.no, kind=item.kind, amount=item.amount or None, to=item.to, by=item.by, text=item.text,
        state=item.state, offer_kind=item.offer_kind, offer_amount=item.offer_amount or None, offer_by=item.offer_by,
        offer_text=item.offer_text, arrived_at=item.arrived_at,
    )  # fmt: skip


def _exhibit(row: Evidence) -> Exhibit:
    return Exhibit(
        no=row.no, type=row.type, what=row.what, source=row.source, name=row.name, mime=row.mime, size=row.size,
        sha256=row.sha256, added_at=row.added_at, captured_at=row.captured_at, by=row.by, custodian=row.custodian,
        is_damaged=row.damaged_at is not None,
    )  # fmt: skip


def _happening(case: Case, fact: Fact) -> Happening | None:
    """A fact of the case as a sentence of the letter; None for what does not belong there."""
    if fact.name == "case_filed":
        return Happening(fact.at, "filed", {"no": case.matter.no})
    if fact.name == "case_answered":
        agent_no = str(fact.data.get("agent_no", ""))
        code = "answered" if agent_no.isdigit() else "answered_by_shop"  # a program and our system are the shop
        return Happening(fact.at, code, {"agent_no": agent_no}, CHAT)
    if fact.name == "promise_broken" and fact.data.get("kind") != Kind.BUYER_MATERIAL:  # that one is the buyer's
        return Happening(fact.at, "broken", {"what": promise_what(str(fact.data.get("kind", "")))})
    if fact.name == "items_decided" and fact.data.get("decision") in {"accepted", "refused"}:
        decision, behalf = str(fact.data["decision"]), str(fact.data.get("behalf", ""))
        return Happening(fact.at, f"{decision}_for" if behalf else decision, {"why": behalf})
    said = "closed_by_me" if fact.name == "case_closed" and fact.by == "buyer" else _CODES.get(fact.name)
    return Happening(fact.at, said) if said else None


_CODES = {
    "case_escalated": "escalated", "case_proposed": "proposed", "item_arrived": "arrived", "case_closed": "closed",
    "case_reopened": "reopened",
}  # fmt: skip


# --- receipt and result


def _receipt(case: Case, material: Material, facts: dict[int, list[Fact]]) -> Receipt:
    """`head` is the last fact of the filing itself: it was recorded in the same instant."""
    at_filing = [fact for fact in facts[case.matter_id] if fact.at <= case.filed_at]
    told = Promise.objects.filter(matter=case.matter_id, started=case.filed_at, obligor="us")
    no = case.matter.no
    return Receipt(
        case_no=no, filed_at=case.filed_at, link=tracking_link(no), pin=numbers.pin(settings.SECRET_KEY.encode(), no),
        head=at_filing[-1].hash if at_filing else "", wishes=material.wishes, account=case.what_happened,
        promises=tuple(Owed(p.kind, p.due, p.reason) for p in told.exclude(kind="acknowledge").order_by("due", "pk")),
        order_no=case.order_no,
    )  # fmt: skip


def _result(reader: Reader, material: Material, facts: dict[int, list[Fact]]) -> Result | None:
    case = reader.case
    if case.state not in AGREED:
        return None
    ours = Promise.objects.filter(matter=case.matter_id, obligor="us", state__in=["kept", "broken"])
    counted = ours.exclude(kind__in=["acknowledge", "next_update"]).order_by("due", "pk")
    chain = facts[case.matter_id]
    found = _finding(reader)
    return Result(
        material=material, decided_at=case.closed_at or material.as_of, how=material.ending,
        agent_no=case.owner.agent_no if case.owner else "", responsible=found[0], reason=found[1],
        disagrees=case.buyer_disagrees, head=chain[-1].hash if chain else "", link=f"{settings.PUBLIC_URL}/track",
        due=partial(due_sentence, reader.order) if reader.order else None,
        clocks=tuple(Clock(one.kind, one.due, one.state == "kept") for one in counted),
    )  # fmt: skip


def _finding(reader: Reader) -> tuple[str, str]:
    """Who is responsible and why. What the system read off an order says how that order stands: only for its buyer."""
    case = reader.case
    is_from_order = case.responsible_reason in REASONS
    return ("unclear", "") if is_from_order and reader.order is None else (case.responsible, case.responsible_reason)
