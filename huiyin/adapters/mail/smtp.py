"""Sends one mail by SMTP."""

import contextlib
import select
import smtplib
import threading
import time
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from huiyin.lib.errors import Rejected, Unavailable

KEPT_S = 5.0  # a connection is used again for so long: opening one costs more than the mail
_kept = threading.local()


class SmtpSender:
    """`Sender` over Django's mail backend (settings.EMAIL_*). Each thread keeps its connection for a moment."""

    def send(self, to: str, subject: str, text: str) -> None:
        headers = {"Auto-Submitted": "auto-generated"}
        link = _connection()
        message = EmailMessage(subject.replace("\n", " "), text, to=[to], headers=headers, connection=link)
        try:
            link.open()
            message.send()
        except smtplib.SMTPRecipientsRefused as no:
            raise Rejected("address_refused", str(no)[:100]) from no
        except ValueError as bad:  # an address no header can hold
            raise Rejected("address_invalid", str(bad)[:100]) from bad
        except (smtplib.SMTPException, OSError) as trouble:
            _forget()
            raise Unavailable(str(trouble)[:100]) from trouble


def _connection() -> Any:
    """The thread's connection if it is young and still stands, else a new one, not open yet."""
    now, place = time.monotonic(), (settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT)
    link, since, where = getattr(_kept, "link", (None, 0.0, None))
    if link is None or where != place or now - since > KEPT_S or not _stands(link):
        _forget()
        link = get_connection()
    _kept.link = (link, now, place)
    return link


def _stands(link: Any) -> bool:
    """Between two mails a server says nothing, unless it goes away: asking it each time cost as much as a word of the
    mail itself."""
    server = getattr(link, "connection", None)
    if server is None:
        return True
    if server.sock is None or server.sock.fileno() < 0:
        return False
    waiting = select.poll()
    waiting.register(server.sock, select.POLLIN | select.POLLHUP | select.POLLERR)
    return not waiting.poll(0)


def _forget() -> None:
    link = getattr(_kept, "link", (None,))[0]
    _kept.link = (None, 0.0, None)
    if link is not None:
        with contextlib.suppress(smtplib.SMTPException, OSError):
            link.close()
