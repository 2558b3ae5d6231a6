"""The one script: small, whole, with no words of its own, and fit for pages that isolate themselves."""

import gzip
import re
from pathlib import Path

import pytest
from django.test import Client

from huiyin.web.chat import joined
from huiyin.web.chat.joined import script

MODULES = sorted(joined.MODULES.glob("*.js"))
LARGEST = 30 * 1024


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(joined, "MODULES", tmp_path)
    script.cache_clear()
    return tmp_path


@pytest.fixture(autouse=True)
def _joined_anew() -> None:
    script.cache_clear()


@pytest.mark.parametrize("entry", ["loader", "page"])
def test_ch1_the_script_with_its_styles_stays_within_30_kb_compressed(entry: str) -> None:
    made = script(entry)
    assert len(made.packed) <= LARGEST
    assert gzip.decompress(made.packed) == made.text


def test_ch1_one_classic_script_holds_every_module_in_the_order_of_their_needs() -> None:
    text = script("loader").text.decode()
    assert not re.search(r"^(import|export)\b", text, re.MULTILINE)
    assert "import(" not in text
    order = re.findall(r"^const \$(\w+) = \(\(\) => \{$", text, re.MULTILINE)
    assert {"dom", "outbox", "talk", "panel", "widget", "styles"} < set(order)
    for name in set(order) - {"styles"}:
        needs = re.findall(r'from "\./(\w+)\.js"', (joined.MODULES / f"{name}.js").read_text())
        assert all(order.index(needed) < order.index(name) for needed in needs), name
    assert order[-1] == "loader"


def test_what_needs_itself_is_refused(modules: Path) -> None:
    (modules / "a.js").write_text('import { b } from "./b.js";\nexport const a = 1;\n')
    (modules / "b.js").write_text('import { a } from "./a.js";\nexport const b = 1;\n')
    with pytest.raises(ValueError, match="circle: a → b → a"):
        script("a")


@pytest.mark.parametrize("line", ['import a from "./b.js";', 'import "./b.js";', "export default 1;", "export { a };"])
def test_a_form_we_do_not_join_is_refused_here_and_not_in_a_browser(modules: Path, line: str) -> None:
    (modules / "a.js").write_text(f"const b = 1;\n{line}\n")
    with pytest.raises(ValueError, match="cannot join"):
        script("a")


def test_scripts_have_no_words_of_their_own() -> None:
    speaking = [path.name for path in MODULES if re.search("[\u3400-\u9fff]", path.read_text())]
    assert speaking == []


def test_scripts_never_make_markup_of_text() -> None:
    forbidden = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function")
    code = {path.name: re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL) for path in MODULES}
    assert [name for name, text in code.items() if forbidden.search(text)] == []


def test_any_page_may_load_it_also_one_that_isolates_itself(client: Client) -> None:
    answer = client.get("/chat.js", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert "Cookie" not in answer.headers["Vary"]
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert not answer.cookies
    assert gzip.decompress(answer.content) == client.get("/chat.js").content


def test_who_has_this_version_is_told_so_and_sent_nothing(client: Client) -> None:
    tag = client.get("/chat.js").headers["ETag"]
    again = client.get("/chat.js", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
