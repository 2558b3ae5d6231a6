"""Imports and foreign keys go down only."""

from pathlib import Path

from django.apps import apps
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

from tests.house.tree import ROOT, subjects_from_the_top

HEIGHT = {name: -depth for depth, layer in enumerate(subjects_from_the_top()) for name in layer}


def test_imports_go_down_only() -> None:
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == EXIT_STATUS_SUCCESS


def test_every_subject_has_its_place_in_the_order() -> None:
    subjects = {
        folder.name for folder in Path(ROOT / "huiyin" / "domain").iterdir() if (folder / "__init__.py").exists()
    }
    assert subjects <= set(HEIGHT)


def test_foreign_keys_go_down_only() -> None:
    upwards = [
        f"{model._meta.label}.{field.name} → {target._meta.label}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if (field.many_to_one or field.one_to_one or field.many_to_many) and not field.auto_created
        for target in [field.related_model]
        if isinstance(target, type) and not _is_below(_subject(model), _subject(target))
    ]
    assert upwards == []


def _subject(model: type) -> str:
    parts = model.__module__.split(".")
    return parts[2] if parts[:2] == ["huiyin", "domain"] else ""


def _is_below(owner: str, target: str) -> bool:
    if not target or owner == target:
        return True
    return bool(owner) and HEIGHT[target] < HEIGHT[owner]
