"""The hotline in `huiyin start`: Asterisk configured, started and watched, and beside it the switchboard.

Whatever fails here turns the hotline off, with its reason in `var/hotline.json` and in the announcement, and nothing
else: chats, complaints and pages do not need it.
"""

import contextlib
import os
import random
import select
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from huiyin.adapters.asterisk import configuration, music
from huiyin.adapters.asterisk.configuration import Network
from huiyin.adapters.asterisk.paths import USER, Engine, conf_of, note_of, read_note
from huiyin.adapters.asterisk.program import NoAsterisk, Program, find_program
from huiyin.adapters.speech.prompts import Mute, Prompts
from huiyin.daemons.children import spawn
from huiyin.daemons.instance import write_whole
from huiyin.daemons.supervisor import Child

READY_PATIENCE = 3.0  # seconds for which a start that is ready otherwise waits for Asterisk and the switchboard
ORPHAN_PATIENCE = 3.0
KEPT_SECONDS = 86_400.0
LINES = ["001", "002"]
RTP_PORTS = 2000  # two for each leg of a call
RTP_BEGIN = range(10_000, 18_001, 500)  # below the ports that others take by chance
SIP_WISH, WS_WISH = "HUIYIN_SIP_PORT", "HUIYIN_WS_PORT"


@dataclass
class Hotline:
    """What became of it: an engine with its program, or the reason why it is off."""

    var: Path
    engine: Engine | None = None
    program: Program | None = None
    why: str = ""
    password: str = ""

    @property
    def is_on(self) -> bool:
        return self.engine is not None

    def environment(self) -> dict[str, str]:
        """What switchboard and web need to know; nothing while the hotline is off."""
        if self.engine is None:
            return {}
        return {
            "HUIYIN_ARI_URL": self.engine.ari_url,
            "HUIYIN_ARI_USER": USER,
            "HUIYIN_ARI_PASSWORD": self.password,
            "HUIYIN_SIP_PORT": str(self.engine.sip_port),
            "HUIYIN_WS_URL": os.environ.get("HUIYIN_WS_URL") or self.engine.ws_url,
            "HUIYIN_VOICE_DIR": str(self.engine.base),
        }

    def child(self) -> Child:
        """Asterisk as something to keep running; nobody gives up the rest for it. Only while the hotline is on."""
        return Child("asterisk", self._launch, patience=5.0, is_needed=False)

    def _launch(self) -> subprocess.Popen[bytes]:
        if self.program is None:
            raise RuntimeError("the hotline is off")
        _end_orphan(self.var)
        # Through a shell: a program that has vanished is a child that dies, not an error of the supervisor.
        program = ["/bin/sh", "-c", 'exec "$@"', "asterisk", *self.program.command]
        command = [*program, "-C", str(conf_of(self.var)), "-f"]
        with (self.var / "log/asterisk.log").open("ab") as log:
            # none of our own settings, which hold passwords
            env = {name: os.environ[name] for name in ("PATH", "TZ", "TMPDIR") if name in os.environ}
            return spawn(command, log=log, env={**env, "LC_ALL": "C.UTF-8"})

    def is_answering(self) -> bool:
        """Whether its ARI answers to our password."""
        if self.engine is None:
            return False
        try:
            ping = f"{self.engine.ari_url}/ari/asterisk/ping"
            return httpx.get(ping, auth=(USER, self.password), timeout=0.5, trust_env=False).is_success
        except httpx.HTTPError:
            return False

    def tidy(self) -> None:
        """Forget prompts that nobody has heard for a day; to be asked now and then."""
        if self.engine is not None:
            Prompts(self.engine.sounds).forget(time.time() - KEPT_SECONDS)

    def announce(self) -> None:
        """Write down what became of it, for everybody who is not our child."""
        known = read_note(self.var)
        ports = self.engine.as_json() if self.engine else {}
        write_whole(note_of(self.var), {**known, **ports, "state": "on" if self.is_on else "off", "why": self.why})

    def facts(self) -> dict[str, Any]:
        """`voice` in `ready.json`."""
        if self.engine is None or self.why:
            return {"state": "off", "why": self.why, "sip_uri": None, "ws_uri": None, "lines": []}
        uris = {"sip_uri": self.engine.sip_uri, "ws_uri": self.environment()["HUIYIN_WS_URL"]}
        return {"state": "on", "why": "", **uris, "lines": LINES}


def prepare(var: Path, password: str, env: Mapping[str, str] = os.environ) -> Hotline:
    """Find an Asterisk, choose ports and write its configuration. Never raises: without one, the hotline is off."""
    hotline = Hotline(var, password=password)
    try:
        network = Network.from_environment(env)
        hotline.program = find_program(env)
        _end_orphan(var)
        engine = choose_ports(var, network, env)
        _sounds(engine)
        configuration.write(engine, hotline.program, network, password=password, words=_words(engine))
    except (NoAsterisk, Mute, OSError, ValueError, subprocess.SubprocessError) as trouble:
        hotline.why = str(trouble)
    else:
        hotline.engine = engine
    hotline.announce()
    return hotline


def choose_ports(var: Path, network: Network, env: Mapping[str, str] = os.environ) -> Engine:
    """The ports that were asked for; else those of last time where they are free, so that phones which know us find us;
    else others. Raises OSError when a port that was asked for is taken, and ValueError when it is none."""
    known = read_note(var)
    sip = _port(network.bind, env.get(SIP_WISH), known.get("sip_port"), SIP_WISH)
    http = _port("127.0.0.1", env.get(WS_WISH), known.get("http_port"), WS_WISH)
    first = random.choice(RTP_BEGIN)
    rtp = network.rtp or tuple(known.get("rtp", (first, first + RTP_PORTS - 1)))
    return Engine(var, sip, http, rtp)


def _port(address: str, wish: str | None, known: int | None, name: str) -> int:
    """Chosen below the range from which the kernel takes the ports of outgoing connections, so that it stays free."""
    if wish:
        if _is_free(address, int(wish)):
            return int(wish)
        raise OSError(f"port {wish} is taken: set {name} to another one")
    if known and _is_free(address, known):
        return known
    return next(port for port in iter(lambda: random.randint(20_000, 32_000), 0) if _is_free(address, port))


def _is_free(address: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
            with socket.socket(family, kind) as probe:
                if kind == socket.SOCK_STREAM:
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((address, port))
    except OSError:
        return False
    return True


def _sounds(engine: Engine) -> None:
    """What must lie there before Asterisk starts: it looks for its music once."""
    if not (engine.music / "hold.wav").exists():
        music.write_music(engine.music / "hold.wav")
    Prompts(engine.sounds).take_over()


def _words(engine: Engine) -> dict[str, str]:
    """What the dialplan says by itself."""
    prompts = Prompts(engine.sounds)
    slugs = {"WAIT": "line.wait", "SORRY": "line.sorry"}
    return {name: str(prompts.standing(slug).with_suffix("")) for name, slug in slugs.items()}


def _end_orphan(var: Path) -> None:
    """End an Asterisk on our configuration that outlived whoever started it: it would hold ports and socket."""
    for pid in _running_on(conf_of(var)):
        with contextlib.suppress(ProcessLookupError):
            handle = os.pidfd_open(pid)
            signal.pidfd_send_signal(handle, signal.SIGKILL)
            select.select(
                [handle], [], [], ORPHAN_PATIENCE
            )  # readable when all its threads are gone, and its ports free
            os.close(handle)


def _running_on(conf: Path) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = entry.read_bytes().split(b"\0")
        except OSError:
            continue
        if os.fsencode(conf) in words and b"-C" in words:
            found.append(int(entry.parent.name))
    return found
