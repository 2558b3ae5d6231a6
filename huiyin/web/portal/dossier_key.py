"""The public key that dossiers are signed with, for everybody."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from huiyin.adapters.papers import keys


@require_safe
def public_key(request: HttpRequest) -> HttpResponse:
    """`/.well-known/huiyin-dossier-key.pem`."""
    answer = HttpResponse(keys.public_pem(), content_type="application/x-pem-file")
    answer["Cache-Control"] = "public, max-age=3600"
    return answer
