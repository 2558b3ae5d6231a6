"""The only writers of call codes, links and of what is keyed in a talk."""

from huiyin.domain.voice.passes.actions.chat_links import (
    can_be_texted,
    find_chat_link,
    send_chat_link,
    use_chat_link,
    was_used,
)
from huiyin.domain.voice.passes.actions.checks import (
    Checked,
    begin_check,
    case_no_of,
    end_check,
    newest_check,
    stopped,
)
from huiyin.domain.voice.passes.actions.codes import About, Code, Redeemed, give_call_code, is_open, redeem_call_code
from huiyin.domain.voice.passes.actions.links import find_link, send_upload_link, use_link

__all__ = [
    "About",
    "Checked",
    "Code",
    "Redeemed",
    "begin_check",
    "can_be_texted",
    "case_no_of",
    "end_check",
    "find_chat_link",
    "find_link",
    "give_call_code",
    "is_open",
    "newest_check",
    "redeem_call_code",
    "send_chat_link",
    "send_upload_link",
    "stopped",
    "use_chat_link",
    "use_link",
    "was_used",
]
