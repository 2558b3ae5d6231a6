"""`huiyin simulate` as people and programs run it."""

import json
from pathlib import Path
from typing import Any

import pytest

from huiyin.sim import goals
from huiyin.sim.command import main

ROWS = """arrived_s,handle_s,patience_s,tier,skill
0,100,,ordinary,
10,60,20,vip,recharge
20,60,,platinum,account
20,60,,diamond,
100,30,0,ordinary,
"""
CONTRACT = (
    "offered", "answered", "abandoned", "connection_rate", "asa_s", "service_level_20s", "occupancy",
    "worst_quarter_hour", "per_tier",
)  # fmt: skip


@pytest.fixture
def arrivals(tmp_path: Path) -> str:
    file = tmp_path / "arrivals.csv"
    file.write_text(ROWS)
    return str(file)


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert main([*arguments, "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    return capsys.readouterr().err


@pytest.mark.parametrize("policy", ["deadline", "fifo", "longest_idle"])
def test_the_contract_is_answered_and_twice_the_same(
    arrivals: str, policy: str, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ("--arrivals", arrivals, "--agents", "1", "--policy", policy)
    found = said(capsys, *asked)
    assert found == said(capsys, *asked)
    assert set(CONTRACT) <= set(found)
    assert {"asa_s", "p99_wait_s"} <= set(found["per_tier"]["diamond"])
    assert (found["policy"], found["offered"], found["agents"]) == (policy, 5, 1)
    assert found["promised_as_ordinary"] == ["platinum"]


def test_an_unknown_policy_is_answered_with_the_words_to_choose_from(
    arrivals: str, capsys: pytest.CaptureFixture[str]
) -> None:
    told = refused(capsys, "--arrivals", arrivals, "--policy", "xx")
    assert "'deadline', 'fifo', 'longest_idle'" in told
    assert "<Policy" not in told


def test_policies_stand_side_by_side(arrivals: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = said(capsys, "--arrivals", arrivals, "--agents", "2", "--compare")
    assert set(found["policies"]) == {"deadline", "fifo", "longest_idle"}
    assert set(CONTRACT) <= set(found["policies"]["fifo"])


def test_terms_of_ones_own_change_the_order(arrivals: str, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("--arrivals", arrivals, "--agents", "1", "--terms", "platinum=5")
    found = said(capsys, *asked)
    assert found["terms_s"]["platinum"] == 5
    assert found["per_tier"]["platinum"]["asa_s"] < found["per_tier"]["diamond"]["asa_s"]


def test_skills_are_dealt_out_in_turn(arrivals: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Two people, each with one of the two skills: the one who knows accounts is the second."""
    asked = ("--arrivals", arrivals, "--agents", "2", "--skills", "recharge=1,account=1")
    assert said(capsys, *asked, "--strict-skills")["answered"] == 4
    nobody = said(capsys, "--arrivals", arrivals, "--agents", "2", "--skills", "recharge=1", "--strict-skills")
    assert nobody["unanswered"] == 1
    assert said(capsys, "--arrivals", arrivals, "--agents", "2", "--skills", "recharge=1")["unanswered"] == 0


def test_people_get_a_table_and_a_picture(arrivals: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = tmp_path / "day.svg"
    assert main(["--arrivals", arrivals, "--agents", "1", "--picture", str(picture)]) == 0
    assert "connection rate" in capsys.readouterr().out
    assert picture.read_text().startswith("<svg")


def test_a_profile_has_a_roster_that_can_grow(capsys: pytest.CaptureFixture[str]) -> None:
    usual = said(capsys, "--profile", "ordinary", "--scale", "0.1")
    more = said(capsys, "--profile", "ordinary", "--scale", "0.1", "--more", "100")
    fixed = said(capsys, "--profile", "ordinary", "--scale", "0.1", "--agents", "7")
    assert (more["agents"], fixed["agents"]) == (2 * usual["agents"], 7)
    assert more["asa_s"] <= usual["asa_s"]
    assert set(usual["per_kind"]) == {"call", "chat"}


def test_what_cannot_be_read_is_named_and_nothing_is_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "broken.csv"
    file.write_text(ROWS + "x,1,,a,\n" * 30)
    assert main(["--arrivals", str(file), "--agents", "1", "--json"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert f'{file}: line 7, column arrived_s: "x" is not a number of seconds' in told.err
    assert "and 10 more places" in told.err


def test_a_file_that_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--arrivals", str(tmp_path / "none.csv"), "--agents", "1"]) == 2
    assert "none.csv: No such file" in capsys.readouterr().err
    assert main(["--arrivals", str(tmp_path), "--agents", "1"]) == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--arrivals", "a.csv"), "needs --agents"),
        (("--arrivals", "a.csv", "--agents", "-1"), "whole number"),
        (("--arrivals", "a.csv", "--agents", "1.5"), "whole number"),
        (("--arrivals", "a.csv", "--agents", "1", "--policy", "magic"), "invalid choice"),
        (("--arrivals", "a.csv", "--agents", "1", "--skills", "x"), "NAME=NUMBER"),
        (("--arrivals", "a.csv", "--agents", "1", "--more", "30"), "--more goes with --profile"),
        (("--profile", "ordinary", "--skills", "a=1"), "--skills goes with --arrivals"),
        (("--profile", "ordinary", "--scale", "0"), "--scale"),
        (("--goals", "--seeds", "0"), "--seeds"),
        ((), "required"),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused(
    arguments: tuple[str, ...], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert words in refused(capsys, *arguments)


def test_the_goals_are_told_as_a_table(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(goals, "MOST_STEPS", 2)  # one step of the search is enough to see its form
    assert main(["--goals", "--scale", "0.05", "--seeds", "1"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert [line.count("|") for line in told[:10]] == [9] * 10
    assert "that reach everything" in told[-1]
