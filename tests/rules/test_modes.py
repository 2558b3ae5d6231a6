"""OP12: what night and peak change; how soon whoever waits is answered."""

from hypothesis import given
from hypothesis import strategies as st

from huiyin.domain.routing.modes import rules_of
from huiyin.domain.routing.skills import covers, skills_of
from huiyin.domain.routing.terms import TERMS, Precedence, term_s


def test_op12_at_peak_offers_and_wrap_ups_are_shorter() -> None:
    peak = rules_of("peak")
    assert (peak.offer_s(20), peak.wrap_up_s(60), peak.more_chats) == (12, 30, 1)
    assert (peak.offer_s(10), peak.offer_s(5)) == (8, 5)  # never so short that nobody can answer


def test_op12_at_night_only_some_queues_answer() -> None:
    assert rules_of("night").only_night_queues
    assert not rules_of("peak").only_night_queues


def test_an_unknown_mode_changes_nothing() -> None:
    assert rules_of("carnival") == rules_of("ordinary")


def test_mb2_whoever_is_elderly_or_in_need_waits_the_shorter_of_both() -> None:
    assert term_s({}, Precedence("ordinary")) == 60
    assert term_s({}, Precedence("ordinary", elderly=True)) == 30
    assert term_s({}, Precedence("diamond", elderly=True)) == 15
    assert term_s({"urgent": 5}, Precedence("gold", urgent=True)) == 5


@given(
    tier=st.sampled_from(["ordinary", "silver", "gold", "diamond", "unknown"]),
    urgent=st.booleans(),
    elderly=st.booleans(),
)
def test_mb1_nobody_waits_longer_for_having_said_more(tier: str, urgent: bool, elderly: bool) -> None:
    said = term_s({}, Precedence(tier, urgent=urgent, elderly=elderly))
    assert min(TERMS.values()) <= said <= term_s({}, Precedence(tier))


def test_without_a_roster_people_can_do_what_they_are_hired_for() -> None:
    assert covers(skills_of("supervisor", {}), {"supervisor": 1})
    assert not covers(skills_of("L1", {}), {"supervisor": 1})
    assert skills_of("L2", {"vip": 1}) == {"vip": 1}
