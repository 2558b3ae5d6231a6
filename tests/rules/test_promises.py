"""The table of promises: what CP8 says, and that nothing a buyer is may make it worse."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.domain.promises.promises import Category, Kind, Severity, Term, Tier, promised
from huiyin.lib.working_time import Unit

MINUTE, HOUR = 60, 3600
SEVERITIES = [Severity.LOW, Severity.NORMAL, Severity.HIGH, Severity.URGENT]
TIERS = [Tier.ORDINARY, Tier.SILVER, Tier.GOLD, Tier.DIAMOND]


def result(category: str, severity: Severity = Severity.NORMAL) -> Term:
    return promised(Kind.RESULT, category, severity, Tier.ORDINARY)


@pytest.mark.parametrize(
    ("category", "seconds", "reason"),
    [
        (Category.RECHARGE_DELAYED, 10 * MINUTE, "undelivered_key"),
        (Category.CARD_INVALID, 30 * MINUTE, "unusable_key"),
        (Category.WRONG_AMOUNT, 4 * HOUR, "wrong_amount"),
        (Category.DUPLICATE_CHARGE, 4 * HOUR, "double_charge"),
        (Category.ACCOUNT_STOLEN, 2 * HOUR, "stolen_account"),
        (Category.FRAUD, 4 * HOUR, "risk_check"),
        (Category.REFUND_REQUEST, 24 * HOUR, "other_result"),
        (Category.OTHER, 24 * HOUR, "other_result"),
        ("gift_cards_of_next_year", 24 * HOUR, "other_result"),
    ],
)
def test_cp8_the_category_sets_the_result(category: str, seconds: int, reason: str) -> None:
    assert result(category) == Term(seconds, Unit.SECONDS, reason)


def test_cp8_severity_shortens_what_the_category_leaves_long() -> None:
    assert result(Category.REFUND_REQUEST, Severity.HIGH) == Term(4 * HOUR, Unit.SECONDS, "high_severity")
    assert result(Category.REFUND_REQUEST, Severity.URGENT) == Term(2 * HOUR, Unit.SECONDS, "urgent")
    assert result(Category.RECHARGE_DELAYED, Severity.URGENT).amount == 10 * MINUTE
    assert result(Category.ACCOUNT_STOLEN, Severity.URGENT).reason_code == "stolen_account"


def test_kp9_a_risk_check_takes_four_hours_however_urgent() -> None:
    assert result(Category.FRAUD, Severity.URGENT).amount == 4 * HOUR
    assert promised(Kind.RISK_CHECK, Category.OTHER, Severity.NORMAL, Tier.ORDINARY).amount == 4 * HOUR


def test_kp4_diamond_hears_a_person_within_three_minutes_and_the_second_line_within_two_hours() -> None:
    for severity in SEVERITIES:
        assert promised(Kind.FIRST_ANSWER, Category.OTHER, severity, Tier.DIAMOND).amount == 3 * MINUTE
    assert promised(Kind.L2_ANSWER, Category.OTHER, Severity.NORMAL, Tier.ORDINARY).amount == 2 * HOUR


def test_cp8_an_open_case_brings_news_every_day_and_is_acknowledged_at_once() -> None:
    for category in Category:
        assert promised(Kind.NEXT_UPDATE, category, Severity.LOW, Tier.ORDINARY).amount == 24 * HOUR
        assert promised(Kind.ACKNOWLEDGE, category, Severity.LOW, Tier.ORDINARY).amount == 0


def test_what_needs_a_person_runs_in_opening_hours() -> None:
    for kind in (Kind.FIRST_ANSWER, Kind.CALLBACK, Kind.MANUAL_TASK, Kind.L2_ANSWER, Kind.RISK_CHECK):
        assert promised(kind, Category.OTHER, Severity.NORMAL, Tier.GOLD).unit is Unit.WORKING_SECONDS
    for kind in (Kind.REMEDY, Kind.PAYMENT_CHECK, Kind.NEXT_UPDATE, Kind.RESULT):
        assert promised(kind, Category.OTHER, Severity.NORMAL, Tier.GOLD).unit is Unit.SECONDS


def test_a_day_by_a_person_is_a_day_of_work() -> None:
    assert result(Category.OTHER).by_a_person() == Term(8 * HOUR, Unit.WORKING_SECONDS, "other_result")
    assert result(Category.CARD_INVALID).by_a_person() == Term(30 * MINUTE, Unit.WORKING_SECONDS, "unusable_key")
    legal = Term(7, Unit.WORKING_DAYS, "accept_or_refuse")
    assert legal.by_a_person() == legal


@given(st.sampled_from(Kind), st.sampled_from(Category), st.sampled_from(SEVERITIES), st.sampled_from(TIERS))
def test_more_severe_or_a_higher_tier_never_waits_longer(
    kind: Kind, category: Category, severity: Severity, tier: Tier
) -> None:
    term = promised(kind, category, severity, tier)
    for worse in SEVERITIES[SEVERITIES.index(severity) :]:
        for higher in TIERS[TIERS.index(tier) :]:
            assert promised(kind, category, worse, higher).amount <= term.amount


def test_cp8_no_result_waits_for_the_outside_stage_and_every_term_says_why() -> None:
    for kind in Kind:
        for category in Category:
            for severity in SEVERITIES:
                for tier in TIERS:
                    term = promised(kind, category, severity, tier)
                    assert term.amount <= 24 * HOUR
                    assert term.reason_code


def test_the_tier_never_changes_how_soon_a_wrong_is_put_right() -> None:
    for category in Category:
        assert len({promised(Kind.RESULT, category, Severity.NORMAL, tier) for tier in TIERS}) == 1
