"""What a caller hears and presses (pure). A menu is a table of nodes; a walk through it says after every key what is
played and what comes next: listen, find something out, wait for a person, voicemail, a call-back, or good-bye.

Nobody is locked in. `0` leads to a person wherever we listen, and "人工" where we understand speech; who says nothing,
or three times what we do not understand, or goes round in circles, gets a person too. A table that could do otherwise
is refused with everything that is wrong in it (menu_faults.py).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from huiyin.domain.voice.menu_faults import AGAIN, Known, MenuFault, faults_in, hanging_up
from huiyin.lib.bigrams import plain

__all__ = [
    "Answer", "Ask", "Facts", "HangUp", "Known", "Listen", "Menu", "MenuFault", "Say", "Step", "ToCallback", "ToQueue",
    "ToVoicemail", "Walk", "answered", "begin", "heard", "press", "spoken", "timed_out", "turned_away",
    "understood",
]  # fmt: skip

PERSON = "0"
MOST_STEPS = 40  # listened that often in one call: whoever needs more needs a person
PERSON_WORDS = ("人工", "客服", "转人", "真人", "agent", "operator", "human", "person", "representative")
PERSON_ALONE = frozenset({*PERSON_WORDS, "转人工", "找人工", "人工客服", "人工服务", "转人工客服", "转人工服务"})
WRONG, SILENT, TO_PERSON = "menu.wrong_key", "menu.nothing_heard", "menu.to_person"
NOT_UNDERSTOOD = "menu.not_understood"
# around a good-bye, and none by themselves
COURTESIES = (
    "好的", "好", "行", "嗯", "哦", "啊", "那", "就", "我", "你", "您", "你们", "吧", "了", "啦", "ok", "okay", "well",
)  # fmt: skip
_SIGNS = str.maketrans(dict.fromkeys(",.!?;:。，！？、；：…“”\"'", " "))
_SECONDS = 6.0


@dataclass(frozen=True, slots=True)
class Say:
    """A prompt by its slug, with the values of its places; or a table's own `words`, by language, without a slug."""

    slug: str
    values: Mapping[str, object] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Listen:
    """Wait for one of `keys`, or up to `most` of them ended by `until_key`. `secret`: neither recorded nor logged.
    `speech`: what is said counts too."""

    keys: frozenset[str]
    most: int = 1
    until_key: str = ""
    seconds: float = _SECONDS
    secret: bool = False
    speech: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """Find something out: `answers.py` of the switchboard knows how."""

    action: str
    inputs: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ToQueue:
    queue: str
    tier: str = ""
    urgent: bool = False
    elderly: bool = False


@dataclass(frozen=True, slots=True)
class ToVoicemail:
    pass


@dataclass(frozen=True, slots=True)
class ToCallback:
    pass


@dataclass(frozen=True, slots=True)
class HangUp:
    pass


Then = Listen | Ask | ToQueue | ToVoicemail | ToCallback | HangUp


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of an `Ask`: where it leads (`code`), what is said about it, whether it was what they wanted."""

    code: str
    say: tuple[Say, ...] = ()
    served: bool = False


@dataclass(frozen=True, slots=True)
class Menu:
    """A table in which nobody gets lost."""

    start: str
    closed: str  # where one goes who cannot wait now
    queue: str  # where 0 leads, if a node does not say
    tries: int
    nodes: Mapping[str, Mapping[str, Any]]

    @classmethod
    def parse(cls, table: Mapping[str, Any], known: Known | None = None) -> "Menu":
        """Read a table. `known`: prompts, actions and queues that there are. Raises MenuFault with every problem."""
        if faults := faults_in(table, known or Known()):
            raise MenuFault(faults)
        return cls(
            table["start"], table["closed"], table.get("queue", "general"), table.get("tries", 2), table["nodes"]
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about a caller before anything is pressed."""

    language: str = "zh-hans"
    elderly: bool = False


