"""What every page knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from huiyin.web.ui.hotline import hotline_now


def page(request: HttpRequest) -> dict[str, Any]:
    """Names and addresses for the layout."""
    line = hotline_now()
    return {
        "shop_name": settings.SHOP_NAME,
        "hotline": settings.HOTLINE,
        "can_call": line.is_on,
        "hotline_away": line.why if line.is_away else "",
        "is_demo": settings.DEMO,
        "language": getattr(request, "LANGUAGE_CODE", "zh-hans"),
    }
