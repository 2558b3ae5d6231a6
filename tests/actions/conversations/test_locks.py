"""Two people act on a conversation and on its case in the same instant: nobody waits in a circle. The case is older
than the conversation, so that its row comes first."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.db import connection, transaction

from huiyin.domain.cases import actions as cases
from huiyin.domain.cases.models import Case
from huiyin.domain.conversations import actions as talks
from huiyin.domain.conversations.commitments import Commitment
from huiyin.domain.conversations.models import Conversation
from huiyin.domain.conversations.wrap_up import WrapUp
from huiyin.domain.journal import actions as journal
from huiyin.domain.promises.models import Promise
from huiyin.domain.staff.models import Person
from huiyin.lib.errors import Refusal
from huiyin.web.desk import replies
from tests.fakes import MIDNIGHT
from tests.people import complaint
from tests.talks import talking

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 20.0
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"
LATER = MIDNIGHT + timedelta(hours=3)
Deed = Callable[[Conversation, Person], object]


def reply(talk: Conversation, alice: Person) -> object:
    return replies.send(talk, replies.Reply("我两小时内给您补发卡密", "c1", is_promise=True), by=alice.by, now=MIDNIGHT)


def promise(talk: Conversation, alice: Person) -> object:
    return talks.promise_made(talk, Commitment("补发", LATER, "补发"), by=alice.by, now=MIDNIGHT)


def end(talk: Conversation, alice: Person) -> object:
    wrap_up = WrapUp("follow_up", "补发", LATER, number_spoken=True)
    return talks.end(talk, wrap_up, by=alice.by, now=MIDNIGHT)


@pytest.fixture
def older() -> Case:
    return complaint(email="li@example.com")


@pytest.fixture
def pair(older: Case) -> tuple[Conversation, Person]:
    """In full swing; its case, if it gets one, is older than itself."""
    return talking()


def beside(deed: Callable[[], object]) -> Iterator[list[Exception]]:
    """Run it in a thread of its own until it waits for a lock; then go on here, and see it end."""
    went_wrong: list[Exception] = []

    def acting() -> None:
        try:
            deed()
        except Exception as trouble:  # whatever it is, the test says
            went_wrong.append(trouble)
        finally:
            connection.close()

    thread = threading.Thread(target=acting)
    thread.start()
    while thread.is_alive() and not _somebody_waits():
        thread.join(0.01)
    yield went_wrong
    thread.join(PATIENCE)
    assert not thread.is_alive()


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        row = cursor.fetchone()
    return bool(row and row[0])


@pytest.mark.parametrize("deed", [reply, promise, end])
def test_cp14_a_promise_made_while_somebody_holds_the_case_deadlocks_with_nobody(
    pair: tuple[Conversation, Person], older: Case, deed: Deed
) -> None:
    talk, alice = pair
    cases.join_conversation(talk, older, by=alice.by, now=MIDNIGHT)
    with transaction.atomic():
        journal.lock_one(older.matter_id)
        running = beside(lambda: deed(Conversation.objects.get(pk=talk.pk), alice))
        went_wrong = next(running)
        journal.lock_one(talk.matter_id)  # as whoever locks both in order would
    assert next(running, None) is None
    assert went_wrong == []
    assert Promise.objects.filter(matter=older.matter, kind="commitment").count() == 1


@pytest.mark.parametrize("deed", [reply, promise, end])
def test_cp14_a_promise_belongs_to_the_case_that_came_while_it_waited(
    pair: tuple[Conversation, Person], older: Case, deed: Deed
) -> None:
    talk, alice = pair
    with transaction.atomic():
        cases.join_conversation(talk, older, by=alice.by, now=MIDNIGHT)
        running = beside(lambda: deed(Conversation.objects.get(pk=talk.pk), alice))
        went_wrong = next(running)
    assert next(running, None) is None
    assert went_wrong == []
    assert Promise.objects.filter(matter=older.matter, kind="commitment").count() == 1


def test_nobody_waits_for_a_case_out_of_order(pair: tuple[Conversation, Person], older: Case) -> None:
    """The case has come meanwhile and somebody holds it, who may wait for the conversation: asked again it works."""
    talk, alice = pair
    free = threading.Event()
    joined = threading.Event()

    def hold() -> None:
        cases.join_conversation(Conversation.objects.get(pk=talk.pk), older, by=alice.by, now=MIDNIGHT)
        with transaction.atomic():
            journal.lock_one(older.matter_id)
            joined.set()
            assert free.wait(PATIENCE)
        connection.close()

    other = threading.Thread(target=hold)
    stale = Conversation.objects.get(pk=talk.pk)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("huiyin.domain.conversations.actions.locking._case_of", lambda _: None)
        other.start()
        assert joined.wait(PATIENCE)
        with pytest.raises(Refusal, match="changed_meanwhile"):
            promise(stale, alice)
    free.set()
    other.join(PATIENCE)
    assert promise(stale, alice)
