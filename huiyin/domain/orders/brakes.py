"""Money brakes (RM9): who may give how much, and when the machine must stop giving by itself.

Pure: what was already given comes in as totals. Every limit says why it stopped, because the buyer and the supervisor
are both told. Nothing here says no for good: it says who decides.
"""

from dataclasses import dataclass
from enum import StrEnum

from huiyin.lib.money import Money

# what one person may give in one act, in fen, by tier (RM3: authority)
AUTHORITY = {
    "L1": Money(10_000),
    "L2": Money(30_000),
    "risk": Money(30_000),
    "supervisor": Money(200_000),
    "operations": Money(500_000),
    "admin": Money(0),  # keeps the system, does not give money
}


# a dearer member is settled on the spot more often: percent of the authority above, by member tier (MB1)
FOR_MEMBERS = {"gold": 150, "diamond": 200}


def authority(tier: str, member_tier: str = "ordinary") -> Money:
    """What one person of this tier may give in one act to a buyer of this member tier; nothing for unknown tiers."""
    return Money(AUTHORITY.get(tier, Money()).fen * FOR_MEMBERS.get(member_tier, 100) // 100)


class Stop(StrEnum):
    """Why a remedy needs a person's approval."""

    NONE = ""
    ABOVE_ACT = "above_act"
    ABOVE_AUTHORITY = "above_authority"
    ABOVE_AGENT_DAY = "above_agent_day"
    ABOVE_TEAM_HOUR = "above_team_hour"
    ABOVE_BUYER_30D = "above_buyer_30d"
    ABOVE_PAID = "above_paid"
    BREAKER = "breaker"


@dataclass(frozen=True, slots=True)
class Limits:
    act: Money
    agent_day: Money
    team_hour: Money
    buyer_30d: Money


@dataclass(frozen=True, slots=True)
class Given:
    """What was given: to this order ever, by this asker today, by the team this hour, to this buyer in 30 days."""

    order: Money
    agent_day: Money
    team_hour: Money
    buyer_30d: Money


@dataclass(frozen=True, slots=True)
class Act:
    """One remedy about to be given. `tier` is empty when the machine gives it by itself."""

    cost: Money
    paid: Money
    tier: str = ""
    breaker_open: bool = False
    member_tier: str = "ordinary"


def stop(act: Act, given: Given, limits: Limits) -> Stop:
    """The first brake this act meets, or `Stop.NONE`."""
    if not act.tier and act.breaker_open:
        return Stop.BREAKER
    if given.order + act.cost > act.paid:
        return Stop.ABOVE_PAID
    if act.tier and act.cost > authority(act.tier, act.member_tier):
        return Stop.ABOVE_AUTHORITY
    if not act.tier and act.cost > limits.act:
        return Stop.ABOVE_ACT
    if act.tier and given.agent_day + act.cost > limits.agent_day:
        return Stop.ABOVE_AGENT_DAY
    if given.team_hour + act.cost > limits.team_hour:
        return Stop.ABOVE_TEAM_HOUR
    if given.buyer_30d + act.cost > limits.buyer_30d:
        return Stop.ABOVE_BUYER_30D
    return Stop.NONE


def breaker_trips(asked_this_hour: int, usual: int, times: int) -> bool:
    """More than `times` the usual number of automatic remedies in an hour: stop and wake somebody."""
    return asked_this_hour > usual * times
