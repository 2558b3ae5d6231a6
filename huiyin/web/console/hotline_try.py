"""Trying the menu: keys pressed in the browser go through the same walk as those of a caller, and what is said is the
sentence that callers hear. The way stands in the address; nothing is kept."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from huiyin.adapters.speech.prompts import SLOW, text
from huiyin.domain.routing.models import Queue
from huiyin.domain.routing.queries import is_open
from huiyin.domain.voice.hotline.queries import draft, faults_of, live
from huiyin.domain.voice.hotline.tables import Table, own_slug
from huiyin.domain.voice.hotline.trying import Done, Stands, Trial, tokens_of, trial
from huiyin.domain.voice.menu import Ask, Facts, HangUp, Listen, Menu, Say, ToCallback, ToQueue, ToVoicemail
from huiyin.web.console.gate import by_leads
from huiyin.web.console.hotline_cards import named_faults
from huiyin.web.console.hotline_parts import all_lines, is_english, known, page, queues
from huiyin.web.ui.words_console import queue_title
from huiyin.web.ui.words_hotline import SITUATIONS
from huiyin.web.ui.words_menu import VOICES, node_title, way_words, word

Context = dict[str, Any]
KEYPAD = "123456789*0#"


@require_GET
@by_leads
def show(request: HttpRequest) -> HttpResponse:
    """The page, or with `?part=phone` what a key changes."""
    ours, wanted = draft(), request.GET.get("menu", "")
    which = "draft" if ours and wanted != "live" else "live"
    table = ours.table if ours and which == "draft" else live().table
    faults = faults_of(table, known())
    context = _asked(request, table) | {"which": which}
    context |= {"faults": named_faults(table, faults)} if faults else _tried(request, table, context)
    if request.GET.get("part") == "phone":
        return render(request, "console/parts/hotline_phone.html", context)
    return render(request, "console/hotline_try.html", page(request, "try") | context)


def _asked(request: HttpRequest, table: Table) -> Context:
    """Who calls, where, and when."""
    asked, lines = request.GET, all_lines()
    line = next((one for one in lines if one.number == asked.get("line")), lines[0])
    when = asked.get("when", "now")
    language = asked.get("language", "")
    return {
        "line": line, "at": asked.get("at", "")[:16], "when": when if when in SITUATIONS else "now",
        "lines": [(one.number, f"{one.number} · {queue_title(one.title, one.title_en)}") for one in lines],
        "situations": [(code, word(SITUATIONS, code)) for code in SITUATIONS],
        "language": language if language in {"zh-hans", "en"} else "en" if is_english() else "zh-hans",
        "elderly": asked.get("elderly") == "1", "start": line.node or str(table["start"]),
    }  # fmt: skip


def _stands(context: Context) -> Stands:
    """Whether somebody of a queue can be waited for, in the situation that was asked for."""
    if context["when"] in {"open", "queue_closed", "queue_full"}:
        return lambda _queue: "" if context["when"] == "open" else context["when"]
    at = _moment(context["at"]) if context["when"] == "at" else timezone.now()
    known_queues = {one.slug: one for one in Queue.objects.all()}

    def stands(slug: str) -> str:
        queue = known_queues.get(slug)
        return "queue_closed" if queue is None or not is_open(queue, at) else ""

    return stands


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(settings.TIME_ZONE))
    except ValueError:
        return timezone.now()


def _tokens(request: HttpRequest) -> list[str]:
    """The way so far; digits come from a form of their own, and none of them is silence."""
    if "digits" not in request.GET:
        return tokens_of(request.GET.get("way", ""))
    digits = request.GET["digits"][:32]
    return [*tokens_of(request.GET.get("taken", "")), *tokens_of(f"d{digits}" if digits else "s")]


def _tried(request: HttpRequest, table: Table, context: Context) -> Context:
    tokens = _tokens(request)
    facts = Facts(context["language"], context["elderly"])
    here = trial(Menu.parse(table), context["start"], facts, _stands(context), tokens)
    walk = here.step.walk
    voice = walk.language + (SLOW if walk.elderly else "")
    taken = [one.token for one in here.way]
    link = _Link(context, taken)
    return {
        "title": node_title(table, walk.node), "node": walk.node, "voice": word(VOICES, voice),
        "spoken": [_said(one, voice) for one in here.say],
        "way": [_done(table, one) for one in here.way], "pad": _keys(here, link), "digits": _digits(here),
        "answers": [{"words": way_words(f"={code}"), "url": link.to(f"a{code}")} for code in _codes(here)],
        "silence": "" if not isinstance(here.step.then, Listen) else link.to("s"),
        "end": _over(here), "back": link.cut() if taken else "", "again": link.cut(len(taken)),
        "away": word(SITUATIONS, here.away) if here.away else "", "taken": "~".join(taken),
        "address": link.cut(0),
    }  # fmt: skip


class _Link:
    """Addresses of this page after one thing more or less."""

    def __init__(self, context: Context, taken: list[str]) -> None:
        self._taken = taken
        self._asked = {
            "menu": context["which"], "line": context["line"].number, "when": context["when"], "at": context["at"],
            "language": context["language"], "elderly": "1" if context["elderly"] else "",
        }  # fmt: skip

    def to(self, token: str) -> str:
        return self._address([*self._taken, token])

    def cut(self, count: int = 1) -> str:
        return self._address(self._taken[: len(self._taken) - count])

    def _address(self, tokens: list[str]) -> str:
        asked = {name: value for name, value in self._asked.items() if value} | {"way": "~".join(tokens)}
        return f"{reverse('console:hotline-try')}?{urlencode(asked)}"


def _said(one: Say, voice: str) -> Context:
    """Words and address of a sentence."""
    base = voice.removesuffix(SLOW)
    if one.words:
        words = one.words.get(base) or next(iter(one.words.values()))
        return {"words": words, "url": reverse("console:hotline-sound", args=[voice, own_slug(words)])}
    return {"words": text(one.slug, voice), "url": reverse("console:hotline-sound", args=[voice, one.slug])}


def _keys(here: Trial, link: _Link) -> list[Context]:
    then = here.step.then
    if not isinstance(then, Listen) or then.most > 1:
        return []
    return [{"key": key, "url": link.to(f"k{key}"), "leads": key in then.keys} for key in KEYPAD]


def _digits(here: Trial) -> Context | None:
    then, node = here.step.then, here.step.walk.here
    if not isinstance(then, Listen) or then.most == 1:
        return None
    return {"least": node["least"], "most": node["most"], "is_secret": then.secret}


def _codes(here: Trial) -> list[str]:
    return list(here.step.walk.here["answers"]) if isinstance(here.step.then, Ask) else []


def _done(table: Table, one: Done) -> Context:
    kind, rest = one.token[0], one.token[1:]
    said = {"s": gettext("nothing"), "a": way_words(f"={rest}")}.get(kind, rest)
    secret = bool(table["nodes"][one.node].get("secret"))
    return {"title": node_title(table, one.node), "what": "*" * len(rest) if kind in "kd" and secret else said}


def _over(here: Trial) -> str:
    """How it ended; empty while it goes on."""
    then = here.step.then
    if isinstance(then, ToQueue):
        return _waits(then)
    if isinstance(then, ToVoicemail):
        return gettext("The caller speaks to the recorder; the message becomes a case.")
    if isinstance(then, ToCallback):
        return gettext("We call back; the place is kept.")
    return gettext("The call ends.") if isinstance(then, HangUp) else ""


def _waits(then: ToQueue) -> str:
    name = dict(queues()).get(then.queue, then.queue)
    first = gettext("The caller waits for a person: %(queue)s") % {"queue": name}
    more = [gettext("urgent")] * then.urgent + ([then.tier] if then.tier else [])
    return f"{first} ({', '.join(more)})" if more else first
