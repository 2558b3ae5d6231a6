"""What `huiyin start` prints when everything is usable: addresses, logins and a first thing to try."""

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table


def print_announcement(facts: dict[str, Any], *, is_public: bool) -> None:
    """To stdout, in Chinese and English."""
    console = Console(highlight=False, soft_wrap=True)
    console.print("\n[bold green]回音已就绪[/] · Huiyin is ready    [dim]Ctrl-C 停止 · stops it[/]\n")
    console.print(_addresses(facts))
    if facts["logins"]:
        console.print(_logins(facts["logins"]))
    if is_public:
        console.print("店铺接口：在店铺后台填入 secrets.json 里的 shop_key_id 和 shop_secret；设置 HUIYIN_SHOP_URL")
        console.print("Connect the shop: docs/reference/shop-contract.md. First login: huiyin createsuperuser\n")
    undelivered = next((order for order in facts["demo_orders"] if order["situation"] == "platform_failed"), None)
    if undelivered:
        console.print("试试看 · Try it: 付了款没到货的单号 · a bill that was paid and never delivered")
        console.print(f"  [bold]{undelivered['bill_no']}[/]\n")


def _addresses(facts: dict[str, Any]) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2))
    table.add_row("买家 · buyers", f"{facts['url']}/")
    table.add_row("客服 · desk", f"{facts['url']}/desk/")
    table.add_row("接口 · API", f"{facts['url']}/api/v1/")
    table.add_row("热线 · hotline", _hotline(facts["voice"]))
    if facts["demo_shop"]:
        table.add_row("演示店铺 · demo shop", f"{facts['demo_shop']['url']}/")
    return table


def _hotline(voice: dict[str, Any]) -> str:
    if voice["state"] == "on":
        return f"{voice['sip_uri']}  ({', '.join(voice['lines'])})"
    return f"未开通 · off: {escape(voice['why'])}"


def _logins(logins: list[dict[str, str]]) -> Table:
    table = Table(box=None, padding=(0, 2), header_style="dim")
    for heading in ("角色 · role", "用户名 · user", "密码 · password"):
        table.add_column(heading)
    for login in logins:
        table.add_row(login["role"], login["username"], login["password"])
    return table
