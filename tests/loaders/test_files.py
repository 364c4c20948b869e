import unicodedata
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vietnamese_text import texts

from rag.article import Article
from rag.errors import ArticleError
from rag.loaders.files import load_article, load_file
from rag.loaders.markdown import parse_article
from rag.loaders.source import FileLimits
from rag.store.library import Library


def parsed(text: str) -> Article:
    return parse_article(text.encode(), "a")


def test_front_matter_becomes_the_fields_and_the_rest_the_body() -> None:
    article = parsed(
        '---\ntitle: "Hội nghị: tổng kết"\npublished: 2020-12-30\nsource: https://example.vn/a\n'
        "publisher: Vietsovpetro\n---\n\nĐoạn một.\n---\nĐoạn hai.\n"
    )
    assert article == Article(
        "a",
        "Hội nghị: tổng kết",
        "Đoạn một.\n---\nĐoạn hai.",
        date(2020, 12, 30),
        "https://example.vn/a",
        "Vietsovpetro",
    )


def test_only_the_title_is_needed() -> None:
    article = parsed("---\ntitle: 2021\n---\nNội dung.")
    assert article == Article("a", "2021", "Nội dung.")


@pytest.mark.parametrize(
    "written",
    ["2020-12-30", '"2020-12-30"', "30/12/2020", "'30-12-2020'", "2020-12-30 11:27:37", "2020-12-30T11:27:37Z"],
)
def test_a_day_is_read_in_the_ways_people_write_it(written: str) -> None:
    assert parsed(f"---\ntitle: A\npublished: {written}\n---\nNội dung.").published == date(2020, 12, 30)


@pytest.mark.parametrize("written", ["hôm qua", "12/30/2020", "20201230", "[2020]", '"2020-02-30"', "true"])
def test_what_is_no_day_is_refused_with_the_value(written: str) -> None:
    with pytest.raises(ArticleError, match="published") as refused:
        parsed(f"---\ntitle: A\npublished: {written}\n---\nNội dung.")
    assert "2020-12-30" in refused.value.remedy


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("---\ntitle: A\nNội dung không có dấu đóng.", "không có `---` đóng lại"),
        ("---\ntitle: [A\n---\nNội dung.", "YAML hợp lệ, dòng"),
        ("---\ntitle: A: B: C\n---\nNội dung.", "YAML hợp lệ, dòng 2"),
        ("---\ntitle: A\npublished: 2020-13-45\n---\nNội dung.", "không phải một ngày"),
        ("---\ntitle: A\npublished: 0999-01-01\n---\nNội dung.", "Năm 999 không thể"),
        ("---\ntitle: A\npublished: 9999-12-31\n---\nNội dung.", "Năm 9999 không thể"),
        ("A\nNgày phát hành: 1/1/0999\nNội dung.", "Năm 999 không thể"),
        ("---\ntitle: A\npublished: [2020-12-30]\n---\nNội dung.", "không phải một ngày"),
        ("---\ntitle: !!bool có lẽ\n---\nNội dung.", "nhãn kiểu của YAML"),
        ('---\ntitle: !!int ""\n---\nNội dung.', "nhãn kiểu của YAML"),
        ("---\na: &x [y]\ntitle: A\n---\nNội dung.", "bí danh"),
        ("---\ntitle: A\ntags: [*x]\n---\nNội dung.", "bí danh"),
        ("---\n<<: {a: b}\ntitle: A\n---\nNội dung.", "khóa trộn"),
        ("---\n? [a]\n: b\n---\nNội dung.", "tên: giá trị"),
        ("---\ntitle: A\n...\n- b\n---\nNội dung.", "YAML hợp lệ"),
        ('---\ntitle: "\\UFFFFFFFF"\n---\nNội dung.', "YAML hợp lệ"),
        ("---\ntitle: A\nx: " + "[" * 20_000 + "\n---\nNội dung.", "lồng nhau quá 8 lớp, dòng 3"),
        (f"---\ntitle: {'A ' * 40_000}\n---\nNội dung.", "ký tự, quá giới hạn 65536"),
        ("---\n- A\n- B\n---\nNội dung.", "tên: giá trị"),
        ("---\n---\nNội dung.", "tên: giá trị"),
        ("---\ntitle: [A, B]\n---\nNội dung.", "`title`"),
        ("---\ntitle: A\nsource: {b: c}\n---\nNội dung.", "`source`"),
        ('---\ntitle: "A\\0"\n---\nNội dung.', "`title`"),
        ('---\ntitle: A\npublisher: "\\ud800"\n---\nNội dung.', "`publisher`"),
        ("---\npublisher: A\n---\nNội dung.", "không có tiêu đề"),
        ('---\ntitle: " "\n---\nNội dung.', "không có tiêu đề"),
        ("---\ntitle: Hội nghị\n---\n \n", "Hội nghị"),
        ("", "rỗng"),
        (" \r\n\t\n", "rỗng"),
        ("\ufeff", "rỗng"),
        ("Tiêu đề\nNội\0 dung.", "NUL ở vị trí 17"),
    ],
)
def test_a_broken_file_is_refused_saying_what_is_broken_and_what_to_do(text: str, message: str) -> None:
    with pytest.raises(ArticleError) as refused:
        parsed(text)
    assert message in refused.value.message
    assert refused.value.remedy.startswith("Hãy ")


