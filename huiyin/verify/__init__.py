"""Has anything in a dossier been changed? Nothing here needs more than Python: `python -m verify FILE` in any place."""

from .checks import verify

__all__ = ["verify"]
