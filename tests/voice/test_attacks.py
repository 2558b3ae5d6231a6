"""People who try to break the hotline: refused, written down where there is something to see, and calls go on.

Everything here is sent to our own Asterisk on loopback, in small bounded amounts.
"""

import asyncio
import contextlib
import os
import re
import socket
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest

from bench.rtp import frame
from bench.sip import HOST, Refused, Silent, Station
from tests.chaos.processes import eventually
from tests.voice import doing, noticing
from tests.voice.centre import LEAD, Centre
from tests.voice.in_writing import grouped
from tests.voice.parties import STRANGER_HZ
from tests.voice.sentences import carry_out
from tests.voice.stage import Stage, stage

__all__ = ["doing", "noticing"]
GUESSES, FLOOD, MOST_OF_ONE = 20, 60, 20
MOST_BESIDE = 25  # told that they are too many, instead of a busy tone
CHANGING, MOST_OF_ADDRESS = 12, 4
MUCH_WRITTEN = 20_000  # bytes; a line for each packet would be more
SOUND_PORT = 9  # nobody's: these callers have no ears


def talk(work: Callable[[Station], Coroutine[Any, Any, Any]], port: int) -> Any:
    """Do this with a SIP socket of our own."""

    async def whole() -> Any:
        station = await Station(port, SOUND_PORT).open()
        try:
            return await work(station)
        finally:
            station.close()

    with ThreadPoolExecutor(1) as apart:  # browsers of other tests leave a loop in this thread
        return apart.submit(lambda: asyncio.run(whole())).result()


@pytest.fixture
def buyer(centre: Centre, tmp_path: Path) -> Iterator[Stage]:
    """Somebody honest, who must be served whatever others do."""
    with stage(centre, tmp_path, ["buyer"], []) as played:
        yield played
        for step in ("buyer calls hotline", "buyer is connected", "buyer hears speech"):
            carry_out(played, step)


def log_of(centre: Centre) -> str:
    return "".join(path.read_text(errors="replace") for path in (centre.var / "log").glob("asterisk*"))


@contextlib.contextmanager
def written_down(centre: Centre, *patterns: str) -> Iterator[None]:
    """What is done here is found in the log afterwards, by one of these patterns."""
    before = len(log_of(centre))
    yield
    found = eventually(lambda: any(re.search(one, log_of(centre)[before:]) for one in patterns), 15)
    assert found, (patterns, log_of(centre)[before:][-2000:])


def test_in11_guessing_an_agents_password_is_refused_and_written_down(centre: Centre, buyer: Stage) -> None:
    async def nobody(*_: Any) -> None:
        raise AssertionError("a stranger's phone rings")

    async def guess(station: Station) -> list[int]:
        codes = []
        for number in range(GUESSES):
            user = "a1024" if number % 2 else f"a{7000 + number}"  # one that exists, and names that do not
            try:
                await station.register(user, f"guess-{number}", nobody)
                codes.append(200)
            except Refused as no:
                codes.append(int(no.args[0]))
        return codes

    codes = talk(guess, centre.port)
    assert set(codes) <= {401, 403, 404}, codes
    assert eventually(lambda: "a1024" in log_of(centre), 5)
    assert not centre.rows("SELECT 1 FROM voice_call WHERE caller LIKE '%a1024%'")


def test_in11_a_flood_from_one_caller_leaves_lines_for_others(centre: Centre, buyer: Stage) -> None:
    """One number holds so many lines and no more; others are answered meanwhile."""
    number = "13700000001"

    async def flood(station: Station) -> list[str]:
        said = []

        async def one() -> None:
            try:
                legs.append(await station.call("hotline", number))
                said.append("answered")
            except (Refused, Silent) as no:
                said.append(str(no.args[0]))

        legs: list[Any] = []
        await asyncio.gather(*(one() for _ in range(FLOOD)))
        honest = await station.call("hotline", "13700000002")
        await asyncio.gather(*(leg.bye() for leg in [honest, *legs]))
        return said

    said = talk(flood, centre.port)
    assert 0 < said.count("answered") <= MOST_OF_ONE + MOST_BESIDE, said
    assert said.count("486") >= 1, said
    assert len(said) == FLOOD
    calls = "SELECT count(*) FROM voice_call WHERE caller LIKE %s AND state <> 'ended'"
    assert eventually(lambda: centre.rows(calls, f"%{number}")[0][0] == 0, 15)
    counted = "SELECT coalesce(sum(count), 0) FROM limits_counter WHERE bucket = 'turned-away:flood'"
    least = (FLOOD - MOST_OF_ONE) // 2  # two in the same instant may count as one
    assert eventually(lambda: centre.rows(counted)[0][0] >= least, 15), centre.rows(counted)


