"""A person who works here, played over the API: present, offered, accepting, answering, wrapping up."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from urllib.error import HTTPError
from urllib.request import Request, urlopen

T = TypeVar("T")
PATIENCE_S = 30.0


class Refused(Exception):
    """The API said no; carries its problem."""


class Agent:
    """One login of the demo people, by its number."""

    def __init__(self, ready: dict[str, Any], agent_no: str = "1024") -> None:
        login = next(one for one in ready["logins"] if one["agent_no"] == agent_no)
        self.base, self.key, self.agent_no = f"{ready['url']}/api/v1", login["api_key"], agent_no
        self.taken: list[str] = []

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """One request; its JSON. Raises Refused."""
        data = json.dumps(body).encode() if body is not None else None
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        try:
            with urlopen(Request(self.base + path, data=data, headers=headers, method=method), timeout=20) as answer:
                said = answer.read()
        except HTTPError as no:
            raise Refused(no.code, no.read().decode()) from no
        return json.loads(said) if said else None

    def is_(self, state: str) -> None:
        """Say what I do: available, busy, break."""
        self.call("PUT", "/agents/me/presence", {"state": state, "device": "journey"})

    def takes(self, no: str) -> None:
        """Become available, wait until this conversation is offered, and accept it."""
        self.is_("available")
        offer = until(lambda: self._offer(no))
        self.call("POST", f"/offers/{offer['id']}/accept", {"device": "journey"})
        self.taken.append(no)

    def clears(self) -> None:
        """Take on whatever cases of earlier tests wait for somebody who is here, so that none is offered to others."""
        self.is_("available")
        quiet_since = time.monotonic()
        while time.monotonic() - quiet_since < 1.0:
            for offer in self.call("GET", "/offers?device=journey")["offers"]:
                path = f"/offers/{offer['id']}"
                if offer["kind"] == "case":
                    self.call("POST", f"{path}/accept", {"device": "journey"})
                else:
                    self.call("POST", f"{path}/decline", {"device": "journey", "reason": "busy"})
                quiet_since = time.monotonic()
            time.sleep(0.05)
        self.is_("offline")

    def goes(self) -> None:
        """Finish what is in hand and take a break: the next test begins with free hands."""
        for no in self.taken:
            if self.call("GET", f"/conversations/{no}")["state"] in {"talking", "wrap_up"}:
                self.wraps_up(no)
        self.is_("break")

    def _offer(self, no: str) -> dict[str, Any] | None:
        offers: list[dict[str, Any]] = self.call("GET", "/offers?device=journey")["offers"]
        for other in offers:
            if other["conversation"] != no:  # of a test before: not ours to answer
                self.call("POST", f"/offers/{other['id']}/decline", {"device": "journey", "reason": "busy"})
        return next((one for one in offers if one["conversation"] == no), None)

    def says(self, no: str, text: str) -> None:
        self.call("POST", f"/conversations/{no}/messages", {"text": text, "client_id": f"a{time.monotonic_ns()}"})

    def hears(self, no: str) -> list[dict[str, Any]]:
        """What the buyer has sent."""
        said: list[dict[str, Any]] = self.call("GET", f"/conversations/{no}/messages")["messages"]
        return [one for one in said if one["author"] == "buyer"]

    def has_read(self, no: str) -> None:
        self.call("POST", f"/conversations/{no}/read", {"seq": self.hears(no)[-1]["seq"]})

    def types(self, no: str) -> None:
        self.call("POST", f"/conversations/{no}/typing", {})

    def wraps_up(self, no: str, step: str = "") -> None:
        """End it properly: number told and, where something comes next, what and by when."""
        by = (datetime.now(UTC) + timedelta(hours=3)).isoformat() if step else None
        more = {"next_step": step, "next_by": by} if step else {}
        kind = "follow_up" if step else "solved"
        self.call("POST", f"/conversations/{no}/end", {"disposition": kind, "number_spoken": True, **more})


def until(find: Callable[[], T | None]) -> T:
    """What `find` finds, as soon as it does."""
    end = time.monotonic() + PATIENCE_S
    while not (found := find()):
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)
    return found
