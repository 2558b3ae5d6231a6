"""Random pieces of a small centre, for Hypothesis."""

from hypothesis import strategies as st

from huiyin.domain.routing.matching import Agent, Relax, Waiting

SKILLS = ("recharge", "account", "vip")
KINDS = ("chat", "call", "case")
TERMS = {"diamond": 15.0, "gold": 30.0, "silver": 45.0, "ordinary": 60.0}
AGENTS = range(1, 6)

needs = st.dictionaries(st.sampled_from(SKILLS), st.integers(1, 3), max_size=2).map(
    lambda wish: tuple(sorted(wish.items()))
)
relaxes = st.lists(
    st.builds(
        Relax,
        after_s=st.integers(0, 200).map(float),
        levels=st.integers(0, 2),
        anyone=st.booleans(),
        also=st.none() | needs,
    ),
    max_size=3,
).map(tuple)
barred = st.frozensets(st.sampled_from(AGENTS), max_size=2)


@st.composite
def items(draw: st.DrawFn, number: int, now: float) -> Waiting:
    """An item that arrived up to a minute ago; its promise follows from its tier."""
    tier = draw(st.sampled_from(sorted(TERMS)))
    arrived = now - draw(st.integers(0, 60))
    return Waiting(
        number,
        draw(st.sampled_from(KINDS)),
        "general",
        arrived,
        arrived + TERMS[tier],
        draw(needs),
        tier,
        prefers=draw(st.none() | st.sampled_from(AGENTS)),
        sticky_until=arrived + draw(st.integers(0, 60)),
        barred=draw(barred),
        relax=draw(relaxes),
    )


@st.composite
def agents(draw: st.DrawFn, number: int, now: float) -> Agent:
    """Somebody on duty. Whoever has chats open here takes no calls at all; clearing a desk has tests of its own."""
    chats, cases = draw(st.integers(0, 2)), draw(st.integers(0, 2))
    room = {"case": cases, **({"chat": chats} if draw(st.booleans()) else {"call": min(chats, 1)})}
    skills = draw(st.dictionaries(st.sampled_from(SKILLS), st.integers(1, 4), max_size=3))
    idle_since = now - draw(st.integers(0, 30))
    return Agent(number, skills, room, idle_since, draw(st.sampled_from([0.0, 0.5, 1.0])))
