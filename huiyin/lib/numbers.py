"""Matter numbers that survive being read out on a phone, and the two secrets derived from them.

A number is eleven random digits and a check digit, so it says nothing about how many cases there are and a slip of the
finger is noticed before anything is looked up. PIN and link token are HMACs of the number: never stored, always the
same, and useless to each other because each has its own prefix.
"""

import base64
import hashlib
import hmac
import re
import unicodedata
from random import Random

from stdnum.iso7064 import mod_11_10

_NUMBER = re.compile(r"[1-9][0-9]{11}")
# What phones, mails and voices put between digits: blanks, every dash, full stops, invisible characters.
_BETWEEN = re.compile(r"[\s\u2010-\u2015\u2212_.,·・\-]|[\u200b-\u200f\u2060\ufeff\u00ad]")


def new(random: Random) -> str:
    """A fresh number of 12 digits. Pass `random.SystemRandom()`; the caller retries on a collision."""
    body = str(random.randrange(10**10, 10**11))  # never a leading zero: spreadsheets and people drop it
    return body + mod_11_10.calc_check_digit(body)


def is_valid(no: str) -> bool:
    """Whether this is a canonical number with the right check digit (ISO 7064 mod 11,10)."""
    return bool(_NUMBER.fullmatch(no)) and bool(mod_11_10.is_valid(no))


def normalise(text: str) -> str:
    """The digits a person meant: full-width digits, blanks and hyphens are forgiven. Then ask `is_valid`."""
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", text))


def pin(server_key: bytes, no: str) -> str:
    """The buyer's secret for a matter: 8 digits. All 256 bits go into the remainder, so the bias is below 2^-229."""
    return f"{int.from_bytes(_mac(server_key, b'huiyin matter pin v1', no)) % 10**8:08d}"


def pin_matches(server_key: bytes, no: str, typed: str) -> bool:
    """Compare what somebody typed with the PIN, in constant time and whatever characters it holds."""
    return hmac.compare_digest(pin(server_key, no).encode(), normalise(typed).encode("utf-8", "replace"))


def link_token(server_key: bytes, no: str) -> str:
    """What a link or QR code carries after `#`: 128 bits as 22 characters of base64url."""
    return base64.urlsafe_b64encode(_mac(server_key, b"huiyin matter link v1", no)[:16]).decode().rstrip("=")


def link_token_matches(server_key: bytes, no: str, given: str) -> bool:
    """Compare a token from a link in constant time."""
    return hmac.compare_digest(link_token(server_key, no).encode(), given.encode("utf-8", "replace"))


def _mac(server_key: bytes, domain: bytes, no: str) -> bytes:
    return hmac.digest(server_key, domain + b"\0" + no.encode("utf-8", "replace"), hashlib.sha256)
