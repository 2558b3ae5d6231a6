"""A browser that talks to us without a key, and people who answer with theirs."""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.test import Client

from huiyin.domain.conversations.models import Conversation
from huiyin.domain.staff import actions as staff
from huiyin.domain.staff.models import Person
from huiyin.lib import signing
from huiyin.lib.clock import now
from tests.web.api.calling import ROOT, Caller, seen


@dataclass
class Visitor:
    """A browser without a key."""

    token: str = ""
    no: str = ""
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def post(self, path: str, body: object) -> tuple[int, dict[str, Any]]:
        answer = self.client.post(
            ROOT + path, json.dumps(body), content_type="application/json", headers=self._headers()
        )  # fmt: skip
        return seen(answer)  # type: ignore[arg-type]  # Django's client adds to its answers

    def get(self, path: str) -> tuple[int, dict[str, Any]]:
        return seen(self.client.get(ROOT + path, headers=self._headers()))  # type: ignore[arg-type]  # as above

    def begin(self, text: str = "卡密没收到", **more: object) -> dict[str, Any]:
        status, told = self.post("/conversations", {"text": text, **more})
        assert status == 201, told
        self.token, self.no = told["token"], told["id"]
        return told

    def say(self, text: str, **more: object) -> tuple[int, dict[str, Any]]:
        return self.post(f"/conversations/{self.no}/messages", {"text": text, **more})

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}


def person_calls(person: Person) -> Caller:
    return Caller(staff.issue_key("own", [], now=now(), person=person))


def talk_of(visitor: Visitor) -> Conversation:
    return Conversation.objects.select_related("matter", "agent").get(matter__no=visitor.no)


def signed(**claims: str) -> str:
    identity = signing.Identity(**{"sub": "m-77", **claims})
    return signing.identity_token(identity, now() + timedelta(minutes=10), settings.SHOP_SECRET)
