"""API 8: an integrator subscribes, looks, replays and goes."""

import json

import pytest
from pytest_django import Settings

from huiyin.adapters.hooks.http import HttpCaller
from huiyin.domain.notices.hooks.models import Hook
from huiyin.domain.notices.hooks.posting import deliver_next
from tests.web.api.calling import Caller, is_problem, new_caller

HOOK = {"name": "till", "url": "https://shop.example/huiyin", "events": ["case_filed", "conversation_started"]}


def made(api: Caller, **changes: object) -> dict[str, object]:
    status, hook = api.post("/hooks", HOOK | changes)
    assert status == 201, hook
    return hook


def test_a_subscription_tells_its_secret_once(api: Caller) -> None:
    hook = made(api)
    assert hook["key_id"] == f"hook-{hook['id']}"
    assert len(str(hook["secret"])) >= 40
    _, seen = api.get(f"/hooks/{hook['id']}")
    assert "secret" not in seen
    assert (seen["state"], seen["last_seq"], seen["waiting"], seen["deliveries"]) == ("active", 0, 0, [])
    _, all_hooks = api.get("/hooks")
    assert [one["id"] for one in all_hooks["hooks"]] == [hook["id"]]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"url": "http://shop.example/x"}, "hook_url"), ({"url": "https://127.0.0.1/x"}, "hook_url"),
        ({"url": "https://u:p@shop.example/"}, "hook_url"), ({"events": ["nonsense"]}, "hook_event_unknown"),
        ({"events": []}, "invalid"), ({"name": ""}, "invalid"), ({"url": "x" * 600}, "invalid"),
    ],
)  # fmt: skip
def test_what_cannot_be_subscribed_to_is_said(api: Caller, changes: dict[str, object], code: str) -> None:
    answer = api.ask("POST", "/hooks", json.dumps(HOOK | changes).encode())
    assert is_problem(answer, 422, code)
    assert not Hook.objects.exists()


def test_in_a_demo_programs_of_this_machine_may_be_told(api: Caller, settings: Settings) -> None:
    settings.DEMO = True
    assert made(api, url="http://127.0.0.1:8099/told")["state"] == "active"


def test_words_of_messages_need_their_own_scope(api: Caller, db: None) -> None:
    narrow = new_caller("hooks")
    assert is_problem(narrow.ask("POST", "/hooks", json.dumps(HOOK | {"with_text": True}).encode()), 403,
                      "scope_missing")  # fmt: skip
    assert made(api, with_text=True)["with_text"] is True


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_key_without_the_scope_gets_nothing(db: None, method: str) -> None:
    assert is_problem(new_caller("orders").ask(method, "/hooks"), 403, "scope_missing")


def test_a_ping_is_owed_and_a_replay_says_how_many(api: Caller) -> None:
    hook = made(api)
    status, ping = api.post(f"/hooks/{hook['id']}/ping", {})
    assert (status, ping["event"], ping["state"], ping["seq"]) == (202, "ping", "queued", 1)
    status, again = api.post(f"/hooks/{hook['id']}/replay", {"since": 1})
    assert (status, again) == (202, {"count": 1})


def test_a_removed_hook_is_gone(api: Caller) -> None:
    hook = made(api)
    assert api.ask("DELETE", f"/hooks/{hook['id']}").status_code == 204
    assert is_problem(api.ask("GET", f"/hooks/{hook['id']}"), 404, "not_found")
    assert api.get("/hooks")[1] == {"hooks": []}


@pytest.mark.parametrize("path", ["/hooks/0", "/hooks/999999999999999999999", "/hooks/x"])
def test_what_is_not_there_is_404(api: Caller, path: str) -> None:
    assert api.ask("GET", path).status_code == 404


def test_a_hook_that_leads_inside_is_never_called(api: Caller) -> None:
    """Its name is public when it is written down and leads to us when it is called."""
    hook = made(api, url="https://localhost/x")
    api.post(f"/hooks/{hook['id']}/ping", {})
    assert not deliver_next(int(str(hook["id"])), HttpCaller(allow_private=False), lambda _: None)
    assert api.get(f"/hooks/{hook['id']}")[1]["deliveries"][0]["fault"] == "private_address"


def test_the_subscriptions_of_another_program_are_not_there(api: Caller) -> None:
    """Whoever could replay another one's hook could flood it, and whoever sees its address learns about its owner."""
    hook, other = made(api), new_caller("hooks", "hooks_text")
    assert other.get("/hooks")[1] == {"hooks": []}
    tries = [("GET", ""), ("DELETE", ""), ("POST", "/ping"), ("POST", "/replay")]
    for method, deed in tries:
        assert is_problem(other.ask(method, f"/hooks/{hook['id']}{deed}", b"{}"), 404, "not_found")
    assert Hook.objects.get().state == "active"
    assert not Hook.objects.get().deliveries.exists()


def test_whoever_looks_after_all_subscriptions_has_a_scope_for_it(api: Caller) -> None:
    hook, admin = made(api), new_caller("hooks", "hooks_admin")
    assert [one["id"] for one in admin.get("/hooks")[1]["hooks"]] == [hook["id"]]
    assert admin.post(f"/hooks/{hook['id']}/ping", {})[0] == 202
    assert admin.ask("DELETE", f"/hooks/{hook['id']}").status_code == 204
