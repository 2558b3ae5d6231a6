"""A program that calls the API, and a shop in memory behind it."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.test import Client
from ninja import Schema

from huiyin.domain.orders import carrying
from huiyin.domain.orders.models import Remedy
from huiyin.domain.staff import actions as staff
from huiyin.lib.clock import now
from tests.fakes import FakeShop

ROOT = "/api/v1"
SCOPES = ["orders", "complaints", "contacts", "deadlines", "hooks", "hooks_text"]
COMPLAINT: dict[str, Any] = {
    "contact": {"email": "li@example.com"},
    "what_happened": "付了款，一直没有收到卡密",
    "demand": {"text": "补发或者退款"},
}
Replace = Callable[..., dict[str, Any]]


@dataclass
class Caller:
    """One API key and the requests it makes. Answers are Django responses; `seen` gives status and JSON."""

    token: str
    language: str = "zh-CN"
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> HttpResponse:
        """One request with exactly these bytes."""
        sent = {"Authorization": f"Bearer {self.token}", "Accept-Language": self.language} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        response = self.client.generic(method, ROOT + path, body, content_type="application/json", headers=sent)
        assert isinstance(response, HttpResponse)
        return response

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, Any]]:
        return seen(self.ask("GET", path, b"", **headers))

    def post(self, path: str, body: object, **headers: str) -> tuple[int, dict[str, Any]]:
        return seen(self.ask("POST", path, json.dumps(body).encode(), **headers))

    def find(self, q: str, **proof: object) -> dict[str, Any]:
        """A find that succeeds."""
        status, found = self.post("/orders/find", {"q": q, "proof": proof})
        assert status == 200, found
        return found

    def choose(self, found: dict[str, Any], option: str) -> dict[str, Any]:
        """A choice that succeeds."""
        status, chosen = self.post(f"/orders/{found['ref']}/choose", {"option": option})
        assert status == 200, chosen
        return chosen


def seen(response: HttpResponse) -> tuple[int, dict[str, Any]]:
    """Status and JSON of an answer."""
    answer: dict[str, Any] = json.loads(response.content)
    return response.status_code, answer


def new_caller(*scopes: str) -> Caller:
    """A program with a fresh key of these scopes (all, if none is given)."""
    return Caller(staff.issue_key("test", list(scopes) or SCOPES, now=now()))


def work(shop: FakeShop) -> None:
    """What the worker would do: carry out what is approved."""
    for remedy in Remedy.objects.filter(state__in=["approved", "executing"]):
        carrying.carry_out(remedy.pk, shop=shop, now=now())


def is_problem(response: HttpResponse, status: int, code: str) -> bool:
    """Whether this is a whole RFC 9457 problem with this status and code."""
    _, body = seen(response)
    assert response["Content-Type"] == "application/problem+json", response.content
    assert body.keys() >= {"type", "title", "status", "detail", "code", "instance"}
    assert body["status"] == response.status_code
    assert body["title"]
    assert body["detail"]
    return (response.status_code, body["code"]) == (status, code)


def as_ours(schema: type[Schema], answer: dict[str, Any]) -> None:
    """The answer is exactly what this part of the description says."""
    assert schema.model_validate(answer).model_dump(mode="json", exclude_unset=True) == answer
