"""The contact block for the shop's pages (CH7): number, hours, wait now, and where the real ones are published."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from huiyin.web.headers import embeddable
from huiyin.web.portal.lines import LineNow, lines_now
from huiyin.web.portal.people import Presence, presence
from huiyin.web.portal.waiting import Waiting, waiting_now


def _hours() -> str:
    if settings.SERVICE_CALENDAR == "always":
        return gettext("around the clock")
    return gettext("working days 9:00–12:00, 13:00–18:00")


def _number(lines: list[LineNow]) -> str | None:
    """The number that everybody calls, where the public network has one."""
    return (lines[0].shown or None) if lines else None


def _wait(here: Presence, lines: list[LineNow]) -> str:
    """How calling stands, in the words of the line that everybody calls."""
    return lines[0].wait if lines else here.call


def _open_to_all(response: HttpResponse) -> HttpResponse:
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "public, max-age=30"
    return response


@require_safe
def now_json(request: HttpRequest) -> HttpResponse:
    """How to reach us at this moment. Nothing personal: any page may read it."""
    now = timezone.now()
    here, chat, lines = presence(now), waiting_now(now), lines_now(now)
    facts = {
        "name": settings.SHOP_NAME, "hotline": _number(lines), "hours": _hours(), "wait": _wait(here, lines),
        "lines": [line.as_json() for line in lines],
        "on_duty": here.is_here, "answer_by": here.by.isoformat(), "chat": _chat(chat),
        "help": f"{settings.PUBLIC_URL}/",
        "words": {
            "title": gettext("Paid and got nothing?"), "find": gettext("Find the order"),
            "call": gettext("Call"), "person": gettext("Talk to a person"), "hours": gettext("Hours"),
        },
    }  # fmt: skip
    return _open_to_all(JsonResponse(facts, json_dumps_params={"ensure_ascii": False}))


def _chat(chat: Waiting) -> dict[str, object]:
    """How long a person takes now; `expected_wait_s` is null when nobody could say."""
    return {
        "open": chat.is_open, "waiting": chat.waiting, "expected_wait_s": chat.expected_s if chat.is_open else None,
        "opens_at": chat.opens_at.isoformat() if chat.opens_at else None, "words": chat.words,
    }  # fmt: skip


@embeddable("*")
@require_safe
def block(request: HttpRequest) -> HttpResponse:
    """The block as plain HTML, for a frame or a mail."""
    now = timezone.now()
    context = {
        "call": _wait(presence(now), lines_now(now)), "waiting": waiting_now(now), "hours": _hours(),
        "help": f"{settings.PUBLIC_URL}/",
    }  # fmt: skip
    return render(request, "portal/contact_block.html", context)


def _mail() -> str:
    """The address our mail comes from."""
    return settings.DEFAULT_FROM_EMAIL.rsplit("<", 1)[-1].rstrip(">")


@require_safe
def official_page(request: HttpRequest) -> HttpResponse:
    """The same for people."""
    context = {
        "web": f"{settings.PUBLIC_URL}/", "mail": _mail(), "hours": _hours(), "lines": lines_now(timezone.now()),
    }  # fmt: skip
    return render(request, "portal/official.html", context)


@require_safe
def official(request: HttpRequest) -> HttpResponse:
    """The official ways to reach us, to compare with whoever claims to be us."""
    lines = lines_now(timezone.now())
    facts = {
        "name": settings.SHOP_NAME, "hotline": _number(lines), "web": f"{settings.PUBLIC_URL}/",
        "mail": _mail(), "lines": [line.as_json() for line in lines], "check": f"{settings.PUBLIC_URL}/ours",
        "never_asks_for": ["password", "card key", "bank code", "remote control"],
    }  # fmt: skip
    return _open_to_all(JsonResponse(facts, json_dumps_params={"ensure_ascii": False}))
