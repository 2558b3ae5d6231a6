"""Papers as PDFs: what they say can be read, copied and trusted, whatever people wrote."""

import hashlib
import io
import os
import shutil
import subprocess
import time
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.test import RequestFactory
from django.utils.translation import gettext, override
from PIL import Image
from pypdf import PdfReader
from pytest_django.fixtures import Settings

from huiyin.adapters.papers import fonts, keys, render
from huiyin.adapters.papers.dossier import build
from huiyin.adapters.papers.letters import letter_paper
from huiyin.adapters.papers.prints import LONGEST, TALLEST_PT, WIDEST_PT, prints_of
from huiyin.adapters.papers.receipts import Owed, Receipt, receipt_paper
from huiyin.adapters.papers.render import Paper
from huiyin.adapters.papers.results import Clock, Result, result_paper
from huiyin.adapters.papers.words import UNPRINTED
from huiyin.domain.cases.letter import Claimant, Happening, Material, NextStep
from huiyin.lib.money import Money
from huiyin.verify import verify
from huiyin.web.portal.dossier_key import public_key
from tests import dossiers, samples

TOKEN = "abcdefghijklmnopqrstuv"
EVIL = '#eval("1+1") #read("/etc/passwd") $x^2$ *b* _i_ @ref <label> \\ `raw` // c /* d */ [x] = y\n- z'


@pytest.fixture(autouse=True)
def _own_place(settings: Settings, tmp_path: Path) -> None:
    settings.PAPERS = tmp_path / "papers"
    settings.SHOP_NAME = "星河点卡"


def words_of(paper: Paper) -> str:
    """All its text, without blanks and places to break."""
    pages = PdfReader(io.BytesIO(render.pdf(paper))).pages
    return "".join("".join(page.extract_text().split()) for page in pages).replace("\u200b", "")


def count_pages(paper: Paper) -> int:
    return len(PdfReader(io.BytesIO(render.pdf(paper))).pages)


def a_receipt() -> Receipt:
    promises = (Owed("result", dossiers.FILED + timedelta(hours=4), "wrong_amount"),)
    return Receipt(
        dossiers.NO, dossiers.FILED, f"https://shop.example/m#{dossiers.NO}.{TOKEN}", "48213075", "ab" * 32, promises,
        dossiers.material().wishes, dossiers.WORDS, "KM202611220001",
    )  # fmt: skip


def a_result() -> Result:
    wishes = (
        dossiers.wish(1, state="arrived", offer_kind="compensation", offer_amount=Money.parse("30"),
                      arrived_at=dossiers.FILED + timedelta(hours=3)),
        dossiers.wish(2, "refund", "12.34", state="refused", offer_kind="explanation", offer_text="规则不适用"),
    )  # fmt: skip
    return Result(
        dossiers.material(wishes=wishes), dossiers.FILED + timedelta(hours=5), "1024", "confirmed", "supplier",
        "short_amount", "是平台的错", (Clock("result", dossiers.FILED + timedelta(hours=4), is_kept=False),), "cd" * 32,
        "https://shop.example/track",
    )  # fmt: skip


def test_cp6_the_letter_says_its_three_parts() -> None:
    said = words_of(letter_paper(dossiers.material(6, next_step=NextStep.HOTLINE_12315)))
    parts = ["①我是谁，要什么", "②事实经过", "③期限与下一步", "附件：证据（6项）"]
    assert [said.index(part) for part in parts] == sorted(said.index(part) for part in parts)
    for fact in ("王小明", "13800138000", "KM202611220001", "补偿30.00元", "［证据3、4］", "12315", dossiers.WORDS):
        assert "".join(fact.split()) in said
    assert all(one.sha256 in said for one in dossiers.material(6).exhibits)


def test_cp6_the_letter_in_english_keeps_the_buyers_words() -> None:
    said = words_of(letter_paper(dossiers.material(6), "en"))
    assert "WhoIamandwhatIwant" in said
    assert "[Evidence3,4]" in said
    assert "".join(dossiers.WORDS.split()) in said


def test_cp6_no_next_step_unless_it_was_ticked() -> None:
    assert "到期仍未解决" not in words_of(letter_paper(dossiers.material()))


