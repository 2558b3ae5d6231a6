"""The midnight buyer through the API: find the order, see what is possible, choose."""

import hashlib
import json
import re
import time
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from ninja import Router, Schema

from huiyin.domain.journal import actions as journal
from huiyin.domain.orders import actions, rescue
from huiyin.domain.orders.actions.searches import Asker
from huiyin.domain.orders.models import Finding, Remedy
from huiyin.domain.orders.queries import find_finding, keys_of, remedy_of, the_shop, was_shown
from huiyin.domain.orders.rescue import Choice, Proof
from huiyin.domain.orders.situations import Option, Situation
from huiyin.domain.staff.models import ApiKey
from huiyin.lib.clock import now
from huiyin.lib.errors import Refusal
from huiyin.lib.limits import actions as limits
from huiyin.lib.paste import entries
from huiyin.lib.seal import unseal
from huiyin.lib.signing import order_in_link
from huiyin.web.api.auth import Key, key_of
from huiyin.web.api.fields import Amount, Input, Line, Number, Token, iso_text
from huiyin.web.api.problems import PROBLEMS, Problem
from huiyin.web.api.timing import Timed
from huiyin.web.ui.words import option_label, says

router = Router(tags=["orders"], auth=Key("orders"))
FINDS_A_MINUTE = 600
CODES = (3, 900)  # codes to one entry within 15 minutes
PATIENCE_S = 2.5  # how long an answer waits for the worker
GLANCE_S = 0.05
REF = re.compile(r"[A-Za-z0-9_-]{8,32}")
UNDER_WAY = {"approved", "executing"}


class ProofIn(Input):
    """What shows that the order is the buyer's: the bill number (or its last ≥ 8 digits with the exact amount), a code
    sent to the order's contact, or the token of a link the shop signed."""

    bill_no: Number | None = None
    code: Number | None = None
    amount: Amount | None = None
    link: Token | None = None


class FindIn(Input):
    """`q`: whatever the buyer gave: order number, bill number, mail, phone, QQ. Not needed with `proof.link`."""

    q: Line = ""
    proof: ProofIn | None = None


class OptionOut(Schema):
    key: str
    label: str


class RemedyOut(Schema):
    id: int
    kind: str
    state: str


class FindingOut(Schema):
    """`found` is null while the shop does not answer. `by` is the time we name."""

    level: str
    found: bool | None
    ref: str
    situation: str
    says: str
    options: list[OptionOut]
    by: str | None = None
    remedy: RemedyOut | None = None
    matter_no: str | None = None
    key: str | None = None
    keys: list[str] | None = None


class ChooseIn(Input):
    option: Number


class ChoiceOut(Schema):
    """`key` only where the proof allows to show it; several are one per line, and a list in `keys`."""

    remedy: RemedyOut | None
    matter_no: str | None
    sent: bool | None = None
    key: str | None = None
    keys: list[str] | None = None


@router.post("/find", response={200: FindingOut, **PROBLEMS}, exclude_unset=True)
def find_order(request: HttpRequest, response: HttpResponse, body: FindIn) -> dict[str, Any]:
    """Find an order and say what is wrong with it, as far as the proof allows."""
    key, at = key_of(request), now()
    proof = _proof(body.proof or ProofIn())
    if not body.q.strip() and not proof.order_no:
        raise Problem(422, "q_missing")
    limits.take(f"api:{key.pk}:find", FINDS_A_MINUTE, 60, at)
    asker = Asker("api", key.by, f"api:{key.pk}:{_same_entry(body.q)}")
    shop = Timed(the_shop())
    finding = rescue.find(body.q, proof, asker, shop=shop.as_shop, now=at)
    response["Server-Timing"] = shop.header
    return _seen(finding)


@router.get("/{ref}", response={200: FindingOut, **PROBLEMS}, exclude_unset=True)
def get_finding(request: HttpRequest, ref: str) -> dict[str, Any]:
    """The finding as it stands now, with its remedy, and the key once it is there and may be shown."""
    finding = _finding(request, ref)
    if now() >= finding.expires_at:
        raise Refusal("finding_expired")
    remedy = remedy_of(finding)
    seen = _seen(finding) | {
        "remedy": _remedy_out(remedy),
        "matter_no": finding.order.matter.no if finding.order else None,
    }
    return seen | (_keys_out(finding, remedy, key_of(request)) if remedy else {})


