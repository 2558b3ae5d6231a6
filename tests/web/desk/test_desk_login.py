"""Logging in: the same answer for everybody, rate-limited, and a cookie nobody else can read."""

import pytest
from django.conf import settings
from django.test import Client

from huiyin.domain.staff import actions as staff
from huiyin.domain.staff.models import Person
from huiyin.web import passwords
from tests import people
from tests.fakes import MIDNIGHT


def try_in(client: Client, username: str = people.ALICE, password: str = people.PASSWORD, **more: str) -> int:
    data = {"username": username, "password": password, **more}
    return client.post("/desk/login", data).status_code


@pytest.mark.parametrize("path", ["/desk/", "/desk/m/123456789012", "/desk/contacts"])
def test_the_desk_is_closed_to_whoever_is_not_logged_in(path: str) -> None:
    answer = Client().get(path)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/desk/login?next=")


@pytest.mark.parametrize("path", ["/desk/presence", "/desk/breaker", "/desk/m/123456789012/answer", "/desk/told"])
def test_nothing_is_done_for_whoever_is_not_logged_in(path: str) -> None:
    assert Client().post(path)["Location"] == "/desk/login"


def test_a_live_fragment_of_a_login_that_ended_is_401_and_not_a_login_page() -> None:
    assert Client().get("/desk/?part=list", headers={"HX-Request": "true"}).status_code == 401
    assert Client().post("/desk/beat", headers={"Huiyin-Element": "presence"}).status_code == 401


def test_who_knows_the_password_gets_in_and_goes_where_they_wanted() -> None:
    people.hire()
    client = Client()
    answer = client.post(
        "/desk/login", {"username": people.ALICE, "password": people.PASSWORD, "next": "/desk/contacts"}
    )
    assert answer["Location"] == "/desk/contacts"
    assert client.get("/desk/").status_code == 200


@pytest.mark.parametrize("where", ["https://evil.example/", "//evil.example/desk/", "/other", "javascript:alert(1)"])
def test_a_login_leads_nowhere_else(where: str) -> None:
    people.hire()
    answer = Client().post("/desk/login", {"username": people.ALICE, "password": people.PASSWORD, "next": where})
    assert answer["Location"] == "/desk/"


def test_an_unknown_name_and_a_wrong_password_look_the_same() -> None:
    people.hire()
    pages = []
    for username in (people.ALICE, "9999"):
        answer = Client().post("/desk/login", {"username": username, "password": "wrong"})
        assert answer.status_code == 401
        pages.append(answer.content.decode().replace(username, "").split("<form")[1].split("csrfmiddlewaretoken")[0])
        assert "对不上" in answer.content.decode()
    assert pages[0] == pages[1]


@pytest.mark.parametrize("username", [people.ALICE, "9999"])
def test_too_many_wrong_tries_close_an_account_for_a_while_known_or_not(username: str) -> None:
    people.hire()
    client = Client()
    for _ in range(passwords.WRONG_PER_ACCOUNT):
        assert try_in(client, username, "wrong") == 401
    assert try_in(client, username, people.PASSWORD) == 429


def test_too_many_wrong_tries_close_an_address_for_a_while() -> None:
    people.hire()
    for number in range(passwords.WRONG_PER_ADDRESS):
        try_in(Client(REMOTE_ADDR="10.1.1.1"), f"guess{number}", "wrong")
    assert try_in(Client(REMOTE_ADDR="10.1.1.1")) == 429
    assert try_in(Client(REMOTE_ADDR="10.1.1.2")) == 302


def fail(username: str, address: str, times: int = passwords.WRONG_PER_ACCOUNT) -> list[int]:
    return [try_in(Client(REMOTE_ADDR=address), username, "wrong") for _ in range(times)]


def test_somebody_forgetful_locks_nobody_else_out() -> None:
    """A centre has one address: what counts against it is how many accounts are tried, not how often."""
    people.hire()
    for _ in range(9):
        fail("9999", "10.1.1.1")
    assert try_in(Client(REMOTE_ADDR="10.1.1.1")) == 302


def test_nobody_locks_an_account_from_elsewhere() -> None:
    people.hire()
    assert fail(people.ALICE, "10.6.6.6", 9)[-1] == 429
    assert try_in(Client(REMOTE_ADDR="10.1.1.1")) == 302


