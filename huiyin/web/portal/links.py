"""Links that carry their proof after the `#`, where no server log sees it: a small script posts it here."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from huiyin.domain.journal.models import Matter
from huiyin.domain.orders.queries import the_shop
from huiyin.domain.orders.rescue import Proof, find
from huiyin.lib import numbers
from huiyin.lib.errors import Refusal
from huiyin.lib.limits import actions as limits
from huiyin.lib.signing import order_in_link
from huiyin.web.portal import visits


@require_http_methods(["GET", "HEAD", "POST"])
def from_the_shop(request: HttpRequest) -> HttpResponse:
    """`/o#token` from the shop's order page or mail: straight to screen 2."""
    if request.method != "POST":
        return render(request, "portal/link.html")
    now = timezone.now()
    limits.take(f"find:{visits.address_of(request)}:minute", visits.TOKENS_PER_MINUTE, 60, now)
    order_no = order_in_link(request.POST.get("token", ""), settings.SHOP_SECRET, now)
    finding = find(order_no, Proof(order_no=order_no), visits.asker_of(request), shop=the_shop(), now=now)
    visits.remember_finding(request, finding)
    return redirect("portal:found", pk=finding.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def from_us(request: HttpRequest) -> HttpResponse:
    """`/m#number.token` from our own messages: straight to the matter."""
    if request.method != "POST":
        return render(request, "portal/link.html")
    no, _, token = visits.posted_token(request, timezone.now()).partition(".")
    matter = Matter.objects.filter(no=no[:12]).exclude(topic="staff").first()
    if not numbers.link_token_matches(settings.SECRET_KEY.encode(), no, token) or matter is None:
        raise Refusal("link_wrong")
    visits.remember_matter(request, matter)
    return redirect("portal:matter", no=matter.no)
