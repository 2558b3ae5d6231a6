"""The wallboard for whoever leads and is logged in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from huiyin.domain.insight.queries import board
from huiyin.web.console.gate import by_leads
from huiyin.web.console.picture import picture
from huiyin.web.desk.gate import me
from huiyin.web.live import sign_topics


@require_GET
@by_leads
def show(request: HttpRequest) -> HttpResponse:
    """The whole screen, or with `?part=board` what a live update fetches again."""
    seen = {"picture": picture(board(timezone.now())), "url": request.path, "has_links": True}
    if request.GET.get("part") == "board":
        return render(request, "console/parts/board.html", seen)
    return render(request, "console/wallboard.html", seen | {"topics": sign_topics(["queue"], me(request).by)})
