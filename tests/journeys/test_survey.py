"""HL8: a matter has ended; its buyer says on the phone how it was, that it is not solved, and takes it up again."""

import re
import secrets
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from huiyin.daemons.ephemeral import Running
from tests.journeys.test_complaint import Agent

pytestmark = pytest.mark.journey


def filed(centre: Running) -> dict[str, Any]:
    """A complaint of somebody new: its number and PIN."""
    body = {
        "contact": {"email": f"{secrets.token_hex(6)}@example.com"}, "category": "account_access",
        "what_happened": "账号登不上去", "demand": {"text": "请说明原因"},
    }  # fmt: skip
    headers = {"Authorization": f"Bearer {centre.ready['api_key']}"}
    told: dict[str, Any] = httpx.post(f"{centre.ready['url']}/api/v1/complaints", json=body, headers=headers).json()
    return told


def figures(centre: Running) -> dict[str, Any]:
    lead = next(one for one in centre.ready["logins"] if one["role"] == "supervisor")
    headers = {"Authorization": f"Bearer {lead['api_key']}"}
    told: dict[str, Any] = httpx.get(f"{centre.ready['url']}/api/v1/figures", headers=headers, timeout=20).json()
    return told


def test_hl8_not_solved_is_one_tap_from_being_taken_up_again(page: Page, url: str, centre: Running) -> None:
    case = filed(centre)
    no = case["case_no"]
    Agent(centre, no).does("resolve", text="是安全校验，已经解除")
    before = figures(centre)["opinions"]["not_solved"]
    page.goto(f"{url}/track")
    page.get_by_label("编号，12 位").fill(no)
    page.get_by_label("查询密码，8 位").fill(case["secret"])
    page.get_by_role("button", name="打开").first.click()
    page.wait_for_url(f"**/t/{no}")
    page.get_by_role("button", name="说说看").click()
    page.wait_for_url("**/s/how")
    page.get_by_text("没有解决", exact=True).click()
    page.get_by_text(re.compile("^2 ·")).click()
    page.get_by_text("很费劲", exact=True).click()
    page.get_by_label(re.compile("还想说的")).fill("还是登不上去")
    page.get_by_role("button", name="发送").click()
    page.get_by_role("button", name="重新处理").click()
    page.wait_for_url(f"**/t/{no}")
    expect(page.get_by_text("还是登不上去")).to_be_visible()
    expect(page.get_by_role("button", name="说说看")).to_have_count(0)
    assert figures(centre)["opinions"]["not_solved"] == before + 1
