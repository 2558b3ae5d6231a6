"""The gate: what is too big, too slow or unreadable gets a clear answer and never holds a thread."""

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from ipaddress import ip_network
from typing import Any

import pytest

from huiyin.web.gate import KB, Gate, Room, as_seen_by_us
from huiyin.web.threads import Threads
from tests.web.serving import connect, in_thread, read_all, say

THREADS = 2
Start = Callable[[str, list[tuple[str, str]]], object]
served: list[str] = []


def echo(environ: dict[str, Any], start_response: Start) -> list[bytes]:
    """Tells what arrived; `/huge` answers with more than any buffer holds."""
    served.append(environ["PATH_INFO"])
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    answer = json.dumps({"size": len(body), "sha": hashlib.sha256(body).hexdigest(), "from": environ["REMOTE_ADDR"]})
    start_response("200 OK", [("content-type", "application/json")])
    return [b"x" * 1_000_000] * 30 if environ["PATH_INFO"] == "/huge" else [answer.encode()]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    threads = Threads(echo, THREADS, patience=0.3)
    rooms = [Room("/uploads", size=3_000_000), Room("/slow", seconds=0.2)]
    with in_thread(Gate(threads, rooms=rooms, proxies=["10.0.0.0/8"])) as port:
        yield port


@pytest.fixture(autouse=True)
def _nothing_served_yet() -> None:
    served.clear()


def request(line: str, *headers: str) -> bytes:
    return "\r\n".join([f"{line} HTTP/1.1", "host: localhost", "connection: close", *headers, "", ""]).encode()


def all_threads_answer(port: int) -> None:
    """As many requests at once as there are threads, each of them answered."""
    links = [connect(port) for _ in range(THREADS)]
    for link in links:
        link.sendall(request("GET /well"))
    for link in links:
        assert b" 200 " in read_all(link)[:20]
        link.close()


def test_a_body_that_announces_itself_as_too_large_is_refused_unread(port: int) -> None:
    answer = say(port, request("POST /api/v1/orders/find", "expect: 100-continue", "content-length: 5000000000"))
    assert answer.status == 413
    assert b"100 Continue" not in answer.raw
    assert "application/problem+json" in answer.head
    problem = json.loads(answer.body)
    assert problem["status"] == 413
    assert "256 kB" in problem["detail"]
    assert served == []


def test_who_sends_too_much_without_asking_still_reads_the_answer(port: int) -> None:
    body = b"x" * 10_000_000
    answer = say(port, request("POST /form", f"content-length: {len(body)}"), body)
    assert answer.status == 413
    assert answer.body.endswith("</html>")
    assert served == []


def test_a_flood_in_chunks_is_cut_off_where_the_room_ends(port: int) -> None:
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    answer = say(port, request("POST /form", "transfer-encoding: chunked"), *[chunk] * 40, b"0\r\n\r\n")
    assert answer.status == 413
    assert served == []


def test_a_small_body_in_chunks_arrives_whole(port: int) -> None:
    answer = say(port, request("POST /form", "transfer-encoding: chunked"), b"3\r\nabc\r\n", b"2\r\nde\r\n0\r\n\r\n")
    assert json.loads(answer.body.split("\r\n")[1])["size"] == 5


