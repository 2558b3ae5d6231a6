"""The transcript of a conversation, for the buyer to keep and as evidence of its case: as text, and as PDF.

The same words give the same bytes, so that a transcript attached twice is one piece of evidence.
"""

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext, override

from huiyin.adapters.papers import words
from huiyin.adapters.papers.render import Paper, pdf
from huiyin.adapters.papers.text import paragraphs
from huiyin.domain.conversations.models import Message
from huiyin.domain.conversations.queries import Transcript
from huiyin.domain.conversations.talk import Side, side_of


def as_text(transcript: Transcript, language: str) -> str:
    """Who, when, what; a line each, further lines of a message indented. UTF-8 with line feeds."""
    with override(language):
        head = [_title(transcript), _sub(transcript), ""]
        return "\n".join([*head, *map(_line, transcript.messages), ""])


def transcript_pdf(transcript: Transcript, language: str) -> bytes:
    """The same on paper."""
    with override(language):
        rows = [_row(message) for message in transcript.messages]
        title, no = gettext("Transcript of a conversation"), transcript.conversation.matter.no
        content = words.frame(title, no)
        blocks = [
            {"kind": "title", "text": title, "sub": _sub(transcript)}, {"kind": "facts", "rows": rows},
        ]  # fmt: skip
        made_at = transcript.messages[-1].at if transcript.messages else transcript.conversation.started_at
        return pdf(Paper({**content, "blocks": blocks}, made_at))


def _title(transcript: Transcript) -> str:
    no = words.grouped(transcript.conversation.matter.no)
    return gettext("Transcript of a conversation") + f" {no}"


def _sub(transcript: Transcript) -> str:
    return gettext("With %(shop)s, begun on %(at)s.") % {
        "shop": settings.SHOP_NAME, "at": words.time_of(transcript.conversation.started_at),
    }  # fmt: skip


def _line(message: Message) -> str:
    at = timezone.localtime(message.at).strftime("%Y-%m-%d %H:%M:%S")
    return f"[{at}] {_who(message)}: " + "\n    ".join(_said(message))


def _row(message: Message) -> dict[str, object]:
    at = timezone.localtime(message.at).strftime("%Y-%m-%d %H:%M:%S")
    return {"time": at, "text": _who(message), "cites": "", "quote": _said(message)}


def _said(message: Message) -> list[str]:
    if message.kind != "file":
        return paragraphs(message.text) or [""]
    return [gettext("File: %(name)s") % {"name": message.name}, f"SHA-256 {message.sha256}"]


def _who(message: Message) -> str:
    side = side_of(message.author)
    if side is Side.AGENT:
        return gettext("Agent %(agent_no)s") % {"agent_no": message.author.removeprefix("staff:")}
    return gettext("Buyer") if side is Side.BUYER else gettext("System")
