"""What buyers have written to this person and nobody has read: said on every page of the desk."""

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET

from huiyin.domain.conversations.models import OPEN, Conversation
from huiyin.web.desk.gate import by_staff, me
from huiyin.web.desk.talking import LAST_WORDS, dressed, name_of


@require_GET
@by_staff
def unread(request: HttpRequest) -> JsonResponse:
    """This person's conversations with something unread, the newest word of each."""
    mine = dressed(Conversation.objects.filter(agent=me(request), state__in=OPEN)).order_by("pk")
    return JsonResponse({"talks": [told for row in mine if (told := _told(row))["unread"]]})


def _told(row: Any) -> dict[str, Any]:
    last = (row.last_text or "")[:LAST_WORDS]
    return {"no": row.matter.no, "who": name_of(row), "last": last, "unread": row.unread}
