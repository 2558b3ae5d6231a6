"""What this browser may look at again without proving anything: its findings, its matters, keys it was shown."""

from datetime import datetime

from django.conf import settings
from django.http import Http404, HttpRequest

from huiyin.domain.cases.models import Case
from huiyin.domain.journal.models import Matter
from huiyin.domain.orders.actions.searches import Asker
from huiyin.domain.orders.models import Finding, Order
from huiyin.domain.orders.proof import Level
from huiyin.lib.limits import actions as limits
from huiyin.lib.seal import seal, unseal

MOST = 40  # of each; the oldest are forgotten
TOKENS_PER_MINUTE = 30  # of one address


def address_of(request: HttpRequest) -> str:
    """The address the request came from, as the gate saw it."""
    return str(request.META.get("REMOTE_ADDR", ""))


def posted_token(request: HttpRequest, now: datetime) -> str:
    """The token of a link from our messages, which its page has posted. Raises Refusal `too_often`."""
    limits.take(f"link:{address_of(request)}:minute", TOKENS_PER_MINUTE, 60, now)
    return request.POST.get("token", "")


def asker_of(request: HttpRequest) -> Asker:
    """The buyer in this browser. A browser that has been here counts its wrong tries for itself, a new one with its
    address."""
    key = request.session.session_key if request.session.get("findings") else None
    return Asker("web", "buyer", key or address_of(request))


def remember_finding(request: HttpRequest, finding: Finding) -> None:
    """This browser may come back to this page, and to the order's matter if it was proven."""
    _put(request, "findings", finding.pk)
    if finding.order is not None and finding.level != Level.NONE.value:
        remember_matter(request, finding.order.matter)


def remember_matter(request: HttpRequest, matter: Matter) -> None:
    """This browser may follow this matter."""
    _put(request, "matters", matter.no)


def finding_for(request: HttpRequest, pk: int) -> Finding:
    """A finding of this browser. Raises Http404 for anybody else's."""
    if pk not in request.session.get("findings", []):
        raise Http404
    return Finding.objects.select_related("order__matter", "order__buyer", "contact__matter").get(pk=pk)


def matter_for(request: HttpRequest, no: str) -> Matter:
    """A matter of this browser. Raises Http404 for anybody else's."""
    if no not in request.session.get("matters", []):
        raise Http404
    return Matter.objects.get(no=no)


def matters_of(request: HttpRequest) -> list[Matter]:
    """Everything this browser follows, newest first."""
    return list(Matter.objects.filter(no__in=request.session.get("matters", [])).order_by("-opened_at"))


def case_of(matter: Matter) -> Case | None:
    """The case on a matter, if a person answers for it."""
    return Case.objects.select_related("owner", "order", "buyer").filter(matter=matter).first()


def may_see_keys(request: HttpRequest, order: Order) -> bool:
    """Whether this browser has proven this order well enough to be shown a key."""
    mine = Finding.objects.filter(pk__in=request.session.get("findings", []), order=order)
    return any(finding.verdict.get("shows") for finding in mine)


def proven_order(request: HttpRequest, order_no: str) -> Order | None:
    """The order with this number, where this browser has proven it."""
    mine = Finding.objects.filter(pk__in=request.session.get("findings", []), order__order_no=order_no.strip())
    proven = mine.exclude(level=Level.NONE.value).select_related("order__matter").first() if order_no.strip() else None
    return proven.order if proven else None


def found_order(request: HttpRequest) -> Order | None:
    """The order this browser has proven last."""
    mine = Finding.objects.filter(pk__in=request.session.get("findings", []), order__isnull=False)
    last = mine.exclude(level=Level.NONE.value).select_related("order").order_by("-pk").first()
    return last.order if last else None


def level_of(request: HttpRequest, order: Order | None) -> Level:
    """The best proof of an order this browser has given; NONE without one."""
    mine = Finding.objects.filter(pk__in=request.session.get("findings", []), order=order)
    given = {finding.level for finding in mine} if order else set()
    return max((level for level in Level if level.value in given), key=list(Level).index, default=Level.NONE)


def keep_keys(request: HttpRequest, finding: Finding, keys: list[str]) -> None:
    """Keep revealed keys, sealed, so that a reload shows them again without asking the shop again."""
    shown = request.session.get("keys", {})
    shown[str(finding.pk)] = seal(settings.SECRET_KEY.encode(), "\n".join(keys))
    request.session["keys"] = dict(list(shown.items())[-5:])


def kept_keys(request: HttpRequest, finding: Finding) -> list[str]:
    """The keys this browser was shown for this finding."""
    sealed = request.session.get("keys", {}).get(str(finding.pk))
    return unseal(settings.SECRET_KEY.encode(), sealed).split("\n") if sealed else []


def is_first_time(request: HttpRequest, what: str) -> bool:
    """Whether this browser does this for the first time; the next time it is not."""
    if what in request.session.get("once", []):
        return False
    _put(request, "once", what)
    return True


def _put(request: HttpRequest, name: str, value: int | str) -> None:
    kept = [known for known in request.session.get(name, []) if known != value]
    request.session[name] = [*kept, value][-MOST:]