@pytest.mark.parametrize(
    ("ending", "expected", "asks"),
    [
        ("", "给出处理结果", True),
        ("agreed", "结果正在落实", True),
        ("arrived", "商定的都已到位", False),
        ("confirmed_for", "星河点卡代我记下：这件事已解决", False),
        ("no_agreement", "我将向市场监管部门（12315）投诉", False),
    ],
)
def test_cp6_the_last_part_says_what_is_still_asked_for_or_how_it_ended(ending: str, expected: str, asks: bool) -> None:
    by = dossiers.FILED + timedelta(hours=30)
    wish = dossiers.wish(state="carrying_out" if ending == "agreed" else "open", offer_by=by)
    told = dossiers.material(wishes=(wish,), ending=ending, next_step=NextStep.HOTLINE_12315)
    last = words_of(letter_paper(told)).partition("③")[2]
    assert expected in last
    assert ("到期仍未解决" in last) is asks
    assert ("期限与下一步" in last) is asks


def test_cp6_what_is_not_known_is_not_said() -> None:
    known = (Happening(dossiers.FILED, "delivered", {"what": "–"}), Happening(dossiers.FILED, "paid", {"amount": "9"}))
    said = words_of(letter_paper(dossiers.material(0, happenings=known)))
    assert "已发货。" in said
    assert "我付款9元。" in said
    assert "–" not in said.partition("②")[2].partition("③")[0]


def test_cp6_records_of_the_shop_are_called_by_what_they_are() -> None:
    fees = dossiers.exhibit(1, "fees", source="system", name="fees-2020-01.json")
    said = words_of(letter_paper(dossiers.material(exhibits=(fees,))))
    assert "附上：付款时的收费规则。［证据1］" in said
    assert "json" not in said


def test_cp6_what_stands_as_a_demand_is_not_quoted_once_more() -> None:
    wish = dossiers.wish(1, "other", "", text="尽快解决")
    assert "我的原话" not in words_of(letter_paper(dossiers.material(wishes=(wish,), demand="尽快解决 ")))
    assert "我的原话" in words_of(letter_paper(dossiers.material(wishes=(wish,), demand="给我一个说法")))


def test_cp10_the_result_of_an_ordinary_case_is_one_page() -> None:
    wishes = (dossiers.wish(1, "other", "", text="尽快解决", state="arrived", offer_kind="refund",
                            offer_amount=Money.parse("50"), arrived_at=dossiers.FILED),)  # fmt: skip
    clocks = tuple(Clock(kind, dossiers.FILED, is_kept=True) for kind in ("first_answer", "result", "carrying_out"))
    made = replace(a_result(), material=dossiers.material(wishes=wishes), clocks=clocks, how="arrived", disagrees="")
    assert count_pages(result_paper(made)) == 1
    said = words_of(result_paper(made))
    assert "您的要求已全部办到商定的都已到位。" in said
    assert "您已确认" not in said


def test_cp6_text_is_never_markup() -> None:
    paper = letter_paper(dossiers.material(account=EVIL, demand=EVIL, claimant=Claimant(EVIL)))
    assert words_of(paper).count('#eval("1+1")') == 3
    assert "root:" not in words_of(paper)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_cp6_long_texts_many_items_and_rare_characters_fit(language: str) -> None:
    wishes = tuple(dossiers.wish(no, "other", "99999999.99", text="长" * 2000) for no in range(1, 13))
    account = "我" * 4000 + "\nhttp://x.example/" + "a" * 900 + "\n😀👨‍👩‍👧 𠮷 สวัสดี\u202e\x07"
    paper = letter_paper(dossiers.material(50, wishes=wishes, account=account, claimant=Claimant("名" * 60)), language)
    said = words_of(paper)
    assert said.count("我" * 20) >= 190
    assert said.count("a") >= 900
    assert "〔U+20BB7〕" in said
    assert "😀" in said
    assert all(one.sha256 in said for one in dossiers.material(50).exhibits)


def test_cp6_a_letter_about_nothing_yet_is_one_page() -> None:
    assert count_pages(letter_paper(Material(dossiers.NO, dossiers.FILED, dossiers.FILED))) == 1


def test_cp6_a_damaged_original_is_said_in_the_annex() -> None:
    damaged = (replace(dossiers.exhibit(1), is_damaged=True),)
    assert "保存的原件与其哈希值已不一致" in words_of(letter_paper(dossiers.material(exhibits=damaged)))


def test_cp1_receipt_has_number_password_promises_and_the_head_of_the_chain() -> None:
    said = words_of(receipt_paper(a_receipt()))
    for part in ("483102759164", "48213075", "2026年11月22日20:10", "给您结果", "ab" * 32, "KM202611220001", "12315"):
        assert part in said
    assert count_pages(receipt_paper(a_receipt())) == 1


