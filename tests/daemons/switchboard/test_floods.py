"""IN11: what the dialplan turned away is written down, once."""

import pytest

from huiyin.daemons.calls.floods import COUNTER, note_floods
from huiyin.domain.voice.actions.turning import refused_since
from huiyin.domain.voice.models import Callback
from tests.fakes import MIDNIGHT
from tests.switchboard import Make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("counted", "times"), [("", 0), ("0", 0), ("12", 12), ("twelve", 0)])
def test_in11_what_the_dialplan_counted_is_taken_over_once(house: Make, counted: str, times: int) -> None:
    one = house()
    one.asterisk.globals[COUNTER] = counted
    one.run(note_floods(one.exchange.centre))
    one.run(note_floods(one.exchange.centre))
    assert refused_since(MIDNIGHT) == ({"flood": times} if times else {})
    assert COUNTER in one.asterisk.globals


def test_in11_one_too_many_of_a_number_hears_why_and_may_be_called_back(house: Make) -> None:
    """Instead of a busy tone; whoever only hangs up is nobody to call back, or a flood would be one of call-backs."""
    one = house()
    one.asterisk.dial("c1", via="surplus")
    one.until(lambda: any("menu.nobody_there" in file for file in one.asterisk.lines["c1"].heard))
    assert "zh-hans/menu.line_full" in one.asterisk.lines["c1"].heard
    one.asterisk.leave("c1")
    one.until(lambda: one.state() == "ended")
    assert not Callback.objects.exists()
    one.asterisk.dial("c2", via="surplus")
    one.until(lambda: any("menu.nobody_there" in file for file in one.asterisk.lines["c2"].heard))
    one.asterisk.key_in("c2", "1")
    one.until(lambda: Callback.objects.filter(state="open").exists())
