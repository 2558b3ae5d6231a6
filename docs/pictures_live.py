"""Scenes in which people talk: the chat, the desk beside it, the board on the wall. Agents act over the API."""

import json
import secrets
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

from playwright.sync_api import Page

from docs.pictures_day import a_day_has_gone_by

if TYPE_CHECKING:
    from docs.pictures import Stage

WORDS = "充值卡激活失败，提示已被使用，刚买的"
ANSWER = "您好，我在核对这张卡的兑换记录，两分钟内告诉您结果。"
PATIENCE_S = 20.0


def chat(page: Page, stage: "Stage") -> None:
    """A buyer is answered."""
    page.goto(f"{stage.url}/chat")
    page.get_by_label("在这里写").fill(WORDS)
    page.get_by_label("在这里写").press("Enter")
    _answered(stage, "1024")
    page.get_by_text(ANSWER).wait_for()


def desk_chat(page: Page, stage: "Stage") -> None:
    """The same from the other side."""
    _begin(stage, WORDS)
    no = _answered(stage, "1024")
    stage.login(page, "L1")
    page.goto(f"{stage.url}/desk/c/{no}")
    page.locator(".msg.ours").first.wait_for()


def wallboard(page: Page, stage: "Stage") -> None:
    """After a day: somebody waits, somebody is answered, somebody is free."""
    _begin(stage, WORDS)
    _answered(stage, "1024")
    _begin(stage, "退款什么时候到")
    _as_agent(stage, "1025", "PUT", "/agents/me/presence", {"state": "break", "reason": "lunch"})
    a_day_has_gone_by(stage.var, datetime.now(UTC))
    stage.login(page, "supervisor")
    page.goto(f"{stage.url}/console/wallboard")
    page.wait_for_function("document.querySelector('hy-curve').shadowRoot?.querySelector('canvas')")


def _begin(stage: "Stage", text: str) -> None:
    body = {"channel": "chat", "text": text, "contact": {"name": "小林"}, "visitor": secrets.token_hex(16)}
    _call(stage, "POST", "/conversations", body)


def _answered(stage: "Stage", agent_no: str) -> str:
    """The agent takes what is offered first and answers; the number of the conversation."""
    _as_agent(stage, agent_no, "PUT", "/agents/me/presence", {"state": "available", "capacity": 9})
    end = time.monotonic() + PATIENCE_S
    while not (offers := _offered_chats(stage, agent_no)) and time.monotonic() < end:
        time.sleep(0.1)
    _as_agent(stage, agent_no, "POST", f"/offers/{offers[0]['id']}/accept", {})
    no = str(offers[0]["conversation"])
    _as_agent(stage, agent_no, "POST", f"/conversations/{no}/messages", {"text": ANSWER})
    return no


def _offered_chats(stage: "Stage", agent_no: str) -> list[dict[str, Any]]:
    """What is offered to this agent and is a chat; matters of scenes before are for others."""
    offers = _as_agent(stage, agent_no, "GET", "/offers")["offers"]
    for one in offers:
        if one["kind"] != "chat":
            _as_agent(stage, agent_no, "POST", f"/offers/{one['id']}/decline", {"reason": "busy"})
    return [one for one in offers if one["kind"] == "chat"]


def _as_agent(stage: "Stage", agent_no: str, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    key = next(login["api_key"] for login in stage.ready["logins"] if login["agent_no"] == agent_no)
    return _call(stage, method, path, body, f"Bearer {key}")


def _call(stage: "Stage", method: str, path: str, body: dict[str, Any] | None, authorization: str = "") -> Any:
    headers = {"Content-Type": "application/json", "X-Forwarded-For": f"10.99.{secrets.randbelow(250)}.1"}
    headers |= {"Authorization": authorization} if authorization else {}
    data = json.dumps(body).encode() if body is not None else None
    with urlopen(Request(f"{stage.url}/api/v1{path}", data, headers, method=method), timeout=20) as answer:
        said = answer.read()
    return json.loads(said) if said else None
