"""The demo shop as a Django application."""

from django.apps import AppConfig


class DemoShop(AppConfig):
    name = "huiyin.demo"
    label = "demo"
