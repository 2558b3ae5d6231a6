"""What the API says when something is wrong: titles by status, details by code, errors of single fields."""

from typing import Any

from django.utils.translation import gettext, gettext_noop

from huiyin.lib.errors import Refusal
from huiyin.web.ui.words import refusal_text

TITLES = {
    400: gettext_noop("We cannot read this request"),
    401: gettext_noop("Who is calling?"),
    403: gettext_noop("This key may not do that"),
    404: gettext_noop("There is nothing here"),
    405: gettext_noop("This address works differently"),
    409: gettext_noop("Not possible as things stand"),
    412: gettext_noop("It has changed in the meantime"),
    413: gettext_noop("This is too large"),
    422: gettext_noop("Something in it is not right"),
    429: gettext_noop("Too many tries"),
    500: gettext_noop("Our mistake"),
    503: gettext_noop("Not possible right now"),
}
TITLES_OF = {  # of codes that the title of their status does not fit
    "behalf_missing": gettext_noop("This takes the buyer's word"),
    "secret_wrong": gettext_noop("This is not the buyer's PIN"),
}
DETAILS = {
    "key_missing": gettext_noop("Send a key of this centre as “Authorization: Bearer …”."),
    "key_unknown": gettext_noop("We do not know this key, or it was withdrawn. Ask the operator for a new one."),
    "key_of_a_program": gettext_noop(
        "This key belongs to a program. Use a key of your own, or your name and password."
    ),
    "login_wrong": gettext_noop("Name and password do not fit together."),
    "not_from_our_page": gettext_noop("Use a key of your own: a login at the desk works only from its pages."),
    "scope_missing": gettext_noop("This key lacks the scope “%(scope)s”. Ask the operator for a key that has it."),
    "shop_silent": gettext_noop("We cannot ask the shop right now. We try again every minute."),
    "shop_says_no": gettext_noop("The shop refused. A person has to look: choose “person”."),
    "not_found": gettext_noop("We know nothing by this number. Check it and try again."),
    "no_such_address": gettext_noop("The API has no such address. /api/v1/openapi.json lists all of them."),
    "wrong_method": gettext_noop("Call this address with %(allowed)s."),
    "invalid": gettext_noop("Nothing was saved. Correct the fields named in “errors” and send it again."),
    "invalid_question": gettext_noop("Correct what “errors” names in the address, and ask again."),
    "files_too_many": gettext_noop("At most %(limit)s files at once. None was taken; send them in parts."),
    "body_unreadable": gettext_noop("The body is not JSON in UTF-8. Nothing was saved."),
    "body_no_object": gettext_noop("The body must be a JSON object. Nothing was saved."),
    "body_too_deep": gettext_noop("The JSON is nested too deeply. Nothing was saved."),
    "body_too_large": gettext_noop("The body is too large. Nothing was saved."),
    "text_unreadable": gettext_noop("The text contains characters that cannot be kept (NUL). Nothing was saved."),
    "number_too_large": gettext_noop("A number in the JSON is too large. Nothing was saved."),
    "busy": gettext_noop("Something of ours is starting again. Nothing was saved; send it again in a few seconds."),
    "our_mistake": gettext_noop("Something of ours went wrong and was noted. Nothing was saved; please send it again."),
    "cursor_invalid": gettext_noop("This cursor is not one of ours. Start again without it."),
    "idempotency_key_invalid": gettext_noop("An Idempotency-Key is 1 to 128 printable ASCII characters."),
    "time_invalid": gettext_noop("This is not a time we can read: %(at)s. Write it as 2026-11-22T09:30:00+08:00."),
    "q_missing": gettext_noop("Say in “q” what the buyer gave: order number, bill number, mail or phone."),
    "contact_missing": gettext_noop("Name one way to reach the buyer: phone, email, wechat or qq."),
    "verb_unknown": gettext_noop("A complaint knows no “%(verb)s”. “possible” lists what can be done now."),
    "verb_unknown_call": gettext_noop("A call knows no “%(verb)s”. “possible” lists what can be done now."),
    "secret_wrong": gettext_noop("This is not the buyer's PIN for this number, or there were too many wrong tries."),
    "behalf_missing": gettext_noop(
        "Only the buyer can say this. Send their “secret”, or say in “on_behalf.reason” why you say it for them."
    ),
    "changed_meanwhile": gettext_noop(
        "It has changed since you looked; “changes” says how. Nothing was saved. Look again and decide anew."
    ),
    "version_invalid": gettext_noop("“If-Match” takes the ETag or “version” of this complaint."),
    "agent_unknown": gettext_noop("Nobody with this agent number works here: “%(agent)s”."),
    "file_missing": gettext_noop("Send at least one file as multipart/form-data, in a field named “file”."),
    "no_result_yet": gettext_noop("There is no result yet: nothing was agreed, and the matter is not closed."),
    "hook_url": gettext_noop("This address cannot be told anything: https, a public host, no user, no “#”."),
    "hook_event_unknown": gettext_noop("We tell of no “%(event)s”. Choose one or more of: %(events)s."),
    "hooks_too_many": gettext_noop("There are %(limit)s webhooks already. Remove one that nobody needs."),
    "hook_removed": gettext_noop("This webhook was removed. Make a new one."),
    "option_unknown": gettext_noop("There is no such option. “options” lists what is possible."),
}
FIELDS = {
    "missing": gettext_noop("is missing"),
    "string_type": gettext_noop("must be text"),
    "string_too_long": gettext_noop("may have at most %(max_length)s characters"),
    "string_pattern_mismatch": gettext_noop("is not written as it should be"),
    "text_empty": gettext_noop("is empty"),
    "text_unreadable": gettext_noop("contains characters that cannot be kept"),
    "int_type": gettext_noop("must be a whole number"),
    "literal_error": gettext_noop("must be one of %(expected)s"),
    "list_type": gettext_noop("must be a list"),
    "dict_type": gettext_noop("must be an object"),
    "model_attributes_type": gettext_noop("must be an object"),
    "time_invalid": gettext_noop("must be a time such as 2026-11-22T09:30:00+08:00"),
    "time_without_zone": gettext_noop("needs its time zone, such as +08:00"),
    "time_out_of_range": gettext_noop("must lie between 1970 and 2200"),
    "amount_invalid": gettext_noop("must be an amount in yuan such as 9.90"),
    "greater_than_equal": gettext_noop("is too small"),
    "less_than_equal": gettext_noop("is too large"),
    "too_long": gettext_noop("has too many entries"),
    "email_invalid": gettext_noop("is not a mail address"),
    "phone_invalid": gettext_noop("is not a phone number"),
    "contact_missing": gettext_noop("needs one of phone, email, wechat or qq"),
}
SAME = {
    "datetime_parsing": "time_invalid", "datetime_from_date_parsing": "time_invalid", "datetime_type": "time_invalid",
    "enum": "literal_error", "int_parsing": "int_type", "int_from_float": "int_type",
    "string_unicode": "text_unreadable", "model_type": "dict_type", "too_short": "text_empty",
    "string_too_short": "text_empty",
}  # fmt: skip
OTHER = gettext_noop("is not as it should be")