def test_cp1_receipt_is_a_key_and_never_kept_on_our_disk(settings: Settings) -> None:
    render.pdf(receipt_paper(a_receipt()))
    assert not Path(settings.PAPERS).exists()


def test_cp1_receipt_in_english() -> None:
    assert "Whatwepromise" in words_of(receipt_paper(a_receipt(), "en"))


def test_cp10_result_stands_beside_what_was_wanted() -> None:
    said = words_of(result_paper(a_result()))
    items = ("您的要求办到了一部分", "补偿30.00元", "已办到", "退款12.34元", "未办到", "您没有接受", "没有做到")
    rest = ("平台的供应商", "到账少于当时有效规则承诺的数额", "是平台的错", "客服1024", "您已确认", "cd" * 32)
    assert [part for part in (*items, *rest) if part not in said] == []


def test_cp10_result_goes_to_others_and_opens_nothing() -> None:
    """Its QR code leads to the page that asks for the password."""
    content = str(result_paper(a_result()).content)
    assert TOKEN not in content
    assert TOKEN not in str(letter_paper(dossiers.material()).content)


def test_cp10_result_without_items_shows_the_demand() -> None:
    result = replace(a_result(), material=dossiers.material(wishes=()))
    assert "补30，并说明原因。" in words_of(result_paper(result))


def test_cp5_the_same_content_is_the_same_paper_and_is_kept_once(settings: Settings) -> None:
    paper = letter_paper(dossiers.material())
    first = render.pdf(paper)
    kept = list(Path(settings.PAPERS).glob("*/*.pdf"))
    assert [path.read_bytes() for path in kept] == [first]
    assert kept[0].stat().st_mode & 0o077 == 0
    kept[0].unlink()
    assert render.pdf(paper) == first
    assert render.pdf(replace(paper, content={**paper.content, "number": "1"})) != first


def test_tr5_kept_papers_are_forgotten_after_a_day(settings: Settings) -> None:
    render.pdf(letter_paper(dossiers.material()))
    kept = next(Path(settings.PAPERS).glob("*/*.pdf"))
    assert render.forget_old(dossiers.FILED) == 0
    os.utime(kept, (0, 0))
    assert render.forget_old(dossiers.FILED) == 1
    assert not kept.exists()


def test_cp5_a_dossier_is_streamed_with_its_length_known_and_the_same_twice(tmp_path: Path) -> None:
    pdf = render.pdf(letter_paper(dossiers.material(50)))
    made = replace(dossiers.dossier(50), papers={"letter.pdf": pdf})
    built = build(made, dossiers.reader())
    whole = b"".join(built.pieces())
    assert len(whole) == built.length
    assert whole == b"".join(build(made, dossiers.reader()).pieces())
    place = tmp_path / "d.zip"
    place.write_bytes(whole)
    assert verify(place, key=keys.public_pem()).is_intact
    with zipfile.ZipFile(place) as packed:
        assert packed.testzip() is None
        assert packed.read("evidence/E07.png") == dossiers.original(7)
        assert packed.read("letter.pdf") == pdf


def test_cp5_the_signature_is_plain_ed25519_over_the_manifest(tmp_path: Path) -> None:
    """With a library, and with openssl as README.txt says, where the machine has it."""
    dossiers.write(tmp_path / "d.zip")
    with zipfile.ZipFile(tmp_path / "d.zip") as packed:
        packed.extractall(tmp_path / "d")
    parts = {name: (tmp_path / "d" / name).read_bytes() for name in ("key.pem", "manifest.json", "manifest.json.sig")}
    public = load_pem_public_key(parts["key.pem"])
    assert isinstance(public, Ed25519PublicKey)
    public.verify(parts["manifest.json.sig"], parts["manifest.json"])
    command = "openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in manifest.json -sigfile manifest.json.sig"
    if shutil.which("openssl"):
        ran = subprocess.run(command.split(), cwd=tmp_path / "d", capture_output=True, check=False)
        assert ran.returncode == 0, ran.stderr


def test_cp5_the_public_key_is_for_everybody() -> None:
    answer = public_key(RequestFactory().get("/.well-known/huiyin-dossier-key.pem"))
    assert answer.content == keys.public_pem()
    assert answer.content.startswith(b"-----BEGIN PUBLIC KEY-----")
    assert public_key(RequestFactory().post("/")).status_code == 405


def test_cp5_without_a_key_nothing_is_signed(settings: Settings) -> None:
    settings.DOSSIER_KEY = ""
    with pytest.raises(Exception, match="dossier_key"):
        keys.sign(b"")


