"""Where else a buyer can turn, said plainly: we never tell anybody not to go."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """12315, 12321, 96110 and consumers' associations: what each is for and how to reach it."""
    return render(request, "portal/outside.html")
