"""The screens of the desk: what is on them for whom, masked, complete, in few queries."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from huiyin.domain.cases import actions as cases
from huiyin.domain.contacts import actions as contacts
from huiyin.domain.orders.models import Breaker, Order
from huiyin.domain.orders.steps import steps_for
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice.calls import Who
from huiyin.web.ui.words_steps import step_text
from tests import people
from tests.calls import called, waiting
from tests.fakes import MIDNIGHT, SITUATIONS

AtDesk = Callable[..., Client]
MOST_QUERIES = 19


def page(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return answer.content.decode()


def possible(text: str, label: str) -> bool:
    """Whether the button with this label can be pressed on the page; fails where there is none."""
    assert label in text, label
    return re.search(rf'aria-disabled="true">{re.escape(label)}', text) is None


def test_kp3_an_empty_list_says_what_it_means(at_desk: AtDesk) -> None:
    client = at_desk()
    assert "New matters appear here by themselves." in page(client, "/desk/")
    assert "Nothing to compare." in page(client, "/desk/?show=check")
    assert "Nothing to approve." in page(client, "/desk/?show=approve")
    assert "No matter is open." in page(client, "/desk/?show=all")
    assert page(client, "/desk/?show=<script>&after=x")


def test_the_list_names_the_buyer_masked_and_what_is_owed(at_desk: AtDesk) -> None:
    people.complaint("充 100 送 50 只到 120", owner=people.hire())
    text = page(at_desk(), "/desk/")
    assert "充 100 送 50 只到 120" in text
    assert "王**" in text
    assert "王小明" not in text
    assert "wang@example.com" not in text
    assert "First answer" in text
    assert "<hy-ring" in text


def test_every_screen_takes_few_queries(at_desk: AtDesk) -> None:
    alice = people.hire()
    order, _ = people.order("already_redeemed")
    people.manual_task(order)
    for n in range(3):
        people.complaint(email=f"b{n}@x.com", owner=alice)
    case = people.complaint(order_no=order.order_no, owner=alice)
    cases.answer(case, alice, "您好", now=MIDNIGHT)
    client = at_desk()
    for path in ("/desk/", f"/desk/m/{case.matter.no}", f"/desk/m/{order.matter.no}", "/desk/contacts"):
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            page(client, path)
        assert len(asked) <= MOST_QUERIES, [query["sql"][:80] for query in asked]


@pytest.mark.parametrize("situation", [name for name in SITUATIONS if name != "shop_unreachable"])
def test_rm1_the_facts_of_every_situation_can_be_shown(situation: str, at_desk: AtDesk) -> None:
    alice = people.hire()
    order, snapshot = people.order(situation)
    people.complaint(order_no=order.order_no, owner=alice)
    case = alice.cases.get()
    for language in ("en", "zh-hans"):
        client = at_desk()
        client.cookies["language"] = language
        text = page(client, f"/desk/m/{case.matter.no}")
        assert order.order_no in text
        for private in (snapshot.buyer.email, snapshot.buyer.phone, *(p.bill_no for p in snapshot.payments)):
            assert not private or private not in text


def test_hl11_the_three_times_that_decide_are_shown(at_desk: AtDesk) -> None:
    order, _ = people.order("already_redeemed")
    people.complaint(order_no=order.order_no, owner=people.hire())
    text = page(at_desk(), f"/desk/m/{people.hire().cases.get().matter.no}")
    assert "Handed over" in text
    assert "First shown" in text
    assert re.search(r'<dt>Redeemed</dt><dd class="amber">', text)


def test_a_matter_that_does_not_exist_is_404(at_desk: AtDesk) -> None:
    client = at_desk()
    page(client, "/desk/m/000000000000", 404)
    assert client.post("/desk/m/000000000000/answer", {"text": "x"}).status_code == 404
    case = people.complaint(owner=people.hire())
    assert client.post(f"/desk/m/{case.matter.no}/explode").status_code == 404
    assert client.post(f"/desk/m/{case.matter.no}/remedies/99/approve").status_code == 404
    assert client.get(f"/desk/m/{case.matter.no}/answer").status_code == 405


def test_what_a_buyer_wrote_never_becomes_markup(at_desk: AtDesk) -> None:
    case = people.complaint("<img src=x onerror=alert(1)>", owner=people.hire())
    cases.add(case.matter, "<script>alert(2)</script>", by="buyer", now=MIDNIGHT)
    text = page(at_desk(), f"/desk/m/{case.matter.no}")
    assert "<img" not in text
    assert "<script>alert" not in text


@pytest.mark.parametrize("who", [people.ALICE, people.SUN, people.OPS])
def test_rm3_whoever_may_act_sees_every_verb(who: str, at_desk: AtDesk) -> None:
    case = people.complaint(owner=people.hire())
    text = page(at_desk(who), f"/desk/m/{case.matter.no}")
    assert possible(text, "Hand over…")
    assert possible(text, "Move up…")
    assert possible(text, "Send to the buyer")
    assert not possible(text, "Close…")
    assert "Write to the buyer first, then close." in text


@pytest.mark.parametrize("who", [people.BO, people.SECOND, people.RISK])
def test_rm3_for_others_every_verb_says_whose_it_is(who: str, at_desk: AtDesk) -> None:
    case = people.complaint(owner=people.hire())
    text = page(at_desk(who), f"/desk/m/{case.matter.no}")
    for label in ("Hand over…", "Move up…", "Send to the buyer", "Take it"):
        assert not possible(text, label)
    assert "Agent 1024 answers for this." in text
    assert possible(text, "Keep as internal note")


def test_rm9_whoever_keeps_the_system_sees_no_money_verbs(at_desk: AtDesk) -> None:
    order, _ = people.order("already_redeemed")
    people.hire()
    people.request(order, people.hire(people.BO))
    text = page(at_desk(people.KEEPER), f"/desk/m/{order.matter.no}")
    for label in ("Give…", "Approve", "Decline…"):
        assert f">{label}<" not in text
    assert "show=approve" not in page(at_desk(people.KEEPER), "/desk/")


def test_rm9_ones_own_request_says_four_eyes(at_desk: AtDesk) -> None:
    order, _ = people.order("already_redeemed")
    second = people.hire(people.SECOND)
    people.request(order, second, 40_000)
    path = f"/desk/m/{order.matter.no}"
    assert "four eyes" in page(at_desk(people.SECOND), path)
    assert not possible(page(at_desk(people.SECOND), path), "Approve")
    assert not possible(page(at_desk(people.RISK), path), "Approve")
    assert possible(page(at_desk(people.SUN), path), "Approve")


def test_live_fragments_are_parts_of_the_page(at_desk: AtDesk) -> None:
    case = people.complaint(owner=people.hire())
    client, path = at_desk(), f"/desk/m/{case.matter.no}"
    assert page(client, f"{path}?part=list").lstrip().startswith('<aside id="inbox"')
    assert page(client, f"{path}?part=matter").lstrip().startswith('<div id="matter"')
    assert page(client, "/desk/?part=list").lstrip().startswith('<aside id="inbox"')
    assert page(client, "/desk/contacts?part=1").lstrip().startswith('<section id="contacts"')
    assert f"matter:{case.matter.no}" in page(client, path)


def test_a_refused_form_leaves_only_links_that_can_be_opened(at_desk: AtDesk) -> None:
    case = people.complaint(owner=people.hire())
    client = at_desk()
    answer = client.post(f"/desk/m/{case.matter.no}/answer?show=all", {"text": ""})
    for path in set(re.findall(r'(?:href|hx-get)="(/desk/[^"]*)"', answer.content.decode())):
        assert client.get(path.replace("&amp;", "&")).status_code == 200, path
    assert 'href="?' not in answer.content.decode()


def test_after_a_deed_the_list_is_filtered_as_before(at_desk: AtDesk) -> None:
    case = people.complaint(owner=people.hire())
    path = f"/desk/m/{case.matter.no}"
    done = at_desk().post(f"{path}/note", {"text": "x"}, headers={"referer": f"http://testserver{path}?show=check"})
    assert done["Location"] == f"{path}?show=check"


def test_rm9_the_breaker_is_said_to_all_and_closed_by_leads(at_desk: AtDesk) -> None:
    Breaker.objects.create(opened_at=MIDNIGHT, reason="too_many", asked=2_000, usual=200)
    assert "A supervisor can let them go on." in page(at_desk(), "/desk/")
    for agent_no in (people.ALICE, people.KEEPER):
        assert at_desk(agent_no).post("/desk/breaker").status_code == 409
    assert Breaker.objects.filter(opened_at__isnull=False).exists()
    at_desk(people.SUN).post("/desk/breaker")
    assert "Automatic remedies are stopped" not in page(at_desk(), "/desk/")


def test_cp15_a_caller_without_a_fate_is_listed_with_the_call(at_desk: AtDesk) -> None:
    """In the menu there is nothing to open yet; who waits has a conversation."""
    in_menu, waits = called(now=MIDNIGHT), waiting("+8613900139000", now=MIDNIGHT).call
    shown = page(at_desk(people.SUN), "/desk/contacts")
    assert shown.count('id="contact-') == 2
    assert f'href="/desk/c/{waits.matter.no}"' in shown
    assert f'/{in_menu.matter.no}"' not in shown
    voice.hung_up(in_menu, Who.BUYER, now=MIDNIGHT)
    assert page(at_desk(people.SUN), "/desk/contacts").count('id="contact-') == 1


def test_cp15_contacts_without_a_fate_are_listed_and_closed_with_a_reason(at_desk: AtDesk) -> None:
    contact = contacts.note("phone", "person", now=MIDNIGHT)
    client = at_desk()
    assert "wanted a person" in page(client, "/desk/contacts")
    client.post(f"/desk/contacts/{contact.pk}/close", {"reason": ""})
    assert "Please say why" in page(client, "/desk/contacts")
    client.post(f"/desk/contacts/{contact.pk}/close", {"reason": "wrong_number"})
    assert "Nobody waits without an answer." in page(client, "/desk/contacts")
    contact.refresh_from_db()
    assert contact.fate_reason == "wrong_number"


def test_find_leads_straight_to_the_matter(at_desk: AtDesk) -> None:
    case = people.complaint(owner=people.hire())
    client = at_desk()
    assert client.get("/desk/find", {"q": case.matter.no})["Location"] == f"/desk/m/{case.matter.no}"
    client.get("/desk/find", {"q": "<b>nobody</b>"})
    assert "We found no matter for “&lt;b&gt;nobody&lt;/b&gt;”" in page(client, "/desk/")


@pytest.mark.parametrize("why", ["unsupported", "state_unsupported", "unclear"])
def test_rm12_every_step_has_words(why: str, at_desk: AtDesk) -> None:
    from dataclasses import replace

    from huiyin.domain.orders.actions.remedies import request_of
    from huiyin.domain.orders.shop import RemedyKind

    order, _ = people.order("already_redeemed")
    request = replace(request_of(people.manual_task(order)), replaces=("k-1", "k-2"))
    for kind in RemedyKind:
        for step in steps_for(replace(request, kind=kind), why):
            said = step_text(step)
            assert said != step["code"]
            assert "%(" not in said
    assert Order.objects.count() == 1