def title(status: int, code: str = "") -> str:
    """The short name of a problem."""
    return gettext(TITLES_OF.get(code) or TITLES.get(status, TITLES[422]))


def text(code: str) -> str:
    """What went wrong and what to do next, for a code without parameters."""
    return gettext(DETAILS[code])


def refusal(no: Refusal) -> str:
    """The words of a refusal: those only the API can meet are here, all others are the same on every face. `of`: where
    one code is said in other words."""
    known = DETAILS.get(f"{no.code}_{no.params.get('of')}") or DETAILS.get(no.code)
    return gettext(known) % no.params if known else refusal_text(no)


def field_error(error: dict[str, Any]) -> dict[str, str]:
    """One error of pydantic: which field, which rule, and what to write instead."""
    known, kind = error.get("ctx", {}), error["type"]
    if kind == "too_long" and known.get("field_type") == "Value":  # what a rule of ours has looked at is text
        kind = "string_too_long"
    code = SAME.get(kind, kind)
    says = gettext(FIELDS.get(code, OTHER))
    values = {name: known.get(name, "…") for name in ("max_length", "expected")}
    return {"field": _path(error["loc"]), "code": code, "detail": says % values}


def _path(loc: tuple[int | str, ...]) -> str:
    """`body.complaint.contact.email` without where it was sent and what our function calls it."""
    own = loc[2:] if loc and loc[0] == "body" else loc[1:]
    return ".".join(str(part)[:60] for part in own) or str(loc[0] if loc else "body")
