"""The only writers of call codes and upload links."""

from huiyin.domain.voice.passes.actions.codes import About, Code, Redeemed, give_call_code, is_open, redeem_call_code
from huiyin.domain.voice.passes.actions.links import find_link, send_upload_link, use_link

__all__ = [
    "About",
    "Code",
    "Redeemed",
    "find_link",
    "give_call_code",
    "is_open",
    "redeem_call_code",
    "send_upload_link",
    "use_link",
]
