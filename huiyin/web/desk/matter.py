"""One matter with everything about it."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from huiyin.lib.clock import now
from huiyin.web.desk.gate import by_staff, case_or_404
from huiyin.web.desk.screen import show


@require_GET
@by_staff
def matter(request: HttpRequest, no: str) -> HttpResponse:
    """The list on the left, the matter, the person."""
    return show(request, case_or_404(request, no), now())
