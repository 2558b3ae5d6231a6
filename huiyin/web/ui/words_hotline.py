"""Setting up the hotline in words: why something cannot be done, and what was changed lately."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from huiyin.web.ui.words_menu import FIELDS, VOICES, word

REFUSALS = {
    "line_number_invalid": _(
        "What is dialled has 1 to 24 characters: digits, small letters a to z, perhaps a + before. “echo” is "
        "taken."
    ),
    "line_taken": _("There is a line %(number)s already. Change that one, or choose another number."),
    "too_many_lines": _("There are %(limit)s lines already. Take one away first."),
    "line_gone": _(
        "Somebody has taken line %(number)s away meanwhile. Keep what you typed to have it again, or go back."
    ),
    "line_changed": _(
        "Somebody has changed line %(number)s in the meantime. What is different stands below; send it again "
        "to have it your way."
    ),
    "line_is_default": _("This is the line of all who dial anything else; it stays."),
    "line_title_missing": _("Give the line a name in Chinese and in English: both are read by callers."),
    "line_tier_unknown": _("There is no such tier."),
    "line_node_unknown": _(
        "The menu that callers hear has no node “%(node)s”. Publish it first, or begin somewhere "
        "else."
    ),
    "node_changed": _(
        "Somebody has changed this in the meantime. What is different stands below; send it again to have it "
        "your way."
    ),
    "node_name_invalid": _("A short name begins with a small letter and has up to 32 of a to z, 0 to 9 and _."),
    "node_name_taken": _("There is a node “%(node)s” already. Choose another short name."),
    "too_many_nodes": _("More than %(limit)s nodes: nobody finds their way. Take some out."),
    "node_too_large": _("That is more than one node can hold. Cut it in two."),
    "draft_changed": _("The draft has been changed in the meantime. Look at it as it is now, then decide."),
    "nothing_drafted": _("There is no draft any more: it has been published or dropped."),
    "menu_changed": _("Another version counts in the meantime. Look at it, then decide."),
    "hours_changed": _("Somebody has changed these hours in the meantime. Look at them as they are now, then decide."),
    "sound_not_wav": _("This is no WAV file that we can read. Save the recording as WAV (PCM) and choose it again."),
    "sound_too_long": _("A sentence may last %(most_s)s seconds. Cut the recording."),
    "sound_too_short": _("This recording is over before a word is said. Record the sentence once more."),
    "sound_silent": _("Nothing can be heard in this recording. Look at the microphone and record it once more."),
    "sound_too_coarse": _("%(rate)s samples a second are less than a telephone carries. Record with 8 000 or more."),
    "sound_too_many_sides": _("This file has %(channels)s channels. Save it with one or two."),
    "sound_spoiled": _("The file that came is not what it was any more. Record the sentence once more."),
    "mute": _("The voice does not speak here (%(reason)s). Recordings play all the same."),
}  # fmt: skip
_LINES = {"add": _("Line %(line)s added"), "remove": _("Line %(line)s taken away")}
_DRAFTS = {
    "keep": _("Draft of the menu: “%(node)s” changed"), "remove": _("Draft of the menu: “%(node)s” taken out"),
    "frame": _("Draft of the menu: settings changed"), "drop": _("Draft of the menu dropped"),
}  # fmt: skip
Data = dict[str, Any]


def _line(data: Data) -> str:
    verb = data["verb"]
    if verb in _LINES:
        return gettext(_LINES[verb]) % data
    columns = gettext(", ").join(word(FIELDS, one) for one in data["columns"])
    return gettext("Line %(line)s changed: %(columns)s") % {"line": data["line"], "columns": columns}


def _hours(data: Data) -> str:
    return gettext("Hours of the queue %(queue)s changed") % data


def _drafted(data: Data) -> str:
    what: str = data["what"]
    return gettext(_DRAFTS[what]) % data


def _published(data: Data) -> str:
    if not data["menu"]:
        return gettext("The shipped menu was brought back")
    if data["why"] == "back":
        return gettext("An earlier menu was brought back (version %(menu)s)") % data
    return gettext("The menu was published (version %(menu)s)") % data


def _sentence(pattern: str) -> Callable[[Data], str]:
    return lambda data: gettext(pattern) % {"slug": data["slug"], "voice": word(VOICES, data["voice"])}


TOLD: dict[str, Callable[[Data], str]] = {
    "line_changed": _line,
    "hours_changed": _hours,
    "menu_drafted": _drafted,
    "menu_published": _published,
    "sentence_recorded": _sentence(_("Sentence %(slug)s (%(voice)s) recorded")),
    "sentence_taken_back": _sentence(_("Sentence %(slug)s (%(voice)s) is spoken again")),
}
SITUATIONS = {
    "now": _("as it is now"), "open": _("somebody is there"), "queue_closed": _("closed"),
    "queue_full": _("too many wait"), "at": _("at another time"),
}  # fmt: skip
