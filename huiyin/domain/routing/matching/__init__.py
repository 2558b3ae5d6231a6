"""Who takes what, decided: an agent becomes free → an item or none; an item arrives → an agent or none; and why."""

from huiyin.domain.routing.matching.pool import SHORTEST_S, Pool
from huiyin.domain.routing.matching.reasons import Code, Reason
from huiyin.domain.routing.matching.values import Agent, Decision, Needs, Policy, Relax, Waiting

__all__ = ["SHORTEST_S", "Agent", "Code", "Decision", "Needs", "Policy", "Pool", "Reason", "Relax", "Waiting"]
