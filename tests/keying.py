"""A buyer who is asked to key a secret, for tests of the switchboard."""

from huiyin.daemons.calls.answers import Found, Question
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice.menu import Answer
from huiyin.domain.voice.models import SecretCheck
from tests.fakes import MIDNIGHT
from tests.switchboard import House

BILL, AMOUNT = "87654321", "9900"


class Compares:
    """Knows one payment."""

    def __init__(self) -> None:
        self.asked: list[Question] = []

    def answer(self, question: Question) -> Found:
        self.asked.append(question)
        if (question.inputs["bill"], question.inputs["amount"]) == (BILL, AMOUNT):
            return Found(Answer("matches"), "KM1", "order_facts")
        return Found(Answer("differs"))


def asked(one: House, what: str = "payment") -> None:
    """The agent asks for it, and the buyer is asked to key."""
    call = one.call()
    assert call.agent is not None
    voice.ask(call, "secret", {"what": what}, call.agent, now=MIDNIGHT)
    one.run(one.exchange.read_rows())
    one.until(lambda: one.heard("ask.bill") and one.state() == "keying")


def check() -> tuple[str, str]:
    row = SecretCheck.objects.get()
    return row.result, row.why


def recordings(one: House) -> list[str]:
    return [row.state for row in one.call().recordings.order_by("pk")]
