"""CP6 and CP10: the letter that writes itself, and the result compared with what was wanted."""

import unicodedata
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.adapters.papers.of_order import happenings
from huiyin.adapters.papers.text import LONGEST_WORD, fit, fit_all, paragraphs
from huiyin.domain.cases.letter import STAGE, Happening, Material, letter
from huiyin.domain.cases.outcome import Measure, ending, measure, outcome
from huiyin.domain.orders.snapshots import as_json
from huiyin.lib.money import Money
from tests import dossiers
from tests.fakes import MIDNIGHT, an_order

WHATS = st.sampled_from(["order", "payment", "promotion", "balance", "chat", "error", "other"])
HAPPENINGS = st.builds(
    Happening,
    st.integers(0, 500).map(lambda minutes: dossiers.FILED - timedelta(minutes=minutes)),
    st.sampled_from(["paid", "short", "filed"]),
    st.just({}),
    st.frozensets(WHATS, max_size=3),
)


@given(st.lists(HAPPENINGS, max_size=8), st.lists(WHATS, max_size=12), st.text(max_size=20))
def test_cp6_every_piece_of_evidence_is_cited_and_nothing_else(
    told: list[Happening], whats: list[str], account: str
) -> None:
    shown = tuple(dossiers.exhibit(no, what) for no, what in enumerate(whats, start=1))
    written = letter(dossiers.material(happenings=tuple(told), exhibits=shown, account=account))
    cited = {no for fact in written.facts for no in fact.cites}
    assert cited == set(range(1, len(whats) + 1))


@given(st.lists(HAPPENINGS, max_size=8))
def test_cp6_the_facts_stand_by_time(told: list[Happening]) -> None:
    facts = letter(dossiers.material(happenings=tuple(told))).facts
    assert [fact.at for fact in facts] == sorted(fact.at for fact in facts)


def test_cp6_a_sentence_cites_what_proves_it() -> None:
    by_code = {fact.code: fact.cites for fact in letter(dossiers.material(6)).facts}
    assert by_code["paid"] == (2,)
    assert by_code["short"] == (3, 4)
    assert by_code["account"] == (4, 5, 6)  # everything the buyer gave stands behind the buyer's own words
    assert by_code["exhibit"] == (1,)


def test_cp6_a_record_is_not_cited_for_what_happened_after_it_was_made() -> None:
    log = frozenset({"delivery_log"})
    before, after = (
        replace(
            dossiers.exhibit(no, "delivery_log", source="system"), captured_at=dossiers.FILED + timedelta(minutes=at)
        )
        for no, at in ((1, 0), (2, 9))
    )
    told = (
        Happening(dossiers.FILED + timedelta(minutes=1), "delivered", {}, log),
        Happening(dossiers.FILED + timedelta(minutes=1), "nothing", {}, log, is_lasting=True),
    )
    facts = letter(dossiers.material(happenings=told, exhibits=(before, after), account="")).facts
    assert {fact.code: fact.cites for fact in facts} == {"delivered": (2,), "nothing": (1, 2)}


def test_cp6_the_deadline_is_the_earliest_one_asked_for() -> None:
    soon, late = dossiers.FILED + timedelta(hours=5), dossiers.FILED + timedelta(hours=9)
    wishes = (dossiers.wish(1, by=late), dossiers.wish(2, by=soon), dossiers.wish(3, by=None))
    written = letter(dossiers.material(wishes=wishes))
    assert (written.deadline, written.is_asked, written.is_over) == (soon, True, False)
    gone = (dossiers.wish(1, by=soon, state="withdrawn"),)
    assert letter(dossiers.material(wishes=gone)).deadline == dossiers.FILED + STAGE


def test_cp6_without_a_time_the_deadline_is_that_of_the_stage() -> None:
    written = letter(dossiers.material(wishes=()))
    assert (written.deadline - dossiers.FILED, written.is_asked) == (timedelta(hours=72), False)
    assert letter(dossiers.material(wishes=(), as_of=dossiers.FILED + timedelta(hours=73))).is_over


def test_cp6_a_letter_about_nothing_yet_is_a_letter() -> None:
    written = letter(Material(dossiers.NO, dossiers.FILED, dossiers.FILED))
    assert (written.facts, written.is_over) == ((), False)


@pytest.mark.parametrize(
    ("situation", "codes"),
    [
        ("platform_failed", {"placed", "paid", "promised", "nothing"}),
        ("short_amount", {"placed", "paid", "delivered", "short"}),
        ("already_redeemed", {"placed", "paid", "delivered", "redeemed"}),
        ("payment_failed", {"placed"}),
    ],
)
def test_cp6_the_facts_come_from_what_the_shop_says(situation: str, codes: set[str]) -> None:
    told = {one.code for one in happenings(as_json(an_order(situation, MIDNIGHT, 0)), MIDNIGHT)}
    assert codes <= told
    assert "nothing" not in told or "delivered" not in told


