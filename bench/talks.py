"""Conversations to measure with: in full swing, made by COPY, half of each pair of streams the buyer's."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import psycopg

from huiyin.lib import numbers

_MATTER = "COPY journal_matter (no, topic, head_seq, head_hash, opened_at) FROM STDIN"
_TALK = """
INSERT INTO conversations_conversation (matter_id, channel, state, queue, visitor, client_id, proof, name, token_digest,
    language, elderly, urgent, urgent_reason, agent_id, order_no, page, started_at, answered_at, ended_by, outcome,
    disposition, next_step, last_seq, last_at, buyer_read, agent_read, rating_words)
SELECT matter.id, 'chat', 'talking', 'general', '', '', 'none', '', wanted.digest, 'zh-hans', false, false, '',
    (SELECT id FROM staff_person WHERE agent_no = %s), '', '', now(), now(), '', '', '', '', 0, now(), 0, 0, ''
FROM unnest(%s::text[], %s::text[]) AS wanted(no, digest) JOIN journal_matter AS matter ON matter.no = wanted.no
"""


@dataclass(frozen=True)
class Talk:
    """One conversation and what opens it on both sides."""

    no: str
    token: str
    key: str


def make(url: str, var: Path, count: int, key: str, agent_no: str) -> list[Talk]:
    """So many conversations of this agent."""
    secret = json.loads((var / "secrets.json").read_text())["secret_key"].encode()
    dice, now = Random(5), datetime.now(UTC)
    talks = [Talk(no, _token(secret, no), key) for no in {numbers.new(dice) for _ in range(count)}]
    with psycopg.connect(url) as link:
        with link.cursor().copy(_MATTER) as rows:
            for talk in talks:
                rows.write_row((talk.no, "talk", 0, "", now))
        digests = [hashlib.sha256(talk.token.encode()).hexdigest() for talk in talks]
        link.execute(_TALK, [agent_no, [talk.no for talk in talks], digests])
        link.execute("ANALYZE journal_matter, conversations_conversation, conversations_message")
    return talks


def _token(secret: bytes, no: str) -> str:
    """As huiyin.domain.conversations.tokens makes them."""
    mac = hmac.digest(secret, b"huiyin talk token v1\0" + no.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(mac).decode().rstrip("=")