def test_in11_an_address_that_changes_its_numbers_leaves_lines_for_others(centre: Centre, buyer: Stage) -> None:
    """Whatever it calls itself, or nothing: it is counted by where it comes from. One too many is told so, and only
    what no line is kept for hears busy."""

    async def rotate(station: Station) -> tuple[list[str], list[str]]:
        async def one(number: int) -> str:
            try:
                legs.append(await station.call("hotline", f"1390000{number:04d}" if number % 4 else "anonymous"))
            except (Refused, Silent) as no:
                return str(no.args[0])
            return "answered"

        legs: list[Any] = []
        said = [await one(number) for number in range(CHANGING)]
        names = await asyncio.to_thread(lambda: [one["dialplan"]["app_data"] for one in centre.ari("channels")])
        await asyncio.gather(*(leg.bye() for leg in legs))
        return said, names

    with _most_of_address(centre, MOST_OF_ADDRESS):
        said, names = talk(rotate, centre.port)
    assert said.count("answered") == CHANGING, said  # all of them are few enough to be told
    assert "ast_expr2" not in log_of(centre)  # the dial plan has no slip
    taken = [name for name in names if name.endswith(",trunk")]
    assert len(taken) <= MOST_OF_ADDRESS
    assert len([name for name in names if name.endswith(",surplus")]) >= CHANGING - MOST_OF_ADDRESS


@contextlib.contextmanager
def _most_of_address(centre: Centre, most: int) -> Iterator[None]:
    """So many calls of one address, for the time being."""
    known = centre.ari("asterisk/variable?variable=HY_MOST_OF_ADDRESS")["value"]
    try:
        centre.tell_ari(f"asterisk/variable?variable=HY_MOST_OF_ADDRESS&value={most}")
        yield
    finally:
        centre.tell_ari(f"asterisk/variable?variable=HY_MOST_OF_ADDRESS&value={known}")


@pytest.mark.parametrize("dialled", ["00861390000000", "9008613900000000", "sip*8613900000000", "*97", "a1024", "h"])
def test_in11_nobody_calls_out_through_us(centre: Centre, buyer: Stage, dialled: str) -> None:
    """Whatever is dialled ends at our own menu, on record with what was dialled, or nowhere, and then the log says so:
    no leg goes out, nobody's phone rings."""
    before = centre.rows("SELECT count(*) FROM voice_call WHERE direction = 'out'")

    async def dial(station: Station) -> str:
        try:
            leg = await station.call(dialled, "13700000003", patience=3.0)
        except (Refused, Silent) as no:
            return str(no.args[0])
        await asyncio.sleep(0.3)  # long enough for a leg that went out to be seen
        channels = await asyncio.to_thread(_outgoing, centre)
        await leg.bye()
        return f"answered {channels}"

    said = talk(dial, centre.port)
    assert said in {"answered []", "404", "403", "484", "503", "603"}
    if said.startswith("answered"):
        recorded = "SELECT 1 FROM voice_call WHERE dialled = %s AND direction = 'in'"
        assert eventually(lambda: bool(centre.rows(recorded, dialled)), 15)
    elif said != "484":  # a number that is not complete is no attempt
        assert eventually(lambda: f"'{dialled}' rejected because extension not found" in log_of(centre), 15)
    assert centre.rows("SELECT count(*) FROM voice_call WHERE direction = 'out'") == before


def _outgoing(centre: Centre) -> list[str]:
    """Channels that we made ourselves towards somebody who is not an agent."""
    names = [one["name"] for one in centre.ari("channels")]
    return [name for name in names if name.startswith("PJSIP/") and not name.startswith(("PJSIP/callers", "PJSIP/a"))]


def test_in11_an_agents_phone_calls_nobody_outside(centre: Centre, tmp_path: Path, buyer: Stage) -> None:
    with stage(centre, tmp_path / "agent", [], ["1024"]) as played:
        phone = played["1024"].phone
        for number in ("13800000000", "hotline", "a1025"):
            since = len(phone.events)
            with written_down(centre, f"'{number}' rejected because extension not found in context 'from-agent'"):
                phone.calls(centre.uri(number))
                assert phone.is_cut_off(since=since)["code"] in {403, 404, 484, 603}


MALFORMED = [
    b"", b"\r\n\r\n", b"\0" * 500, b"INVITE", b"INVITE sip:hotline SIP/2.0\r\n\r\n",
    b"INVITE sip:" + b"a" * 8000 + b"@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK1\r\n\r\n",
    b"REGISTER sip:127.0.0.1 SIP/2.0\r\nVia: " + b"x," * 4000 + b"\r\nContent-Length: -1\r\n\r\n",
    b"INVITE sip:hotline@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK2\r\n"
    b"From: <sip:%00%0d%0a@x>;tag=1\r\nTo: <sip:hotline@127.0.0.1>\r\nCall-ID: %n%n%s\r\n"
    b"CSeq: 99999999999999999999 INVITE\r\nContent-Length: 99999\r\nContent-Type: application/sdp\r\n\r\n"
    b"v=0\r\nm=audio 99999999 RTP/AVP 999\r\n",
    b"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 127.0.0.1:9\r\nCSeq: 1 INVITE\r\nCall-ID: nobody\r\n\r\n",
    "INVITE sip:热线@127.0.0.1 SIP/2.0\r\n\r\n".encode("gb18030"),
]  # fmt: skip


