"""What the worker does for conversations: evidence of their cases, and those who have gone while they waited."""

from io import BytesIO

from huiyin.adapters.papers.transcripts import as_text, transcript_pdf
from huiyin.daemons.recordings import file_recordings
from huiyin.domain.cases import actions as cases
from huiyin.domain.cases.actions import Original
from huiyin.domain.cases.evidence import Source, What
from huiyin.domain.cases.exhibits import the_files
from huiyin.domain.cases.models import Case
from huiyin.domain.conversations import actions as talks
from huiyin.domain.conversations.models import Conversation, Message
from huiyin.domain.conversations.presence import GIVEN_UP_AFTER
from huiyin.domain.conversations.queries import Transcript, transcript, waiting_and_gone
from huiyin.domain.conversations.talk import Side, side_of
from huiyin.domain.voice import actions as voice
from huiyin.lib.clock import now

LARGEST = 32 << 20


def keep_talk(conversation_id: int) -> None:
    """Transcript (text and PDF, where anybody wrote) and files of a conversation become evidence of its case. The same
    words are the same bytes, so it may run again at any time; what went on is attached again, beside what it was."""
    conversation = Conversation.objects.select_related("matter", "case").get(pk=conversation_id)
    case = Case.objects.filter(matter=conversation.case_id).first()
    if case is None:
        return
    said = transcript(conversation)
    made = _written(said)
    files = [_sent(message) for message in said.messages if message.kind == "file"]
    cases.add_evidence(case, [*made, *files], source=Source.SYSTEM, by="system", now=now())
    file_recordings(conversation.matter_id)


def _written(said: Transcript) -> list[Original]:
    """Nothing where nobody wrote: a call is heard in its recording."""
    if all(message.kind == "system" for message in said.messages):
        return []
    no, language = said.conversation.matter.no, said.conversation.language
    return [
        _kept(as_text(said, language).encode(), f"chat-{no}.txt", "text/plain"),
        _kept(transcript_pdf(said, language), f"chat-{no}.pdf", "application/pdf"),
    ]


def _kept(content: bytes, name: str, mime: str) -> Original:
    stored = the_files().put(BytesIO(content), most=LARGEST)
    return Original(
        what=What.CHAT, sha256=stored.sha256, size=stored.size, mime=mime, name=name, custodian="centre",
        captured_at=now(),
    )  # fmt: skip


def _sent(message: Message) -> Original:
    """A file is in the store already; whoever sent it held it."""
    theirs = side_of(message.author) is Side.BUYER
    return Original(
        what=What.OTHER, sha256=message.sha256, size=message.size, mime=message.mime, name=message.name,
        custodian="buyer" if theirs else "centre", captured_at=message.at,
    )  # fmt: skip


def talk_heard(matter_id: int, by: str, talk_id: int = 0) -> None:
    """Something was said in a conversation that has joined this case."""
    cases.heard_elsewhere(matter_id, talk_id, by=by, now=now())


def keep_talks_away(matter_id: int) -> None:
    """The case on this matter complains about somebody more (CP21)."""
    cases.keep_talks_away(matter_id, now=now())


def gone_from_queues() -> None:
    """Zero silence: whoever left the page while waiting is not forgotten; what they wrote becomes a case."""
    for conversation in waiting_and_gone(now() - GIVEN_UP_AFTER):
        talks.nobody_came(conversation, now=now())
    voice.return_lost(now())


def unanswered_calls() -> None:
    """Whoever asked the switchboard for something learns that it is away; tickets that nobody used are over."""
    voice.expire_commands(now())
    voice.end_tickets(now())