@dataclass(frozen=True, slots=True)
class Walk:
    """How far somebody has come. `tries`: what was not understood here; `inputs`: what they typed, never logged."""

    menu: Menu = field(repr=False)
    node: str
    language: str = "zh-hans"
    elderly: bool = False
    tries: int = 0
    steps: int = 0
    turned_away: int = 0
    served: bool = False
    inputs: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def here(self) -> Mapping[str, Any]:
        """The node."""
        return self.menu.nodes[self.node]

    @property
    def is_secret(self) -> bool:
        """Whether what is typed here stays out of recordings and logs."""
        return bool(self.here.get("secret"))


@dataclass(frozen=True, slots=True)
class Step:
    """What is played, and what comes next."""

    walk: Walk
    say: tuple[Say, ...]
    then: Then


def begin(menu: Menu, line: str, facts: Facts) -> Step:
    """Somebody calls. `line`: the node where their line begins; the menu's start where it names none."""
    node = line if line in menu.nodes else menu.start
    return _enter(Walk(menu, node, facts.language, facts.elderly), node, ())


def press(walk: Walk, key: str) -> Step:
    """One key was pressed."""
    here = walk.here
    if here["kind"] == "digits":
        return heard(walk, key)
    if key == PERSON:
        return _to_person(walk)
    target = here.get("keys", {}).get(key)
    if target is None:
        return _again(walk, WRONG)
    return _enter(replace(walk, tries=0), walk.node if target == AGAIN else target, ())


def heard(walk: Walk, digits: str) -> Step:
    """Several keys were pressed, without the one that ends them."""
    here = walk.here
    if here["kind"] != "digits":
        return press(walk, digits[:1]) if digits else timed_out(walk)
    if not digits:
        return timed_out(walk)
    if digits == PERSON:
        return _to_person(walk)
    if not digits.isdecimal() or not digits.isascii() or not here["least"] <= len(digits) <= here["most"]:
        return _again(walk, WRONG)
    inputs = {**walk.inputs, here["as"]: digits}
    return _enter(replace(walk, tries=0, inputs=inputs), here["next"], ())


def spoken(walk: Walk, text: str) -> Step:
    """Something was said and understood as this text."""
    key = understood(walk, text)
    return press(walk, key) if key else _again(walk, NOT_UNDERSTOOD)


def understood(walk: Walk, text: str, *, alone: bool = False) -> str:
    """The key that is meant by these words, "" where none is. With `alone` they must be that word, once or more often,
    and nothing else: so it is while a prompt is playing, which a loudspeaker may give back to us."""
    said = " ".join(plain(text.translate(_SIGNS)).split())
    if _is_only(said, PERSON_ALONE) if alone else any(word in said for word in PERSON_WORDS):
        return PERSON
    known = _words_here(walk)
    if alone:
        return next((key for key, words in known if _is_only(said, words)), "")
    ends = hanging_up(walk.here, walk.menu.nodes)
    known.sort(key=lambda one: one[0] not in ends)  # 没有问题 holds 有问题
    return next((key for key, words in known if _is_said(words, said, ends=key in ends)), "")


def _words_here(walk: Walk) -> list[tuple[str, list[str]]]:
    """The words of each key that leads somewhere."""
    words, keys = walk.here.get("words", {}), walk.here.get("keys", {})
    return [(key, [word for word in map(plain, known) if word]) for key, known in words.items() if key in keys]


def _is_said(words: list[str], said: str, *, ends: bool) -> bool:
    """Who says 没有 wants to go; who says 我还没有收到 does not: nobody is hung up on for a word in a sentence."""
    if not ends:
        return any(word in said for word in words)
    return _is_made_of(said, [*words, *COURTESIES]) and not _is_made_of(said, COURTESIES)


