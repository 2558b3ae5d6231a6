"""A site that is not ours: it serves the one page a test gives it, with the headers that test wants."""

from dataclasses import dataclass, field

from huiyin.web.asgi_types import Receive, Scope, Send


@dataclass
class Elsewhere:
    """The page and its headers; `url` is its origin."""

    url: str = ""
    page: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def other(self) -> str:
        """The same page on a site that shares nothing with ours, not even the address."""
        return self.url.replace("127.0.0.1", "shop.localhost")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        pairs = {"content-type": "text/html; charset=utf-8", **self.headers}.items()
        headers = [(name.lower().encode(), value.encode()) for name, value in pairs]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": self.page.encode()})
