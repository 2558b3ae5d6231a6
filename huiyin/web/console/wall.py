"""The same board on a screen that hangs on a wall: nobody is logged in there, its link may be taken away any time.

The link carries its token behind the `#`, where no log sees it; a small script posts it, and a signed cookie of this
path keeps it on that screen only.
"""

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_GET, require_http_methods

from huiyin.domain.insight import actions
from huiyin.domain.insight.models import Wall
from huiyin.domain.insight.queries import board
from huiyin.lib.errors import Refusal
from huiyin.lib.limits import actions as limits
from huiyin.web.console.picture import picture
from huiyin.web.live import sign_topics

COOKIE, SALT, PATH = "wall", "huiyin.wall", "/console/wall"
A_YEAR = 365 * 24 * 3600
PER_MINUTE = 20


@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """`/console/wall#token`: opens the board on this screen. Raises Refusal('link_wrong')."""
    if request.method != "POST":
        return render(request, "console/wall_enter.html")
    address = request.META.get("REMOTE_ADDR", "")
    limits.take(f"wall:{address}:minute", PER_MINUTE, 60, timezone.now())
    wall = actions.wall_behind(request.POST.get("token", "")[:80])
    if wall is None:
        raise Refusal("link_wrong")
    response = redirect("console:wall-board")
    kept = signing.dumps(wall.pk, salt=SALT)
    response.set_cookie(
        COOKIE, kept, max_age=A_YEAR, path=PATH, httponly=True, samesite="Lax", secure=request.is_secure()
    )  # fmt: skip
    return response


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """The board, as long as its link stands; a screen whose link was taken away says so."""
    wall, now, part = _wall_of(request), timezone.now(), request.GET.get("part") == "board"
    if wall is None:
        page = "console/parts/taken_down.html" if part else "console/taken_down.html"
        response = render(request, page, status=200 if part else 403)
    else:
        actions.wall_seen(wall, now=now)
        seen = {"picture": picture(board(now)), "url": request.path, "has_links": False}
        topics = {} if part else {"topics": sign_topics(["queue"], f"wall:{wall.pk}")}
        response = render(request, f"console/{'parts/board' if part else 'wallboard'}.html", seen | topics)
    add_never_cache_headers(response)
    return response


def _wall_of(request: HttpRequest) -> Wall | None:
    try:
        pk = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=A_YEAR)
    except signing.BadSignature:
        return None
    return Wall.objects.filter(pk=pk, revoked_at__isnull=True).first()
