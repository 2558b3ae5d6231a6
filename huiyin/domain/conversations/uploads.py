"""Taking a file somebody sends in a conversation: proven, kept, then said. The bytes are safe before the row is."""

from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from huiyin.domain.conversations import actions
from huiyin.domain.conversations.actions import SentFile
from huiyin.domain.conversations.models import Conversation, Message
from huiyin.domain.conversations.talk import State, Verb, target
from huiyin.lib.files import Files
from huiyin.lib.filetypes import prove

MOST_BYTES = 20 << 20
LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Upload:
    """A seekable stream with its name; `client_id` as of a message."""

    stream: BinaryIO
    name: str
    client_id: str = ""


def take(conversation: Conversation, upload: Upload, *, by: str, files: Files, now: datetime) -> Message:
    """Send a file. Never called inside a transaction. Raises Refusal: `file_empty`, `file_too_large`, `file_type`,
    `picture_too_large`, `too_many_files`, `talk_ended`, `not_your_talk`; Unavailable where the disk is full."""
    if not upload.client_id:
        target(Verb.SAY, State(conversation.state))
    proven = prove(upload.stream)
    stored = files.put(upload.stream, most=MOST_BYTES)
    sent = SentFile(stored.sha256, proven.mime, stored.size, safe_name(upload.name, proven.ending))
    return actions.attach(conversation, sent, by=by, now=now, client_id=upload.client_id)


def safe_name(name: str, ending: str) -> str:
    """The name without folders and control characters, with the ending that fits the content."""
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    stem = "".join(letter for letter in base.rsplit(".", 1)[0] if letter.isprintable()).strip(" .")
    return f"{stem[:LONGEST_NAME] or 'file'}.{ending}"
