"""What every page knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from huiyin.web.ui.hotline import hotline_now


def page(request: HttpRequest) -> dict[str, Any]:
    """Names and addresses for the layout."""
    return {
        "shop_name": settings.SHOP_NAME,
        "hotline": settings.HOTLINE,
        "can_call": hotline_now().is_on,
        "is_demo": settings.DEMO,
        "language": getattr(request, "LANGUAGE_CODE", "zh-hans"),
    }
