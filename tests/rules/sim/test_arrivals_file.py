"""Arrivals from a file: what can be read is read, what cannot is named by line and column."""

import math
from pathlib import Path

import pytest

from huiyin.sim.arrivals_file import Malformed, parse, read
from huiyin.sim.contacts import Contact

HEADER = "arrived_s,handle_s,patience_s,tier,skill\n"


def faults(text: str) -> list[str]:
    with pytest.raises(Malformed) as wrong:
        parse(text)
    return [str(fault) for fault in wrong.value.faults]


def test_a_row_is_a_contact_and_what_is_left_empty_means_what_the_contract_says() -> None:
    assert parse(HEADER + "10.5,240,60,diamond,recharge\n11,1e2,,,\n") == [
        Contact(10.5, 240.0, 60.0, "diamond", (("recharge", 1),)),
        Contact(11.0, 100.0, math.inf, "ordinary", ()),
    ]


def test_rows_are_taken_by_time_and_those_of_one_instant_in_the_order_of_the_file() -> None:
    contacts = parse(HEADER + "5,1,,gold,\n1,2,,,\n5,3,,silver,\n")
    assert [contact.handle_s for contact in contacts] == [2.0, 1.0, 3.0]


def test_columns_may_stand_in_any_order_and_unknown_ones_stay_unread() -> None:
    text = "id,tier,skill,handle_s,arrived_s,patience_s\r\n7, gold ,, 30 ,0,\r\n\r\n"
    assert parse(text) == [Contact(0.0, 30.0, math.inf, "gold")]


@pytest.mark.parametrize("text", ["", "\n", HEADER, HEADER + "\n , , , , \n"])
def test_an_empty_file_has_no_contacts(text: str) -> None:
    assert parse(text) == []


def test_every_fault_is_named_with_its_line_and_column() -> None:
    text = HEADER + "a,1,,x,\n1,-3,nan,x,\n1,2,3\n,2,3,x,y\n1,1e999,,x,\n１,1_0,infinity,x,\n"
    assert faults(text) == [
        'line 2, column arrived_s: "a" is not a number of seconds',
        "line 3, column handle_s: -3 is less than 0 seconds",
        'line 3, column patience_s: "nan" is not a number of seconds',
        "line 4: 3 columns where the header has 5",
        "line 5, column arrived_s: a number of seconds is missing",
        "line 6, column handle_s: 1e999 is too large",
        'line 7, column arrived_s: "１" is not a number of seconds',
        'line 7, column handle_s: "1_0" is not a number of seconds',
        'line 7, column patience_s: "infinity" is not a number of seconds',
    ]


def test_names_have_an_end_and_show_what_they_are() -> None:
    assert faults(HEADER + f"1,2,,{'x' * 65},a\x07b\n") == [
        "line 2, column tier: not a name of at most 64 characters",
        "line 2, column skill: not a name of at most 64 characters",
    ]


def test_a_header_without_a_column_or_with_one_twice_is_refused() -> None:
    assert faults("arrived_s,handle_s,patience_s,tier\n1,2,3,x\n") == ["line 1, column skill: this column is missing"]
    assert faults(HEADER.strip() + ",tier\n") == ["line 1, column tier: this column stands there twice"]


def test_a_quote_without_an_end_is_refused() -> None:
    assert faults(HEADER + '1,2,3,"x,y\n') == ["line 2: unexpected end of data"]


def test_a_file_of_a_spreadsheet_is_read_and_one_in_another_encoding_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "arrivals.csv"
    file.write_bytes(b"\xef\xbb\xbf" + HEADER.encode() + "1,2,,普通,\n".encode())
    assert read(file)[0].tier == "普通"
    file.write_bytes(HEADER.encode() + "1,2,,普通,\n".encode("gbk"))
    with pytest.raises(Malformed, match="line 2: this is not UTF-8"):
        read(file)
