"""What the gate answers to a request it does not let in: problem details for programs, a small calm page for people."""

import html
import json
from base64 import b64encode
from hashlib import sha256

from django.utils import translation
from django.utils.translation import gettext, gettext_noop
from django.utils.translation.trans_real import parse_accept_lang_header

from huiyin.web.asgi_types import Scope, Send, header

# Status → its title and what to do next; English here, Chinese in the catalogue.
WORDS = {
    400: (gettext_noop("We cannot read this address"), gettext_noop("Please open the page again from its link.")),
    408: (
        gettext_noop("This did not arrive completely"),
        gettext_noop("Nothing was saved. Please check the connection and send it again."),
    ),
    413: (
        gettext_noop("This is too large"),
        gettext_noop("At most %(limit)s can be sent here. Nothing was saved. Please send less."),
    ),
    414: (gettext_noop("This address is too long"), gettext_noop("Please open the page again from its link.")),
    431: (
        gettext_noop("Your browser sends more than we can read"),
        gettext_noop("Please delete the cookies of this site and open the page again."),
    ),
    503: (
        gettext_noop("We are very busy right now"),
        gettext_noop("Nothing was saved. Please try again in a few seconds."),
    ),
}
# The same codes as the API's own problems have.
CODES = {
    400: "address_unreadable",
    408: "body_incomplete",
    413: "body_too_large",
    414: "address_too_long",
    431: "headers_too_large",
    503: "busy",
}
STYLE = (
    "body{margin:18vh auto 0;max-width:34rem;padding:0 20px;background:#f6f5f2;color:#1d2529;"
    'font:16px/1.7 "PingFang SC","Noto Sans CJK SC","Microsoft YaHei",system-ui,sans-serif}'
    "h1{font-size:22px;line-height:1.35}a{color:#0e6f68}"
    "@media(prefers-color-scheme:dark){body{background:#14191b;color:#e7e5df}a{color:#5cc4bb}}"
)
STYLE_HASH = b64encode(sha256(STYLE.encode()).digest()).decode()
PAGE = (
    '<!doctype html><html lang="{lang}"><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width,initial-scale=1"><title>{title}</title><style>{style}</style>'
    '<main><h1>{title}</h1><p>{detail}</p><p><a href="/">{home}</a></p></main></html>'
)


class TurnedAway(Exception):
    """A request that the gate answers itself. `status` is a key of WORDS; parameters go into its words."""

    def __init__(self, status: int, **params: object) -> None:
        super().__init__(status, params)
        self.status = status
        self.params = params


def language_of(scope: Scope) -> str:
    """The reader's language, from Accept-Language: Chinese unless English comes first."""
    for code, _ in parse_accept_lang_header(header(scope, b"accept-language").lower()[:200]):
        if code.startswith(("zh", "en")):
            return "en" if code.startswith("en") else "zh-hans"
    return "zh-hans"


def is_for_programs(scope: Scope) -> bool:
    """API paths and the live stream are read by programs, everything else by people."""
    path: str = scope["path"]
    return path.startswith("/api/") or path in ("/live", "/healthz")


async def answer(scope: Scope, send: Send, refused: TurnedAway) -> None:
    """Send the whole answer, but leave it open: the caller ends it with an empty last part."""
    language = language_of(scope)
    with translation.override(language):
        title, detail = (gettext(text) for text in WORDS[refused.status])
        home = gettext("Back to the first page")
    kind, body = _rendered(scope, refused, language, (title, detail % refused.params, home))
    headers = [
        (b"content-type", kind),
        (b"content-length", str(len(body)).encode()),
        (b"content-language", language.encode()),
        (b"content-security-policy", f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'".encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"cache-control", b"no-store"),
        (b"connection", b"close"),
    ]
    if refused.status == 503:
        headers.append((b"retry-after", b"3"))
    await send({"type": "http.response.start", "status": refused.status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": True})


def _rendered(scope: Scope, refused: TurnedAway, language: str, words: tuple[str, str, str]) -> tuple[bytes, bytes]:
    title, detail, home = words
    if is_for_programs(scope):
        code = CODES[refused.status]
        problem = {"type": f"urn:huiyin:problem:{code}", "title": title, "status": refused.status, "detail": detail}
        problem |= {"code": code, "instance": str(scope["path"])[:200]}
        return b"application/problem+json", json.dumps(problem, ensure_ascii=False).encode()
    # HTML wants its language tag as BCP 47 writes it.
    tag = "zh-Hans" if language == "zh-hans" else language
    safe = {"title": html.escape(title), "detail": html.escape(detail), "home": html.escape(home)}
    return b"text/html; charset=utf-8", PAGE.format(lang=tag, style=STYLE, **safe).encode()
