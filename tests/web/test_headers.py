"""What browsers may do with our pages."""

from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from pytest_django import Settings

from huiyin.web.headers import Headers, embeddable


def answer_of(view: object) -> HttpResponse:
    return Headers(view)(RequestFactory().get("/"))  # type: ignore[arg-type]


def test_pages_run_only_our_own_files_and_are_framed_by_nobody() -> None:
    headers = answer_of(lambda request: HttpResponse("hello")).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_an_embeddable_page_names_who_may_frame_it() -> None:
    @embeddable("https://shop.example")
    def block(request: HttpRequest) -> HttpResponse:
        return HttpResponse("hello")

    headers = answer_of(block).headers
    assert headers["Content-Security-Policy"].endswith("frame-ancestors https://shop.example")
    assert "X-Frame-Options" not in headers


def test_what_a_view_says_itself_stays() -> None:
    headers = answer_of(lambda request: HttpResponse(headers={"Referrer-Policy": "no-referrer"})).headers
    assert headers["Referrer-Policy"] == "no-referrer"


def test_pages_connect_to_us_and_to_the_hotline_only(settings: Settings) -> None:
    settings.HOTLINE_WS = ""
    assert "connect-src 'self';" in answer_of(lambda request: HttpResponse("hello")).headers["Content-Security-Policy"]
    settings.HOTLINE_WS = "ws://127.0.0.1:18088/ws"
    policy = answer_of(lambda request: HttpResponse("hello")).headers["Content-Security-Policy"]
    assert "connect-src 'self' ws://127.0.0.1:18088;" in policy