def test_papers_have_the_characters_of_chinese_and_emoji() -> None:
    assert {ord(letter) for letter in "龘囍㐀①《》【】—…😀A"} <= fonts.drawable()


def test_a_page_takes_less_than_a_quarter_of_a_second() -> None:
    """Measured: 0.08 s for the first paper of a process, then 0.01 s a page; the bound is for busy machines."""
    render.pdf(letter_paper(dossiers.material(1)))
    paper = letter_paper(dossiers.material(50, account="慢" * 4000))
    began = time.process_time()
    render.pdf(paper)
    assert (time.process_time() - began) / count_pages(paper) < 0.25


# --- the pictures of the annex


def shown(*originals: tuple[str, bytes]) -> tuple[Paper, str]:
    """The letter of a case in which the buyer brought these: MIME and bytes; and all it says."""
    kept = {hashlib.sha256(data).hexdigest(): data for _mime, data in originals}
    exhibits = tuple(
        replace(dossiers.exhibit(no, source="buyer", name=EVIL), mime=mime, sha256=sha256)
        for no, ((mime, _data), sha256) in enumerate(zip(originals, kept, strict=True), 1)
    )
    paper = letter_paper(dossiers.material(exhibits=exhibits), printed=prints_of(exhibits, kept.__getitem__))
    return paper, words_of(paper)


def pictures_in(paper: Paper) -> int:
    return sum(len(page.images) for page in PdfReader(io.BytesIO(render.pdf(paper))).pages)


def test_cp6_the_annex_prints_the_pictures_with_number_hash_and_time() -> None:
    jpeg, png = samples.picture("JPEG", 3000, 2000), samples.picture("PNG", 300, 900)
    paper, said = shown(("image/jpeg", jpeg), ("image/png", png))
    assert pictures_in(paper) == 2
    for data in (jpeg, png):
        assert hashlib.sha256(data).hexdigest() in said
    assert "形成于" in said or "taken" in said


def test_cp6_a_big_picture_is_printed_small_and_upright() -> None:
    turned = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # held upright, stored lying
    Image.new("RGB", (4000, 3000), "white").save(turned, "JPEG", exif=exif)
    exhibit = replace(dossiers.exhibit(1, source="buyer"), mime="image/jpeg")
    made = prints_of([exhibit], lambda _sha: turned.getvalue()).pictures[1]
    with Image.open(io.BytesIO(made.jpeg)) as printed:
        assert max(printed.size) == LONGEST
        assert printed.height > printed.width
    assert made.width <= WIDEST_PT
    assert made.height <= TALLEST_PT


@pytest.mark.parametrize(
    ("mime", "data", "says"),
    [
        ("image/heic", samples.heic(4000, 3000), "format"),
        ("audio/wav", samples.WAV, "sound"),
        ("video/mp4", samples.MP4, "film"),
        ("application/pdf", samples.PDF, "document"),
        ("image/png", samples.png_that_claims(9000, 9000), "too_large"),
        ("image/png", samples.png_that_claims(100, 100), "unreadable"),
    ],
)
def test_cp6_what_cannot_be_printed_is_listed_with_its_reason(mime: str, data: bytes, says: str) -> None:
    paper, said = shown((mime, data))
    assert pictures_in(paper) == 0
    with override("zh-hans"):
        words = gettext(UNPRINTED[says])
    assert "".join(words.split()) in said
    assert hashlib.sha256(data).hexdigest() in said


def test_cp5_a_picture_that_was_changed_on_disk_is_not_printed() -> None:
    exhibit = replace(dossiers.exhibit(1, source="buyer"), mime="image/png")
    printed = prints_of([exhibit], dossiers.reader(spoiled=1))
    assert (printed.pictures, printed.spoiled) == ({}, [1])
    assert "已不一致" in words_of(letter_paper(dossiers.material(exhibits=(exhibit,)), printed=printed))


def test_cp6_the_template_reads_nothing_but_the_papers_own_pictures(tmp_path: Path) -> None:
    block = {"no": "1", "what": "", "name": "", "about": "", "warning": "", "sha256": "", "note": ""}
    picture = {"file": "/etc/passwd", "width": 10, "height": 10}
    paper = letter_paper(dossiers.material(0))
    paper.content["blocks"].append({"kind": "exhibits", "rows": [{**block, "picture": picture}]})
    with pytest.raises(Exception, match="not found"):
        render.pdf(paper)
