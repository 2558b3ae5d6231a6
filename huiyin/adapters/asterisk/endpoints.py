"""The endpoints that the switchboard puts into Asterisk while it runs: agents' phones and browsers, visitors.

Each is three objects, to be PUT in this order to `/ari/asterisk/config/dynamic/res_pjsip/{type}/{id}` with the body
`{"fields": [{"attribute": …, "value": …}]}`. They live in Asterisk's memory: after its restart they are put again.
"""

from dataclasses import dataclass

from huiyin.adapters.asterisk.configuration import Network, media_fields

DIGEST = {"auth_type": "digest"}
ALL = {
    "disallow": "all",
    "direct_media": "no",
    "rtp_symmetric": "yes",
    "force_rport": "yes",
    "rewrite_contact": "yes",
    "dtmf_mode": "auto",
    "max_video_streams": "0",
    "identify_by": "username",
    "rtp_timeout": "120",
    "rtp_timeout_hold": "900",
}
# A browser sends sound all the time, also of a muted microphone and on hold, which is ours: one that sends nothing for
# so long is dead or asleep. A phone on a desk may save what is silence.
DEAD_AFTER_S = 20
BROWSER = {
    "allow": "opus,alaw,ulaw",
    "webrtc": "yes",
    "dtls_auto_generate_cert": "yes",
    "rtp_timeout": str(DEAD_AFTER_S),
    "rtp_timeout_hold": str(DEAD_AFTER_S),
}


@dataclass(frozen=True)
class Piece:
    """One object of Asterisk's configuration."""

    kind: str
    id: str
    fields: dict[str, str]

    @property
    def path(self) -> str:
        """Below `/ari/`."""
        return f"asterisk/config/dynamic/res_pjsip/{self.kind}/{self.id}"

    @property
    def body(self) -> dict[str, list[dict[str, str]]]:
        return {"fields": [{"attribute": name, "value": value} for name, value in self.fields.items()]}


def phone(name: str, password: str, network: Network) -> list[Piece]:
    """An agent's SIP phone, `a<agent number>`: the newest one replaces the one before. Of two that are registered only
    one would ring, and it may be the one whose battery is empty."""
    return _pieces(name, password, {"allow": "alaw,ulaw", "context": "from-agent"}, network, contacts=1)


def browser(name: str, password: str, network: Network) -> list[Piece]:
    """An agent's browser, `w<agent number>`: the newest one replaces the one before."""
    return _pieces(name, password, {**BROWSER, "context": "from-agent"}, network, contacts=1)


def visitor(name: str, password: str, network: Network) -> list[Piece]:
    """A visitor of the portal, `v<ticket>`: calls us, is never called."""
    return _pieces(name, password, {**BROWSER, "context": "from-web"}, network, contacts=0)


def _pieces(name: str, password: str, own: dict[str, str], network: Network, *, contacts: int) -> list[Piece]:
    reachable = {"aors": name} if contacts else {}
    pieces = [Piece("auth", name, {**DIGEST, "username": name, "password": password})]
    if contacts:
        aor = {"max_contacts": str(contacts), "remove_existing": "yes", "qualify_frequency": "30"}
        pieces.append(Piece("aor", name, aor))
    pieces.append(Piece("endpoint", name, {**ALL, **own, **reachable, **media_fields(network), "auth": name}))
    return pieces
