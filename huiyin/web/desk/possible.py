"""Which verbs this person sees on a case, and why one of them is not possible now.

Two sets of rules decide: whose case it is and who may give money (`cases/verbs.py`), and where the case stands in its
life (`cases/lifecycle.py`). The actions ask the second again under their lock.
"""

from collections.abc import Mapping
from typing import Any

from huiyin.domain.cases import lifecycle, verbs
from huiyin.domain.cases.lifecycle import Party, State, Where
from huiyin.domain.cases.lifecycle import Verb as Step
from huiyin.domain.cases.verbs import Actor, Standing, Verb
from huiyin.lib.errors import Refusal
from huiyin.web.ui.words_desk import refusal_at_desk

# what the desk offers → the step in the life of a case that it is
STEPS: Mapping[str, Step] = {
    "answer": Step.ANSWER, "take": Step.ASSIGN, "hand_over": Step.ASSIGN, "assess": Step.ASSESS, "ask": Step.ASK,
    "link_order": Step.LINK_ORDER,
    "go_on": Step.GO_ON, "propose": Step.PROPOSE, "resolve": Step.RESOLVE, "arrive": Step.ARRIVE, "fail": Step.FAIL,
    "escalate": Step.ESCALATE, "close": Step.CLOSE, "reopen": Step.REOPEN,
}  # fmt: skip
BUYERS: Mapping[str, Step] = {  # said for the buyer, by phone
    "accepted": Step.ACCEPT, "partly": Step.NEGOTIATE, "refused": Step.REFUSE, "withdrawn": Step.WITHDRAW,
}  # fmt: skip
OFFERS = {"propose", "resolve"}


def why_not(verb: str, actor: Actor, case: Standing, where: Where) -> Refusal | None:
    """Why this person cannot do this now; None when they can."""
    if verb in set(Verb) and (no := verbs.why_not(Verb(verb), actor, case)) is not None:
        return no
    if verb in set(Verb) and verb not in STEPS:
        return None
    if (no := verbs.why_not_act(actor, case)) is not None:
        return no
    if verb in OFFERS and not actor.gives_money:
        return Refusal("gives_no_money")
    if verb == "behalf":
        return None if buyers_words(where) else lifecycle.why_not(Step.ACCEPT, where, Party.BUYER)
    if verb == "unreadable":
        return None
    return lifecycle.why_not(STEPS[verb], where, Party.STAFF)


def buyers_words(where: Where) -> list[str]:
    """What the buyer may say now about their items."""
    can_be_named = where.offered or where.open or where.refused or where.arrived
    words = (word for word, step in BUYERS.items() if lifecycle.why_not(step, where, Party.BUYER) is None)
    return list(words) if can_be_named else []


def can(actor: Actor, case: Standing, where: Where) -> dict[str, dict[str, Any]]:
    """By verb: whether it is possible, else why not. A verb that is missing is not this person's at all."""
    known = dict.fromkeys([*(verb.value for verb in Verb), *STEPS, "behalf", "unreadable"])
    return {verb: _said(why_not(verb, actor, case, where)) for verb in known if _is_shown(verb, actor, case, where)}


def _said(no: Refusal | None) -> dict[str, Any]:
    return {"yes": no is None, "why": refusal_at_desk(no) if no else ""}


def _is_shown(verb: str, actor: Actor, case: Standing, where: Where) -> bool:
    """Opposites are never both there: a closed matter shows Reopen, an open one Close; nobody takes their own."""
    if verb == "take":
        return case.owner != actor.agent_no and not case.is_closed
    if verb == "give":
        return actor.gives_money
    if verb == "go_on":
        return where.state is State.WAITING_FOR_BUYER
    if verb in {"reopen", "close"}:
        return (verb == "reopen") == case.is_closed
    return True
