"""What a stream hears: in order, without gap and without double, whatever it is told when."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from huiyin.domain.conversations.queries import News, Said, Standing
from huiyin.web.live_ears import MOST_WAITING, Ear, event, place_in, told

AT = datetime(2026, 11, 22, tzinfo=UTC)
STANDING = Standing(
    "1", 0, 1, 1, "talking", "1024", "general", 0, 0, 0, "", None, urgent=False, ended_at=None, next_step="",
    next_by=None, rating=None,
)  # fmt: skip


def news(after: int, last: int, *notes: int) -> News:
    said = [
        Said(seq, "", "text", "buyer", seq in notes, f"m{seq}", AT, "", "", 0, "") for seq in range(after + 1, last + 1)
    ]
    return News(STANDING, said)


def ear(seq: int = 0, *, sees_notes: bool = False) -> Ear:
    return Ear("1", "a", sees_notes, is_buyer=not sees_notes, seq=seq)


def seqs(taken: bytes) -> list[int]:
    return [int(line.removeprefix(b"id: ")) for line in taken.split(b"\n") if line.startswith(b"id: ")]


def test_whoever_came_while_it_was_read_takes_nothing_of_it() -> None:
    late = ear(2)
    late.hear(told(news(5, 8), 5, {}, 200))
    assert (late.seq, late.take()) == (2, b"")
    late.hear(told(news(2, 8), 2, {}, 200))
    assert seqs(late.take()) == [3, 4, 5, 6, 7, 8]


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=40), st.integers(0, 10))
def test_any_reads_in_any_order_make_no_gap_and_no_double(reads: list[tuple[int, int]], begin: int) -> None:
    listener = ear(begin)
    for after, last in reads:
        listener.hear(told(news(after, last), after, {}, 200))
    heard = seqs(listener.take())
    assert heard == list(range(begin + 1, begin + 1 + len(heard)))


def test_notes_are_passed_over_for_buyers() -> None:
    buyer, agent = ear(), ear(sees_notes=True)
    for one in (buyer, agent):
        one.hear(told(news(0, 4, 2, 3), 0, {}, 200))
    assert (seqs(buyer.take()), buyer.seq) == ([1, 4], 4)
    assert seqs(agent.take()) == [1, 2, 3, 4]


def test_a_slow_reader_is_bounded_and_goes_on_where_it_was() -> None:
    slow = ear()
    slow.hear(told(news(0, 1000), 0, {}, 2000))
    assert slow.is_behind
    first = seqs(slow.take())
    assert first == list(range(1, MOST_WAITING + 1))
    slow.hear(told(news(slow.seq, 300), slow.seq, {}, 2000))
    assert first + seqs(slow.take()) == list(range(1, 301))


def test_a_message_does_not_tell_anew_how_it_stands() -> None:
    listener, place = ear(), {"position": 2, "expected_wait_s": 30, "is_measured": True}
    for last in range(1, 4):
        said = told(News(STANDING._replace(head=last, last_seq=last, buyer_read=last), []), last, place, 200)
        listener.tell("state", said.state)
        listener.tell("read", said.read)
    taken = listener.take()
    assert (taken.count(b"event: state"), taken.count(b"event: read")) == (1, 3)


def test_how_it_stands_is_told_once() -> None:
    listener = ear()
    for _ in range(3):
        listener.tell("state", event("state", {"state": "queued"}))
    listener.tell("state", event("state", {"state": "talking"}))
    assert listener.take().count(b"event: state") == 2


def test_nothing_is_put_in_line_after_the_end() -> None:
    listener = ear()
    listener.leave()
    assert not listener.put(event("typing", {}))


@given(st.text(max_size=30))
def test_a_place_is_a_number_we_gave_or_the_beginning(text: str) -> None:
    assert 0 <= place_in(text, 7) <= 7
    assert place_in("7", 7) == 7
    assert place_in("8", 7) == 0
