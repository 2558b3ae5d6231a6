"""Setting up the hotline: for those who lead; every change is a fact on the matter of whoever made it."""

from huiyin.domain.voice.hotline.actions.lines import add_line, change_line, remove_line
from huiyin.domain.voice.hotline.actions.menus import (
    bring_back,
    drop_draft,
    keep_frame,
    keep_node,
    publish,
    remove_node,
)
from huiyin.domain.voice.hotline.actions.sentences import Sound, record_sentence, take_back

__all__ = [
    "Sound",
    "add_line",
    "bring_back",
    "change_line",
    "drop_draft",
    "keep_frame",
    "keep_node",
    "publish",
    "record_sentence",
    "remove_line",
    "remove_node",
    "take_back",
]
