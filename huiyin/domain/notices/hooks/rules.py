"""What a webhook may hear, where we may call, and how long we go on trying.

A program of the operator's gets codes, numbers and times, never a name or an address; words of a message only when its
key has the scope for it. We call public addresses only, and check the address itself, not the name: a name that leads
into our own network would make us the tool of whoever wrote it.
"""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from huiyin.lib.errors import Refusal

PING: Final = "ping"
# event → what of its fact goes out
EVENTS: Final[Mapping[str, tuple[str, ...]]] = {
    "conversation_started": ("channel", "proof", "queue", "urgent", "elderly"),
    "message_written": ("message", "seq", "kind"),
    "presence_changed": ("state", "before", "reason"),
    "item_queued": ("kind", "queue", "due", "tier", "urgent"),
    "marked_urgent": ("reason", "due"),
    "offer_accepted": ("kind", "agent_no", "waited_s"),
    "conversation_joined": ("agent_no", "waited_s"),
    "conversation_handed_over": ("before", "to", "why"),
    "conversation_filed": ("case_no", "joined"),
    "message_left": ("why",),
    "item_left": ("kind", "why", "waited_s"),
    "buyer_ended": (),
    "conversation_ended": ("outcome", "disposition", "next_by"),
    "conversation_rated": ("rating", "agent_no"),
    "case_filed": ("category", "urgency", "channel", "why"),
    "case_assigned": ("agent_no", "before", "reason"),
    "case_answered": ("agent_no", "step", "until"),
    "case_escalated": ("level", "reason"),
    "case_proposed": ("resolved", "state"),
    "items_decided": ("decision", "state"),
    "case_closed": ("outcome",),
    "case_reopened": ("reason", "times"),
    "survey_sent": ("channel",),
    "survey_answered": ("solved", "rating", "effort", "agent_no"),
    "promise_broken": ("kind", "due"),
    "remedy_done": ("kind",),
}
LONGEST_URL: Final = 500
MOST_HOOKS: Final = 20
WAITS_S: Final = (1, 5, 30, 120, 600, 1800, 3600, 10_800)  # between tries: about five hours in all
LEASE: Final = timedelta(seconds=20)  # longer than one call may take
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_INTERNET6 = ipaddress.ip_network("2000::/3")  # the rest is ours, nobody's, or another spelling of IPv4
_NOBODY = ipaddress.IPv4Address(0)
_SPREAD = 0.25


@dataclass(frozen=True, slots=True)
class Wanted:
    """A subscription: what it is called, where to post, which events, and whether words of messages travel along."""

    name: str
    url: str
    events: tuple[str, ...]
    with_text: bool = False


def check(wanted: Wanted, *, allow_private: bool) -> None:
    """Raise Refusal `hook_event_unknown | hook_url` unless this can be subscribed to."""
    unknown = [event for event in wanted.events if event not in EVENTS]
    if unknown or not wanted.events:
        raise Refusal("hook_event_unknown", event=", ".join(unknown)[:120], events=", ".join(EVENTS))
    check_url(wanted.url, allow_private=allow_private)


def check_url(url: str, *, allow_private: bool) -> None:
    """Raise Refusal('hook_url') for an address we would never call; names are resolved at each call, not here."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as fault:
        raise Refusal("hook_url") from fault
    schemes = {"https", "http"} if allow_private else {"https"}
    is_clean = url.isascii() and url.isprintable() and " " not in url and "#" not in url
    is_plain = parts.username is None and parts.password is None and port != 0
    if not (host and is_clean and is_plain and parts.scheme in schemes and len(url) <= LONGEST_URL):
        raise Refusal("hook_url")
    if _is_address(host) and not may_call(host, allow_private=allow_private):
        raise Refusal("hook_url")


def may_call(address: str, *, allow_private: bool) -> bool:
    """Whether this IP address is somebody's on the public internet (or anything at all, in a demo)."""
    if allow_private:
        return True
    ip = ipaddress.ip_address(address)
    return all(one.is_global and not one.is_multicast for one in _all_in(ip))


def pause_before(tries: int, dice: float) -> timedelta | None:
    """How long to wait after so many failed tries, a little more or less by `dice` (0 to 1); None: give up."""
    if tries > len(WAITS_S):
        return None
    return timedelta(seconds=WAITS_S[tries - 1] * (1 - _SPREAD + 2 * _SPREAD * dice))


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _all_in(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    """An address, and the IPv4 addresses that forms of IPv6 carry inside: they lead to the same machine."""
    if isinstance(ip, ipaddress.IPv4Address):
        return [ip]
    if ip.ipv4_mapped:
        return [ip.ipv4_mapped]
    if ip in _NAT64:
        return [ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)]
    if ip not in _INTERNET6:
        return [_NOBODY]
    return [ip, *(one for one in (ip.sixtofour, *(ip.teredo or ())) if one)]
