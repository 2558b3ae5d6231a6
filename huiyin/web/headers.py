"""What browsers may do with our pages: run our own files only, send nobody our addresses, frame us nowhere."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeAlias
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse

P = ParamSpec("P")
View: TypeAlias = Callable[Concatenate[HttpRequest, P], HttpResponse]
GetResponse = Callable[[HttpRequest], HttpResponse]
# No inline script or style anywhere: what a buyer writes can never become either, even if escaping fails once.
POLICY = (
    "default-src 'self'; connect-src {reach}; img-src 'self' data: blob:; media-src 'self' blob:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors {ancestors}"
)
FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), payment=(), microphone=(self)",
}


def policy(*ancestors: str) -> str:
    """The policy of a page that these origins may frame. Browsers phone to the hotline's own port, and nowhere else."""
    phone = urlsplit(settings.HOTLINE_WS)
    reach = f"'self' {phone.scheme}://{phone.netloc}" if phone.netloc else "'self'"
    return POLICY.format(ancestors=" ".join(ancestors), reach=reach)


class Headers:
    """Middleware that adds the headers a view has not set itself."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in FIXED.items():
            response.headers.setdefault(name, value)
        if "Content-Security-Policy" not in response.headers:
            response.headers["Content-Security-Policy"] = policy("'none'")
            response.headers.setdefault("X-Frame-Options", "DENY")
        return response


def embeddable(*ancestors: str) -> Callable[[View[P]], View[P]]:
    """Let pages of these origins (`*` for any) frame a view: the contact block and widget in a shop's pages."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def framed(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            response = view(request, *args, **kwargs)
            response.headers["Content-Security-Policy"] = policy(*ancestors)
            return response

        return framed

    return decorate
