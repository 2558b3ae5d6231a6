"""AI6 (pure): what does not answer. Stock evasions are pointed out before they are sent, and so is a reply on an open
case that names no next step and no time. Nothing is forbidden: what is sent in spite of the hint is counted."""

import re
import unicodedata
from enum import StrEnum

from huiyin.domain.conversations.commitments import has_time


class Evasion(StrEnum):
    SYSTEM_DELAY = "system_delay"  # 系统延迟
    WAIT_PATIENTLY = "wait_patiently"  # 耐心等待
    NOT_OURS = "not_ours"  # 不归我们管
    ALREADY_REPORTED = "already_reported"  # 已经反馈了
    NOTHING_TO_DO = "nothing_to_do"  # 没办法
    READ_THE_RULES = "read_the_rules"  # 规定就是这样
    NO_STEP = "no_step"
    NO_TIME = "no_time"


_STOCK: dict[Evasion, re.Pattern[str]] = {
    kind: re.compile("|".join(patterns), re.IGNORECASE)
    for kind, patterns in {
        Evasion.SYSTEM_DELAY: (
            r"系统(有|存在|出现)?(一些|一点)?(延迟|延时|繁忙|升级中|问题)", r"网络(延迟|波动)",
            r"\bsystem (is )?(delay|slow|busy)", r"\bdelay in (the|our) system",
        ),
        Evasion.WAIT_PATIENTLY: (
            r"(请|您|再|多)?耐心(的|地)?(等待|等候|等一|等等)", r"稍安勿躁", r"再等等看",
            r"\b(be patient|wait patiently|patience)\b",
        ),
        Evasion.NOT_OURS: (
            r"(不归|不属于|不在|不是)(我们?|本部门|这边|客服)(这边|部门)?(管|负责|处理|的(问题|责任|范围))",
            r"(找|联系)(游戏方|厂商|上游|供货商|卖家|商家|官方)(去|就行|处理|解决)", r"与(我们|平台)无关",
            r"\bnot (our|my) (department|problem|responsibility|fault)\b",
        ),
        Evasion.ALREADY_REPORTED: (
            r"(已经?|帮您?)(向上|往上|给相关部门|给技术)?(反馈|上报|反映|记录)(了|过去?了|上去)?[。,!！ ]*$",
            r"\b(have|has been) (reported|forwarded|escalated)( it)?[.! ]*$",
        ),
        Evasion.NOTHING_TO_DO: (
            r"(没|无|没有)(办法|法子|能为力)", r"无能为力", r"\bnothing (we|i) can do\b", r"\bcan(no|')t help\b",
        ),
        Evasion.READ_THE_RULES: (
            r"(规定|规则|条款)(就)?(是)?(这样|如此)", r"自(己|行)(看|查看|阅读)(规则|公告|条款)",
            r"\bthose are the rules\b", r"\bread the (rules|terms)\b",
        ),
    }.items()
}  # fmt: skip
# somebody does something: a verb that changes the buyer's matter
_STEP = re.compile(
    r"补发|重发|退款|退回|换|核实|核对|查(一下|询|看|到|明)?|处理|联系|回复|回电|打电话|转(给|接|交)|补偿|赔|申请|提交|"
    r"发(给|您|到)|更新|通知|跟进|安排|解冻|解绑|冻结|升级|告诉|答复|"
    r"\b(refund|re-?send|re-?issue|replace|check|call|write|send|contact|update|escalate|ask|look|credit|tell|let you)",
    re.IGNORECASE,
)
SHORTEST = 12  # letters; "好的" is no reply about the case yet


def found_in(text: str, *, has_case: bool) -> list[Evasion]:
    """What a reply lacks, in a fixed order. `has_case`: it is about an open case, so that it needs step and time."""
    plain = unicodedata.normalize("NFKC", text).strip()
    found = [kind for kind, pattern in _STOCK.items() if pattern.search(plain)]
    if has_case and len(plain) >= SHORTEST and not plain.endswith("?"):
        found += [] if _STEP.search(plain) else [Evasion.NO_STEP]
        found += [] if has_time(plain) else [Evasion.NO_TIME]
    if found and not has_case and has_time(plain) and _STEP.search(plain):
        return []  # it says what comes and when: the phrase is manners, not the answer
    return found
