"""Does the centre hold on double eleven? The figures that KP1, KP4 and KP7 ask for, over several seeds.

Three times the contacts with 30 % more agents: read as 30 % more people on duty, at every moment, than the tripled work
would keep busy all the time. The literal reading, 30 % more people than on an ordinary day, is run beside it: three
times the work for 1.3 times the people is more than any order of serving can mend. How many more it takes then is
searched for, in steps of ten percent.

VIP ≤ 3 min counts everybody who waited longer, answered or not; `vip_within_180s` is stricter: answered, of all who
called, also of those who hung up after a few seconds.
"""

import statistics
from collections.abc import Sequence
from typing import Any, Final

from huiyin.domain.routing.matching import Policy
from huiyin.sim.centre import Centre, Rules
from huiyin.sim.figures import figures
from huiyin.sim.profiles import ORDINARY, PROFILES, Profile, contacts_of
from huiyin.sim.roster import (
    CONNECTED,
    MEAN_WAIT_S,
    Roster,
    above_the_work,
    by_kp1,
    exactly,
    in_shifts,
    people_of,
    size,
    with_more,
)  # fmt: skip

MORE_PERCENT: Final = 30.0
VIP: Final = "diamond"
VIP_SHARE: Final = 0.99
SLOWER: Final = 1.5  # KP7
STEP_PERCENT: Final = 10
MOST_STEPS: Final = 64
_PEAK: Final = PROFILES["double_eleven"]


def run(scale: float, seeds: Sequence[int]) -> dict[str, Any]:
    """The ordinary day, then the peak under each policy in both readings, with what is reached and what is missed."""
    shifts = in_shifts(ORDINARY, scale, by_kp1)
    enough = {str(policy): _enough(shifts, policy, scale, seeds) for policy in (Policy.DEADLINE, Policy.FIFO)}
    return {
        "scale": scale,
        "seeds": list(seeds),
        "readings": {name: reading(name, scale, seeds) for name in ("more_than_the_work", "more_than_ordinary")},
        "enough_percent": enough,
    }


def _enough(usual: Roster, policy: Policy, scale: float, seeds: Sequence[int]) -> int:
    """By how many percent an ordinary roster must grow until everything is reached."""
    ordinary = _mean(ORDINARY, usual, Policy.DEADLINE, scale, seeds)
    low, high = 0, MOST_STEPS  # not enough, enough
    while high - low > 1:
        middle = (low + high) // 2
        found = _mean(_PEAK, with_more(usual, middle * STEP_PERCENT), policy, scale, seeds)
        is_enough = all(reached(found, ordinary).values())
        low, high = (low, middle) if is_enough else (middle, high)
    return high * STEP_PERCENT


def reading(name: str, scale: float, seeds: Sequence[int]) -> dict[str, Any]:
    """One reading: the ordinary day, then the peak under each policy."""
    if name == "more_than_the_work":
        need = above_the_work(MORE_PERCENT)
        usual, peak = exactly(ORDINARY, scale, need), exactly(_PEAK, scale, need)
    else:
        usual = in_shifts(ORDINARY, scale, by_kp1)
        peak = with_more(usual, MORE_PERCENT)
    ordinary = _mean(ORDINARY, usual, Policy.DEADLINE, scale, seeds)
    policies = {str(policy): _mean(_PEAK, peak, policy, scale, seeds) for policy in Policy}
    for found in policies.values():
        found["answer_time_of_ordinary"] = round(found["asa_s"] / ordinary["asa_s"], 3)
        found["reached"] = reached(found, ordinary)
    return {"people": size(peak), "ordinary_people": size(usual), "ordinary": ordinary, "double_eleven": policies}


def reached(found: dict[str, Any], ordinary: dict[str, Any]) -> dict[str, bool]:
    """Which of the four figures are met."""
    return {
        "connection_rate": found["connection_rate"] >= CONNECTED,
        "asa_s": found["asa_s"] <= MEAN_WAIT_S,
        "vip_at_most_180s": found["vip_at_most_180s"] >= VIP_SHARE,
        "answer_time_of_ordinary": found["asa_s"] <= SLOWER * ordinary["asa_s"],
    }


def _mean(profile: Profile, roster: Roster, policy: Policy, scale: float, seeds: Sequence[int]) -> dict[str, Any]:
    """The mean of each figure over the seeds."""
    days = [
        figures(Centre(contacts_of(profile, scale, seed), people_of(roster), Rules(policy)).run()) for seed in seeds
    ]
    rows = [_row(day) for day in days]
    return {name: round(statistics.fmean(row[name] for row in rows), 4) for name in rows[0]}


def _row(day: dict[str, Any]) -> dict[str, float]:
    vip = day["per_tier"].get(VIP, day)
    return {
        **{
            name: day[name] or 0.0 for name in ("offered", "connection_rate", "asa_s", "service_level_20s", "occupancy")
        },
        "vip_at_most_180s": 1 - (vip["kept_waiting_180s"] or 0.0),
        "vip_within_180s": vip["within_180s"] or 0.0,
        "vip_asa_s": vip["asa_s"] or 0.0,
        "vip_p99_wait_s": vip["p99_wait_s"] or 0.0,
        "ordinary_p99_wait_s": day["per_tier"].get("ordinary", day)["p99_wait_s"] or 0.0,
    }


def told(found: dict[str, Any]) -> str:
    """The same for people, as the table of the documentation."""
    head = (
        "reading, day",
        "people",
        "connected",
        "mean wait",
        "of ordinary",
        "VIP ≤ 180 s",
        "VIP answered ≤ 180 s",
        "reached",
    )
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    for reading, both in found["readings"].items():
        lines.append(_line(f"{reading}, ordinary day", both["ordinary_people"], both["ordinary"]))
        lines += [_line(f"{reading}, {name}", both["people"], row) for name, row in both["double_eleven"].items()]
    enough = ", ".join(f"{policy} {percent} %" for policy, percent in found["enough_percent"].items())
    return "\n".join([*lines, "", f"More people than on an ordinary day that reach everything: {enough}."]) + "\n"


def _line(name: str, people: int, row: dict[str, Any]) -> str:
    missed = [goal for goal, is_met in row.get("reached", {}).items() if not is_met]
    cells = (
        name,
        people,
        f"{100 * row['connection_rate']:.1f} %",
        f"{row['asa_s']:.1f} s",
        f"{100 * row.get('answer_time_of_ordinary', 1):.0f} %",
        f"{100 * row['vip_at_most_180s']:.1f} %",
        f"{100 * row['vip_within_180s']:.1f} %",
        "" if "reached" not in row else ("all" if not missed else "not " + ", ".join(missed)),
    )
    return "| " + " | ".join(map(str, cells)) + " |"
