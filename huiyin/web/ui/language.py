"""The reader's language: what they chose here, else what their browser asks for, else Chinese."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation

COOKIE = "language"
SPOKEN = {"zh-hans", "en"}


def readers_language(request: HttpRequest) -> str:
    """`zh-hans` or `en`. English only for readers who ask for it before Chinese."""
    chosen = request.COOKIES.get(COOKIE, "")
    if chosen in SPOKEN:
        return chosen
    for part in request.headers.get("Accept-Language", "")[:200].lower().split(","):
        tag = part.split(";")[0].strip()
        if tag.startswith("zh"):
            return "zh-hans"
        if tag.startswith("en"):
            return "en"
    return "zh-hans"


class ReadersLanguage:
    """Activates the reader's language for the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with translation.override(readers_language(request)):
            request.LANGUAGE_CODE = translation.get_language() or "zh-hans"
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
        return response
