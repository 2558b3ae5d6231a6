"""Contacts and their fate: every time somebody turned to us ends in exactly one of four ways (CP15)."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from huiyin.domain.contacts.queries import contacts_page
from huiyin.web.api.auth import Key
from huiyin.web.api.fields import Input, Plain, iso
from huiyin.web.api.paging import PAGE, cursor, page, place_of
from huiyin.web.api.problems import PROBLEMS

router = Router(tags=["contacts"], auth=Key("contacts"))


class ContactsWanted(Input):
    fate: Literal["", "none", "answered", "joined", "called_back", "closed"] = ""
    cursor: Annotated[Plain, Field(max_length=200)] = ""


class ContactOut(Schema):
    """`fate` is null as long as nobody has answered."""

    id: int
    channel: str
    about: str
    at: str
    fate: str | None
    fate_reason: str
    case_no: str | None


class ContactsOut(Schema):
    contacts: list[ContactOut]
    next: str | None


@router.get("", response={200: ContactsOut, **PROBLEMS})
def list_contacts(request: HttpRequest, wanted: Query[ContactsWanted]) -> dict[str, Any]:
    """Contacts, newest first; `fate=none` lists those that nobody has answered."""
    rows, has_more = page(contacts_page(wanted.fate, place_of(wanted.cursor), PAGE + 1))
    lines = [
        {
            "id": row.pk, "channel": row.channel, "about": row.about, "at": iso(row.at), "fate": row.fate,
            "fate_reason": row.fate_reason, "case_no": row.matter.no if row.matter else None,
        }
        for row in rows
    ]  # fmt: skip
    return {"contacts": lines, "next": cursor((rows[-1].at, rows[-1].pk)) if has_more else None}
