"""Whatever arrives, the answer is what was asked for or a problem that says what to do."""

import itertools
import json
import random
from typing import Any

import pytest
from django.db import OperationalError

from huiyin.domain.cases.models import Case
from huiyin.domain.staff.models import ApiKey
from huiyin.lib.clock import now
from tests.fakes import FakeShop
from tests.web.api.calling import COMPLAINT, Caller, is_problem, new_caller

pytestmark = pytest.mark.django_db
BODIES = {
    b"": (422, "invalid"),
    b"{": (400, "body_unreadable"),
    b"\xff\xfe{\x00}\x00": (400, "body_unreadable"),
    '{"q": "x"}'.encode("utf-16"): (400, "body_unreadable"),
    b'{"q": "\xc3\x28"}': (400, "body_unreadable"),
    b'{"q": NaN}': (400, "body_unreadable"),
    b"[" * 100_000: (400, "body_unreadable"),
    b'{"q":' * 60 + b"1" + b"}" * 60: (422, "body_too_deep"),
    b'{"q": ' + b"9" * 5_000 + b"}": (400, "body_unreadable"),
    b'{"q": "x", "y": 1e999}': (422, "number_too_large"),
    b'{"q": "a\\u0000b"}': (422, "text_unreadable"),
    b'{"q": "a\\ud800b"}': (422, "text_unreadable"),
    b'{"\\u0000": 1}': (422, "text_unreadable"),
    b"[]": (422, "body_no_object"),
    b'"text"': (422, "body_no_object"),
    b"null": (422, "body_no_object"),
    b"{}": (422, "q_missing"),
    b'{"q": 5}': (422, "invalid"),
    b'{"q": null}': (422, "invalid"),
    b'{"q": "x", "proof": 5}': (422, "invalid"),
    b'{"q": "x", "proof": {"amount": true}}': (422, "invalid"),
    b'{"q": "x", "proof": {"bill_no": ["1"]}}': (422, "invalid"),
    b'{"q": "' + b"x" * 201 + b'"}': (422, "invalid"),
    b'{"q": "' + b"x" * 400_000 + b'"}': (413, "body_too_large"),
}


@pytest.mark.parametrize("body", BODIES, ids=lambda body: repr(body[:24]))
def test_a_body_we_cannot_use_is_a_clear_problem(api: Caller, body: bytes) -> None:
    assert is_problem(api.ask("POST", "/orders/find", body), *BODIES[body])


