"""One node of the menu: its form, and what is different where somebody else has changed it meanwhile."""

import json
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from huiyin.adapters.speech.prompts import LANGUAGES
from huiyin.domain.voice.hotline import actions as hotline
from huiyin.domain.voice.hotline.models import Draft
from huiyin.domain.voice.hotline.queries import TIERS as TIER_CODES
from huiyin.domain.voice.hotline.queries import faults_of, working
from huiyin.domain.voice.hotline.tables import ANSWERS, INPUTS, Table, fingerprint, leading_to
from huiyin.domain.voice.menu_faults import AGAIN
from huiyin.lib.errors import Refusal
from huiyin.web.console.gate import by_leads
from huiyin.web.console.hotline_cards import named_faults, sentence
from huiyin.web.console.hotline_forms import (
    BEGINNINGS,
    KEYS,
    MOST_SENTENCES,
    TO_QUEUE,
    USUAL_SECONDS,
    Node,
    read,
)
from huiyin.web.console.hotline_parts import clean, known, page, queues, sayable, words_of
from huiyin.web.desk.gate import me
from huiyin.web.ui import words_menu as words
from huiyin.web.ui.words_desk import refusal_at_desk

Context = dict[str, Any]


@require_http_methods(["GET", "POST"])
@by_leads
def node(request: HttpRequest, name: str) -> HttpResponse:
    """The form of a node; after one that was refused with what was typed."""
    table = working()
    before = table["nodes"].get(name) or _taken_out(request)
    if before is None:
        raise Http404(name)
    if request.method == "GET":
        return _form(request, table, name, before)
    typed = read(request.POST, before, table["nodes"])
    was, person, now = request.POST.get("was", ""), me(request), timezone.now()
    try:
        if request.POST.get("gone"):
            hotline.remove_node(name, was, person, now=now)
            messages.success(request, gettext("Taken out of the draft."))
            return redirect("console:hotline-menu")
        kept = hotline.keep_node(name, typed.node, was, person, beside=typed.beside, now=now)
    except Refusal as no:
        return _form(request, working(), name, typed.node, no)
    return _kept(request, name, kept)


def _taken_out(request: HttpRequest) -> Node | None:
    """What somebody typed is not lost where a colleague has taken the node out meanwhile."""
    kind = request.POST.get("kind", "")
    return {"kind": kind} if kind in BEGINNINGS else None


@require_http_methods(["GET", "POST"])
@by_leads
def add(request: HttpRequest) -> HttpResponse:
    """A new node: its short name and kind; everything else is said in its own form."""
    typed = request.POST
    name, kind = typed.get("name", "").strip(), typed.get("kind", "choice")
    context = {"name": name[:40], "kind": kind, "kinds": [(one, words.kind_words(one)) for one in BEGINNINGS]}
    if request.method == "GET":
        return render(request, "console/hotline_node_new.html", page(request, "menu") | context)
    fresh = {**BEGINNINGS.get(kind, BEGINNINGS["choice"]), **_titled(request)}
    try:
        hotline.keep_node(name, fresh, "", me(request), now=timezone.now())
    except Refusal as no:
        says = {"refused": refusal_at_desk(no)}
        return render(request, "console/hotline_node_new.html", page(request, "menu") | context | says, status=409)
    return redirect("console:hotline-node", name)


def _titled(request: HttpRequest) -> Node:
    titles = {one: clean(request.POST.get(f"title_{one}", ""), 40) for one in LANGUAGES}
    return {"title": {one: text for one, text in titles.items() if text}} if any(titles.values()) else {}


def _kept(request: HttpRequest, name: str, kept: Draft | None) -> HttpResponse:
    if _wrong(working(), name):
        return redirect("console:hotline-node", name)
    if kept is None:
        messages.info(request, gettext("Nothing was different, so no draft was made."))
    else:
        messages.success(request, gettext("Kept in the draft. Callers hear it once it is published."))
    return redirect("console:hotline-menu")


def _wrong(table: Table, name: str) -> list[dict[str, str]]:
    """What is wrong with this node."""
    return [one for one in named_faults(table, faults_of(table, known())) if one["name"] == name]


def _form(request: HttpRequest, table: Table, name: str, one: Node, no: Refusal | None = None) -> HttpResponse:
    there = table["nodes"].get(name)
    is_stale = no is not None and no.code == "node_changed"
    context = page(request, "menu") | _choices(table) | _shown(one) | {
        "name": name, "one": one, "title": words.node_title(table, name), "kind": words.kind_words(str(one["kind"])),
        "was": fingerprint(there), "refused": refusal_at_desk(no) if no else "", "is_gone": there is None,
        "wrong": _wrong(table, name),
        "different": differences_of(there or {}, one) if is_stale else [],
        "leading": [(each, words.node_title(table, each)) for each in leading_to(table, name)],
    }  # fmt: skip
    return render(request, "console/hotline_node.html", context, status=409 if no else 200)


def _choices(table: Table) -> Context:
    """What there is to choose from."""
    return {
        "nodes": [(name, words.node_title(table, name)) for name in table["nodes"]], "again": AGAIN,
        "queues": queues(), "to_queues": [(f"{TO_QUEUE}{slug}", title) for slug, title in queues()],
        "tiers": [(code, words.word(words.TIERS, code)) for code in TIER_CODES],
        "inputs_of": [(code, words.word(words.INPUTS, code)) for code in words.INPUTS],
        "actions": [(code, words.word(words.ACTIONS, code)) for code in INPUTS],
        "languages": [(code, words.word(words.VOICES, code)) for code in LANGUAGES],
        "ready": [(slug, words_of(slug)["zh-hans"][:40]) for slug in sayable()],
    }  # fmt: skip


def _shown(one: Node) -> Context:
    """The node in the fields of its form."""
    titles, said = one.get("title", {}), [sentence(each) for each in one.get("say", [])]
    spoken, keys, answers = one.get("words", {}), one.get("keys", {}), one.get("answers", {})
    codes = [*ANSWERS, *(code for code in answers if code not in ANSWERS)]
    return {
        "title_zh": titles.get("zh-hans", ""), "title_en": titles.get("en", ""),
        "seconds": one.get("seconds", USUAL_SECONDS),
        "said": [{"at": at, "place": at + 1, **each} for at, each in enumerate(said[:MOST_SENTENCES])],
        "next_at": len(said) if len(said) < MOST_SENTENCES else None,
        "pad": [{"key": key, "to": keys.get(key, ""), "words": "、".join(spoken.get(key, []))} for key in KEYS],
        "answers": [{"code": code, "words": words.word(words.ANSWERS, code), "to": answers.get(code, "")}
                    for code in codes] if one.get("kind") == "ask" else [],
    }  # fmt: skip


def differences_of(there: Mapping[str, Any], typed: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Field by field: what is there now, and what was typed."""
    fields = [one for one in {**there, **typed} if there.get(one) != typed.get(one)]
    return [(words.word(words.FIELDS, one), _plain(there.get(one)), _plain(typed.get(one))) for one in fields]


def _plain(value: Any) -> str:
    """As a person can compare it."""
    if isinstance(value, Mapping):
        return " · ".join(f"{key} → {_plain(to)}" for key, to in value.items())
    if isinstance(value, list):
        return " / ".join(_plain(one) for one in value)
    return value if isinstance(value, str) else json.dumps(value) if value is not None else "–"
