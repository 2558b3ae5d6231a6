"""The port that calls a webhook. Real: `adapters/hooks`; the tests use a real server."""

from typing import Protocol


class Caller(Protocol):
    def post(self, url: str, body: bytes, headers: dict[str, str]) -> int:
        """The status of the answer, redirects not followed. Raises Unavailable with a code when there was none, and
        Rejected when this address is never called."""
