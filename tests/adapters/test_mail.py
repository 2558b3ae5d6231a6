"""Mail over a real SMTP server on loopback, text messages over a real HTTP server."""

import socket
import threading
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, ClassVar

import pytest
from aiosmtpd.controller import Controller
from django.core import mail as django_mail

from huiyin.adapters.mail import smtp
from huiyin.adapters.mail.smtp import SmtpSender
from huiyin.adapters.sms.http import HttpSms
from huiyin.lib.errors import Rejected, Unavailable


class Inbox:
    """Takes mail for everybody but `refused@…`."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        if address.startswith("refused@"):
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.mails.append(envelope.content)
        return "250 OK"


@pytest.fixture
def inbox(settings: Any) -> Iterator[Inbox]:
    box = Inbox()
    with socket.socket() as probe:  # the controller connects to the port it was given, so it must know it before
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = port
    yield box
    server.stop()


def test_cp11_a_mail_arrives_in_chinese(inbox: Inbox) -> None:
    SmtpSender().send("wang@example.com", "您的“点卡”在这里", "K7QF-2M9X\n回音")
    got = message_from_bytes(inbox.mails[0], policy=policy.default)
    assert got["Subject"] == "您的“点卡”在这里"
    assert got["Auto-Submitted"] == "auto-generated"
    assert "K7QF-2M9X" in got.get_content()


@pytest.mark.parametrize("end", [socket.socket.close, lambda link: link.shutdown(socket.SHUT_RD)])
def test_cp11_a_connection_is_used_again_and_replaced_when_the_server_has_gone(
    inbox: Inbox, end: Callable[[socket.socket], None]
) -> None:
    SmtpSender().send("wang@example.com", "x", "one")
    kept: Any = smtp._kept
    before = kept.link[0]
    SmtpSender().send("wang@example.com", "x", "two")
    assert kept.link[0] is before
    end(before.connection.sock)  # as a server that tires of waiting
    SmtpSender().send("wang@example.com", "x", "three")
    assert [message_from_bytes(one, policy=policy.default).get_content().strip() for one in inbox.mails] == [
        "one", "two", "three",
    ]  # fmt: skip


def test_cp11_an_address_that_is_refused_is_not_tried_again(inbox: Inbox) -> None:
    with pytest.raises(Rejected):
        SmtpSender().send("refused@example.com", "x", "y")


def test_cp11_line_breaks_cannot_smuggle_a_header(inbox: Inbox) -> None:
    SmtpSender().send("wang@example.com", "Hello\nBcc: evil@example.com", "text")
    assert message_from_bytes(inbox.mails[0], policy=policy.default)["Bcc"] is None
    with pytest.raises(Rejected):
        SmtpSender().send("wang@example.com\nBcc: evil@example.com", "Hello", "text")


def test_cp11_a_mail_server_that_is_away_is_tried_again(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    with pytest.raises(Unavailable):
        SmtpSender().send("wang@example.com", "x", "y")
    assert django_mail.outbox == []


class Gateway(BaseHTTPRequestHandler):
    answer: ClassVar[int] = 200
    got: ClassVar[list[bytes]] = []

    def do_POST(self) -> None:
        self.got.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(self.answer)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Be quiet."""


@pytest.fixture
def gateway() -> Iterator[str]:
    Gateway.got.clear()
    server = HTTPServer(("127.0.0.1", 0), Gateway)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/sms"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(("status", "trouble"), [(200, None), (400, Rejected), (503, Unavailable)])
def test_cp11_a_text_message_is_handed_over_or_says_why_not(
    gateway: str, status: int, trouble: type[Exception] | None
) -> None:
    Gateway.answer = status
    if trouble is None:
        HttpSms(gateway).send("13800138000", "", "您的验证码 123456")
    else:
        with pytest.raises(trouble):
            HttpSms(gateway).send("13800138000", "", "x")
    assert len(Gateway.got) == 1


def test_cp11_without_a_gateway_a_text_message_is_refused() -> None:
    with pytest.raises(Rejected):
        HttpSms("").send("13800138000", "", "x")
