"""What a play stands on: a running instance, its API, and the steps that are told."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from rich.console import Console
from rich.markup import escape

GLANCE_S = 0.1


class NotAsPromised(Exception):
    """A step did not end as we promise; the message says how."""


@dataclass(frozen=True)
class Step:
    """One thing that happened: how long it took and what came of it."""

    name: str
    ms: int
    result: str


@dataclass
class Play:
    """The instance, its API, and what happened so far."""

    ready: dict[str, Any]
    console: Console
    steps: list[Step] = field(default_factory=list)
    clients: list[httpx.Client] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.api = self.client(f"Bearer {self.ready['api_key']}")

    def client(self, authorization: str = "") -> httpx.Client:
        """Somebody who calls the API: a program, a person with their own key, or (without any) a visitor."""
        headers = {"Accept-Language": "zh-CN"} | ({"Authorization": authorization} if authorization else {})
        client = httpx.Client(base_url=f"{self.ready['url']}/api/v1", timeout=20, trust_env=False, headers=headers)
        self.clients.append(client)
        return client

    def close(self) -> None:
        for client in self.clients:
            client.close()

    def step(self, name: str, do: Callable[[], str]) -> None:
        """Do one thing, and say what came of it and how long it took."""
        begun = time.monotonic()
        result = do()
        self.told(Step(name, round((time.monotonic() - begun) * 1000), result))

    def told(self, step: Step) -> None:
        self.steps.append(step)
        self.console.print(f"[green]✓[/] {step.name}  [dim]{step.ms / 1000:.2f} s[/]\n  {escape(step.result)}")

    def post(self, path: str, body: dict[str, Any], **headers: str) -> dict[str, Any]:
        return answered(self.api.post(path, json=body, headers=headers))

    def order(self, situation: str) -> dict[str, str]:
        orders = self.ready["demo_orders"]
        return dict(next(order for order in orders if order["situation"] == situation))

    def effects(self, order_no: str) -> list[str]:
        """What the shop's own ledger says was done about an order."""
        shop = self.ready["demo_shop"]
        lines = httpx.get(shop["url"] + shop["ledger_path"], timeout=10, trust_env=False).json()
        return [line["effect"] for line in lines if line["order_no"] == order_no]


def answered(answer: httpx.Response) -> dict[str, Any]:
    """The JSON of an answer; raises NotAsPromised when it is a problem."""
    expect(answer.is_success, f"{answer.request.url.path}: {answer.status_code} {answer.text[:300]}")
    return dict(answer.json()) if answer.content else {}


def expect(is_so: object, otherwise: str) -> None:
    """Raise NotAsPromised unless it is so."""
    if not is_so:
        raise NotAsPromised(otherwise)


def until(look: Callable[[], Any], seconds: float, otherwise: str) -> Any:
    """What `look` finds within these seconds; raises NotAsPromised when it finds nothing."""
    end = time.monotonic() + seconds
    while not (found := look()) and time.monotonic() < end:
        time.sleep(GLANCE_S)
    expect(found, otherwise)
    return found
