"""The menu of the hotline in words: what its nodes are called, what they do, and what is wrong with a table."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _

from huiyin.domain.voice.menu_faults import AGAIN, Fault

KINDS = {
    "choice": (_("Choice by key"), _("says something and waits for a key")),
    "digits": (_("Digits"), _("asks for a number that is keyed")),
    "ask": (_("Self-service"), _("finds something out and says it")),
    "say": (_("Sentence"), _("says something and goes on")),
    "set": (_("Setting"), _("chooses language or pace and goes on")),
    "queue": (_("A person"), _("the caller waits for a person")),
    "voicemail": (_("Recorder"), _("the caller leaves a message; it becomes a case")),
    "callback": (_("Call-back"), _("we call back; the place is kept")),
    "hang_up": (_("End"), _("says good-bye and hangs up")),
}
NODES = {
    "main": _("Main menu"), "main_plain": _("Main menu in plain words"), "recharge": _("Line of recharges"),
    "account": _("Line of accounts"), "account_urgent": _("To the account colleagues, urgent"),
    "vip": _("Greeting of members"), "vip_queue": _("To the members' colleagues"), "english": _("On in English"),
    "elderly": _("Slower, in plain words"), "key_missing": _("No card key arrived"),
    "bill": _("Number of the bill"), "amount": _("Amount paid"), "find_by_bill": _("Find by bill and send again"),
    "bill_again": _("Nothing found: once more?"), "code": _("Call code from the page"),
    "find_by_code": _("Find by call code and send again"), "order_status": _("Order: number of the bill"),
    "status_amount": _("Order: amount paid"), "find_status": _("Say how the order stands"),
    "progress": _("Complaint: its number"), "secret": _("Complaint: its PIN"),
    "find_case": _("Say how the complaint stands"), "membership": _("Say member level"),
    "member_bill": _("Member: number of the bill"), "member_amount": _("Member: amount paid"),
    "find_member": _("Say member level by bill"),
    "to_recharge": _(
        "To the recharge colleagues"), "to_general": _("To a person"), "anything_else": _("Anything "
        "else?"
    ),
    "closed": _("Nobody there: what now?"), "callback": _("Book a call-back"), "voicemail": _("Leave a message"),
    "bye": _("Good-bye"),
}  # fmt: skip
ACTIONS = {
    "order_by_bill": _("find the order by bill and amount, and send a missing key again"),
    "order_by_code": _("find the order by the call code, and send a missing key again"),
    "order_status": _("say how the order stands, by bill and amount"),
    "case_progress": _("say how the complaint stands, by number and PIN"),
    "membership": _("say the member level"),
}
ANSWERS = {
    "not_found": _("nothing found"), "person": _("only a person can help"), "other": _("the answer was said"),
}  # fmt: skip
INPUTS = {
    "bill": _("last digits of the bill number"), "amount": _("amount in fen"), "code": _("call code"),
    "case": _("number of the complaint"), "secret": _("PIN of the complaint"),
}  # fmt: skip
SENTENCES = {
    "menu": _("In the menu"), "ask": _("What is asked for"), "order": _("About an order"),
    "case": _("About a complaint"), "state": _("How it stands"), "member": _("About members"),
    "level": _("Levels of members"),
    "queue": _("While they wait"), "callback": _("About call-backs"), "talk": _("Around the talk"),
    "rating": _("Rating"), "voicemail": _("Recorder"), "safe": _("When something goes wrong"),
    "line": _("While nobody decides about calls"), "goodbye": _("Good-bye"),
}  # fmt: skip
VOICES = {
    "zh-hans": _("Chinese"), "en": _("English"), "zh-hans-slow": _("Chinese, slowly"), "en-slow": _("English, slowly"),
}  # fmt: skip
TIERS = {"": _("as the caller's own"), "silver": _("silver"), "gold": _("gold"), "diamond": _("diamond")}
FIELDS = {
    "kind": _("Kind"), "title": _("Name"), "say": _("What it says"), "keys": _("Choice by key"),
    "words": _("Spoken words"), "seconds": _("Seconds to wait"), "queue": _("Where 0 leads"),
    "next": _("Goes on to"), "as": _("Means"),
    "least": _("Fewest digits"), "most": _("Most digits"), "secret": _("Secret"), "action": _("Finds out"),
    "inputs": _("Needs"), "answers": _("Answers"), "tier": _("Tier"), "urgent": _("Urgent"),
    "language": _(
        "Language"), "elderly": _("Slower"), "start": _("Begins at"), "closed": _("When nobody can be waited "
        "for"
    ),
    "tries": _("Asks again"), "number": _("Number"), "title_en": _("Name in English"), "node": _("Begins at"),
    "shown": _("As people read it"), "is_public": _("Public"),
}  # fmt: skip
_FAULTS = {
    "no_nodes": _("There is nothing in this menu. Add a node."),
    "too_many_nodes": _("More than %(what)s nodes: nobody finds their way. Take some out."),
    "kind_unknown": _("“%(what)s” is no kind of node."),
    "missing": _("“%(field)s” is missing. Fill it in."),
    "wrong_type": _("“%(field)s” cannot be read. Fill it in anew."),
    "seconds_out_of_range": _("Wait between 1 and 60 seconds for a key, not %(what)s."),
    "words_missing": _("It says nothing in one language (%(voice)s). Write the words, or take the sentence out."),
    "words_too_long": _("The sentence in %(voice)s is too long to listen to. At most 600 characters; cut it in two."),
    "key_invalid": _("Key “%(what)s” cannot be used: 0 is always a person; 1 to 9, * and # are free."),
    "no_keys": _("No key leads anywhere. Give at least one key a way on."),
    "digits_out_of_range": _(
        "The number of digits (%(what)s) does not work: 2 to 32, the fewest first. One digit alone is a "
        "key."
    ),
    "no_other_answer": _("It is not said where to go on after the answer. Choose it under “the answer was said”."),
    "node_unknown": _("It leads to “%(what)s”, which is not there. Choose another way on, or add that node."),
    "dead_end": _("All keys only play the same again. Give at least one key a way on."),
    "prompt_unknown": _(
        "There is no sentence “%(what)s” that can be said here. Choose another one, or write own "
        "words."
    ),
    "action_unknown": _("There is no self-service “%(what)s”. Choose another one."),
    "queue_unknown": _("There is no queue “%(what)s”. Choose another one."),
    "input_unknown": _("“%(what)s” is never asked for in this menu. Add a node that asks for it before."),
    "endless": _("One comes back here without having been asked anything: an endless loop. Put a question into it."),
    "hangs_up_unasked": _(
        "A call would end without the caller having been able to press 0. Put a node with keys before the "
        "end."
    ),
    "closed_leads_nowhere": _("Who cannot wait finds neither recorder nor call-back here. Offer at least one of them."),
    "tries_out_of_range": _("Ask again between 1 and 5 times."),
    "word_without_key": _(
        "Words are given for key %(what)s, which leads nowhere. Give the key a way on, or take the words "
        "out."
    ),
    "end_means_more": _(
        "“%(what)s” ends the call here, and stands for another key as well. Take it out of one of the two."
    ),
    "line_begins_nowhere": _(
        "Line %(what)s begins here, and the node is not there. Change the line first, or keep the "
        "node."
    ),
}  # fmt: skip


def word(texts: Mapping[str, str], code: str) -> str:
    """The words of a code; one without words says itself."""
    return gettext(texts[code]) if code in texts else code


def node_title(table: Mapping[str, Any], name: str) -> str:
    """What a node is called: as it was named, else as shipped, else its short name."""
    if name == AGAIN:
        return gettext("the same once more")
    node = table["nodes"].get(name)
    titles = node.get("title", {}) if isinstance(node, Mapping) else {}
    mine = "en" if (get_language() or "").startswith("en") else "zh-hans"
    return titles.get(mine) or next((one for one in titles.values() if one), "") or word(NODES, name)


def kind_words(kind: str) -> dict[str, str]:
    """What a kind of node is called, and what it does."""
    name, does = KINDS.get(kind, (kind, ""))
    return {"name": gettext(name), "does": gettext(does) if does else ""}


def way_words(by: str) -> str:
    """What takes a way: a key says itself, an answer what it was."""
    return word(ANSWERS, by[1:]) if by.startswith("=") else by


def fault_text(fault: Fault) -> str:
    """What is wrong, and what to do."""
    known = {"what": fault.what, "field": word(FIELDS, fault.what), "voice": word(VOICES, fault.what)}
    return gettext(_FAULTS[fault.code]) % defaultdict(str, known) if fault.code in _FAULTS else fault.code
