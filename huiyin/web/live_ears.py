"""What one stream of a conversation has heard and what waits to be sent to it (pure: no network, no clock, no tables).

`seq` is given under the matter's lock and its transaction holds that lock until it commits, so the messages of a
conversation become visible in the order of their numbers: whoever has read up to 7 has missed nothing below. An ear
therefore needs one number to go on from, and the id of an event is that number.
"""

import asyncio
import json
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from huiyin.domain.conversations.queries import News, Said, Standing
from huiyin.web.api.conversation_out import message, standing

MOST_WAITING, MOST_BYTES = 256, 512 * 1024
LONGEST_ID = 9


def place_in(last_event_id: str, newest: int) -> int:
    """Where to go on from: the number the reader names; everything again for what is none or lies ahead of us."""
    text = last_event_id.strip()
    is_number = text.isascii() and text.isdigit() and len(text) <= LONGEST_ID
    return int(text) if is_number and int(text) <= newest else 0


def event(name: str, data: dict[str, Any], seq: int | None = None) -> bytes:
    """One event of a stream."""
    head = f"id: {seq}\n" if seq is not None else ""
    return f"{head}event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


@dataclass(eq=False)
class Ear:
    """One open stream of one conversation. `seq`: what is in line or sent already."""

    no: str
    address: str
    sees_notes: bool
    is_buyer: bool
    seq: int = 0
    authorization: str = ""  # of whoever works here: asked again now and then
    told: dict[str, bytes] = field(default_factory=dict)  # what it knows of state and marks
    line: deque[bytes] = field(default_factory=deque)
    size: int = 0
    stirred: asyncio.Event = field(default_factory=asyncio.Event)
    is_gone: bool = False
    is_behind: bool = False  # its line was full: what comes next is read again when it has room

    def put(self, what: bytes) -> bool:
        """Put an event in line; False where the line is full or ends."""
        if self.is_gone or len(self.line) >= MOST_WAITING or self.size >= MOST_BYTES:
            return False
        self.line.append(what)
        self.size += len(what)
        self.stirred.set()
        return True

    def hear(self, news: "Told") -> None:
        """Put those messages in line that come after the last one, as far as there is room."""
        for said, told in news.messages if self.seq >= news.after else ():
            if said.seq <= self.seq:
                continue
            is_hidden = said.internal and not self.sees_notes
            if not is_hidden and not self.put(told):
                self.is_behind = True
                return
            self.seq = said.seq

    def tell(self, name: str, what: bytes) -> None:
        """Tell how something stands, if that is news; a full line hears of it later."""
        if self.told.get(name) == what:
            return
        if self.put(what):
            self.told[name] = what
        else:
            self.is_behind = True

    def take(self) -> bytes:
        """What is in line, all of it."""
        taken = b"".join(self.line)
        self.line.clear()
        self.size = 0
        self.stirred.clear()
        return taken

    def leave(self) -> None:
        """End the stream after what is in line."""
        self.is_gone = True
        self.stirred.set()


@dataclass(frozen=True, slots=True)
class Told:
    """The news of one conversation as events, made once for all who watch it: everything behind the place `after`.
    Whoever stands before that place has come while it was read, and must not take it: there would be a gap."""

    after: int
    standing: Standing
    messages: list[tuple[Said, bytes]]
    state: bytes
    read: bytes
    is_more: bool


def told(news: News, after: int, place: dict[str, Any], most: int) -> Told:
    """Put news from behind `after` into events. `place`: position and expected wait of one that waits; `most`: what one
    look brings."""
    messages = [(said, event("message", message(said), said.seq)) for said in news.said]
    how = news.standing
    return Told(
        after, how, messages, event("state", standing(how) | place),
        event("read", {"buyer_read": how.buyer_read, "agent_read": how.agent_read}), len(news.said) >= most,
    )  # fmt: skip
