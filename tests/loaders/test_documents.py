"""HTML, PDF and Word: the main text with what is known of it, or a message that says what to do."""

import datetime
import io
import os
import signal
import threading
import time
from pathlib import Path

import pypdf
import pytest
from documents import page, pdf, word, zip_bomb
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.article import Article
from rag.errors import ArticleError
from rag.limits import LIMITS
from rag.loaders.files import load_file
from rag.loaders.isolation import worker
from rag.loaders.source import FileLimits

_LIMITS = FileLimits(20_000_000)


def load(data: bytes, name: str, limits: FileLimits = _LIMITS) -> Article:
    return load_file(data, Path(name), "a", limits)


def test_a_saved_page_gives_title_day_author_publisher_and_the_main_text_without_menus() -> None:
    article = load(page().encode(), "a.html")
    assert article.title == "Khánh thành giàn BK-24"
    assert (article.published, article.author) == (datetime.date(2020, 12, 30), "Trần Văn A")
    assert article.publisher == "Báo Biển"
    assert article.body.startswith("Ngày 30/12, tại Vũng Tàu")
    assert "| 2020 | 3,2 triệu tấn |" in article.body
    assert "---" not in article.body
    assert not any(word in article.body for word in ("Trang chủ", "Bản quyền"))


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "windows-1258"])
def test_a_page_is_read_in_its_encoding(charset: str) -> None:
    text = "Ông Đỗ là bí thư, có mặt ở đây hôm nay."
    data = page(text, charset)
    if charset == "windows-1258":
        data = page("Ông Do la bí thu, có mat o dây hôm nay.", charset).replace("–", "-")
        encoded = "".join(one for one in data if _fits(one)).encode("cp1258")
        assert "Ông Do la bí thu" in load(encoded, "a.html").body
        return
    assert text in load(data.encode(charset), "a.html").body


def _fits(character: str) -> bool:
    try:
        return bool(character.encode("cp1258"))
    except UnicodeEncodeError:
        return False


def test_a_page_without_an_article_says_so() -> None:
    with pytest.raises(ArticleError, match="không có nội dung chính"):
        load(b"<html><body><script>app()</script></body></html>", "a.html")


def test_lines_of_a_pdf_are_joined_and_page_furniture_dropped() -> None:
    head, foot = "Báo cáo thường niên", "Trang {}"
    pages = [
        [head, "Hội nghị tổng kết năm 2020", "Sáng ngày 30/12, tại thành phố Vũng Tàu, đơn vị đã tổ chức hội nghị",
         "tổng kết công tác năm 2020 và triển khai nhiệm vụ năm 2021 về kinh tế-", "xã hội của Vietsov-", "petro.",
         foot.format(1)],
        [head, "Các chỉ tiêu chính:", "- Sản lượng dầu: 3,2 triệu tấn", "- Doanh thu: 1,5 tỷ đô la", foot.format(2)],
        [head, "Phần cuối của báo cáo nêu các nhiệm vụ của năm sau.", foot.format(3)],
    ]  # fmt: skip
    article = load(pdf(pages, "Hội nghị tổng kết"), "a.pdf")
    assert article.title == "Hội nghị tổng kết"
    assert article.body.splitlines() == [
        "Hội nghị tổng kết năm 2020",
        (
            "Sáng ngày 30/12, tại thành phố Vũng Tàu, đơn vị đã tổ chức hội nghị tổng kết công tác năm 2020 và triển "
            "khai nhiệm vụ năm 2021 về kinh tế-xã hội của Vietsovpetro."
        ),
        "Các chỉ tiêu chính:",
        "- Sản lượng dầu: 3,2 triệu tấn",
        "- Doanh thu: 1,5 tỷ đô la",
        "Phần cuối của báo cáo nêu các nhiệm vụ của năm sau.",
    ]


def test_a_pdf_without_a_title_takes_its_first_line() -> None:
    article = load(pdf([["Khánh thành giàn BK-24", "Ngày phát hành: 12/30/2020", "Giàn đã vận hành."]]), "a.pdf")
    assert (article.title, article.published) == ("Khánh thành giàn BK-24", datetime.date(2020, 12, 30))
    assert article.body == "Giàn đã vận hành."


