"""Phone numbers in one shape (E.164), and how a contact is shown to somebody who has not proved it is theirs."""

from collections.abc import Callable

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

DEFAULT_REGION = "CN"
_LONGEST = 40  # nobody writes a phone number with more characters, and the parser is not for essays
Mask = Callable[[str], str]
_MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


def normalise(text: str, region: str = DEFAULT_REGION) -> str | None:
    """The number as E.164 (`+8613800138000`), or None where this cannot be a phone number. Never raises."""
    number = _parsed(text, region)
    return phonenumbers.format_number(number, PhoneNumberFormat.E164) if number else None


def is_mobile(text: str, region: str = DEFAULT_REGION) -> bool:
    """Whether a text message can reach it."""
    number = _parsed(text, region)
    return number is not None and phonenumbers.number_type(number) in _MOBILE


def national(text: str, region: str = DEFAULT_REGION) -> str:
    """As people of `region` write it: bare digits at home, E.164 abroad. What is no phone number stays as it was."""
    number = _parsed(text, region)
    if number is None:
        return text
    if number.country_code != phonenumbers.country_code_for_region(region):
        return phonenumbers.format_number(number, PhoneNumberFormat.E164)
    area_needs_zero = region == "CN" and phonenumbers.number_type(number) == PhoneNumberType.FIXED_LINE
    return ("0" if area_needs_zero else "") + phonenumbers.national_significant_number(number)


def _parsed(text: str, region: str) -> PhoneNumber | None:
    if not text or len(text) > _LONGEST:
        return None
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) and not number.extension else None


# Masks keep just enough for the owner to say "yes, that one". What is too short to keep anything safely becomes stars.


def mask_phone(text: str) -> str:
    """`138****8000`: the first three and last four digits."""
    return _ends(national(text), 3, 4)


def mask_email(text: str) -> str:
    """`a***@qq.com`: the first character and the domain."""
    name, at, domain = text.strip().rpartition("@")
    if not at:
        return _ends(text, 1, 0)
    return f"{name[:1] if len(name) > 1 else ''}***@{domain}"


def mask_qq(text: str) -> str:
    """`12****89`: the first two and last two digits."""
    return _ends(text, 2, 2)


def mask_account(text: str) -> str:
    """An account name in a game or shop; one that is an e-mail address or phone number is masked as such."""
    if "@" in text:
        return mask_email(text)
    if is_mobile(text):
        return mask_phone(text)
    return _ends(text, 2, 2)


def mask_name(text: str) -> str:
    """`张**`: the first character only, so that neither name nor its length is told."""
    name = text.strip()
    return name[:1] + "**" if len(name) > 1 else "**"


def mask_key(text: str) -> str:
    """`ABCD****WXYZ`: the first and last four characters of a card key, fewer where it is short."""
    return _ends(text, 4, 4)


def _ends(text: str, head: int, tail: int) -> str:
    """Keep the ends, hide the middle. A third of it, and never fewer than three characters, stay hidden."""
    plain = text.strip()
    while head + tail and len(plain) - head - tail < max(3, len(plain) // 3):
        head, tail = max(0, head - 1), max(0, tail - 1)
    return plain[:head] + "****" + (plain[len(plain) - tail :] if tail else "")
