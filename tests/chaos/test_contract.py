"""The API of a real instance, over real HTTP: the play of `huiyin demo`, and what only the whole way in can show."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from rich.console import Console

from huiyin.daemons.ephemeral import DidNotStart, Running, running_instance
from huiyin.demo import play
from huiyin.demo.stage import NotAsPromised, Play, Step
from tests.web.api.calling import COMPLAINT


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running_instance(tmp_path_factory.mktemp("instance")) as running:
        yield running


@pytest.fixture
def api(instance: Running) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {instance.ready['api_key']}"}
    url = f"{instance.ready['url']}/api/v1"
    with httpx.Client(base_url=url, headers=headers, timeout=30, trust_env=False) as client:
        yield client


def test_op3_the_demo_plays_the_midnight_buyer_as_promised(instance: Running) -> None:
    steps: list[Step] = []
    assert play._played(instance, Console(stderr=True, quiet=True), steps) == ""
    assert len(steps) == 14
    assert all(step.result for step in steps)


def test_op3_the_demo_fails_loudly_when_something_is_not_as_promised(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], instance: Running
) -> None:
    def broken(_: Play) -> None:
        raise NotAsPromised("[no] key")

    monkeypatch.setattr(play, "midnight_buyer", broken)
    assert "key" in play._played(instance, Console(quiet=True), [])

    def nothing() -> Iterator[Running]:
        raise DidNotStart("no room")

    monkeypatch.setattr(play, "running_instance", nothing)
    assert play.main(["--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["ok"], told["steps"]) == (False, [])


@pytest.mark.parametrize(
    ("body", "status"),
    [(b'{"q": "' + b"x" * 3_000_000 + b'"}', 413), (b'{"q": "\xff\xfe"}', 400), (b"[" * 200_000, 400), (b"", 422)],
    ids=["huge", "broken UTF-8", "deep", "empty"],
)
def test_a_bad_body_is_a_problem_over_the_wire_too(api: httpx.Client, body: bytes, status: int) -> None:
    answer = api.post("/orders/find", content=body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json().keys() >= {"type", "title", "status", "detail", "code"}


def test_an_unreadable_address_is_a_problem(api: httpx.Client) -> None:
    for path in ("/complaints/%00", "/complaints/%ff", "/complaints?q=" + "x" * 10_000):
        answer = api.get(path)
        assert answer.status_code in (400, 414)
        assert answer.json()["code"]


def test_a_double_click_on_the_same_choice_is_one_remedy(api: httpx.Client, instance: Running) -> None:
    order = next(o for o in instance.ready["demo_orders"] if o["situation"] == "paid_after_expiry")
    found = api.post("/orders/find", json={"q": order["bill_no"]}).json()

    def choose(_: int) -> httpx.Response:
        return api.post(f"/orders/{found['ref']}/choose", json={"option": "reissue"})

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(choose, range(6)))
    assert [answer.status_code for answer in answers] == [200] * 6
    assert len({answer.json()["remedy"]["id"] for answer in answers}) == 1
    assert len({answer.json()["key"] for answer in answers}) == 1


def test_the_same_filing_many_times_at_once_is_one_case(api: httpx.Client) -> None:
    def file(_: int) -> httpx.Response:
        return api.post("/complaints", json=COMPLAINT, headers={"Idempotency-Key": "at-once"})

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(file, range(6)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1


def test_rm1_every_situation_of_the_demo_is_found_and_said(api: httpx.Client, instance: Running) -> None:
    last = {order["situation"]: order for order in instance.ready["demo_orders"]}
    for situation, order in last.items():
        found = api.post("/orders/find", json={"q": order["order_no"], "proof": {"bill_no": order["bill_no"]}}).json()
        assert situation in ("watched", found["situation"]), found
        assert found["found"] is (None if situation == "shop_unreachable" else True)
        assert found["says"], situation
        assert "person" in [option["key"] for option in found["options"]]
