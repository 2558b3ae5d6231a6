"""Calls a webhook: the name is resolved once, each address is checked, and exactly a checked address is called.

So a name that answers differently the second time leads nowhere (DNS rebinding); a redirect is an answer, not a way.
"""

import asyncio
import socket
import ssl
from functools import cache
from urllib.parse import SplitResult, urlsplit

import httpx

from huiyin.domain.notices.hooks.rules import may_call
from huiyin.lib.errors import Rejected, Unavailable

WHOLE_CALL_S = 10.0  # however slowly the answer drips; shorter than the lease of a delivery


class HttpCaller:
    """`Caller` over HTTP. `allow_private`: in a demo, whose programs all live on this machine."""

    def __init__(self, *, allow_private: bool = False) -> None:
        self.allow_private = allow_private

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> int:
        parts = urlsplit(url)
        address = self._address_of(parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))
        request = httpx.Request(
            "POST", _straight_to(parts, address), content=body, headers=headers | {"Host": parts.netloc},
            extensions={"sni_hostname": parts.hostname or ""},
        )  # fmt: skip
        try:
            return asyncio.run(_sent(request))
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as trouble:  # time-outs too
            raise Unavailable(type(trouble).__name__) from trouble

    def _address_of(self, host: str, port: int) -> str:
        """The first address of this name; raises Rejected when any of them is not public."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as trouble:
            raise Unavailable("no_such_host") from trouble
        addresses = [str(one[4][0]).partition("%")[0] for one in found]
        if not all(may_call(address, allow_private=self.allow_private) for address in addresses):
            raise Rejected("private_address")
        return addresses[0]


async def _sent(request: httpx.Request) -> int:
    """The status of the answer; what else it says is nothing to us and is not read."""
    async with asyncio.timeout(WHOLE_CALL_S), httpx.AsyncHTTPTransport(verify=_trusted()) as line:
        request.extensions["timeout"] = httpx.Timeout(WHOLE_CALL_S, connect=3.0).as_dict()
        answer = await line.handle_async_request(request)
        await answer.aclose()
        return answer.status_code


@cache
def _trusted() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)


def _straight_to(parts: SplitResult, address: str) -> str:
    literal = f"[{address}]" if ":" in address else address
    return parts._replace(netloc=f"{literal}:{parts.port}" if parts.port else literal).geturl()