def test_a_scanned_pdf_a_locked_one_and_one_that_is_too_long_say_so() -> None:
    with pytest.raises(ArticleError, match="bản quét") as scanned:
        load(pdf([[], []]), "a.pdf")
    assert "OCR" in scanned.value.remedy
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf([["Tiêu đề", "Nội dung của một bài viết."]])))
    writer.encrypt("mật khẩu", algorithm="RC4-128")
    locked = io.BytesIO()
    writer.write(locked)
    with pytest.raises(ArticleError, match="mật khẩu"):
        load(locked.getvalue(), "a.pdf")
    with pytest.raises(ArticleError, match="3 trang, quá giới hạn 2"):
        load(pdf([["Một trang có chữ."]] * 3), "a.pdf", FileLimits(10**6, pages=2))


def test_a_word_document_gives_its_heading_paragraphs_and_tables_in_order() -> None:
    data = word(["Đoạn một.", "Đoạn hai."], "Hội nghị tổng kết", [["Năm", "Tấn"], ["2020", "3,2"]])
    article = load(data, "a.docx")
    assert article.title == "Hội nghị tổng kết"
    assert article.body == "Đoạn một.\nĐoạn hai.\n| Năm | Tấn |\n| 2020 | 3,2 |"


def test_a_word_document_written_with_an_old_font_is_turned_into_unicode() -> None:
    article = load(word(["Céng hßa x· héi chñ nghÜa ViÖt Nam", "§¶ng ñy Bé m¸y §iÒu hµnh häp t¹i Vòng Tµu."]), "a.docx")
    assert article.title == "Cộng hòa xã hội chủ nghĩa Việt Nam"
    assert article.body == "Đảng ủy Bộ máy Điều hành họp tại Vũng Tàu."


def test_a_file_that_unpacks_to_very_much_is_refused() -> None:
    with pytest.raises(ArticleError, match="nén bất thường"):
        load(zip_bomb(), "a.docx")


def test_a_document_that_takes_too_long_is_given_up_and_the_next_one_is_read() -> None:
    assert load(word(["Nội dung."], "Tin"), "a.docx").body == "Nội dung."
    process = worker.process
    assert process is not None
    os.kill(process.pid, signal.SIGSTOP)  # as if it computed for ever
    started = time.monotonic()
    with pytest.raises(ArticleError, match=r"quá 0\.5 giây"):
        load(word(["Nội dung."], "Tin"), "a.docx", FileLimits(10**6, seconds=0.5))
    assert time.monotonic() - started < 10
    assert load(word(["Nội dung."], "Tin"), "a.docx").body == "Nội dung."


def test_the_reading_process_may_die_and_the_next_document_is_read() -> None:
    load(word(["Nội dung."], "Tin"), "a.docx")
    assert worker.process is not None
    threading.Timer(0.0, worker.process.kill).start()
    worker.process.wait()
    assert load(word(["Nội dung."], "Tin"), "a.docx").body == "Nội dung."


@settings(max_examples=25)
@given(st.binary(max_size=400), st.integers(0, 3000), st.sampled_from([".pdf", ".docx", ".html"]))
def test_a_document_with_any_damage_is_an_article_or_says_why_not(damage: bytes, place: int, suffix: str) -> None:
    whole = {
        ".pdf": pdf([["Tiêu đề", "Nội dung của một bài viết dài hơn một chút."]]),
        ".docx": word(["Nội dung."], "Tin"),
        ".html": page().encode(),
    }[suffix]
    place %= len(whole)
    data = whole[:place] + damage + whole[place + len(damage) :]
    try:
        article = load(data, f"a{suffix}")
    except ArticleError:
        return
    assert article.title
    assert article.body


def test_the_reading_process_has_no_secrets_and_imports_nothing_from_the_folder_it_is_started_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "docx.py").write_text("raise SystemExit(1)", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOIDAP_LLM_API_KEY", "secret")
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    worker.end()
    try:
        assert load(word(["Nội dung."], "Tin"), "a.docx").body == "Nội dung."
        assert worker.process is not None
        assert b"secret" not in Path(f"/proc/{worker.process.pid}/environ").read_bytes()
    finally:
        worker.end()


def test_starting_the_reading_process_is_no_part_of_a_files_time() -> None:
    worker.end()
    started = time.monotonic()
    with pytest.raises(ArticleError, match=r"quá 0\.05 giây"):
        load(b"<p " + b"a=1 " * 2_400_000 + b">Noi dung</p>", "a.html", FileLimits(10**7, seconds=0.05))
    assert time.monotonic() - started < LIMITS.worker_start_seconds
