"""What Asterisk is told: written anew for each instance, on loopback, inbound only."""

import re
import stat
from pathlib import Path

import pytest

from huiyin.adapters.asterisk import configuration, endpoints
from huiyin.adapters.asterisk.configuration import Network
from huiyin.adapters.asterisk.paths import Engine
from huiyin.adapters.asterisk.program import TEMPLATES, Program, wanted_modules

LOOPBACK = Network()
WORDS = {"WAIT": "/sounds/wait", "SORRY": "/sounds/sorry"}


def written(var: Path, network: Network = LOOPBACK) -> dict[str, str]:
    """The text of every file, by name."""
    engine = Engine(var, 25_060, 25_088, (12_000, 13_999))
    program = Program(("asterisk",), var / "modules", var / "data", "22.0")
    configuration.write(engine, program, network, password="much secret", words=WORDS)
    return {file.name: file.read_text() for file in engine.conf.iterdir()}


def test_op3_everything_is_filled_in_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    files = written(tmp_path)
    assert {name: found for name, text in files.items() if (found := re.findall(r"@[A-Z_]+@", text))} == {}
    modes = {stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "voice/etc").iterdir()}
    assert modes == {0o600}
    assert "password = much secret" in files["ari.conf"]


def test_op3_it_is_written_anew_at_each_start(tmp_path: Path) -> None:
    first = written(tmp_path)
    (tmp_path / "voice/etc/extensions.conf").write_text("[from-trunk]\nexten => _X.,1,Dial(PJSIP/${EXTEN}@trunk)\n")
    assert written(tmp_path) == first


def test_op3_by_default_nothing_but_loopback_listens_or_is_told_of(tmp_path: Path) -> None:
    files = written(tmp_path)
    binds = re.findall(r"^bind\w* = (\S+)$", files["pjsip.conf"] + files["http.conf"], re.M)
    assert {bind.partition(":")[0] for bind in binds if not bind.isdigit()} == {"127.0.0.1", "yes"}
    assert "media_address = 127.0.0.1" in files["pjsip.conf"]
    assert all(line.endswith("=> 127.0.0.1") for line in files["rtp.conf"].splitlines() if "=>" in line)


def test_in11_no_context_dials_and_no_queue_is_asterisks(tmp_path: Path) -> None:
    plan = written(tmp_path)["extensions.conf"]
    used = set(re.findall(r"(?:,|n\(\w+\),)(\w+)\(", plan))
    assert used & {"Dial", "Queue", "System", "Originate", "Transfer", "ChanSpy", "AGI"} == set()
    assert "app_dial.so" not in wanted_modules()
    assert "app_queue.so" not in wanted_modules()


def test_op3_a_call_that_nobody_decides_about_asks_again(tmp_path: Path) -> None:
    plan = written(tmp_path)["extensions.conf"]
    stasis = plan.count("Stasis(huiyin")
    assert stasis == 2
    assert len(re.findall(r"\$\{STASISSTATUS\}", plan)) == stasis
    assert "Playback(/sounds/wait)" in plan


def test_in11_what_was_dialled_cannot_add_arguments(tmp_path: Path) -> None:
    plan = written(tmp_path)["extensions.conf"]
    assert "HY_ARGS=in,${FILTER(0-9a-zA-Z+*#,${HY_DIALLED})" in plan
    assert re.findall(r"Stasis\((.*)\)", plan) == ["huiyin,${HY_ARGS}"] * 2


def test_op3_a_host_that_faces_a_network_says_so_by_its_environment(tmp_path: Path) -> None:
    network = Network.from_environment(
        {
            "HUIYIN_SIP_BIND": "0.0.0.0",
            "HUIYIN_SIP_ADDRESS": "203.0.113.7",
            "HUIYIN_SIP_TRUNKS": "198.51.100.0/24",
            "HUIYIN_SIP_TRUNK_URI": "sip:trunk.example.com",
        }
    )
    files = written(tmp_path, network)
    assert "bind = 0.0.0.0:25060" in files["pjsip.conf"]
    assert files["pjsip.conf"].count("external_media_address = 203.0.113.7") == 3
    assert "match = 198.51.100.0/24" in files["pjsip.conf"]
    assert "contact = sip:trunk.example.com" in files["pjsip.conf"]
    assert "bind_rtp_to_media_address" not in files["pjsip.conf"]
    assert "bindaddr = 127.0.0.1" in files["http.conf"]  # ARI never leaves loopback


@pytest.mark.parametrize(
    ("trunks", "known"),
    [
        ("127.0.0.0/8", {"callers": "127.0.0.0/8"}),
        ("198.51.100.10, sip.example.com", {"trunk": "198.51.100.10,sip.example.com"}),
        ("2001:db8::1,203.0.113.0/24", {"trunk": "2001:db8::1", "callers": "203.0.113.0/24"}),
    ],
)
def test_in11_a_single_address_is_a_trunk_and_a_range_is_its_callers(
    tmp_path: Path, trunks: str, known: dict[str, str]
) -> None:
    """Whatever comes from a range is counted by address too; behind a trunk there are many people."""
    text = written(tmp_path, Network(trunks=trunks))["pjsip.conf"]
    assert dict(re.findall(r"^type = identify\nendpoint = (\w+)\nmatch = (.*)$", text, re.M)) == known


def test_in11_one_address_gets_half_of_the_lines_unless_somebody_says_otherwise(tmp_path: Path) -> None:
    assert "HY_MOST_OF_ADDRESS = 250\n" in written(tmp_path)["extensions.conf"]
    asked = Network.from_environment({"HUIYIN_MOST_CALLS_OF_ADDRESS": "40"})
    assert "HY_MOST_OF_ADDRESS = 40\n" in written(tmp_path, asked)["extensions.conf"]


@pytest.mark.parametrize(
    "wrong",
    [{"HUIYIN_SIP_BIND": "everywhere"}, {"HUIYIN_SIP_TRUNKS": "1.2.3.4\n[evil]"}, {"HUIYIN_MOST_CALLS": "many"}],
)
def test_op3_what_is_no_address_or_number_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"."):
        Network.from_environment(wrong)


def test_ch6_a_phone_a_browser_and_a_visitor_get_what_they_need_and_no_more() -> None:
    phone, browser, visitor = (
        {piece.kind: piece for piece in make("x1", "pw", Network())}
        for make in (endpoints.phone, endpoints.browser, endpoints.visitor)
    )
    assert [kind["endpoint"].fields["context"] for kind in (phone, browser, visitor)] == [
        "from-agent", "from-agent", "from-web",
    ]  # fmt: skip
    assert "webrtc" not in phone["endpoint"].fields
    assert browser["endpoint"].fields["webrtc"] == visitor["endpoint"].fields["webrtc"] == "yes"
    assert "aor" not in visitor  # nobody calls a visitor
    assert browser["aor"].fields["max_contacts"] == "1"
    assert list(phone) == list(browser) == ["auth", "aor", "endpoint"]  # the order in which they may be put


def test_op3_the_control_socket_has_a_short_path_even_below_a_long_one(tmp_path: Path) -> None:
    engine = Engine(tmp_path / ("x" * 90), 25_060, 25_088, (12_000, 13_999))
    directory = configuration.socket_directory(engine)
    assert len(str(directory / "asterisk.ctl")) < 108
    directory.rmdir()


def test_op3_every_template_is_one_that_is_written(tmp_path: Path) -> None:
    assert {file.name for file in TEMPLATES.glob("*.conf")} <= set(written(tmp_path))
