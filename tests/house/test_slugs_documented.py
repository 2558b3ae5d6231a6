"""docs/reference/states.md lists the slugs of the code, all of them and no others."""

import re
from enum import StrEnum

import pytest

from huiyin.domain.cases.demand import ItemKind, ItemState
from huiyin.domain.cases.lifecycle import Outcome
from huiyin.domain.cases.lifecycle import State as CaseState
from huiyin.domain.cases.responsibility import Responsible
from huiyin.domain.conversations import talk
from huiyin.domain.conversations.evasions import Evasion
from huiyin.domain.orders.brakes import Stop
from huiyin.domain.orders.proof import Level
from huiyin.domain.orders.shop import RemedyKind
from huiyin.domain.orders.situations import Fault, Option, Situation
from huiyin.domain.promises.promises import Category, Kind, Severity, State, Tier
from huiyin.domain.routing.states import ItemState as QueueItemState
from huiyin.domain.routing.states import Kind as ItemOfQueue
from huiyin.domain.routing.states import ModeName, OfferState, Presence
from huiyin.domain.surveys.rules import State as SurveyState
from huiyin.domain.voice import calls, commands
from huiyin.domain.voice.phone import RecordingKind, RecordingState
from tests.house.tree import ROOT

SECTIONS: dict[str, type[StrEnum]] = {
    "Situations of an order": Situation,
    "Options": Option,
    "Faults": Fault,
    "Levels of proof": Level,
    "Remedies": RemedyKind,
    "Why a remedy waits for approval": Stop,
    "Promises": Kind,
    "States of a promise": State,
    "Categories": Category,
    "Urgency": Severity,
    "Member tiers": Tier,
    "States of a case": CaseState,
    "Outcomes of a case": Outcome,
    "States of a survey": SurveyState,
    "Kinds of demand items": ItemKind,
    "States of a demand item": ItemState,
    "Who is responsible": Responsible,
    "States of a conversation": talk.State,
    "How conversations end": talk.Outcome,
    "What a conversation was": talk.Disposition,
    "Evasions": Evasion,
    "Kinds of items": ItemOfQueue,
    "States of an item": QueueItemState,
    "States of a router's offer": OfferState,
    "Presence": Presence,
    "Modes": ModeName,
    "States of a call": calls.State,
    "How calls end": calls.Outcome,
    "Who hung up": calls.Who,
    "Commands": commands.Verb,
    "Kinds of recordings": RecordingKind,
    "States of a recording": RecordingState,
}


@pytest.mark.parametrize("section", SECTIONS)
def test_the_page_of_slugs_says_what_the_code_says(section: str) -> None:
    page = (ROOT / "docs" / "reference" / "states.md").read_text()
    body = page.split(f"## {section}\n")[1].split("\n## ")[0]
    assert re.findall(r"^\| `([a-z0-9_]+)` \|", body, re.MULTILINE) == [one.value for one in SECTIONS[section] if one]
