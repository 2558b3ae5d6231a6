"""Answers that are given many times a second, as they stand.

django-ninja checks each answer against its description again, which costs more than making it (1 to 3 ms). For these
the tests do that (`tests/web/api/test_api_described.py`).
"""

import json
from typing import Any

from django.http import HttpResponse


def told(body: dict[str, Any], status: int = 200) -> HttpResponse:
    """JSON with Chinese as it is written."""
    text = json.dumps(body, ensure_ascii=False)
    return HttpResponse(text, content_type="application/json; charset=utf-8", status=status)