def test_in11_malformed_messages_do_no_harm(centre: Centre, buyer: Stage) -> None:
    """Hand-made ones, and a good one with bytes that fell over: the same Asterisk goes on, and its log says what it
    threw away and from whom."""
    before, dice = centre.process("asterisk"), Random(5)
    good = (
        f"INVITE sip:hotline@{HOST} SIP/2.0\r\nVia: SIP/2.0/UDP {HOST}:9;branch=z9hG4bK3\r\n"
        f"From: <sip:1@{HOST}>;tag=1\r\nTo: <sip:hotline@{HOST}>\r\nCall-ID: fuzz\r\nCSeq: 1 INVITE\r\n"
        f"Contact: <sip:{HOST}:9>\r\nContent-Length: 0\r\n\r\n"
    ).encode()
    dropped = r"Dropping \d+ bytes packet from UDP", r"Error processing packet from"
    with written_down(centre, *dropped), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
        for raw in MALFORMED:
            wire.sendto(raw, (HOST, centre.port))
        for _ in range(300):
            broken = bytearray(good)
            for _ in range(dice.randint(1, 12)):
                broken[dice.randrange(len(broken))] = dice.randrange(256)
            wire.sendto(broken, (HOST, centre.port))
    with socket.create_connection((HOST, centre.port), timeout=5) as stream:
        stream.sendall(MALFORMED[5] + MALFORMED[6])
    assert centre.process("asterisk") == before


def test_in11_what_a_caller_writes_into_headers_stays_harmless(centre: Centre, tmp_path: Path) -> None:
    """A name with markup, somebody else's number, our own headers: nothing of it is believed or shown."""
    evil = "<script>alert(1)</script>"
    with stage(centre, tmp_path, ["buyer"], []) as played:
        player = played["buyer"]
        player.phone.calls(
            centre.uri("hotline"),
            **{
                "P-Asserted-Identity": f'"{evil}" <sip:+8613911112222@{HOST}>', "X-Huiyin-Call": evil,
                "X-Huiyin-Kind": "back", "Subject": evil, "User-Agent": evil, "Remote-Party-ID": f'"{evil}" <sip:1@x>',
            },
        )  # fmt: skip
        player.phone.is_connected()
        no = centre.number_of("13911112222")  # a claim: the call stands under it, and it opens nothing
        told, page = centre.agent(LEAD).call("GET", "/calls?state=live"), calls_page(centre)
        assert no in {one["id"] for one in told["calls"]}
        assert any(one in page for one in (no, grouped(no)))
        assert evil not in str(told)
        assert evil not in page
        assert not centre.rows("SELECT 1 FROM voice_call WHERE proof <> 'none' AND caller LIKE '%%13911112222'")


def calls_page(centre: Centre) -> str:
    """The list of calls at the desk, as somebody who leads sees it."""
    home = centre.running.ready["url"]
    login = next(one for one in centre.running.ready["logins"] if one["agent_no"] == LEAD)
    with httpx.Client(base_url=home, trust_env=False, follow_redirects=True, timeout=20) as browser:
        browser.headers["Origin"] = home
        browser.get("/desk/login")
        said = {name: login[name] for name in ("username", "password")}
        browser.post("/desk/login", data={**said, "csrfmiddlewaretoken": browser.cookies["csrftoken"]})
        page = browser.get("/desk/calls")
    assert page.status_code == 200
    assert page.url.path == "/desk/calls"
    return page.text


def test_in11_a_strangers_sound_is_not_heard(centre: Centre, tmp_path: Path) -> None:
    """Somebody who guesses the ports of a talk sends sound there: neither side hears it. Nothing is written of
    each packet: with that a stranger could fill the disk."""
    with stage(centre, tmp_path, ["buyer"], ["1024"]) as played:
        for step in ("1024 is available", "buyer calls hotline", "buyer is connected", "buyer presses 0",
                     "1024 rings", "1024 answers", "buyer and 1024 hear each other"):  # fmt: skip
            carry_out(played, step)
        ears = [played[name].phone for name in ("buyer", "1024")]
        since, written = [one.listened() for one in ears], len(log_of(centre))
        _shout(_ports_of(centre.process("asterisk")), seconds=1.0)
        for one, mark in zip(ears, since, strict=True):
            one.hears_no(STRANGER_HZ, since=mark)
        assert len(log_of(centre)) - written < MUCH_WRITTEN
        carry_out(played, "buyer and 1024 hear each other")


def _ports_of(pid: int) -> list[int]:
    """The UDP ports that this process has open."""
    sockets = set()
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            sockets.add(os.readlink(entry).removeprefix("socket:[").rstrip("]"))
    rows = [line.split() for line in Path("/proc/net/udp").read_text().splitlines()[1:]]
    return [int(row[1].rpartition(":")[2], 16) for row in rows if row[9] in sockets]


def _shout(ports: list[int], seconds: float) -> None:
    """RTP of a tone to all these ports, from a socket that nobody knows."""
    assert ports
    sound = frame(STRANGER_HZ)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
        for number in range(int(seconds / 0.02)):
            head = bytes([0x80, 8]) + number.to_bytes(2, "big") + (number * 160).to_bytes(4, "big") + b"evil"
            for port in ports:
                wire.sendto(head + sound, (HOST, port))
