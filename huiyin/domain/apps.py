"""Registers the reactions: which fact leads to what."""

from django.apps import AppConfig


class DomainConfig(AppConfig):
    name = "huiyin.domain"
    label = "domain"

    def ready(self) -> None:
        from huiyin.domain import reactions

        reactions.register()
