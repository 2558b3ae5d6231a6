"""MB1: who says who answers for a diamond member, person by person."""

from collections.abc import Callable

import pytest
from django.test import Client

from huiyin.domain.cases.models import Case
from huiyin.domain.contacts.models import Buyer
from huiyin.domain.journal.models import Fact
from tests import people
from tests.web.desk import chats

AtDesk = Callable[..., Client]
FORM = 'name="manager"'
EVERYBODY = [people.ALICE, people.BO, people.SUN]


@pytest.fixture
def case() -> Case:
    """Of a diamond member, in Alice's hands."""
    case = people.complaint(owner=people.hire())
    Buyer.objects.filter(cases=case).update(tier="diamond")
    people.hire(people.BO)
    people.hire(people.SUN)
    return case


def name(client: Client, case: Case, manager: str, deputy: str = "") -> str:
    """The page after naming them."""
    path = f"/desk/m/{case.matter.no}/manager"
    return client.post(path, {"manager": manager, "deputy": deputy}, follow=True).content.decode()


def named(case: Case) -> tuple[str, str]:
    buyer = Buyer.objects.get(cases=case)
    return buyer.manager, buyer.deputy


@pytest.mark.parametrize("agent_no", EVERYBODY)
def test_mb1_only_who_leads_names_a_manager(at_desk: AtDesk, case: Case, agent_no: str) -> None:
    leads = agent_no == people.SUN
    client = at_desk(agent_no)
    assert (FORM in client.get(f"/desk/m/{case.matter.no}").content.decode()) is leads
    said = name(client, case, people.ALICE, people.BO)
    assert named(case) == ((people.ALICE, people.BO) if leads else ("", ""))
    wanted = f"Agent {people.ALICE} answers for this member" if leads else "Only a supervisor may do this."
    assert wanted in said


def test_mb1_it_stands_on_the_matter_by_whom_and_to_whom(at_desk: AtDesk, case: Case) -> None:
    page = name(at_desk(people.SUN), case, people.ALICE, people.BO)
    fact = Fact.objects.get(matter=case.matter, name="manager_named")
    assert (fact.by, fact.data["manager"], fact.data["deputy"]) == (f"staff:{people.SUN}", people.ALICE, people.BO)
    assert f"Agent {people.ALICE} is this member&#x27;s own manager, agent {people.BO} stands in" in page


@pytest.mark.parametrize(
    ("manager", "deputy", "says"),
    [
        (people.ALICE, people.ALICE, "must be somebody else"),
        ("", people.BO, "name the manager before"),
        ("8888", "", "Please choose"),
    ],
)
def test_mb1_who_cannot_be_named_is_refused(
    at_desk: AtDesk, case: Case, manager: str, deputy: str, says: str
) -> None:  # fmt: skip
    assert says in name(at_desk(people.SUN), case, manager, deputy)
    assert named(case) == ("", "")


def test_mb1_only_diamond_members_have_one_and_it_can_end(at_desk: AtDesk, case: Case) -> None:
    client = at_desk(people.SUN)
    name(client, case, people.ALICE)
    Buyer.objects.filter(cases=case).update(tier="gold")
    assert "Nobody in particular answers" in name(client, case, "")
    assert named(case) == ("", "")
    assert FORM not in client.get(f"/desk/m/{case.matter.no}").content.decode()
    assert "Only diamond members" in name(client, case, people.ALICE)


@pytest.mark.parametrize("agent_no", EVERYBODY)
def test_mb1_beside_a_chat_as_well(at_desk: AtDesk, agent_no: str) -> None:
    buyer = people.buyer(tier="diamond")
    talk = chats.talking(chats.here(agent_no), identities={"email": "wang@example.com"})
    people.hire(people.BO)
    leads, client = agent_no == people.SUN, at_desk(agent_no)
    path = f"/desk/c/{talk.matter.no}"
    assert (FORM in client.get(path).content.decode()) is leads
    client.post(f"{path}/manager", {"manager": people.BO, "deputy": ""})
    buyer.refresh_from_db()
    assert buyer.manager == (people.BO if leads else "")
    assert (people.BO in client.get(f"{path}?part=side").content.decode()) is leads


def test_mb1_nobody_behind_a_chat_nobody_to_name(at_desk: AtDesk) -> None:
    talk = chats.talking(chats.here(people.SUN))
    assert at_desk(people.SUN).post(f"/desk/c/{talk.matter.no}/manager", {"manager": ""}).status_code == 404
