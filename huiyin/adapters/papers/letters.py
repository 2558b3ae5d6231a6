"""The letter of complaint as a paper."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext, override

from huiyin.adapters.papers import prints, words
from huiyin.adapters.papers.prints import Prints
from huiyin.adapters.papers.render import Paper
from huiyin.adapters.papers.text import paragraphs
from huiyin.domain.cases.letter import Claimant, Exhibit, Letter, Material, Sentence, letter
from huiyin.domain.cases.lifecycle import UNCONFIRMED, Outcome
from huiyin.domain.cases.outcome import Measure, measure

Block = dict[str, Any]


def letter_paper(material: Material, language: str = "zh-hans", printed: Prints = prints.NONE) -> Paper:
    """The letter in `zh-hans` or `en`. The buyer's own words stay as they were written. `printed`: what the annex shows
    of the evidence itself."""
    with override(language):
        written = letter(material)
        blocks = [
            {"kind": "title", "text": gettext("Letter of complaint"), "sub": _to()},
            *_who(written), *_facts(written), *_demands(written), *_annex(material.exhibits, printed),
        ]  # fmt: skip
        foot = gettext("Put together from the record of the matter.")
        content = words.frame(gettext("Letter of complaint"), material.case_no, foot=foot)
        pictures = {_file(no): one.jpeg for no, one in printed.pictures.items()}
        return Paper({**content, "blocks": blocks}, material.as_of, pictures=pictures)


def _to() -> str:
    return gettext("To: %(shop)s") % {"shop": settings.SHOP_NAME}


def _who(written: Letter) -> list[Block]:
    material = written.material
    rows = [*claimant_rows(material.claimant), *purchase_rows(material)]
    blocks: list[Block] = [
        {"kind": "part", "no": "①", "text": gettext("Who I am and what I want")},
        {"kind": "pairs", "rows": rows},
    ]
    wishes = [
        {
            "no": str(one.no), "head": words.wish_head(one), "lines": _lines(words.wish_lines(one)), "mark": "",
            "state": gettext("taken back") if one.state == "withdrawn" else "",
        }
        for one in material.wishes
    ]  # fmt: skip
    if wishes:
        blocks.append({"kind": "wishes", "rows": wishes})
    if material.demand.strip() and material.demand.strip() not in {one.text.strip() for one in material.wishes}:
        blocks += [_para(gettext("In my own words:")), {"kind": "quote", "lines": paragraphs(material.demand)}]
    if not wishes and not material.demand.strip():
        blocks.append(_para(gettext("I want this matter to be looked into and an answer in writing.")))
    return blocks


def claimant_rows(claimant: Claimant) -> list[list[str]]:
    """Who complains. No name is asked for before an outside stage; then there is room to write it."""
    name = claimant.name or gettext("(not given; to be filled in by hand before it goes outside)")
    reach = [[words.said(words.REACH, kind), address] for kind, address in claimant.reach]
    return [[gettext("Complainant"), name], *reach]


def purchase_rows(material: Material) -> list[list[str]]:
    """The order, as far as there is one."""
    rows = [[gettext("Against"), settings.SHOP_NAME], [gettext("Matter number"), words.grouped(material.case_no)]]
    bought = material.purchase
    if bought is None:
        return rows
    rows.append([gettext("Order"), " ".join(part for part in (bought.order_no, bought.title) if part)])
    if bought.amount:
        rows.append([gettext("Paid"), words.yuan(bought.amount)])
    return rows + ([[gettext("Bill number"), words.listed(bought.bill_nos)]] if bought.bill_nos else [])


def _facts(written: Letter) -> list[Block]:
    part: Block = {"kind": "part", "no": "②", "text": gettext("What happened")}
    if not written.facts:
        return [part, _para(gettext("Nothing has been recorded yet."))]
    return [part, {"kind": "facts", "rows": [_fact(one) for one in written.facts]}]


def _fact(one: Sentence) -> Block:
    quote = paragraphs(one.values["text"]) if one.code == "account" else []
    time = words.time_of(one.at)
    return {"time": time, "text": words.sentence(one), "cites": words.cites(one.cites), "quote": quote}


def _demands(written: Letter) -> list[Block]:
    ending = written.material.ending
    title, lines = gettext("Deadline and next step"), _asks(written)
    if ending == "agreed":
        lines = _awaits(written.material)
    elif ending:
        title, lines = gettext("How it ended"), _ended(written.material)
    return [
        {"kind": "part", "no": "③", "text": title},
        {"kind": "para", "lines": [line for line in lines if line], "muted": False},
        {"kind": "sign", "rows": [gettext("Signature"), gettext("Date")]},
    ]


def _asks(written: Letter) -> list[str]:
    by = {"by": words.time_of(written.deadline)}
    wait = gettext("I ask for what I want above to be done by %(by)s.") % by
    if not written.is_asked:
        wait = gettext("I ask for a result by %(by)s, 72 hours after I complained.") % by
    if written.is_over:
        wait = gettext("The deadline of %(by)s has passed.") % by
    return [wait, words.said(words.NEXT_STEPS, written.material.next_step)]


def _awaits(material: Material) -> list[str]:
    """A result is on its way: nothing else is asked for, except that it comes."""
    named = [wish.offer_by for wish in material.wishes if wish.offer_by and measure(wish) is Measure.ON_ITS_WAY]
    if not named:
        return [gettext("The result is being carried out; I wait for it to arrive.")]
    by = {"by": words.time_of(max(named))}
    wait = gettext("The result is being carried out; I wait for it to arrive by %(by)s.") % by
    if max(named) <= material.as_of:
        wait = gettext("What was to arrive by %(by)s has not all arrived.") % by
    return [wait, words.said(words.NEXT_STEPS, material.next_step)]


def _ended(material: Material) -> list[str]:
    how = words.said(words.ENDINGS, material.ending) % {"shop": settings.SHOP_NAME}
    is_unsolved = material.ending in UNCONFIRMED | {Outcome.NO_AGREEMENT}
    return [how, words.said(words.NEXT_STEPS_AFTER, material.next_step) if is_unsolved else ""]


def _annex(exhibits: tuple[Exhibit, ...], printed: Prints) -> list[Block]:
    title = gettext("Annex: evidence (%(count)s)") % {"count": len(exhibits)}
    part: Block = {"kind": "part", "no": "", "text": title}
    if not exhibits:
        return [part, _para(gettext("No evidence is attached."))]
    note = gettext("Under each one stands the SHA-256 of the original: whoever changes one byte changes it.")
    return [part, _para(note, muted=True), {"kind": "exhibits", "rows": [_exhibit(one, printed) for one in exhibits]}]


def _exhibit(one: Exhibit, printed: Prints) -> Block:
    reason = printed.reasons.get(one.no, "")
    is_damaged = one.is_damaged or reason == "spoiled"
    warning = gettext("The stored original no longer fits its hash and is not attached.") if is_damaged else ""
    picture = printed.pictures.get(one.no)
    return {
        "no": str(one.no), "what": words.exhibit_name(one), "name": "" if one.source == "system" else one.name,
        "about": words.about_exhibit(one), "warning": warning, "sha256": one.sha256,
        "note": words.said(words.UNPRINTED, reason) if reason else "",
        "picture": {"file": _file(one.no), "width": picture.width, "height": picture.height} if picture else None,
    }  # fmt: skip


def _file(no: int) -> str:
    """Named by us, by its number: never by what somebody called it."""
    return f"evidence-{no}.jpg"


def _lines(texts: list[str]) -> list[str]:
    return [line for text in texts for line in paragraphs(text)]


def _para(text: str, *, muted: bool = False) -> Block:
    return {"kind": "para", "lines": [text], "muted": muted}
