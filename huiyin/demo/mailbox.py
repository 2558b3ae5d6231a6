"""The SMTP sink of the demo: takes every mail, keeps it, and shows it on a page. Nothing leaves the machine."""

import asyncio
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from huiyin.demo.models import Letter

LARGEST_MAIL = 2_000_000


class Sink:
    """What aiosmtpd calls for each mail. The 250 is sent after the rows are on disk."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        await asyncio.to_thread(keep_mail, envelope.content, envelope.mail_from or "", list(envelope.rcpt_tos))
        return "250 kept"


def start_sink(port: int) -> Controller:
    """Listen on loopback. Raises OSError when the port is taken."""
    controller = Controller(Sink(), hostname="127.0.0.1", port=port, data_size_limit=LARGEST_MAIL)
    controller.start()
    return controller


def keep_mail(raw: bytes, sender: str, to: list[str]) -> None:
    """One row per recipient."""
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    Letter.objects.bulk_create(
        Letter(
            kind="mail",
            to=address.lower(),
            sender=_header(mail, "From")[:200] or sender[:200],
            subject=_header(mail, "Subject")[:300],
            text=_part(mail, "plain"),
            html=_part(mail, "html"),
            at=datetime.now(UTC),
        )
        for address in to
    )


def keep_sms(to: str, text: str) -> None:
    """An SMS as a gateway would deliver it."""
    Letter.objects.create(kind="sms", to=to.strip().lower(), text=text, at=datetime.now(UTC))


def letters(to: str, limit: int = 100) -> list[Letter]:
    """What one address or number got, newest first; an empty `to` means everybody."""
    rows = Letter.objects.filter(to=to.strip().lower()) if to else Letter.objects.all()
    return list(rows.order_by("-at", "-pk")[:limit])


def _part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    return str(body.get_content()).replace("\r\n", "\n") if body is not None else ""


def _header(mail: EmailMessage, name: str) -> str:
    """A header in one line; a folded one starts with the blank of its fold."""
    return str(mail.get(name, "")).strip()