def test_cp6_no_snapshot_no_facts() -> None:
    assert happenings({}, MIDNIGHT) == []


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        (dossiers.wish(state="open"), Measure.NOT),
        (dossiers.wish(state="refused"), Measure.NOT),
        (dossiers.wish(state="accepted"), Measure.ON_ITS_WAY),
        (dossiers.wish(state="carrying_out"), Measure.ON_ITS_WAY),
        (dossiers.wish(state="arrived"), Measure.MET),
        (dossiers.wish(state="arrived", offer_amount=Money.parse("30")), Measure.MET),
        (dossiers.wish(state="arrived", offer_amount=Money.parse("29.99")), Measure.PARTLY),
        (dossiers.wish(state="arrived", offer_kind="refund", offer_amount=Money.parse("30")), Measure.PARTLY),
        (dossiers.wish(1, "explanation", "", state="accepted"), Measure.MET),
        (
            dossiers.wish(1, "other", "", state="arrived", offer_kind="refund", offer_amount=Money.parse("5")),
            Measure.MET,
        ),
        (dossiers.wish(state="withdrawn"), Measure.WITHDRAWN),
    ],
)
def test_cp10_each_item_is_measured_against_what_was_wanted(wish: object, expected: Measure) -> None:
    assert measure(wish) is expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("outcome", "by", "behalf", "expected"),
    [
        ("confirmed", "buyer", "", "confirmed"),
        ("confirmed", "api:9", "said so on the phone", "confirmed_for"),
        ("confirmed", "shop", "", "arrived"),
        ("confirmed", "staff:1024", "", "arrived"),
        ("settled", "staff:1024", "", "settled"),
    ],
)
def test_cp10_only_the_buyers_own_word_is_told_as_theirs(outcome: str, by: str, behalf: str, expected: str) -> None:
    assert ending(outcome, by, behalf) == expected


def test_cp10_one_item_that_is_not_met_makes_the_result_partly() -> None:
    met, coming, refused = (
        dossiers.wish(no, state=state) for no, state in enumerate(["arrived", "accepted", "refused"])
    )
    assert outcome([met]) is Measure.MET
    assert outcome([met, coming]) is Measure.ON_ITS_WAY
    assert outcome([met, coming, refused]) is Measure.PARTLY
    assert outcome([met, replace(refused, state="withdrawn")]) is Measure.MET
    assert outcome([]) is Measure.WITHDRAWN


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Zs"], exclude_characters="\t"), max_size=60))
def test_cp6_no_character_disappears(text: str) -> None:
    """Each one stands there, or its code does, in their order."""
    plain = unicodedata.normalize("NFC", text)
    drawable = {ord(one) for one in "abcABC019，。字"}
    shown = fit(text, drawable).replace("\u200b", "")
    for one in plain:
        is_drawn = ord(one) in drawable or one in "\u200d\ufe0e\ufe0f"
        wanted = one if is_drawn else f"{ord(one):04X}"
        assert wanted in shown
        shown = shown[shown.index(wanted) + len(wanted) :]


def test_cp6_rare_and_invisible_characters_stand_as_their_codes() -> None:
    assert fit("𠮷野", {ord("野")}) == "〔U+20BB7〕野"
    assert fit("\u202e12\u0000", {ord("1"), ord("2")}) == "〔U+202E〕12〔U+0000〕"
    assert fit("สวย", set()) == "〔U+0E2A 0E27 0E22〕"


def test_cp6_long_words_get_places_to_break() -> None:
    letters = set(range(0x21, 0x7F))
    broken = fit("x" * 300, letters)
    assert broken.replace("\u200b", "") == "x" * 300
    assert max(map(len, broken.split("\u200b"))) <= LONGEST_WORD
    assert fit("4200002026112212345678901234", letters) == "4200002026112212345678901234"  # a bill number stays whole


def test_cp6_drawings_of_ours_are_left_alone() -> None:
    assert fit_all({"svg": "<svg/>\n", "text": ["é"]}, set()) == {"svg": "<svg/>\n", "text": ["〔U+00E9〕"]}


def test_cp6_lines_stay_lines() -> None:
    assert paragraphs(" a \r\n\n\n\nb\u2028c\n") == ["a", "", "b", "c"]
    assert paragraphs("  \n ") == []


def test_cp6_terms_that_were_true_for_years_do_not_begin_the_story() -> None:
    fees = replace(dossiers.exhibit(9, "fees", source="system"), captured_at=dossiers.FILED - timedelta(days=2_000))
    told = letter(dossiers.material(exhibits=(fees,))).facts
    assert next(one.at for one in told if one.cites == (9,)) == fees.added_at
