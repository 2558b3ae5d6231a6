"""The hotline of an instance as `start` prepares it: ports, reasons why it is off, what it tells others."""

import json
import socket
from pathlib import Path

import pytest

from huiyin.adapters.asterisk.configuration import Network
from huiyin.adapters.asterisk.paths import find_engine, read_note
from huiyin.daemons.hotline import choose_ports, prepare

OFF = {"HUIYIN_ASTERISK": "off"}


def test_op3_without_asterisk_the_hotline_is_off_and_says_why(tmp_path: Path) -> None:
    line = prepare(tmp_path, "secret", OFF)
    assert not line.is_on
    assert line.facts() == {"state": "off", "why": "HUIYIN_ASTERISK=off", "sip_uri": None, "ws_uri": None, "lines": []}
    assert line.environment() == {}
    assert not line.is_answering()
    assert json.loads((tmp_path / "hotline.json").read_text()) == {"state": "off", "why": "HUIYIN_ASTERISK=off"}
    assert find_engine(tmp_path) is None


def test_op3_a_setting_that_makes_no_sense_turns_it_off_with_a_reason(tmp_path: Path) -> None:
    assert "everywhere" in prepare(tmp_path, "secret", {"HUIYIN_SIP_BIND": "everywhere"}).why


def test_op3_the_ports_of_last_time_are_taken_again(tmp_path: Path) -> None:
    first = choose_ports(tmp_path, Network())
    (tmp_path / "hotline.json").write_text(json.dumps({"state": "on", "why": "", **first.as_json()}))
    assert choose_ports(tmp_path, Network()) == first == find_engine(tmp_path)


def test_op3_a_port_that_somebody_took_meanwhile_is_replaced(tmp_path: Path) -> None:
    first = choose_ports(tmp_path, Network())
    (tmp_path / "hotline.json").write_text(json.dumps(first.as_json()))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", first.sip_port))
        second = choose_ports(tmp_path, Network())
    assert second.sip_port != first.sip_port
    assert second.http_port == first.http_port


def test_op3_a_port_that_was_asked_for_and_is_taken_is_said(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        wish = str(taken.getsockname()[1])
        with pytest.raises(OSError, match=f"port {wish} is taken: set HUIYIN_SIP_PORT"):
            choose_ports(tmp_path, Network(), {"HUIYIN_SIP_PORT": wish})


def test_op3_ports_for_a_firewall_can_be_asked_for(tmp_path: Path) -> None:
    network = Network.from_environment({"HUIYIN_RTP_PORTS": "16000-16999"})
    assert choose_ports(tmp_path, network).rtp == (16_000, 16_999)
    with pytest.raises(ValueError, match="no range of ports"):
        Network.from_environment({"HUIYIN_RTP_PORTS": "9-70000"})


def test_op3_a_note_that_cannot_be_read_is_none(tmp_path: Path) -> None:
    (tmp_path / "hotline.json").write_text("{half")
    assert read_note(tmp_path) == {}
    assert find_engine(tmp_path) is None