def _is_made_of(said: str, words: Sequence[str]) -> bool:
    """Those words one after the other, and nothing else. By places: words that begin alike cost no more."""
    reached = {0}
    for at in range(len(said)):
        if at in reached:
            reached.update(at + len(word) for word in (*words, " ") if said.startswith(word, at))
    return len(said) in reached


def _is_only(said: str, words: Iterable[str]) -> bool:
    """One of the words and nothing else, however often: whoever wants a person says so more than once."""
    return any(re.fullmatch(rf"(?:{re.escape(word)}\s*)+", said) for word in words)


def timed_out(walk: Walk) -> Step:
    """Nothing was pressed in time."""
    return _again(walk, SILENT)


def answered(walk: Walk, answer: Answer) -> Step:
    """An `Ask` has its answer; without one (`code` unknown, the shop away) its way goes on as `other`."""
    answers = walk.here["answers"]
    fresh = replace(walk, tries=0, served=walk.served or answer.served)
    return _enter(fresh, answers.get(answer.code) or answers["other"], answer.say)


def turned_away(walk: Walk, code: str) -> Step:
    """Nobody can be waited for now (`queue_closed`, `queue_full`): voicemail or a call-back instead, never a busy tone
    (IN11). Whoever insists speaks to the recorder."""
    again = replace(walk, turned_away=walk.turned_away + 1, tries=0)
    say = (Say(f"menu.{code}"),)
    if again.turned_away > 1:
        return Step(again, say, ToVoicemail())
    return _enter(again, walk.menu.closed, say)


def _again(walk: Walk, slug: str) -> Step:
    """Not understood: once more from here, and then a person."""
    most = walk.menu.tries + (1 if walk.elderly else 0)
    if walk.tries + 1 > most:
        return _to_person(walk)
    return _enter(replace(walk, tries=walk.tries + 1), walk.node, (Say(slug),))


def _to_person(walk: Walk) -> Step:
    queue = walk.here.get("queue") or walk.menu.queue
    return Step(walk, (Say(TO_PERSON),), ToQueue(queue, elderly=walk.elderly))


def _enter(walk: Walk, node: str, said: tuple[Say, ...]) -> Step:
    """Go on until something has to be waited for; a table without faults gets there."""
    while True:
        walk = replace(walk, node=node)
        here = walk.here
        said = (*said, *(_sentence(one) for one in here.get("say", ())))
        if here["kind"] == "set":
            walk = replace(
                walk, language=here.get("language", walk.language), elderly=here.get("elderly", walk.elderly)
            )  # fmt: skip
        if here["kind"] not in {"set", "say"}:
            return _stop(walk, said)
        node = here["next"]


def _sentence(one: str | Mapping[str, str]) -> Say:
    return Say(one) if isinstance(one, str) else Say("", words=one)


def _stop(walk: Walk, said: tuple[Say, ...]) -> Step:
    kind = walk.here["kind"]
    if kind not in {"choice", "digits"}:
        return Step(walk, said, _end_of(walk))
    if walk.steps >= MOST_STEPS:
        return _to_person(walk)
    return Step(replace(walk, steps=walk.steps + 1), said, _listen(walk))


def _listen(walk: Walk) -> Listen:
    here = walk.here
    seconds = float(here.get("seconds", _SECONDS)) * (2 if walk.elderly else 1)
    if here["kind"] == "choice":
        return Listen(frozenset({*here["keys"], PERSON}), seconds=seconds, speech=True)
    return Listen(frozenset("0123456789#"), here["most"], "#", seconds, secret=bool(here.get("secret")))


def _end_of(walk: Walk) -> Then:
    here = walk.here
    match here["kind"]:
        case "ask":
            return Ask(here["action"], {name: walk.inputs.get(name, "") for name in here.get("inputs", ())})
        case "queue":
            return ToQueue(here["queue"], here.get("tier", ""), bool(here.get("urgent")), walk.elderly)
        case "voicemail":
            return ToVoicemail()
        case "callback":
            return ToCallback()
    return HangUp()