@router.post("/{ref}/choose", response={200: ChoiceOut, **PROBLEMS}, exclude_unset=True)
def choose(request: HttpRequest, ref: str, body: ChooseIn) -> dict[str, Any]:
    """Do what the buyer chose. The same choice twice gives the same remedy. Waits up to 2.5 s for it to be done."""
    finding, key = _finding(request, ref), key_of(request)
    if body.option not in set(Option):
        raise Problem(422, "option_unknown", more=_possible(finding))
    if body.option == Option.CODE and body.option in finding.verdict["options"]:
        return _send_code(finding, key)
    choice = _chosen(finding, body.option, key)
    if choice.remedy is not None:
        _wait_for(choice.remedy)
    answer = {"remedy": _remedy_out(choice.remedy), "matter_no": choice.matter.no}
    if choice.keys:
        return answer | _as_keys(choice.keys)
    return answer | (_keys_out(finding, choice.remedy, key) if choice.remedy else {})


def _proof(given: ProofIn) -> Proof:
    order_no = order_in_link(given.link, settings.SHOP_SECRET, now()) if given.link else ""
    return Proof(given.bill_no or "", given.amount or "", given.code or "", order_no)


def _same_entry(q: str) -> str:
    """One bucket for however somebody spells the same entry; what it was cannot be read from it."""
    meant = [entry.value.casefold() for entry in entries(q)]
    text = max(meant, key=len) if meant else "".join(q.split()).casefold()
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]


def _finding(request: HttpRequest, ref: str) -> Finding:
    """A finding of the key that calls; those of others do not exist for it."""
    finding = find_finding(ref) if REF.fullmatch(ref) else None
    if finding is None or finding.by != key_of(request).by:
        raise Http404
    return finding


def _seen(finding: Finding) -> dict[str, Any]:
    verdict = finding.verdict
    silent = verdict["situation"] == Situation.SHOP_UNREACHABLE
    seen = {
        "level": finding.level, "found": None if silent else finding.order_id is not None, "ref": finding.ref,
        "situation": verdict["situation"], "says": says(finding), "options": _options(finding),
    }  # fmt: skip
    return seen | ({"by": iso_text(verdict["by"])} if verdict.get("by") else {})


def _options(finding: Finding) -> list[dict[str, str]]:
    return [{"key": option, "label": option_label(option, finding)} for option in finding.verdict["options"]]


def _possible(finding: Finding) -> dict[str, Any]:
    return {name: value for name, value in _seen(finding).items() if name in {"situation", "says", "options", "by"}}


def _send_code(finding: Finding, key: ApiKey) -> dict[str, Any]:
    """The worker sends it, so that everybody gets the same answer in the same time."""
    text = json.loads(unseal(settings.SECRET_KEY.encode(), finding.asked))["text"]
    limits.take(f"api:{key.pk}:code:{_same_entry(text)}", *CODES, now())
    journal.defer("send_code", text=text)
    return {"remedy": None, "matter_no": None, "sent": True}


def _chosen(finding: Finding, option: str, key: ApiKey) -> Choice:
    try:
        return rescue.choose(finding, option, by=key.by, shop=the_shop(), now=now())
    except Refusal as no:
        if no.code not in {"situation_changed", "not_an_option"}:
            raise
        fresh = find_finding(finding.ref) or finding
        raise Problem(409, no.code, more=_possible(fresh)) from no


def _wait_for(remedy: Remedy) -> None:
    """Until the worker is through with it, or patience is."""
    end = time.monotonic() + PATIENCE_S
    while remedy.state in UNDER_WAY and time.monotonic() < end:
        time.sleep(GLANCE_S)
        remedy.refresh_from_db(fields=["state", "sealed_keys", "detail", "ended_at"])


def _remedy_out(remedy: Remedy | None) -> dict[str, Any] | None:
    return {"id": remedy.pk, "kind": remedy.kind, "state": remedy.state} if remedy else None


def _keys_out(finding: Finding, remedy: Remedy, key: ApiKey) -> dict[str, Any]:
    """The keys of a remedy that is done, where the proof allows it. Recorded once, however often it is asked."""
    if remedy.state != "done" or not finding.verdict.get("shows"):
        return {}
    keys = keys_of(remedy)
    if keys and not was_shown(remedy, key.by):
        actions.shown(remedy.order, finding.level, len(keys), by=key.by, now=now())
    return _as_keys(keys)


def _as_keys(keys: list[str]) -> dict[str, Any]:
    answer: dict[str, Any] = {"key": "\n".join(keys)} if keys else {}
    return answer | ({"keys": keys} if len(keys) > 1 else {})
