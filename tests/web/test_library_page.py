"""The library tab in a real browser: find, read, upload, ask, delete."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from web_support import Visit, ask

from rag.store.library import Library


@pytest.fixture
def shelf(visit: Visit) -> Page:
    page = visit()
    page.get_by_role("tab", name="Thư viện").click()
    expect(page.locator(".shelf tbody tr").first).to_be_visible()
    return page


@pytest.fixture
def bridge(tmp_path: Path) -> Path:
    path = tmp_path / "cầu sông lam.txt"
    path.write_text(
        "Cầu Sông Lam khánh thành\nNgày phát hành: 04/03/2022 8:00:00 AM\n"
        "Tỉnh Nghệ An khánh thành cầu Sông Lam dài 1.245 mét, tổng vốn 860 tỷ đồng.",
        encoding="utf-8",
    )
    return path


def _upload(page: Page, *files: Path) -> None:
    page.locator("input[type=file]").first.set_input_files([str(file) for file in files])


def test_an_uploaded_article_is_asked_about_deleted_and_gone(shelf: Page, bridge: Path, web_library: Library) -> None:
    _upload(shelf, bridge)
    expect(shelf.locator("#shelf-change")).to_contain_text("Cầu Sông Lam khánh thành")
    row = shelf.locator(".shelf tbody tr", has_text="Cầu Sông Lam")
    expect(row).to_contain_text("03/04/2022")

    row.locator(".link").click()
    expect(shelf.locator("#reader-panel .body")).to_contain_text("dài 1.245 mét")
    shelf.locator("#reader-panel [data-action=ask-about]").click()
    expect(shelf.locator("#question textarea")).to_be_visible()
    turn = ask(shelf, "Cầu Sông Lam dài bao nhiêu mét?")
    expect(turn.locator(".card-title")).to_have_text(["Cầu Sông Lam khánh thành"])
    turn.locator(".chip").first.click()
    expect(shelf.locator("#source-panel mark.cited")).to_contain_text("1.245 mét")
    shelf.keyboard.press("Escape")

    shelf.get_by_role("tab", name="Thư viện").click()
    row.get_by_role("button", name="Xóa bài").click()
    shelf.get_by_role("button", name="Hủy").click()
    expect(row).to_be_visible()
    row.get_by_role("button", name="Xóa bài").click()
    shelf.get_by_role("button", name="Xóa", exact=True).click()
    expect(shelf.locator("#shelf-change")).to_contain_text("Đã xóa “Cầu Sông Lam khánh thành”")
    expect(row).to_have_count(0)
    assert web_library.article("cầu sông lam") is None
    assert not list((web_library.settings.data_dir / "uploads").iterdir())

    shelf.get_by_role("tab", name="Trò chuyện").click()
    shelf.get_by_role("button", name="Bỏ bộ lọc").click()
    shelf.locator("#new-conversation").click()
    expect(shelf.locator(".turn")).to_have_count(0)
    turn = ask(shelf, "Cầu Sông Lam dài bao nhiêu mét?")
    expect(turn.locator(".answered")).not_to_contain_text("1.245")


def test_what_cannot_be_read_is_named_with_the_reason_and_not_kept(
    shelf: Page, tmp_path: Path, web_library: Library
) -> None:
    broken = tmp_path / "hỏng.txt"
    broken.write_bytes(b"\xff\xfe\x00")
    good = tmp_path / "tốt.txt"
    good.write_text("Tin tốt\nNội dung của tin tốt.", encoding="utf-8")
    _upload(shelf, broken, good)
    expect(shelf.locator("#shelf-change .good li")).to_have_text("Tin tốt")
    expect(shelf.locator("#shelf-change .problem li")).to_contain_text("hỏng.txt: Tệp không phải UTF-8")
    shelf.locator(".shelf [data-action=delete]").click()
    shelf.get_by_role("button", name="Xóa", exact=True).click()
    expect(shelf.locator(".shelf tbody tr")).to_have_count(35)
    assert not list((web_library.settings.data_dir / "uploads").iterdir())


def test_too_many_and_too_large_files_are_refused_with_the_limit(shelf: Page, tmp_path: Path) -> None:
    files = [tmp_path / f"{number}.txt" for number in range(4)]
    for file in files:
        file.write_text("Tin\nNội dung.", encoding="utf-8")
    _upload(shelf, *files)
    expect(shelf.locator(".upload-problem")).to_contain_text("3 tệp")
    files[0].write_text("a" * 300_000, encoding="utf-8")
    _upload(shelf, files[0])
    expect(shelf.locator(".upload-problem")).to_contain_text("0.2 MB")
    expect(shelf.locator("#shelf-change")).to_be_empty()


def test_the_list_is_searched_without_accents_and_sorted(shelf: Page) -> None:
    shelf.locator("#shelf-search input").fill("bk-24 khanh thanh")
    rows = shelf.locator(".shelf tbody tr")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Khánh thành giàn đầu giếng BK-24")
    shelf.locator("#shelf-search input").fill("")
    expect(rows).to_have_count(35)
    shelf.locator("th button[data-column=published]").click()
    expect(shelf.locator("th[aria-sort=ascending]")).to_contain_text("Ngày đăng")
    days = shelf.locator(".shelf tbody td:nth-child(3)").all_text_contents()
    known = [day.split("/")[::-1] for day in days if day]
    assert known == sorted(known)
    shelf.locator("#shelf-search input").fill("không có bài nào như thế")
    expect(shelf.locator(".empty")).to_contain_text("Không có bài nào khớp")


def test_an_address_that_cannot_be_read_is_answered_with_the_reason(shelf: Page) -> None:
    shelf.get_by_label("Địa chỉ trang web").fill("không phải địa chỉ")
    shelf.get_by_role("button", name="Thêm").click()
    expect(shelf.locator("#shelf-change .problem")).to_contain_text("không phải địa chỉ")


def test_what_goes_wrong_is_said_in_english_on_the_english_page(visit: Visit, tmp_path: Path) -> None:
    page = visit("/en/")
    page.locator("#question textarea").fill("a" * 501)
    page.keyboard.press("Enter")
    refused = page.locator(".turn[data-state=refused] .problem")
    expect(refused).to_have_text(
        "The question has 501 characters; at most 500 are accepted. Ask more briefly, one thing at a time."
    )
    page.get_by_role("tab", name="Library").click()
    broken = tmp_path / "scan.txt"
    broken.write_bytes(b"\xff\xfe\x00")
    _upload(page, broken)
    expect(page.locator("#shelf-change .problem li")).to_contain_text("scan.txt: The file is neither UTF-8")
    page.get_by_label("Web address").fill("ftp://bao.vn/bai")
    page.get_by_role("button", name="Add").click()
    expect(page.locator("#shelf-change .problem")).to_have_text(
        "“ftp://bao.vn/bai” is not a web address. Paste one that begins with https://."
    )
