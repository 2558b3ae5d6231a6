"""What the shop tells us, whether we are there, and how the API describes itself."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from huiyin.domain.orders.models import Breaker, ShopEvent
from huiyin.lib.clock import now
from huiyin.lib.signing import Message, ShopKey, signed_headers
from tests import people
from tests.web.api.calling import Caller, is_problem, seen

pytestmark = pytest.mark.django_db
PATH = "/api/v1/shop/events"
EVENT: dict[str, Any] = {
    "id": "evt_1", "type": "paid", "order_no": "KM1", "at": "2026-11-22T00:00:00+08:00", "data": {"bill_no": "4200"}
}  # fmt: skip


@pytest.fixture(autouse=True)
def _shop_key(settings: Settings) -> None:
    settings.SHOP_KEY_ID = "huiyin-test"


def tell(event: object, *, sent: bytes | None = None, **headers: str) -> HttpResponse:
    body = json.dumps(event).encode()
    key = ShopKey(settings.SHOP_KEY_ID, settings.SHOP_SECRET)
    signed = signed_headers(Message("POST", PATH, body), key, now()) | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    answer = Client().generic("POST", PATH, sent or body, content_type="application/json", headers=signed)
    assert isinstance(answer, HttpResponse)
    return answer


def test_pa4_an_event_is_taken_in_once() -> None:
    assert seen(tell(EVENT)) == (200, {"known": False})
    assert seen(tell(EVENT)) == (200, {"known": True})
    assert ShopEvent.objects.get().order_no == "KM1"
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'handle_shop_event'")
        assert cursor.fetchone() == (1,)


def test_rm5_only_the_shop_can_tell_us() -> None:
    assert is_problem(tell(EVENT, sent=b'{"id": "evt_2"}'), 401, "signature_wrong")
    assert is_problem(tell(EVENT, X_Huiyin_Signature="0" * 64), 401, "signature_wrong")
    stale = str(int((now() - timedelta(minutes=6)).timestamp()))
    assert is_problem(tell(EVENT, X_Huiyin_Timestamp=stale), 401, "signature_stale")
    bare = Client().post(PATH, data="{}", content_type="application/json")
    assert isinstance(bare, HttpResponse)
    assert is_problem(bare, 401, "signature_missing")
    assert not ShopEvent.objects.exists()


def test_rm5_without_a_shared_secret_nobody_can_tell_us_anything(settings: Settings) -> None:
    settings.SHOP_SECRET = ""
    assert is_problem(tell(EVENT), 401, "signature_wrong")


@pytest.mark.parametrize("change", [{"type": "exploded"}, {"id": ""}, {"id": 5}, {"at": "now"}, {"data": []},
                                    {"order_no": "x" * 65}])  # fmt: skip
def test_rm5_an_event_we_do_not_understand_is_a_422(change: dict[str, Any]) -> None:
    assert is_problem(tell(EVENT | change), 422, "invalid")


def test_the_status_is_public_and_honest(api: Caller) -> None:
    nobody = Caller("")
    status, told = nobody.get("/status")
    assert status == 200
    assert told == {
        "service": "ok", "people_on_duty": False, "open_now": True,
        "voice": {"state": "off", "why": "no_engine", "detail": "", "sip_uri": None, "ws_uri": None},
        "breaker": {"open": False},
        "speech": {"state": "off", "why": "no_model", "model": ""},
    }  # fmt: skip
    people.on_duty(now=now())
    Breaker.objects.create(opened_at=now(), reason="too_many")
    told = nobody.get("/status")[1]
    assert (told["people_on_duty"], told["breaker"]) == (True, {"open": True})


def test_op3_why_there_is_no_engine_is_told_to_those_who_have_a_key(
    api: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUIYIN_VAR", str(tmp_path))
    (tmp_path / "hotline.json").write_text(json.dumps({"state": "off", "why": "no Asterisk in any source"}))
    assert api.get("/status")[1]["voice"]["detail"] == "no Asterisk in any source"
    for stranger in (Caller(""), Caller("hy_nobody")):
        assert stranger.get("/status")[1]["voice"]["detail"] == ""


def test_outside_opening_hours_the_status_says_so(api: Caller, settings: Settings) -> None:
    settings.SERVICE_CALENDAR = "cn"
    assert api.get("/status")[1]["open_now"] is False


def test_the_api_describes_itself_and_its_page_loads_nothing_from_elsewhere() -> None:
    described = json.loads(Client().get("/api/v1/openapi.json").content)
    assert {"/api/v1/orders/find", "/api/v1/complaints", "/api/v1/deadlines"} <= described["paths"].keys()
    page = Client().get("/api/v1/docs").content.decode()
    assert "/static/ninja/swagger-ui-bundle.js" in page
    assert "http://" not in page
    assert "https://" not in page
