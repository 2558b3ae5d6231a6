"""What a check says, in Chinese and English. It stands alone, so its words do not come from our catalogues."""

from dataclasses import dataclass, field

SAYS = {  # code → (中文, English); this file stands alone, so its words do too
    "container": ("压缩包的外壳被改动：{name}", "the ZIP around it was changed: {name}"),
    "repacked": (
        "压缩包被重新打包过；请解开，再核验文件夹",
        "the ZIP was packed again; unpack it and verify the folder",
    ),
    "changed": ("内容被改动：{name}", "changed: {name}"),
    "missing": ("缺少文件：{name}", "missing: {name}"),
    "extra": ("多出文件：{name}", "not part of the dossier: {name}"),
    "unreadable": ("无法读取：{name}", "cannot be read: {name}"),
    "sum": ("与 SHA256SUMS 不一致：{name}", "does not match SHA256SUMS: {name}"),
    "fact": ("记录被改动：{name}", "a fact was changed: {name}"),
    "head": ("记录链的末端不符：{name}", "the chain does not end where it should: {name}"),
    "not_in_chain": ("记录链中没有这一项：{name}", "the chain does not know this: {name}"),
    "receipt": ("记录链不经过提交凭证上的那一环：{name}", "the chain does not pass the link on the receipt: {name}"),
    "signature": ("签名不符：{name}", "the signature does not fit: {name}"),
    "other_key": ("签名所用的公钥不是给定的公钥：{name}", "signed with another key than the given one: {name}"),
    "gap": ("制作时已不完整，未附入：{name}", "was already damaged when this was made, and is left out: {name}"),
    "no_cryptography": ("签名：缺少 cryptography 软件包", "the signature: the package `cryptography` is not here"),
    "whose_key": ("公钥是谁的：请与公布的核对，指纹 {name}", "whose key it is: compare with the published one, {name}"),
    "no_receipt": ("是否与提交凭证一致：请加 --head", "whether it agrees with the receipt: give --head"),
    "files": ("{name} 个文件与清单一致", "{name} files are as the manifest says"),
    "chains": ("{name} 条记录环环相扣", "{name} facts are linked without a break"),
    "signed": ("清单的签名有效", "the signature of the manifest is valid"),
    "intact": ("没有发现改动", "nothing was changed"),
    "altered": ("有改动", "something was changed"),
    "no_dossier": ("这不是卷宗，没有可核验的内容：{name}", "this is no dossier, there is nothing to check: {name}"),
    "asks": ("（标 ? 的无法在这里核验）", " (what is marked ? could not be checked here)"),
    "passes": ("记录链经过提交凭证上的那一环", "the chain passes the link on the receipt"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """One line of the report: a code of `SAYS` and what it is about."""

    code: str
    name: str = ""


@dataclass(slots=True)
class Report:
    """What was found changed, what is sound, and what could not be checked."""

    changed: list[Said] = field(default_factory=list)
    sound: list[Said] = field(default_factory=list)
    unchecked: list[Said] = field(default_factory=list)

    @property
    def is_intact(self) -> bool:
        return not self.changed

    def bad(self, code: str, name: str) -> None:
        if Said(code, name) not in self.changed:
            self.changed.append(Said(code, name))


def as_text(report: Report, language: int = 1) -> str:
    """The report in lines; `language` 0 = Chinese, 1 = English."""
    marks = ((report.changed, "✗"), (report.sound, "✓"), (report.unchecked, "?"))
    lines = [f"{mark} {said(one.code, one.name, language)}" for group, mark in marks for one in group]
    last = SAYS["intact" if report.is_intact else "altered"][language]
    asks = SAYS["asks"][language] if report.unchecked else ""
    return "\n".join([*lines, last + asks, ""])


def said(code: str, name: str, language: int = 1) -> str:
    """One line; `language` as in `as_text`."""
    return SAYS[code][language].format(name=_plain(name))


def _plain(name: str) -> str:
    """Names come from the file: nothing in them may steer a terminal."""
    return "".join(letter if letter.isprintable() else "�" for letter in name[:300])
