"""A complaint from the first chip to the sealed dossier, on a phone, with an agent's words through the API."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import httpx
import pytest
from playwright.sync_api import FilePayload, Page, expect

from huiyin.daemons.ephemeral import Running
from tests.journeys.conftest import Order
from tests.journeys.test_midnight_buyer import find
from tests.samples import picture

pytestmark = pytest.mark.journey
Give = Callable[[str], Order]
SOON = 30_000  # what the worker may take on a busy machine, in ms


class Agent:
    """What the desk does, said by a program."""

    def __init__(self, centre: Running, no: str) -> None:
        self.path = f"{centre.ready['url']}/api/v1/complaints/{no}"
        self.headers = {"Authorization": f"Bearer {centre.ready['api_key']}"}

    def does(self, verb: str, **body: Any) -> None:
        answer = httpx.post(f"{self.path}/{verb}", json=body, headers=self.headers, timeout=20)
        assert answer.status_code == 200, answer.text


def complains(page: Page, url: str, bought: Order) -> str:
    """A proven order, "not yet", two chips, one box; returns the number of the matter."""
    find(page, url, bought["bill_no"])
    page.get_by_role("button", name="显示卡密").click()
    page.get_by_role("button", name="还没解决").click()
    page.wait_for_url("**/complain")
    for name, is_wanted in {"补发": False, "退款": False, "补偿": True, "说明": True}.items():
        if page.get_by_role("checkbox", name=name).is_checked() is not is_wanted:  # what the order proposed
            page.get_by_text(name, exact=True).click()
    page.get_by_label("补偿多少元").fill("10")
    page.get_by_label("还有什么要说的").fill("等了一个晚上，卡密兑换时说已被使用")
    page.reload()
    expect(page.get_by_label("补偿多少元")).to_have_value("10")
    expect(page.get_by_label("还有什么要说的")).to_have_value(re.compile("等了一个晚上"))
    page.get_by_role("button", name="发送").click()
    page.wait_for_url("**/receipt")
    found = re.search(r"/t/(\d{12})/", page.url)
    assert found is not None
    return found[1]


def attach(page: Page, url: str, no: str, count: int) -> None:
    """Photos, and one file that lies about what it is."""
    page.goto(f"{url}/evidence/{no}")
    photos: list[FilePayload] = [
        {"name": f"截图{at}.png", "mimeType": "image/png", "buffer": picture(width=600, height=800 + at)}
        for at in range(count)
    ]
    lie: FilePayload = {"name": "假.png", "mimeType": "image/png", "buffer": b"PK\x03\x04" + bytes(100)}
    page.set_input_files("#upload input[multiple]", [*photos, lie])
    expect(page.locator(".uploads .in")).to_have_count(count, timeout=SOON)
    expect(page.locator(".uploads .bad")).to_contain_text("这种文件收不了")


def point(page: Page, text: str) -> Any:
    return page.locator(".point", has_text=text)


def saved(page: Page, name: str, to: Path) -> Path:
    with page.expect_download() as coming:
        page.get_by_role("link", name=name).click()
    path = to / coming.value.suggested_filename
    coming.value.save_as(path)
    return path


def verify(path: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "huiyin.daemons.command", "verify", str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def flipped(path: Path, name: str, to: Path) -> Path:
    """The same dossier with one byte of one file another."""
    with ZipFile(path) as before, ZipFile(to, "w") as after:
        for one in before.namelist():
            content = bytearray(before.read(one))
            if one == name:
                content[len(content) // 2] ^= 1
            after.writestr(one, bytes(content))
    return to


def test_cp10_a_complaint_is_met_point_by_point_and_its_dossier_verifies(
    page: Page, centre: Running, url: str, order: Give, tmp_path: Path
) -> None:
    no = complains(page, url, order("delivered"))
    attach(page, url, no, 2)
    agent = Agent(centre, no)
    page.goto(f"{url}/t/{no}")
    expect(page.locator("hy-live")).to_have_attribute("state", "live")

    agent.does("ask", item="error", text="请发一张兑换时的提示截图")
    expect(page.locator("#asked")).to_contain_text("请您提供一样", timeout=SOON)
    page.get_by_role("link", name="去附上").click()
    page.set_input_files("#upload input[multiple]", {
        "name": "提示.png", "mimeType": "image/png", "buffer": picture(width=700, height=900)
    })  # fmt: skip
    expect(page.locator(".uploads .in")).to_have_count(1, timeout=SOON)
    page.goto(f"{url}/t/{no}")
    expect(page.locator("#asked")).to_have_count(0)

    names = {item["kind"]: item["no"] for item in items_of(agent)}
    agent.does("propose", items=[
        {"no": names["explanation"], "kind": "explanation", "text": "昨晚发货接口中断，卡密晚到。"},
        {"no": names["compensation"], "kind": "compensation", "amount": "5.00"},
    ])  # fmt: skip
    expect(page.locator(".offer")).to_have_count(2, timeout=SOON)
    point(page, "说明").get_by_role("button", name="接受", exact=True).click()
    expect(point(page, "说明").locator(".chip")).to_have_text("办好了")
    point(page, "补偿").get_by_role("button", name="不接受").click()
    expect(point(page, "补偿").locator(".chip")).to_contain_text("您没有接受")

    offer = {"no": names["compensation"], "kind": "compensation", "amount": "10.00"}
    agent.does("resolve", text="补 10 元券，已发到您的账户。", items=[offer])
    expect(page.locator("#ended")).to_be_visible(timeout=SOON)
    assert saved(page, "处理结果（PDF）", tmp_path).read_bytes().startswith(b"%PDF")
    dossier = saved(page, "全部记录打包（ZIP）", tmp_path)
    page.get_by_role("button", name="解决了", exact=True).click()
    expect(page.get_by_role("heading", name="您已确认解决")).to_be_visible()

    good = verify(dossier)
    assert good.returncode == 0, good.stdout + good.stderr
    with ZipFile(dossier) as content:
        photo = next(name for name in content.namelist() if name.endswith(".png"))
    bad = verify(flipped(dossier, photo, tmp_path / "flipped.zip"))
    assert bad.returncode == 1
    assert Path(photo).name in bad.stdout + bad.stderr


def items_of(agent: Agent) -> list[dict[str, Any]]:
    seen = httpx.get(agent.path, headers=agent.headers, timeout=20)
    items: list[dict[str, Any]] = json.loads(seen.text)["demand"]["items"]
    return items


def test_cp1_a_complaint_without_an_order_is_one_question_a_screen(page: Page, url: str) -> None:
    page.goto(url)
    page.get_by_role("link", name="我要投诉").click()
    page.get_by_text("服务态度", exact=True).click()
    page.get_by_role("button", name="继续").click()
    page.get_by_label("发生了什么").fill("客服 1030 挂了我的电话")
    page.get_by_role("button", name="继续").click()
    expect(page.get_by_label("订单号，有就填")).to_have_value("")
    page.get_by_role("button", name="继续").click()
    page.get_by_text("说明", exact=True).click()
    page.get_by_label("也可以用自己的话说").fill("尽快给个说法")
    page.get_by_role("button", name="用这句话").click()
    expect(page.get_by_label("也可以用自己的话说")).to_have_value(re.compile("书面说明"))
    page.go_back()
    expect(page.get_by_label("订单号，有就填")).to_be_visible()
    page.go_back()
    expect(page.get_by_label("发生了什么")).to_have_value("客服 1030 挂了我的电话")
    page.go_forward()
    page.go_forward()
    page.get_by_role("button", name="继续").click()
    page.get_by_label("怎么联系您").fill("wx_buyer7")
    page.get_by_role("button", name="发送").click()
    page.wait_for_url("**/receipt")
    expect(page.get_by_text("还差一样")).to_be_visible()
    with page.expect_download() as coming:
        page.get_by_role("link", name="保存回执").click()
    assert coming.value.suggested_filename.startswith("receipt-")
