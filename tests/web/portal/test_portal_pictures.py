"""HL15: a link by SMS during a call; pictures appear where the agent talks, once."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from huiyin.domain.cases.exhibits import the_files
from huiyin.domain.cases.models import Evidence
from huiyin.domain.conversations.models import Message
from huiyin.domain.journal.models import Fact
from huiyin.domain.notices.letters import letter
from huiyin.domain.notices.models import Notice
from huiyin.domain.voice.models import Call
from huiyin.domain.voice.passes import actions as passes
from huiyin.domain.voice.passes.actions.links import LIVES, SENT, mobile_of
from huiyin.domain.voice.passes.models import UploadLink
from huiyin.lib.clock import now
from huiyin.lib.errors import Refusal
from tests import people, samples
from tests.calls import talking
from tests.recordings import becomes_a_case, talk_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files(settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.VAR = tmp_path
    the_files.cache_clear()
    yield
    the_files.cache_clear()


@pytest.fixture
def call() -> Call:
    return talking(now=now())[0]


def send(call: Call) -> UploadLink:
    return passes.send_upload_link(talk_of(call), by="staff:1024", now=now())


def token() -> str:
    """What stands in the newest text message."""
    notice = Notice.objects.filter(template="upload_link").latest("pk")
    assert (notice.channel, notice.to) == ("sms", "+8613800138000")
    return letter(notice).text.partition("/u#")[2].split()[0]


def opened(call: Call) -> Client:
    send(call)
    browser = Client(headers={"accept-language": "en"})
    answer = browser.post("/u", {"token": token()})
    assert answer.headers["Location"] == "/u/pictures"
    return browser


def upload(browser: Client, *files: tuple[str, bytes]) -> HttpResponse:
    sent = [SimpleUploadedFile(name, data) for name, data in files]
    return browser.post("/u/pictures", {"file": sent})  # type: ignore[return-value]


def pictures_in(call: Call) -> list[str]:
    return list(Message.objects.filter(matter=call.talk, kind="file").order_by("seq").values_list("name", flat=True))


def test_hl15_pictures_appear_in_the_conversation_while_people_talk(call: Call) -> None:
    answer = upload(opened(call), ("支付.png", samples.picture()), ("余额.png", samples.picture(shade=90)))
    assert "2 pictures are there" in answer.content.decode()
    assert pictures_in(call) == ["支付.png", "余额.png"]
    assert Message.objects.filter(kind="file").first().author == "buyer"  # type: ignore[union-attr]
    assert Fact.objects.get(name="upload_link_used").data["files"] == 2


def test_hl15_where_there_is_a_case_they_are_its_evidence_at_once(call: Call) -> None:
    case = becomes_a_case(call)
    upload(opened(call), ("支付.png", samples.picture()))
    row = Evidence.objects.get(case=case, source="buyer")
    assert (row.by, row.mime) == ("buyer", "image/png")
    assert pictures_in(call) == ["支付.png"]


def test_hl15_the_link_takes_one_sending(call: Call) -> None:
    browser = opened(call)
    upload(browser, ("1.png", samples.picture()))
    again = upload(browser, ("2.png", samples.picture(shade=90)))
    assert pictures_in(call) == ["1.png"]
    assert "1 picture is there" in again.content.decode()
    other = Client(headers={"accept-language": "en"}).post("/u", {"token": token()})
    assert other.status_code == 409


def test_hl15_after_half_an_hour_it_takes_nothing(call: Call) -> None:
    browser = opened(call)
    UploadLink.objects.update(expires_at=now())
    answer = upload(browser, ("1.png", samples.picture()))
    assert answer.status_code == 410
    assert "Ask on the phone for a new one" in answer.content.decode()
    assert pictures_in(call) == []


def test_hl15_a_new_link_makes_the_old_one_void(call: Call) -> None:
    send(call)
    old = token()
    send(call)
    assert passes.find_link(old, now=now()) is None
    assert passes.find_link(token(), now=now()) is not None


def test_hl15_what_is_no_picture_is_refused_and_the_link_still_works(call: Call) -> None:
    browser = opened(call)
    answer = upload(browser, ("x.exe", b"MZ\x90\x00" + bytes(200)))
    assert answer.status_code == 422
    assert "x.exe" in answer.content.decode()
    upload(browser, ("1.png", samples.picture()))
    assert pictures_in(call) == ["1.png"]


def test_hl15_without_a_link_the_page_takes_nothing() -> None:
    browser = Client(headers={"accept-language": "en"})
    assert browser.get("/u/pictures").status_code == 410
    assert upload(browser, ("1.png", samples.picture())).status_code == 410
    assert browser.post("/u", {"token": "x" * 22}).status_code == 409


def test_hl15_the_token_stands_in_no_table(call: Call) -> None:
    link = send(call)
    assert token() not in link.digest
    assert link.expires_at - link.made_at == LIVES


def test_hl15_without_a_mobile_number_it_is_refused(call: Call) -> None:
    Call.objects.filter(pk=call.pk).update(caller="")
    talk = talk_of(call)
    talk.buyer = None
    assert mobile_of(talk) == ""
    with pytest.raises(Refusal, match="no_mobile_number"):
        passes.send_upload_link(talk, by="staff:1024", now=now())


def test_hl15_nobody_is_flooded_with_links(call: Call) -> None:
    for _ in range(SENT):
        send(call)
    with pytest.raises(Refusal, match="too_often"):
        send(call)
    passes.send_upload_link(talk_of(call), by="staff:1024", now=now() + timedelta(hours=1))


def test_hl15_the_agent_who_talks_sends_it_from_the_desk(call: Call) -> None:
    desk = Client(headers={"accept-language": "en"})
    no = talk_of(call).matter.no
    desk.force_login(people.hire(people.SUN))
    desk.post(f"/desk/c/{no}/upload-link")
    assert not UploadLink.objects.exists()
    desk.force_login(people.hire(people.ALICE))
    assert "Ask for pictures by SMS" in desk.get(f"/desk/c/{no}").content.decode()
    answer = desk.post(f"/desk/c/{no}/upload-link", follow=True)
    assert "The link is on its way" in answer.content.decode()
    assert UploadLink.objects.get().sent_by == "staff:1024"


def test_hl15_files_may_be_as_large_as_elsewhere() -> None:
    assert "/u/pictures" in django_settings.UPLOAD_PATHS
