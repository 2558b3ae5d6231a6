"""What the page for shops says about the seal is what we check."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

from huiyin.lib.signing import Identity, identity_in, identity_token
from huiyin.web.chat.joined import MODULES

PAGE = Path(__file__).resolve().parents[3] / "docs" / "how-to" / "put-the-chat-on-your-pages.md"


def test_the_documented_seal_is_the_one_we_make_and_believe() -> None:
    text = PAGE.read_text()
    claims = json.loads(re.findall(r"^claims +(\{.*\})$", text, re.MULTILINE)[0])
    token = re.findall(r"^token +(\S+)$", text, re.MULTILINE)[0]
    secret = re.findall(r"\(secret `([^`]+)`\)", text)[0]
    ends = datetime.fromtimestamp(claims.pop("exp"), UTC)
    member = Identity(**claims)
    assert identity_token(member, ends, secret) == token
    assert identity_in(token, secret, ends) == member


def test_every_attribute_the_script_reads_is_documented() -> None:
    documented = set(re.findall(r"^\| `data-(\w+)` \|", PAGE.read_text(), re.MULTILINE))
    sources = "".join(path.read_text() for path in MODULES.glob("*.js"))
    taken_apart = re.findall(r"\{ ([\w, ]+) \} = (?:this\.)?options", sources)
    read = {*re.findall(r"(?:options|tag\?\.dataset)\.(\w+)", sources), *", ".join(taken_apart).split(", ")}
    assert documented == read - {"home", "case", "caseNo"}  # these our own page alone can seal
