"""Write the configuration of one instance's Asterisk: everything it reads is made here, anew at each start.

Loopback is the usual case and needs nothing. A host that faces a network says so by the environment (see
docs/how-to/hotline.md); what only that host has (a trunk's account, TLS) goes to `voice/local/pjsip.conf`.
"""

import fcntl
import ipaddress
import os
import socket
import struct
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from huiyin.adapters.asterisk.music import write_beep
from huiyin.adapters.asterisk.paths import USER, Engine
from huiyin.adapters.asterisk.program import TEMPLATES, Program

# Asterisk complains of each file that it does not find. What is not switched off by its absence is switched off here.
BARE = {
    "acl.conf": "",
    "udptl.conf": "[general]\n",
    "pjproject.conf": "",
    "features.conf": "",
    "websocket_client.conf": "",
    "stasis.conf": "",
    "ccss.conf": "[general]\n",
    "manager.conf": "[general]\nenabled = no\n",
    "cdr.conf": "[general]\nenable = no\n",
    "cel.conf": "[general]\nenable = no\n",
}
FOLDERS = ("etc", "lib/keys", "db", "spool/monitor", "data", "sounds", "recorded", "recordings", "moh", "local")
BESIDE = 20  # one line in so many is for those who are too many, to be told so
LONGEST_SOCKET_DIRECTORY = 90  # sockaddr_un holds 108 bytes; Asterisk appends "/asterisk.ctl"


@dataclass(frozen=True)
class Network:
    """Where it listens and what it tells others. `shown`: the address for the outside, behind NAT; "" for none.
    `most_of_address`: calls at once from an address that is no trunk; 0 for half of all."""

    bind: str = "127.0.0.1"
    shown: str = ""
    trunks: str = "127.0.0.0/8"
    trunk_uri: str = ""
    most_calls: int = 500
    most_of_one: int = 20
    most_of_address: int = 0
    rtp: tuple[int, int] | None = None

    @property
    def is_loopback(self) -> bool:
        return ipaddress.ip_address(self.bind).is_loopback

    @property
    def media(self) -> str:
        """The address in what we offer to send and receive; "" lets Asterisk choose."""
        return self.bind if self.is_loopback else self.shown

    @classmethod
    def from_environment(cls, env: Mapping[str, str] = os.environ) -> "Network":
        """Raises ValueError for what is no address or number."""
        found = cls(
            bind=str(ipaddress.ip_address(env.get("HUIYIN_SIP_BIND") or cls.bind)),
            shown=env.get("HUIYIN_SIP_ADDRESS", ""),
            trunks=env.get("HUIYIN_SIP_TRUNKS") or cls.trunks,
            trunk_uri=env.get("HUIYIN_SIP_TRUNK_URI", ""),
            most_calls=int(env.get("HUIYIN_MOST_CALLS") or cls.most_calls),
            most_of_one=int(env.get("HUIYIN_MOST_CALLS_OF_ONE") or cls.most_of_one),
            most_of_address=int(env.get("HUIYIN_MOST_CALLS_OF_ADDRESS") or cls.most_of_address),
            rtp=_range(env.get("HUIYIN_RTP_PORTS", "")),
        )
        if any(sign in value for value in (found.shown, found.trunks, found.trunk_uri) for sign in "\n\r;"):
            raise ValueError("a setting of the hotline has a line break or a semicolon in it")
        return found


def _range(text: str) -> tuple[int, int] | None:
    """`16000-19999`, both ends included. Raises ValueError."""
    if not text:
        return None
    first, last = (int(number) for number in text.split("-"))
    if not 1024 <= first < last <= 65_535:
        raise ValueError(f"{text} is no range of ports")
    return first, last


def media_fields(network: Network) -> dict[str, str]:
    """What an endpoint needs so that its sound goes where its signalling goes."""
    if not network.media:
        return {}
    bound = {"bind_rtp_to_media_address": "yes"} if network.is_loopback else {}
    return {"media_address": network.media, **bound}


