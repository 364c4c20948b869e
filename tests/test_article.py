import unicodedata
from datetime import date
from pathlib import Path

import pytest

from rag.article import Article, article_from_raw_text, make_article
from rag.errors import ArticleError
from rag.loaders.files import load_article
from rag.loaders.markdown import parse_article


@pytest.fixture(scope="module")
def seed(corpus: Path) -> Article:
    return load_article(corpus / "000-seed.md", "000-seed", 10**6)


def test_raw_text_as_copied_from_the_site_becomes_the_same_article_as_its_markdown(seed: Article) -> None:
    raw = f"{seed.title}\nNgày phát hành: 12/30/2020 11:27:37 AM\n\n{seed.body}\n\n"
    decomposed = unicodedata.normalize("NFD", raw)
    assert decomposed != raw
    for copied in (raw, decomposed, decomposed.replace("\n", "\r\n"), "\ufeff" + raw):
        article = parse_article(copied.encode(), "000-seed")
        assert (article.title, article.published, article.body) == (seed.title, date(2020, 12, 30), seed.body)
        assert (article.captions, article.byline) == (seed.captions, seed.byline)


def test_the_seed_article_has_its_captions_and_byline(seed: Article) -> None:
    assert seed.byline == "Tin & Ảnh: AP-Đ.H"
    assert len(seed.captions) == 10
    assert seed.captions[0] == "Đ/c Trần Quốc Thắng báo cáo tổng kết công tác Đảng của BMĐH năm 2020"
    assert seed.captions[-1] == "Quang cảnh chung của Hội nghị"
    assert seed.body[seed.captions_start :].startswith("Một số hình ảnh tại Hội nghị:")


def test_the_release_line_has_the_month_first_and_never_stays_in_the_body() -> None:
    article = article_from_raw_text("a", "Tiêu đề\n\n  Ngày phát hành: 2/9/2021 8:05:00 PM  \nNội dung.")
    assert article.published == date(2021, 2, 9)
    assert article.body == "Nội dung."


def test_without_a_release_line_the_day_is_unknown_and_nothing_is_lost() -> None:
    article = article_from_raw_text("a", "# Tiêu đề\nNgày phát hành sách: mai.\nNội dung.")
    assert (article.title, article.published) == ("Tiêu đề", None)
    assert article.body == "Ngày phát hành sách: mai.\nNội dung."


def test_a_release_day_that_does_not_exist_is_refused_with_the_line() -> None:
    with pytest.raises(ArticleError, match="30/12/2020"):
        article_from_raw_text("a", "Tiêu đề\nNgày phát hành: 30/12/2020 11:27:37 AM\nNội dung.")


@pytest.mark.parametrize("raw", ["Tiêu đề", "Tiêu đề\n\n \n", "Tiêu đề\nNgày phát hành: 12/30/2020 1:00:00 AM\n"])
def test_a_title_with_nothing_after_it_is_refused_by_name(raw: str) -> None:
    with pytest.raises(ArticleError, match="Tiêu đề"):
        article_from_raw_text("a", raw)


@pytest.mark.parametrize("raw", ["", " \n ", "#\nNội dung."])
def test_an_article_without_a_title_is_refused(raw: str) -> None:
    with pytest.raises(ArticleError, match="không có tiêu đề"):
        article_from_raw_text("a", raw)


@pytest.mark.parametrize(
    "line",
    ["Anh Nguyễn Văn Nam chia sẻ:", "Các anh em công nhân nói:", "Ảnh hưởng của giá dầu giảm sâu:", "Ba bài học:"],
)
def test_text_about_people_or_effects_is_not_taken_for_photo_captions(line: str) -> None:
    article = make_article("a", "Tin", f"Mở đầu.\n{line}\nNội dung tiếp theo.")
    assert article.captions == ()
    assert article.captions_start == len(article.body)


@pytest.mark.parametrize(
    "heading", ["Một số hình ảnh tại Hội nghị:", "Những hình ảnh tại buổi lễ:", "Hình ảnh:", "ẢNH:"]
)
def test_captions_follow_their_heading(heading: str) -> None:
    article = make_article("a", "Tin", f"Nội dung.\n{heading}\nToàn cảnh\n\nLễ trao\nBài và ảnh: PV")
    assert article.captions == ("Toàn cảnh", "Lễ trao")
    assert article.byline == "Bài và ảnh: PV"


@pytest.mark.parametrize(
    "byline", ["Tin & Ảnh: AP-Đ.H", "Bài, ảnh: Minh Châu", "Tin: Hà", "Tác giả: N.V.A", "Ảnh: TTXVN"]
)
def test_the_closing_line_names_writer_and_photographer(byline: str) -> None:
    article = make_article("a", "Tin", f"Nội dung.\n{byline}")
    assert article.byline == byline
    assert article.captions == ()
    assert article.body[article.captions_start :] == byline


def test_an_ordinary_last_line_is_no_byline() -> None:
    assert make_article("a", "Tin", "Nội dung.\nTin vui: đã xong./.").byline is None
