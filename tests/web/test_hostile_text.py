"""Articles, titles, file names and questions are data: whatever stands in them is shown, not run."""

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from playwright.sync_api import BrowserContext, expect
from support import OpenLibrary, Write
from web_support import ask

from rag.web.markdown import escape, turn_markdown
from rag.web.rendering import Renderer, plain, web_address
from rag.web.server import running_page
from rag.web.turns import Ranked, Reading, Source, Turn

HOSTILE = (
    "<script>window.hacked = 1</script>",
    "<img src=x onerror='window.hacked = 1'>",
    "[x](javascript:alert(1))",
    "![x](//evil.example/x.png)",
    '" onmouseover="window.hacked=1" x="',
    "${window.hacked = 1}{{constructor}}",
    "</textarea></article><iframe src=//evil.example>",
)
_TEXTS = st.one_of(
    st.sampled_from(HOSTILE), st.text(max_size=20), st.text(alphabet="<>&\"'`[](){}$*_#!\n-", max_size=20)
)


def _turn(text: str) -> Turn:
    source = Source(n=1, article=text, title=text, source=text, publisher=text, start=0, end=1, quote=text)
    ranked = Ranked(
        article=text, title=text, start=0, end=1, text=text, total=0, cosine=0, lexical=0, sentence=0, time=0
    )
    reading = Reading(text=text, changed=True, abbreviations=((text, text),), names=(text,), years=(2020,))
    return Turn(
        id="t",
        question=text,
        state="answered",
        reading=reading,
        ranking=(ranked,),
        text=f"a {text} [1]",
        spans=(text,),
        sources=(source,),
        related=(ranked,),
        filters=text,
        message=text,
    )


class _Structure(HTMLParser):
    """The elements of a page with the names of their attributes; what they hold is left out."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, tuple[str, ...]]] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, tuple(name for name, _ in attrs)))
        self.addresses += [value or "" for name, value in attrs if name in {"href", "src"}]


def _structure(html: str) -> _Structure:
    parsed = _Structure()
    parsed.feed(html)
    return parsed


def _transcript(turn: Turn) -> str:
    return Renderer("vi").html("transcript", turns=(turn,), markdown=lambda shown: turn_markdown(shown, "vi"))


@given(_TEXTS.filter(lambda text: text.strip() and plain(text).strip()))
def test_no_text_adds_an_element_or_an_attribute_to_the_transcript(text: str) -> None:
    assert _structure(_transcript(_turn(text))).elements == _structure(_transcript(_turn("x"))).elements


@given(_TEXTS)
def test_no_text_becomes_markup_in_copied_markdown(text: str) -> None:
    tokens = MarkdownIt("commonmark").parse(turn_markdown(_turn(text), "vi"))
    kinds = {kind.type for token in tokens for kind in (token, *(token.children or ()))}
    assert kinds.isdisjoint({"link_open", "image", "html_block", "html_inline", "fence", "code_block", "code_inline"})


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "C:\\bai.txt", None])
def test_only_web_addresses_become_links(address: str | None) -> None:
    panel = Renderer("vi").html(
        "source", title="a", published=None, source=address, publisher=None, note="", pieces=[], article="a"
    )
    assert _structure(panel).addresses == []
    assert web_address("https://petrovietnam.petrotimes.vn/x") is not None


def test_marks_that_turn_the_direction_of_text_are_dropped() -> None:
    assert escape("a\u202eb\u2066c") == "abc"
    assert "\u202e" not in _transcript(_turn("moc.live\u202e"))


@pytest.fixture(scope="module")
def hostile_site(
    tmp_path_factory: pytest.TempPathFactory, open_library: OpenLibrary, write: Write
) -> Iterator[tuple[str, str]]:
    folder: Path = tmp_path_factory.mktemp("hostile")
    body = "Giàn khoan Sao Mai khánh thành ngày 02/09/2021. " + " ".join(HOSTILE) + " Hết \u202emoc.live\u202c."
    article = folder / "bai <img src=x onerror=alert(1)>.md"
    article.write_text(f"Giàn khoan Sao Mai {HOSTILE[0]} {HOSTILE[1]}\n{body}", encoding="utf-8")
    write(folder / "khac.md", "Cảng Hòa Phát mở rộng bến số ba vào mùa xuân năm nay.")
    with open_library(folder / "data") as library:
        library.sync([folder])
        with running_page(library, "127.0.0.1", 0) as address:
            yield address, body


def test_a_hostile_article_is_quoted_and_shown_word_for_word_and_nothing_runs(
    hostile_site: tuple[str, str], context: BrowserContext
) -> None:
    address, body = hostile_site
    page = context.new_page()
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.goto(address)
    for question in ("Giàn khoan Sao Mai khánh thành ngày nào?", f"Giàn khoan Sao Mai {HOSTILE[1]} ngày nào?"):
        turn = ask(page, question)
        expect(turn.locator(".asked p")).to_have_text(question)
        turn.locator(".card").first.click()
        expect(page.locator("#source-panel mark.cited").first).to_be_visible()
        shown = page.locator("#source-panel .body").text_content()
        assert shown == plain(body)
    page.reload()
    page.locator(".kept button[data-action=open]").first.click()
    expect(page.locator(".turn").first).to_be_visible()
    page.get_by_label("Bài viết").click()
    expect(page.get_by_role("option").first).to_contain_text("Giàn khoan")
    assert page.evaluate("window.hacked") is None
    assert page.locator("#transcript img, #source-panel img, #transcript script, iframe").count() == 0
    assert dialogs == []