def write(engine: Engine, program: Program, network: Network, *, password: str, words: Mapping[str, str]) -> None:
    """Lay out the directories and write every file. `words`: the sound files that the dialplan itself plays."""
    for folder in FOLDERS:
        (engine.base / folder).mkdir(parents=True, exist_ok=True)
    _point(engine.base / "spool/recording", engine.recordings)
    write_beep(engine.base / "data/sounds/beep.wav")
    for name in ("documentation", "rest-api"):
        _point(engine.base / "data" / name, program.data / name)
    values = _values(engine, program, network) | {"ARI_USER": USER, "ARI_PASSWORD": password, **words}
    for template in sorted(TEMPLATES.glob("*.conf")):
        _write(engine.conf / template.name, _filled(template.read_text(), values))
    for name, text in BARE.items():
        _write(engine.conf / name, text)


def socket_directory(engine: Engine) -> Path:
    """Where Asterisk puts its control socket: a short path even below a long one."""
    usual = engine.base / "run"
    if len(str(usual)) > LONGEST_SOCKET_DIRECTORY:
        usual = Path(tempfile.gettempdir()) / f"huiyin-{os.getuid()}-{engine.sip_port}"
    usual.mkdir(mode=0o700, parents=True, exist_ok=True)
    return usual


def _values(engine: Engine, program: Program, network: Network) -> dict[str, str]:
    return {
        "BASE": str(engine.base),
        "RUN": str(socket_directory(engine)),
        "LOGS": str(engine.var / "log"),
        "MODULES": str(program.modules),
        "HTTP_PORT": str(engine.http_port),
        "SIP_PORT": str(engine.sip_port),
        "SIP_BIND": f"[{network.bind}]" if ":" in network.bind else network.bind,
        "EXTERNAL": _external(network),
        "MEDIA": _lines(media_fields(network)),
        "KNOWN": _known(network.trunks),
        "TRUNK_CONTACT": f"contact = {network.trunk_uri}" if network.trunk_uri else "",
        "RTP_FIRST": str(engine.rtp[0]),
        "RTP_LAST": str(engine.rtp[1]),
        "ICE": _ice(network),
        "MOST_CALLS": str(network.most_calls),
        "MOST_OF_ONE": str(network.most_of_one),
        "MOST_OF_ADDRESS": str(network.most_of_address or network.most_calls // 2),
        "MOST_BESIDE": str(network.most_calls // BESIDE),
    }


def _known(trunks: str) -> str:
    """Who is recognised by address: single ones and names of hosts as the trunk, ranges as callers."""
    known = [one.strip() for one in trunks.split(",") if one.strip()]
    ranges = [one for one in known if _is_range(one)]
    sections = {"trunk": [one for one in known if one not in ranges], "callers": ranges}
    return "\n".join(
        f"[{name}]\n" + _lines({"type": "identify", "endpoint": name, "match": ",".join(found)})
        for name, found in sections.items()
        if found
    )


def _is_range(address: str) -> bool:
    try:
        return ipaddress.ip_network(address, strict=False).num_addresses > 1
    except ValueError:  # the name of a host
        return False


def _external(network: Network) -> str:
    if not network.shown:
        return ""
    shown = {"external_media_address": network.shown, "external_signaling_address": network.shown}
    return _lines(shown) + "\nlocal_net = 127.0.0.0/8"


def _ice(network: Network) -> str:
    """What browsers are told to send to: Asterisk never names loopback by itself, although it listens there, nor what
    the outside sees of it behind NAT."""
    told = network.bind if network.is_loopback else network.shown
    return "\n".join(f"{address} => {told}" for address in machines_addresses()) if told else ""


def machines_addresses() -> list[str]:
    """The IPv4 addresses of this machine other than loopback, by asking the kernel for the route of each interface."""
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        for _, name in socket.if_nameindex():
            address = _address_of(probe, name)
            if address and not ipaddress.ip_address(address).is_loopback:
                found.append(address)
    return found


def _address_of(probe: socket.socket, interface: str) -> str:
    try:
        answer = fcntl.ioctl(probe.fileno(), 0x8915, struct.pack("256s", interface.encode()[:15]))  # SIOCGIFADDR
    except OSError:
        return ""
    return socket.inet_ntoa(answer[20:24])


def _filled(text: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    return text


def _lines(fields: Mapping[str, str]) -> str:
    return "\n".join(f"{name} = {value}" for name, value in fields.items())


def _point(link: Path, target: Path) -> None:
    if link.is_symlink():
        link.unlink()
    link.symlink_to(target)


def _write(path: Path, text: str) -> None:
    """For the eyes of its owner: it holds passwords."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
