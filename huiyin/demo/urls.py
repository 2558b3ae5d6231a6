"""Addresses of the demo shop: its contract, its pages, and what programs use."""

from django.urls import path

from huiyin.demo import machine, pages
from huiyin.demo.api import api

urlpatterns = [
    path("huiyin/v1/", api.urls),
    path("", pages.counter, name="counter"),
    path("buy", pages.buy, name="buy"),
    path("orders/<str:order_no>", pages.order_page, name="order"),
    path("orders/<str:order_no>/<str:verb>", pages.act, name="act"),
    path("switch", pages.flip, name="flip"),
    path("goods/<str:sku>/refill", pages.refill, name="refill"),
    path("mailbox", pages.mailbox, name="mailbox"),
    path("mailbox.json", machine.mailbox),
    path("sms", machine.sms),
    path("ledger", machine.ledger),
    path("demo/faults", machine.faults),
    path("demo/orders", machine.more_orders),
    path("demo/orders.json", machine.orders),
    path("healthz", machine.healthz),
]
