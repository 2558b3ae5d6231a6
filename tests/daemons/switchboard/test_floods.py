"""IN11: what the dialplan turned away is written down, once."""

import pytest

from huiyin.daemons.calls.floods import COUNTER, note_floods
from huiyin.domain.voice.actions.turning import refused_since
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
