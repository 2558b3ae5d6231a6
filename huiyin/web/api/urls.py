"""The API under /api/v1: its parts, its description, and a problem for every other address."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path, re_path
from ninja import NinjaAPI
from ninja.renderers import JSONRenderer

from huiyin.web.api import (
    agents,
    calls,
    complaints,
    contacts,
    conversation_ends,
    conversation_files,
    conversations,
    deadlines,
    demands,
    dossiers,
    evidence,
    figures,
    hooks,
    offers,
    orders,
    problems,
    queues,
    shop_events,
    status,
    verbs,
)
from huiyin.web.api.body import StrictJson

View = Callable[..., HttpResponse]


class Readable(JSONRenderer):
    """Chinese as it is written, not as \\u escapes."""

    json_dumps_params = {"ensure_ascii": False}


api = NinjaAPI(
    title="Huiyin",
    version="1",
    description="回音: find an order and put it right, file complaints and follow them. Errors are RFC 9457 problems.",
    urls_namespace="api",
    docs_url="/docs",
    parser=StrictJson(),
    renderer=Readable(),
)
problems.register(api)
api.add_router("/orders", orders.router)
api.add_router("/complaints", complaints.router)
api.add_router("/complaints", evidence.router)
api.add_router("/complaints", dossiers.router)
api.add_router("/complaints", verbs.router)  # last: its address takes any word
api.add_router("/demands", demands.router)
api.add_router("/contacts", contacts.router)
api.add_router("/conversations", conversations.router)
api.add_router("/conversations", conversation_files.router)
api.add_router("/conversations", conversation_ends.router)
api.add_router("/calls", calls.router)
api.add_router("/deadlines", deadlines.router)
api.add_router("/figures", figures.router)
api.add_router("/hooks", hooks.router)
api.add_router("/shop/events", shop_events.router)
api.add_router("/agents", agents.router)
api.add_router("/offers", offers.router)
api.add_router("/queues", queues.router)
api.add_router("/status", status.router)


def _with_problems(view: View) -> View:
    """django-ninja answers a wrong method in plain English text."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code == 405:
            return problems.wrong_method(request, response["Allow"])
        return response

    return answer


def _described() -> list[URLPattern | URLResolver]:
    routes: list[URLPattern | URLResolver] = api.urls[0]
    for route in routes:
        if isinstance(route, URLPattern):
            is_root = route.name == "api-root"  # named, so that the description knows where the API begins
            route.callback = problems.not_found if is_root else _with_problems(route.callback)
    return routes


urlpatterns = [path("", (_described(), "ninja", "api")), re_path(r"^.*$", problems.not_found)]
