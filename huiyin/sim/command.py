"""`huiyin simulate`: a day in the centre, with the matching code of the live router.

    huiyin simulate --arrivals FILE.csv --agents 12 --policy deadline --json
    huiyin simulate --profile double_eleven --compare --picture day.svg
    huiyin simulate --goals --json

JSON goes to stdout as one object, what goes wrong to stderr with exit code 2.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from rich.console import Console

from huiyin.domain.routing.matching import Policy
from huiyin.domain.routing.terms import TERMS
from huiyin.sim import goals, profiles, roster
from huiyin.sim.arrivals_file import Malformed, read
from huiyin.sim.centre import RELAX, VIP, Centre, Rules
from huiyin.sim.contacts import Contact, Person
from huiyin.sim.figures import figures, quarters
from huiyin.sim.picture import drawn
from huiyin.sim.show import show

MOST_AGENTS: Final = 100_000
SHOWN_FAULTS: Final = 20


def main(arguments: Sequence[str]) -> int:
    """Run and print. Returns 2 for what cannot be simulated."""
    parser = _parser()
    wish = parser.parse_args(arguments)
    _check(parser, wish)
    try:
        return _run(wish)
    except Malformed as wrong:
        for fault in wrong.faults[:SHOWN_FAULTS]:
            sys.stderr.write(f"{wish.arrivals}: {fault}\n")
        if len(wrong.faults) > SHOWN_FAULTS:
            sys.stderr.write(f"{wish.arrivals}: and {len(wrong.faults) - SHOWN_FAULTS} more places\n")
    except OSError as wrong:
        sys.stderr.write(f"{wrong.filename}: {wrong.strerror}\n")
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="huiyin simulate", description=__doc__, formatter_class=_Plain)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--arrivals", type=Path, metavar="FILE.csv", help="arrived_s,handle_s,patience_s,tier,skill")
    what.add_argument("--profile", choices=sorted(profiles.PROFILES), help="an assumed day")
    what.add_argument("--goals", action="store_true", help="double eleven against the figures to reach; a minute")
    parser.add_argument("--agents", type=_count, metavar="N", help="people; of a profile: on its roster")
    parser.add_argument("--policy", choices=[one.value for one in Policy], default="deadline")
    parser.add_argument("--compare", action="store_true", help="all policies")
    parser.add_argument("--skills", type=_pairs, default={}, metavar="NAME=PEOPLE,…", help="how many have which skill")
    parser.add_argument(
        "--terms", type=_pairs, default={}, metavar="TIER=SECONDS,…", help="promises unlike the shipped"
    )
    parser.add_argument("--strict-skills", action="store_true", help="waiting opens nothing to others")
    parser.add_argument("--more", type=float, metavar="PERCENT", help="more people than the roster of a profile")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=5, help="of --goals: how many days of each kind")
    parser.add_argument("--scale", type=float, default=1.0, help="1 is a day of 2400 contacts")
    parser.add_argument("--picture", type=Path, metavar="FILE.svg")
    parser.add_argument("--json", action="store_true")
    return parser


class _Plain(argparse.RawDescriptionHelpFormatter):
    """Keeps the examples as they stand."""


def _check(parser: argparse.ArgumentParser, wish: argparse.Namespace) -> None:
    if wish.arrivals and wish.agents is None:
        parser.error("--arrivals needs --agents N")
    if not 0 < wish.scale <= 1000:
        parser.error("--scale lies above 0, at most 1000")
    if wish.more is not None and (not wish.profile or wish.agents is not None or not -100 <= wish.more <= 10_000):
        parser.error("--more goes with --profile and without --agents; a percentage from -100 to 10000")
    if wish.skills and not wish.arrivals:
        parser.error("--skills goes with --arrivals")
    if not 1 <= wish.seeds <= 100:
        parser.error("--seeds lies between 1 and 100")


def _run(wish: argparse.Namespace) -> int:
    if wish.goals:
        found = goals.run(wish.scale, range(1, wish.seeds + 1))
        sys.stdout.write(json.dumps(found) + "\n" if wish.json else goals.told(found))
        return 0
    contacts, people = _day_of(wish)
    policies = list(Policy) if wish.compare else [Policy(wish.policy)]
    outcomes = {str(policy): Centre(contacts, people, _rules(wish, policy)).run() for policy in policies}
    days = {policy: figures(day) for policy, day in outcomes.items()}
    if wish.picture:
        rows = {policy: quarters(day.outcomes) for policy, day in outcomes.items()}
        wish.picture.write_text(drawn(_title(wish, people), rows), encoding="utf-8")
    if wish.json:
        sys.stdout.write(json.dumps(_answer(wish, contacts, people, days), ensure_ascii=False) + "\n")
    else:
        show(Console(highlight=False), days)
    return 0


def _day_of(wish: argparse.Namespace) -> tuple[list[Contact], list[Person]]:
    if wish.arrivals:
        return read(wish.arrivals), _everybody(wish.agents, wish.skills)
    profile = profiles.PROFILES[wish.profile]
    planned = roster.in_shifts(profile, wish.scale, roster.by_kp1)
    if wish.more is not None:
        planned = roster.with_more(planned, wish.more)
    if wish.agents is not None:
        planned = roster.of_size(planned, wish.agents)
    return profiles.contacts_of(profile, wish.scale, wish.seed), roster.people_of(planned)


def _everybody(count: int, skills: dict[str, int]) -> list[Person]:
    """People who can do everything; or, where skills are counted, each skill dealt to the next so many in turn."""
    if not skills or not count:
        return [Person(number) for number in range(1, count + 1)]
    dealt: dict[int, dict[str, int]] = {number: {} for number in range(1, count + 1)}
    turn = 0
    for skill in sorted(skills):
        for _ in range(min(skills[skill], count)):
            dealt[turn % count + 1][skill] = 1
            turn += 1
    return [Person(number, has) for number, has in dealt.items()]


def _rules(wish: argparse.Namespace, policy: Policy) -> Rules:
    return Rules(policy, {**TERMS, **VIP, **wish.terms}, () if wish.strict_skills else RELAX)


def _answer(
    wish: argparse.Namespace, contacts: list[Contact], people: list[Person], days: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    """One policy stands at the top level as the contract has it; several stand side by side."""
    known = {**TERMS, **VIP, **wish.terms}
    given = {
        "arrivals": str(wish.arrivals) if wish.arrivals else None,
        "profile": wish.profile,
        "agents": len(people),
        "terms_s": {tier: known.get(tier, known["ordinary"]) for tier in sorted({one.tier for one in contacts})},
        "promised_as_ordinary": sorted({one.tier for one in contacts} - set(known)),
    }
    if wish.compare:
        return {**given, "policies": days}
    return {"policy": str(wish.policy), **given, **days[str(Policy(wish.policy))]}


def _title(wish: argparse.Namespace, people: list[Person]) -> str:
    return f"{wish.profile or wish.arrivals.name}, {len(people)} people"


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > MOST_AGENTS:
        raise argparse.ArgumentTypeError(f"a whole number from 0 to {MOST_AGENTS}")
    return int(text)


def _pairs(text: str) -> dict[str, int]:
    found = {}
    for pair in text.split(","):
        name, _, number = pair.partition("=")
        if not name or not number.isascii() or not number.isdigit():
            raise argparse.ArgumentTypeError(f'"{pair}" is not NAME=NUMBER')
        found[name.strip()] = int(number)
    return found
