"""The link by SMS that takes pictures while people talk (HL15)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from huiyin.domain.voice.passes import actions as passes
from huiyin.lib.clock import now
from huiyin.lib.errors import Refusal
from huiyin.web.desk.gate import by_staff, me
from huiyin.web.desk.talk import talk_or_404
from huiyin.web.desk.talk_picture import is_mine
from huiyin.web.ui.words_desk import refusal_at_desk


@require_POST
@by_staff
def send(request: HttpRequest, no: str) -> HttpResponse:
    """Send it to the number the buyer calls from, else to the one we know."""
    talk = talk_or_404(request, no)
    try:
        if not is_mine(talk, me(request)):
            raise Refusal("not_your_talk")
        passes.send_upload_link(talk, by=me(request).by, now=now())
        messages.success(request, gettext("The link is on its way. It takes pictures once, for half an hour."))
    except Refusal as no_:
        messages.warning(request, refusal_at_desk(no_))
    return redirect("desk:talk", no)