@pytest.mark.parametrize("written", ["0x" + "F" * 6000, "12:30", "1_000", "yes", "0o17", ".inf", "2020-12-30"])
def test_a_title_is_the_text_that_stands_there_whatever_yaml_would_make_of_it(written: str) -> None:
    assert parsed(f"---\ntitle: {written}\n---\nNội dung.").title == written


def test_fields_of_other_programs_are_passed_over() -> None:
    article = parsed("---\ntitle: A\ntags: [x, {y: [z]}]\nmenu:\n  main:\n    weight: 1\nauthor: ~\n---\nNội dung.")
    assert article == Article("a", "A", "Nội dung.")


def _laughs() -> str:
    """Lists of lists of the same: 465 bytes that are 9 to the power of 9 letters."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    return "\n".join([*lines, *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9))])


@pytest.mark.parametrize(
    "front_matter",
    [
        _laughs() + "\npublished: *a8",
        _laughs() + "\ntitle: *a8",
        "b: &b {x: y}\n" + "\n".join(f"c{n}: {{<<: [{', '.join(['*b'] * 1000)}]}}" for n in range(10)),
    ],
    ids=["date", "title", "merge"],
)
def test_what_multiplies_in_front_matter_is_refused_before_it_does(
    front_matter: str, folder: Path, library: Library
) -> None:
    (folder / "bomb.md").write_text(f"---\n{front_matter}\n---\nNội dung.", encoding="utf-8")
    (folder / "good.md").write_text("Tin\nNội dung.", encoding="utf-8")
    summary = library.sync([folder])
    assert summary.added == ["good"]
    assert ["bí danh" in failed.message for failed in summary.failed] == [True]


def test_text_is_read_in_the_other_process_within_its_time() -> None:
    """Marks in the wrong order are sorted by Unicode in quadratic time: 400,000 take minutes."""
    data = ("Tin\na" + "\u0301\u0323" * 200_000).encode()
    with pytest.raises(ArticleError, match=r"đọc quá 0\.3 giây"):
        load_file(data, Path("a.txt"), "a", FileLimits(10**7, seconds=0.3))


def test_bytes_that_are_not_utf8_are_refused_with_their_place() -> None:
    with pytest.raises(ArticleError, match=r"0xff ở vị trí 4"):
        parse_article(b"Tin \xff\xfe", "a")
    with pytest.raises(ArticleError, match="UTF-8"):
        parse_article("Tiêu đề\nNội dung.".encode("utf-16-le"), "a")


@given(st.one_of(st.binary(), st.text().map(str.encode), st.text().map(lambda text: f"---\n{text}\n---\nb".encode())))
def test_whatever_the_bytes_the_file_is_an_article_or_says_why_not(data: bytes) -> None:
    try:
        article = parse_article(data, "a")
    except ArticleError:
        return
    assert article.title.strip()
    assert article.body.strip()


@given(texts(), texts(max_words=5))
def test_decomposed_unicode_and_windows_line_ends_give_the_same_article(body: str, publisher: str) -> None:
    publisher = " ".join(publisher.replace('"', "").split())
    text = f'---\ntitle: "Đại hội"\npublisher: "{publisher} x"\n---\n{body}x'
    saved = "\ufeff" + unicodedata.normalize("NFD", text).replace("\n", "\r\n")
    article = parse_article(saved.encode(), "a")
    assert article == parsed(text)
    assert article.body == f"{body}x".strip()
    assert article.publisher == f"{publisher} x"


def test_a_file_over_the_limit_is_refused_with_both_sizes(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("Tiêu đề\n" + "ệ" * 700_000, encoding="utf-8")
    with pytest.raises(ArticleError, match=r"2\.1 MB, quá giới hạn 1 MB") as refused:
        load_article(file, "a", 1_000_000)
    assert "HOIDAP_MAX_FILE_MEGABYTES" in refused.value.remedy
    assert load_article(file, "a", file.stat().st_size).title == "Tiêu đề"


def test_a_file_that_is_gone_or_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArticleError, match="Không đọc được tệp"):
        load_article(tmp_path / "none.md", "a", 1000)
    with pytest.raises(ArticleError, match="Không đọc được tệp"):
        load_article(tmp_path, "a", 10**6)


def test_every_article_that_ships_can_be_read(corpus: Path) -> None:
    articles = [load_article(path, path.stem, 10**6) for path in corpus.glob("*.md")]
    assert len(articles) >= 35
    assert sum(article.published is not None for article in articles) > 10
    assert all(unicodedata.is_normalized("NFC", article.title + article.body) for article in articles)
