"""Contacts that did not come through us (CH10), and replies kept ready."""

from collections.abc import Callable

import pytest
from django.test import Client

from huiyin.domain.contacts.models import Contact, Identity
from huiyin.domain.conversations import actions as conversations
from huiyin.domain.conversations.models import Canned, Conversation
from tests import people

AtDesk = Callable[..., Client]
PASTED = {"channel": "wechat", "text": "王先生：充了没到", "address": "wx_wang88", "name": "王先生", "fate": "answered"}
REPLY = {"slug": "你好", "title": "开场", "text": "{name}您好", "language": "zh-hans", "team": ""}


def test_ch10_a_pasted_contact_is_kept_with_its_fate_in_one_go(at_desk: AtDesk) -> None:
    client = at_desk()
    assert client.get("/desk/outside").status_code == 200
    assert client.post("/desk/outside", PASTED)["Location"] == "/desk/outside"
    contact = Contact.objects.get()
    assert (contact.channel, contact.fate) == ("wechat", "answered")
    assert Identity.objects.get().value == "wx_wang88"
    assert 'data-done="outside:text"' in client.get("/desk/outside").content.decode()


def test_ch10_what_is_left_to_do_goes_to_the_list_of_whoever_pasted_it(at_desk: AtDesk) -> None:
    client = at_desk()
    talk_path = client.post("/desk/outside", PASTED | {"fate": "open"})["Location"]
    talk = Conversation.objects.get()
    assert talk_path == f"/desk/c/{talk.matter.no}"
    text = client.get("/desk/").content.decode()
    assert "王**" in text
    assert "To be wrapped up" in text


@pytest.mark.parametrize(
    ("channel", "address", "kind"),
    [("qq", "QQ:12345678", "qq"), ("phone", "138 0000 1234", "phone"), ("other", "wang@example.com", "email"),
     ("wechat", "", "")],
)  # fmt: skip
def test_ch6_the_address_is_read_by_its_channel_and_joins_the_person(
    channel: str, address: str, kind: str, at_desk: AtDesk
) -> None:
    at_desk().post("/desk/outside", PASTED | {"channel": channel, "address": address})
    assert list(Identity.objects.values_list("kind", flat=True)) == ([kind] if kind else [])


@pytest.mark.parametrize(
    "wrong", [{"text": " "}, {"channel": "pigeon"}, {"at": "2026-12-01T10:00"}, {"at": "yesterday"}]
)
def test_what_cannot_be_kept_comes_back_with_everything_typed(wrong: dict[str, str], at_desk: AtDesk) -> None:
    answer = at_desk().post("/desk/outside", PASTED | wrong)
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "data-refused" in text
    assert 'value="wx_wang88"' in text
    assert not Contact.objects.exists()


def test_those_who_lead_add_change_rename_and_remove_replies(at_desk: AtDesk) -> None:
    sun = at_desk(people.SUN)
    sun.post("/desk/canned", REPLY)
    kept = Canned.objects.get()
    sun.post("/desk/canned", REPLY | {"pk": str(kept.pk), "text": "您好"})
    assert Canned.objects.get().text == "您好"
    sun.post("/desk/canned", REPLY | {"pk": str(kept.pk), "slug": "问好"})
    assert list(Canned.objects.values_list("slug", flat=True)) == ["问好"]
    sun.post("/desk/canned", REPLY | {"pk": str(Canned.objects.get().pk), "gone": "1"})
    assert not Canned.objects.exists()


def test_a_reply_that_cannot_be_kept_comes_back_as_typed(at_desk: AtDesk) -> None:
    answer = at_desk(people.SUN).post("/desk/canned", REPLY | {"slug": "two words", "text": "<b>x</b>"})
    assert answer.status_code == 409
    assert "&lt;b&gt;x&lt;/b&gt;</textarea>" in answer.content.decode()


def test_others_read_replies_of_all_and_of_their_team_and_change_none(at_desk: AtDesk) -> None:
    conversations.keep_canned("a", "A", "for all")
    conversations.keep_canned("b", "B", "for others", team="二组")
    client = at_desk()
    text = client.get("/desk/canned").content.decode()
    assert "for all" in text
    assert "for others" not in text
    assert "New reply…" not in text
    assert client.post("/desk/canned", REPLY).status_code == 409
    assert Canned.objects.count() == 2
