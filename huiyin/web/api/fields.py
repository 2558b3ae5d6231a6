"""What fields of the API are made of."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated
from zoneinfo import ZoneInfo

from django.conf import settings
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from huiyin.lib.money import Money
from huiyin.web.api.body import is_text


class Input(BaseModel):
    """What a body is read into. Not django-ninja's Schema, which takes 5 for an object without attributes."""


LARGEST = Money(10**11)  # a thousand million yuan
EARLIEST, LATEST = datetime(1970, 1, 2, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def iso(at: datetime) -> str:
    """A time as the API says it: ISO 8601 in the zone of the business, with its offset."""
    return at.astimezone(ZoneInfo(settings.TIME_ZONE)).isoformat()


def iso_text(at: str) -> str:
    """The same for a time that is kept as ISO text."""
    return iso(datetime.fromisoformat(at))


def _readable(text: str) -> str:
    if not is_text(text):
        raise PydanticCustomError("text_unreadable", "not text")
    return text


def _written(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("text_empty", "empty")
    return text


def _only_text(value: object) -> object:
    """A number is no time, although pydantic would read one as seconds since 1970."""
    if not isinstance(value, str):
        raise PydanticCustomError("time_invalid", "not a time")
    return value


def _with_zone(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise PydanticCustomError("time_without_zone", "no zone")
    try:
        utc = at.astimezone(UTC)
    except OverflowError as fault:
        raise PydanticCustomError("time_out_of_range", "out of range") from fault
    if not EARLIEST <= utc < LATEST:
        raise PydanticCustomError("time_out_of_range", "out of range")
    return utc


def _in_our_zone(at: datetime) -> datetime:
    """A time without an offset is what a clock here shows: shops and people send such times."""
    return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(settings.TIME_ZONE))


def _amount_as_text(value: object) -> object:
    """An amount may come as "9.90" or 9.9."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(Decimal(str(value)))[:20]
    return value


def _amount(text: str) -> str:
    """Yuan and fen, nothing negative, nothing larger than a column holds."""
    try:
        known = Money.parse(text)
    except ValueError as fault:
        raise PydanticCustomError("amount_invalid", "no amount") from fault
    if not Money() <= known <= LARGEST:
        raise PydanticCustomError("amount_invalid", "no amount")
    return text


def money_of(text: str) -> Money:
    """The amount a field `Yuan` holds."""
    return Money.parse(text)


Written = AfterValidator(_written)
Plain = Annotated[str, AfterValidator(_readable)]
Line = Annotated[str, Field(max_length=200)]
Number = Annotated[str, Field(max_length=64)]
Token = Annotated[str, Field(max_length=1024)]
Amount = Annotated[str, BeforeValidator(_amount_as_text), Field(max_length=20)]
Yuan = Annotated[Amount, AfterValidator(_amount)]
Moment = Annotated[datetime, BeforeValidator(_only_text), AfterValidator(_with_zone)]
LocalMoment = Annotated[datetime, BeforeValidator(_only_text), AfterValidator(_in_our_zone), AfterValidator(_with_zone)]