@pytest.mark.parametrize(
    "headers", [{"Authorization": ""}, {"Authorization": "Basic eDp5"}, {"Authorization": "Bearer"}]
)
def test_a_request_without_a_key_is_a_401(db: None, shop: FakeShop, headers: dict[str, str]) -> None:
    for method, path in [
        ("GET", "/contacts"),
        ("POST", "/complaints"),
        ("POST", "/orders/find"),
        ("POST", "/deadlines"),
    ]:
        answer = Caller("").ask(method, path, b"", **headers)
        assert is_problem(answer, 401, "key_missing")
        assert answer["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("token", ["nonsense", "hy_" + "x" * 5_000, "中文", "a\x00b"])
def test_an_unknown_key_is_a_401(db: None, token: str) -> None:
    assert is_problem(Caller(token).ask("GET", "/contacts"), 401, "key_unknown")


def test_a_withdrawn_key_is_unknown(api: Caller) -> None:
    ApiKey.objects.update(revoked_at=now())
    assert is_problem(api.ask("GET", "/contacts"), 401, "key_unknown")


def test_a_key_does_only_what_its_scopes_say(db: None, shop: FakeShop) -> None:
    caller = new_caller("deadlines")
    assert is_problem(caller.ask("GET", "/contacts"), 403, "scope_missing")
    assert is_problem(caller.ask("POST", "/orders/find", b'{"q":"x1"}'), 403, "scope_missing")
    assert caller.post("/deadlines", {"start": "2026-11-22", "amount": 1, "unit": "seconds"})[0] == 200


@pytest.mark.parametrize("path", ["/", "/nothing", "/orders/find/", "/../secrets", "/complaints/1/2/3"])
def test_an_unknown_address_is_a_404(api: Caller, path: str) -> None:
    assert is_problem(api.ask("GET", path), 404, "no_such_address")


@pytest.mark.parametrize(("method", "path", "allowed"), [
    ("GET", "/orders/find", "POST"), ("DELETE", "/complaints", "GET, POST"), ("PATCH", "/status", "GET"),
    ("PUT", "/deadlines", "POST"),
])  # fmt: skip
def test_a_wrong_method_is_a_405(api: Caller, method: str, path: str, allowed: str) -> None:
    answer = api.ask(method, path)
    assert is_problem(answer, 405, "wrong_method")
    assert sorted(answer["Allow"].split(", ")) == allowed.split(", ")


def test_problems_speak_the_readers_language(api: Caller) -> None:
    chinese = api.ask("POST", "/complaints", b"{}")
    english = api.ask("POST", "/complaints", b"{}", Accept_Language="en-GB,en;q=0.9")
    anybody = api.ask("POST", "/complaints", b"{}", Accept_Language="fr")
    assert json.loads(chinese.content)["title"] == json.loads(anybody.content)["title"] == "内容有误"
    assert json.loads(english.content)["title"] == "Something in it is not right"
    assert json.loads(english.content)["errors"][0] == {"field": "contact", "code": "missing", "detail": "is missing"}


def test_a_database_that_is_away_is_a_503(api: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object) -> None:
        raise OperationalError("the connection is closed")

    monkeypatch.setattr("huiyin.web.api.contacts.contacts_page", gone)
    answer = api.ask("GET", "/contacts")
    assert is_problem(answer, 503, "busy")
    assert answer["Retry-After"]


def test_a_bug_is_a_500_that_tells_nothing_about_us(api: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KeyError("a secret of ours")

    monkeypatch.setattr("huiyin.web.api.contacts.contacts_page", broken)
    answer = api.ask("GET", "/contacts")
    assert is_problem(answer, 500, "our_mistake")
    assert b"secret" not in answer.content


ODD: list[Any] = [
    None, True, 0, -1, 1.5, 10**18, "", " ", "x", "💥" * 40, "a@b.cn", "2026-11-22", [], {}, [None], {"a": 1},
    {"text": []}, [[[]]], "'; DROP TABLE staff_person; --", "<b>", "%s %(x)s {0}", "\u202e\u200b\ufeff", "ＫＭ１２３",
]  # fmt: skip
SHAPES: list[tuple[str, dict[str, Any]]] = [
    ("/orders/find", {"q": "KM1", "proof": {"bill_no": "1", "amount": "9.90", "code": "1", "link": "x"}}),
    (
        "/complaints",
        COMPLAINT | {"order_no": "KM1", "category": "other", "channel": "web", "occurred_at": "2026-11-22"},
    ),
    ("/deadlines", {"start": "2026-11-22", "amount": 1, "unit": "seconds", "calendar": "cn", "pauses": []}),
]


def variants(shape: dict[str, Any], dice: random.Random) -> list[dict[str, Any]]:
    """The shape with every field, one after the other, replaced by every odd value; and some doubly wrong ones."""
    single = [shape | {name: odd} for name, odd in itertools.product(shape, ODD)]
    nested = [
        shape | {name: {**shape[name], inner: odd}}
        for name in shape if isinstance(shape[name], dict)
        for inner, odd in itertools.product(shape[name], ODD)
    ]  # fmt: skip
    wild = [{name: dice.choice(ODD) for name in shape} for _ in range(60)]
    return single + nested + wild


@pytest.mark.parametrize(("path", "shape"), SHAPES, ids=lambda value: value if isinstance(value, str) else "")
def test_no_json_makes_us_stumble(api: Caller, path: str, shape: dict[str, Any]) -> None:
    for body in variants(shape, random.Random(7)):
        answer = api.ask("POST", path, json.dumps(body).encode())
        assert answer.status_code in (200, 201, 401, 404, 409, 422, 429), (body, answer.content)
        if answer.status_code >= 400:
            assert answer["Content-Type"] == "application/problem+json"
            assert json.loads(answer.content)["detail"], body


def test_a_refused_complaint_leaves_nothing(api: Caller) -> None:
    for body in variants(COMPLAINT, random.Random(7)):
        before = Case.objects.count()
        filed = api.ask("POST", "/complaints", json.dumps(body).encode()).status_code == 201
        assert Case.objects.count() == before + filed
