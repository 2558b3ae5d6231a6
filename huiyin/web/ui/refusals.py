"""A refusal that no view caught becomes a polite page; trouble outside says what we do about it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from huiyin.lib.errors import Refusal, Unavailable
from huiyin.web.ui.words import refusal_text

TOO_OFTEN = frozenset({"too_often", "urgent_often", "urgent_crowded"})


class RefusalsBecomePages:
    """Turns `Refusal` into 409 and `Unavailable` into 503, in words that say what to do next."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Refusal):
            status = 429 if exception.code in TOO_OFTEN else 409
            return render(request, "ui/refused.html", {"says": refusal_text(exception)}, status=status)
        if isinstance(exception, Unavailable):
            return render(request, "ui/refused.html", {"says": refusal_text(Refusal("shop_silent"))}, status=503)
        return None
