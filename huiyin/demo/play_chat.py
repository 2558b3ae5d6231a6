"""A chat in the play: a buyer writes, waits, is answered, handed on, helped to a case, and says how it was."""

import json
import secrets
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from huiyin.demo.stage import Play, answered, expect, until

OFFER_PATIENCE_S = 10.0
HEAR_PATIENCE_S = 5.0


@dataclass
class Ear:
    """The buyer's live stream: what is said, and when it was heard."""

    client: httpx.Client
    address: str
    heard: dict[str, tuple[float, dict[str, Any]]] = field(default_factory=dict)
    stop: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while not self.stop.is_set():
            try:
                with self.client.stream("GET", self.address, timeout=30) as stream:
                    self._read(stream)
            except httpx.HTTPError:
                self.stop.wait(0.2)

    def _read(self, stream: httpx.Response) -> None:
        name = ""
        for line in stream.iter_lines():
            if self.stop.is_set():
                return
            if line.startswith("event:"):
                name = line.removeprefix("event:").strip()
            elif line.startswith("data:") and name == "message":
                said = json.loads(line.removeprefix("data:"))
                self.heard.setdefault(said["client_id"], (time.monotonic(), said))


@dataclass
class Talk:
    """The conversation of the play, and everybody in it."""

    play: Play
    visitor: httpx.Client
    agents: dict[str, httpx.Client]
    id: str = ""
    case_no: str = ""
    buyer: httpx.Client | None = None
    ear: Ear | None = None

    @property
    def path(self) -> str:
        return f"/conversations/{self.id}"

    def opens(self) -> str:
        """Nobody is there yet, and that is what the buyer is told."""
        body = {
            "channel": "chat",
            "contact": {"name": "小林", "phone": "13800138000"},
            "text": "充值卡激活失败，提示已被使用",
        }
        begun = answered(self.visitor.post("/conversations", json=body))
        expect(begun["state"] == "queued" and begun["position"] == 1, f"opened {begun}")
        self.id = begun["id"]
        self.buyer = self.play.client(f"Bearer {begun['token']}")
        self.ear = Ear(self.buyer, f"{self.path}/events")
        self.ear.start()
        wait = begun["expected_wait_s"]
        return f"{self.id}  第 {begun['position']} 位，" + (
            "现在没有人在岗，如实告知" if wait is None else f"约等 {wait} 秒"
        )

    def is_offered(self, agent_no: str) -> str:
        """From *available* to the offer."""
        agent = self.agents[agent_no]
        answered(agent.put("/agents/me/presence", json={"state": "available", "capacity": 3}))
        offer = until(lambda: self._offer(agent), OFFER_PATIENCE_S, f"no offer for {agent_no}")
        why = "；".join(reason["says"] for reason in offer["why"])
        taken = answered(agent.post(f"/offers/{offer['id']}/accept", json={}))
        expect(taken["conversation"] == self.id, f"took {taken}")
        again = agent.post(f"/offers/{offer['id']}/accept", json={"device": "another"})
        expect(again.status_code == 409, f"a second window took it too: {again.status_code}")
        return f"工号 {agent_no} 接起；为什么派给他：{why}"

    def _offer(self, agent: httpx.Client) -> dict[str, Any] | None:
        """What rings for this conversation; something else that rings (a case without an owner) is for a colleague."""
        offers = answered(agent.get("/offers"))["offers"]
        for other in (one for one in offers if one["conversation"] != self.id):
            agent.post(f"/offers/{other['id']}/decline", json={"reason": "busy_with_another"})
        return next((dict(one) for one in offers if one["conversation"] == self.id), None)

    def answers(self, agent_no: str, text: str) -> str:
        """Sent twice with one client id, it is said once, and the buyer hears it live."""
        agent, body = self.agents[agent_no], {"client_id": secrets.token_hex(8), "text": text}
        sent = time.monotonic()
        first = answered(agent.post(f"{self.path}/messages", json=body))
        second = answered(agent.post(f"{self.path}/messages", json=body))
        expect(first["seq"] == second["seq"], f"said twice: {first} {second}")
        assert self.ear is not None
        ear = self.ear
        at, said = until(lambda: ear.heard.get(body["client_id"]), HEAR_PATIENCE_S, "the buyer heard nothing")
        expect(said["agent_no"] == agent_no and said["text"] == text, f"heard {said}")
        return f"“{text}”  {1000 * (at - sent):.0f} ms 后买家看到"

    def is_handed_over(self, to: str) -> str:
        """With a summary, so that nothing has to be told twice."""
        giver = next(client for no, client in self.agents.items() if no != to)
        answered(self.agents[to].put("/agents/me/presence", json={"state": "available"}))
        body = {"to": f"agent:{to}", "summary": "卡密核销失败，已核对订单，需要查兑换记录"}
        answered(giver.post(f"{self.path}/hand-over", json=body))
        return self.is_offered(to)

    def becomes_a_case(self, agent_no: str) -> str:
        """One click; what was said is evidence."""
        body = {"what_happened": "充值卡激活失败，提示已被使用", "demand": "补发一张", "category": "card_invalid"}
        made = answered(self.agents[agent_no].post(f"{self.path}/case", json=body))
        self.case_no = made["case_no"]
        case = answered(self.play.api.get(f"/complaints/{self.case_no}"))
        owed = (one for one in case["promises"] if one["state"] == "running")
        due = ", ".join(f"{one['kind']} {one['due'][:16]}" for one in owed)
        return f"{self.case_no}  {due}"

    def ends(self, agent_no: str) -> str:
        """Not without the number, the next step and by when."""
        agent = self.agents[agent_no]
        early = agent.post(f"{self.path}/end", json={"disposition": "case_opened"})
        expect(early.status_code in {409, 422}, f"it ended without a next step: {early.status_code}")
        by = (datetime.now(UTC) + timedelta(hours=2)).isoformat()
        wrap_up = {
            "disposition": "case_opened", "next_step": "核对兑换记录后补发", "next_by": by, "number_spoken": True,
        }  # fmt: skip
        ended = answered(agent.post(f"{self.path}/end", json=wrap_up))
        return f"{ended['state']}：{ended['next_step']}，{ended['next_by'][11:16]} 前"

    def is_rated(self) -> str:
        assert self.buyer is not None
        rated = answered(self.buyer.post(f"{self.path}/rating", json={"rating": 5, "words": "不用重复说，挺快"}))
        expect(rated["rating"] == 5, f"rated {rated}")
        return "★★★★★ 不用重复说，挺快"

    def leaves(self) -> None:
        if self.ear is not None:
            self.ear.stop.set()
        for agent in self.agents.values():
            agent.put("/agents/me/presence", json={"state": "offline"})


def chat(play: Play) -> None:
    """Somebody who wants a person gets one."""
    logins = [login for login in play.ready["logins"] if login["role"] == "L1"][:2]
    agents = {login["agent_no"]: play.client(f"Bearer {login['api_key']}") for login in logins}
    first, second = agents
    talk = Talk(play, play.client(), agents)
    try:
        play.step("买家找人工，先排队 · a buyer asks for a person and waits", talk.opens)
        play.step("客服上线，马上派单，接起 · an agent comes, is offered it, accepts", lambda: talk.is_offered(first))
        play.step("客服回复，买家实时看到 · the agent answers, heard live",
                  lambda: talk.answers(first, "您好，我在看这张卡的兑换记录"))  # fmt: skip
        play.step("带摘要转给同事 · handed on with a summary", lambda: talk.is_handed_over(second))
        play.step("一键转成投诉，记录就是证据 · it becomes a case, with what was said as evidence",
                  lambda: talk.becomes_a_case(second))  # fmt: skip
        play.step("没有下一步和时间就结束不了 · it does not end without next step and time", lambda: talk.ends(second))
        play.step("买家评价 · the buyer rates it", talk.is_rated)
    finally:
        talk.leaves()
