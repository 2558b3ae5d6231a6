"""Whether the hotline of this instance answers right now, for whoever asks over the API. Read only.

It is on while Asterisk answers and a switchboard is at work: Asterisk alone would let callers hear music for ever.
"""

import os
import time
from dataclasses import dataclass, replace

import httpx

from huiyin.adapters.asterisk.paths import SWITCHBOARD_LOCK, USER, Engine, find_engine
from huiyin.lib.postgresql.locks import is_held

PATIENCE = 0.5  # seconds for Asterisk to answer, which takes one millisecond
KEPT_SECONDS = 1.0  # many ask, one looks


@dataclass(frozen=True)
class Standing:
    """What is said about the hotline. `why` it is off: no_engine (`hotline.json` says more), engine_away or
    switchboard_away."""

    is_on: bool
    why: str = ""
    sip_uri: str | None = None
    ws_uri: str | None = None
    seen_at: float = float("-inf")


_last = Standing(is_on=False)


def standing() -> Standing:
    """How the hotline stands, at most a second old."""
    global _last
    if time.monotonic() - _last.seen_at > KEPT_SECONDS:
        _last = replace(look(), seen_at=time.monotonic())
    return _last


def look() -> Standing:
    """How it stands now."""
    engine = find_engine()
    if engine is None:
        return Standing(is_on=False, why="no_engine")
    if not _answers(engine):
        return Standing(is_on=False, why="engine_away")
    if not is_held(SWITCHBOARD_LOCK):
        return Standing(is_on=False, why="switchboard_away")
    return Standing(is_on=True, sip_uri=engine.sip_uri, ws_uri=os.environ.get("HUIYIN_WS_URL") or engine.ws_url)


def _answers(engine: Engine) -> bool:
    try:
        password = os.environ.get("HUIYIN_ARI_PASSWORD", "")
        ping = f"{engine.ari_url}/ari/asterisk/ping"
        return httpx.get(ping, auth=(USER, password), timeout=PATIENCE, trust_env=False).is_success
    except httpx.HTTPError:
        return False
