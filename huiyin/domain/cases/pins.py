"""Opening a matter with its number and PIN, for people who come from another browser.

Five wrong tries at one matter or twenty from one address close this way for a quarter of an hour. A number that does
not exist, a wrong PIN and a closed way look the same from outside.
"""

from datetime import datetime

from django.conf import settings

from huiyin.domain.journal.models import Matter
from huiyin.lib import numbers
from huiyin.lib.limits import actions as limits

WINDOW_S = 900
TRIES_PER_MATTER, TRIES_PER_ADDRESS = 5, 20


def open_with_pin(typed_no: str, typed_pin: str, address: str, *, now: datetime) -> Matter | None:
    """The matter that number and PIN open together, or None."""
    no = numbers.normalise(typed_no)[:12]
    buckets = {f"pin:{no}": TRIES_PER_MATTER, f"pin-address:{address}": TRIES_PER_ADDRESS}
    is_closed = any(limits.used(bucket, WINDOW_S, now) >= most for bucket, most in buckets.items())
    is_right = numbers.pin_matches(settings.SECRET_KEY.encode(), no, typed_pin) and numbers.is_valid(no)
    found = Matter.objects.filter(no=no).exclude(topic="staff").first()
    if found is not None and is_right and not is_closed:
        return found
    for bucket in buckets:
        limits.count(bucket, WINDOW_S, now)
    return None
