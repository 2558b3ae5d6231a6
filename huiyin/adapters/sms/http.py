"""Hands a text message to an HTTP gateway as JSON `{to, text}`: the demo's mailbox, or a gateway of the operator."""

from functools import cache

import httpx

from huiyin.lib.errors import Rejected, Unavailable


class HttpSms:
    """`Sender` to `url`. The subject is not sent: a text message has none."""

    def __init__(self, url: str, timeout_s: float = 5.0) -> None:
        self.url, self.timeout_s = url, timeout_s

    def send(self, to: str, subject: str, text: str) -> None:
        if not self.url:
            raise Rejected("no_sms_configured")
        try:
            answer = _client().post(self.url, json={"to": to, "text": text}, timeout=self.timeout_s)
        except httpx.HTTPError as trouble:
            raise Unavailable(type(trouble).__name__) from trouble
        if answer.status_code >= 500:
            raise Unavailable(f"gateway {answer.status_code}")
        if answer.status_code >= 400:
            raise Rejected("gateway_refused", str(answer.status_code))


@cache
def _client() -> httpx.Client:
    """One for the process: to make one costs 25 ms of processor, for its TLS alone."""
    return httpx.Client()
