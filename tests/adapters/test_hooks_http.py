"""API 8: the caller of webhooks against real servers."""

import socket
import threading
from collections.abc import Iterator

import pytest

from huiyin.adapters.hooks import http
from huiyin.adapters.hooks.http import HttpCaller
from huiyin.lib.errors import Rejected, Unavailable
from tests.hooked import Listener, listening

BODY, HEADERS = b'{"seq":1}', {"Content-Type": "application/json", "X-Huiyin-Event": "ping"}


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as one:
        yield one


def test_a_call_arrives_as_it_was_sent(listener: Listener) -> None:
    assert HttpCaller(allow_private=True).post(listener.url, BODY, HEADERS) == 204
    headers, body = listener.calls[0]
    assert (body, headers[":path"], headers["X-Huiyin-Event"]) == (BODY, "/told?by=huiyin", "ping")
    assert headers["Host"] == listener.url.split("/")[2]


def test_a_name_that_leads_into_our_network_is_not_called(listener: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Rejected) as no:
        HttpCaller().post(listener.url.replace("127.0.0.1", "localhost"), BODY, HEADERS)
    assert no.value.code == "private_address"
    assert listener.calls == []


def test_a_name_with_one_private_address_among_public_ones_is_not_called(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(2, 1, 6, "", ("8.8.8.8", 443)), (2, 1, 6, "", ("10.0.0.7", 443))]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: both)
    with pytest.raises(Rejected):
        HttpCaller().post("https://a.example/x", BODY, HEADERS)


def test_the_address_that_was_checked_is_the_one_that_is_called(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS that answers differently the second time leads nowhere: there is no second time."""
    port = int(listener.url.split(":")[2].split("/")[0])
    answers = iter([[(2, 1, 6, "", ("127.0.0.1", port))]])
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: next(answers))
    assert HttpCaller(allow_private=True).post(f"http://hooks.example:{port}/x", BODY, HEADERS) == 204
    assert listener.calls[0][0]["Host"] == f"hooks.example:{port}"


def test_a_redirect_is_an_answer_and_not_a_way(listener: Listener) -> None:
    listener.answer = lambda _: 302
    listener.location = listener.url
    assert HttpCaller(allow_private=True).post(listener.url, BODY, HEADERS) == 302
    assert len(listener.calls) == 1


def test_whoever_hangs_up_or_is_not_there_is_asked_again_later(listener: Listener) -> None:
    listener.answer = lambda _: None
    with pytest.raises(Unavailable):
        HttpCaller(allow_private=True).post(listener.url, BODY, HEADERS)
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        with pytest.raises(Unavailable):
            HttpCaller(allow_private=True).post(f"http://127.0.0.1:{nobody.getsockname()[1]}/", BODY, HEADERS)
    with pytest.raises(Unavailable):
        HttpCaller(allow_private=True).post("http://no-such-host.invalid/", BODY, HEADERS)


def test_an_answer_that_drips_for_ever_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "WHOLE_CALL_S", 0.5)
    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=_drip, args=(server, done))
        thread.start()
        with pytest.raises(Unavailable):
            HttpCaller(allow_private=True).post(f"http://127.0.0.1:{server.getsockname()[1]}/", BODY, HEADERS)
        done.set()
        thread.join()


def _drip(server: socket.socket, done: threading.Event) -> None:
    link, _ = server.accept()
    with link:
        while not done.wait(0.1):
            try:
                link.sendall(b"H")
            except OSError:
                return