@pytest.mark.parametrize("size", [0, 1, 64 * KB, 256 * KB, 2_999_999, 3_000_000])
def test_what_fits_arrives_unchanged(port: int, size: int) -> None:
    body = bytes(range(256)) * (size // 256 + 1)
    answer = say(port, request("POST /uploads", f"content-length: {size}"), body[:size])
    assert hashlib.sha256(body[:size]).hexdigest() in answer.body


def test_who_leaves_in_the_middle_of_a_body_holds_no_thread(port: int) -> None:
    for _ in range(THREADS * 3):
        with connect(port) as link:
            link.sendall(request("POST /form", "content-length: 1000") + b"half")
    all_threads_answer(port)
    assert served == ["/well"] * THREADS


def test_who_sends_slowly_is_told_and_holds_no_thread(port: int) -> None:
    links = [connect(port) for _ in range(THREADS * 3)]
    for link in links:
        link.sendall(request("POST /slow", "content-length: 1000") + b"drop")
    all_threads_answer(port)
    for link in links:
        assert b" 408 " in read_all(link)[:20]
        link.close()
    assert "/slow" not in served


def test_who_never_takes_the_answer_loses_it_and_frees_the_thread(port: int) -> None:
    links = [connect(port) for _ in range(THREADS)]
    for link in links:
        link.sendall(request("GET /huge"))
    all_threads_answer(port)
    assert served.count("/huge") == THREADS
    for link in links:
        link.close()


@pytest.mark.parametrize(
    "line",
    [b"GET /%ff%fe", b"GET /\xff\xfe", b"GET /a%00b", b"GET /?q=%c3%28", b"GET /?q=%00", b"GET /?q=\xc4\xe3"],
)
def test_addresses_that_are_no_text_get_a_plain_400(port: int, line: bytes) -> None:
    answer = say(port, line + b" HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
    assert answer.status == 400
    assert served == []


def test_chinese_addresses_are_text(port: int) -> None:
    assert say(port, request("GET /%E5%9B%9E%E9%9F%B3?q=%E5%8D%A1")).status == 200


def test_endless_addresses_and_headers_are_refused(port: int) -> None:
    assert say(port, request("GET /" + "a" * 9000)).status == 414
    assert say(port, request("GET /", "cookie: " + "a" * 40_000)).status == 431


@pytest.mark.parametrize(
    "begin",
    [
        b"GET / HTTP/1.1\r\nx: ",
        b"GET /",
        b"POST /form HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\nx: ",
    ],
)
def test_a_head_without_end_is_cut_off(port: int, begin: bytes) -> None:
    with connect(port) as link, pytest.raises(ConnectionError):
        link.sendall(begin)
        for _ in range(1000):
            link.sendall(b"a" * 100_000)


def test_a_head_that_never_comes_is_not_waited_for(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huiyin.web.connection.HEAD_SECONDS", 0.1)
    with connect(port) as silent, connect(port) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\nho")
        assert read_all(silent) == read_all(slow) == b""


def test_people_get_a_calm_page_in_their_language(port: int) -> None:
    page = say(port, request("GET /" + "a" * 9000, "accept-language: en-GB,en;q=0.9,zh;q=0.5"))
    assert '<html lang="en">' in page.body
    assert "This address is too long" in page.body
    assert "script" not in page.body
    page = say(port, request("GET /" + "a" * 9000, "accept-language: zh-CN,zh;q=0.9"))
    assert '<html lang="zh-Hans">' in page.body


def test_when_the_line_is_too_long_people_are_told_so_at_once() -> None:
    may_end, has_begun = threading.Event(), threading.Event()

    def wait(environ: dict[str, Any], start_response: Start) -> list[bytes]:
        has_begun.set()
        may_end.wait(20)
        return echo(environ, start_response)

    threads = Threads(wait, 1)
    threads.most = 1
    with in_thread(Gate(threads)) as port, connect(port) as first:
        first.sendall(request("GET /first"))
        assert has_begun.wait(20)
        busy = say(port, request("GET /second"))
        assert busy.status == 503
        assert "retry-after: 3" in busy.head
        may_end.set()
        assert b" 200 " in read_all(first)[:20]


def seen(client: str, **headers: str) -> tuple[str, str, list[str]]:
    """The client, scheme and headers that remain when this comes from `client` and 10/8 are our proxies."""
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    told = {"headers": pairs, "client": (client, 5), "scheme": "http"}
    scope = as_seen_by_us(told, [ip_network("10.0.0.0/8")])
    return scope["client"][0], scope["scheme"], [name.decode() for name, _ in scope["headers"]]


def test_strangers_cannot_say_who_they_are() -> None:
    assert seen("203.0.113.5", x_forwarded_for="1.2.3.4", x_forwarded_proto="https", accept="*/*") == (
        "203.0.113.5",
        "http",
        ["accept"],
    )


def test_the_word_of_known_proxies_is_taken_up_to_the_first_stranger() -> None:
    told = seen("10.0.0.2", x_forwarded_for="6.6.6.6, 203.0.113.5, 10.0.0.9", x_forwarded_proto="https")
    assert told == ("203.0.113.5", "https", [])
    assert seen("10.0.0.2", x_forwarded_for="nonsense")[0] == "10.0.0.2"


def test_headers_that_wsgi_would_mistake_for_others_are_dropped() -> None:
    scope = as_seen_by_us({"headers": [(b"x_forwarded_for", b"1.2.3.4")], "client": ("1.1.1.1", 1)}, ())
    assert scope["headers"] == []
