"""Facts about call codes and upload links."""

from dataclasses import dataclass
from typing import ClassVar

from huiyin.domain.journal.events import Event


@dataclass(frozen=True, slots=True)
class CallCodeUsed(Event):
    """A caller keyed the code of a matter. On the call's own matter."""

    name: ClassVar[str] = "call_code_used"
    about_no: str
    proof: str


@dataclass(frozen=True, slots=True)
class UploadLinkSent(Event):
    """A link that takes pictures into this conversation is on its way to the buyer."""

    name: ClassVar[str] = "upload_link_sent"
    link: int


@dataclass(frozen=True, slots=True)
class UploadLinkUsed(Event):
    name: ClassVar[str] = "upload_link_used"
    link: int
    files: int


@dataclass(frozen=True, slots=True)
class ChatLinkSent(Event):
    """A link that turns this waiting call into a chat is on its way to the buyer."""

    name: ClassVar[str] = "chat_link_sent"
    link: int


@dataclass(frozen=True, slots=True)
class ChatLinkUsed(Event):
    name: ClassVar[str] = "chat_link_used"
    link: int


@dataclass(frozen=True, slots=True)
class SecretCheckBegun(Event):
    """The recording is off while the buyer keys something."""

    name: ClassVar[str] = "secret_check_begun"
    check: int
    what: str


@dataclass(frozen=True, slots=True)
class SecretChecked(Event):
    """What came of it; what was keyed stands nowhere."""

    name: ClassVar[str] = "secret_checked"
    check: int
    result: str
    why: str = ""
