"""Registers the reactions: which fact leads to what, and the holidays the operator has imported."""

from pathlib import Path

from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from huiyin.lib.calendars import import_years
from huiyin.lib.errors import Refusal


class DomainConfig(AppConfig):
    name = "huiyin.domain"
    label = "domain"

    def ready(self) -> None:
        from huiyin.domain import reactions, reactions_to_owing

        reactions.register()
        reactions_to_owing.register()
        _import_holidays(Path(settings.HOLIDAYS))


def _import_holidays(folder: Path) -> None:
    """Read every `*.json` of the folder: one announced year each. A broken file stops the start and is named."""
    files = sorted(folder.glob("*.json"))
    try:
        import_years(file.read_text() for file in files)
    except (Refusal, OSError) as fault:
        raise ImproperlyConfigured(
            f"Holidays in {folder} cannot be read ({fault}). Mend or remove the file."
        ) from fault
