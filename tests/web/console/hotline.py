"""Pages of the hotline as a browser meets them: forms filled in, sounds brought."""

import io
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import numpy as np
import soundfile
from django.test import Client

from huiyin.domain.voice.hotline.queries import draft
from tests.web.console.test_console import page

At = Callable[..., Client]
HOTLINE = "/console/hotline"


class Form(HTMLParser):
    """What a browser would send of the first form that has a field of this name."""

    def __init__(self, body: str, having: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._select, self._area = "", ""
        forms = re.findall(r"<form method=\"post\".*?</form>", body, re.DOTALL)
        self.feed(next(one for one in forms if f'name="{having}"' in one))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        one = dict(attrs)
        name, value = one.get("name") or "", one.get("value")
        if tag == "input" and (one.get("type") not in {"checkbox", "radio"} or "checked" in one):
            self.fields[name] = value or ""
        if tag == "select":
            self._select = name
        if tag == "option" and self._select and ("selected" in one or self._select not in self.fields):
            self.fields[self._select] = value or ""
        if tag == "textarea":
            self._area = name
            self.fields[name] = ""

    def handle_endtag(self, tag: str) -> None:
        self._select = "" if tag == "select" else self._select
        self._area = "" if tag == "textarea" else self._area

    def handle_data(self, data: str) -> None:
        if self._area:
            self.fields[self._area] += data


def form(client: Client, path: str, having: str = "was") -> dict[str, str]:
    return Form(page(client, HOTLINE + path), having).fields


def change(client: Client, name: str, **typed: str) -> Any:
    """Send a node's form with this typed into it."""
    path = f"/menu/node/{name}"
    return client.post(HOTLINE + path, form(client, path) | typed)


def publish(client: Client) -> Any:
    return client.post(f"{HOTLINE}/menu/publish", {"edition": str(getattr(draft(), "edition", 0))})


def wav(
    seconds: float = 1.0, rate: int = 44_100, channels: int = 2, subtype: str = "PCM_24", level: float = 0.5
) -> bytes:
    """A tone, as a recorder saves it."""
    times = np.arange(int(seconds * rate)) / rate
    tone = level * np.sin(2 * np.pi * 440 * times)
    made = io.BytesIO()
    soundfile.write(made, np.stack([tone] * channels, axis=1), rate, subtype, format="WAV")
    return made.getvalue()
