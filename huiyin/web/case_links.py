"""A seal that a browser hands to the chat: whoever has opened a matter here talks about that matter."""

from django.core import signing

from huiyin.domain.cases.models import Case
from huiyin.lib.errors import Refusal

SALT, LIVES_S = "huiyin.chat.case", 3600


def case_link(no: str) -> str:
    """The seal for a matter that this browser may follow."""
    return signing.dumps(no, salt=SALT)


def case_behind(link: str) -> Case:
    """The case that a seal names. Raises Refusal `link_wrong | link_expired`."""
    try:
        no = signing.loads(link, salt=SALT, max_age=LIVES_S)
    except signing.SignatureExpired as old:
        raise Refusal("link_expired") from old
    except signing.BadSignature as forged:
        raise Refusal("link_wrong") from forged
    found = Case.objects.select_related("matter", "buyer", "order").filter(matter__no=no).first()
    if found is None:
        raise Refusal("link_wrong")
    return found