def test_whoever_worked_here_today_gets_in_though_somebody_guesses_from_this_address() -> None:
    people.hire()
    assert try_in(Client(REMOTE_ADDR="10.1.1.1")) == 302
    for number in range(passwords.WRONG_PER_ADDRESS + 1):
        fail(f"guess{number}", "10.1.1.1", 1)
    assert fail("another", "10.1.1.1", 1) == [429]
    assert try_in(Client(REMOTE_ADDR="10.1.1.1")) == 302


def test_an_account_that_is_guessed_from_everywhere_answers_strangers_slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "WRONG_BEFORE_SLOW", 6)
    people.hire()
    assert try_in(Client(REMOTE_ADDR="10.1.1.1")) == 302
    answers = [fail(people.ALICE, f"10.7.{number}.1", 1)[0] for number in range(6 + passwords.SLOW_A_MINUTE + 3)]
    assert answers == [401] * (6 + passwords.SLOW_A_MINUTE) + [429] * 3
    assert try_in(Client(REMOTE_ADDR="10.1.1.1")) == 302


def test_tries_are_counted_before_they_are_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand guesses at once are not let through because none of them has failed yet."""
    people.hire()
    answers: list[int] = []
    meanwhile = iter(range(20))

    def slowly(*_: object, **__: object) -> None:
        if next(meanwhile, None) is not None:
            answers.append(try_in(Client(), people.ALICE, "wrong"))

    monkeypatch.setattr("huiyin.web.passwords.auth.authenticate", slowly)
    try_in(Client(), people.ALICE, "wrong")
    assert answers.count(401) == passwords.WRONG_PER_ACCOUNT - 1
    assert 429 in answers


def test_whoever_owns_a_whole_network_is_one_address() -> None:
    people.hire()
    answers = [try_in(Client(REMOTE_ADDR=f"2001:db8:1:2::{number}"), people.ALICE, "wrong") for number in range(1, 10)]
    assert answers == [401] * passwords.WRONG_PER_ACCOUNT + [429]
    assert try_in(Client(REMOTE_ADDR="2001:db8:1:3::1")) == 302


def test_right_logins_are_never_counted() -> None:
    people.hire()
    assert {try_in(Client()) for _ in range(passwords.WRONG_PER_ACCOUNT + 2)} == {302}


def test_somebody_who_left_cannot_log_in_and_is_out_at_once() -> None:
    person, client = people.hire(), Client()
    assert try_in(client) == 302
    Person.objects.filter(pk=person.pk).update(is_active=False)
    assert client.get("/desk/").status_code == 302
    assert try_in(Client()) == 401


def test_a_new_password_ends_the_old_login() -> None:
    person, client = people.hire(), Client()
    try_in(client)
    staff.set_password(person, "another-one-2", by="staff:2001", now=MIDNIGHT)
    assert client.get("/desk/").status_code == 302


def test_the_cookie_is_for_the_server_alone_and_ends_with_the_shift() -> None:
    people.hire()
    client = Client()
    try_in(client)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert 12 * 3600 - 60 < cookie["max-age"] <= 12 * 3600


def test_logging_out_needs_a_click_and_ends_everything() -> None:
    people.hire()
    client = Client()
    try_in(client)
    assert client.get("/desk/logout").status_code == 405
    client.post("/desk/logout")
    assert client.get("/desk/").status_code == 302


def test_pages_of_the_desk_are_not_kept_by_the_browser() -> None:
    people.hire()
    client = Client()
    assert "no-store" in client.get("/desk/login")["Cache-Control"]
    try_in(client)
    assert "no-store" in client.get("/desk/")["Cache-Control"]


def test_forms_from_elsewhere_are_refused() -> None:
    people.hire()
    client = Client(enforce_csrf_checks=True)
    assert try_in(client) == 403


def test_everybody_reads_their_own_language() -> None:
    person = people.hire()
    staff.speak(person, "en")
    client = Client(headers={"accept-language": "zh-CN"})
    try_in(client)
    assert "Nothing waits for you." in client.get("/desk/").content.decode()
    client.post("/desk/language", {"language": "zh-hans"})
    assert "没有等您处理的事" in client.get("/desk/").content.decode()
    person.refresh_from_db()
    assert person.language == "zh-hans"
