"""Short forms and what they stand for: learned from text that explains them, or general."""

import pytest

from rag.vietnamese.abbreviations import Abbreviations


@pytest.mark.parametrize(
    ("text", "learned"),
    [
        ("Đảng ủy Bộ máy Điều hành (BMĐH) họp.", {"bmdh": ("Bộ máy Điều hành",)}),
        ("Công ty Thép Xanh (XYZ) khai trương.", {}),
        ("Liên doanh Alphapetro (APT) khai thác.", {"apt": ("Alphapetro",)}),
        ("Tập đoàn Gạo Việt Nam (PVN) báo lãi.", {"pvn": ("Tập đoàn Gạo Việt Nam",)}),
        ("Đảng ủy Khối Doanh nghiệp Trung ương (DNTW) họp.", {"dntw": ("Doanh nghiệp Trung ương",)}),
        ("diễn ra tại phường Thắng Tam (TPHCM).", {}),
        ("doanh thu tăng (năm 2020).", {}),
    ],
)
def test_a_short_form_in_brackets_is_learned_when_its_letters_are_initials(
    text: str, learned: dict[str, tuple[str, ...]]
) -> None:
    assert Abbreviations.from_texts([text]).learned == learned


def test_the_more_frequent_of_two_long_forms_comes_first() -> None:
    texts = ["Ban Quản lý (BQL) họp.", "Bộ Quốc lễ (BQL) họp.", "Ban Quản lý (BQL) tan."]
    assert Abbreviations.from_texts(texts).learned["bql"] == ("Ban Quản lý", "Bộ Quốc lễ")


@pytest.mark.parametrize(
    ("question", "expansions"),
    [
        ("TGĐ là ai?", {"TGĐ": "Tổng Giám đốc"}),
        ("tgd la ai", {"tgd": "Tổng Giám đốc"}),
        ("hoạt động SK-SC thế nào?", {"SK-SC": "sáng kiến sáng chế"}),
        ("NQ của ĐU", {"NQ": "Nghị quyết", "ĐU": "Đảng ủy"}),
        ("ai là giám đốc?", {}),
        ("co bao nhieu dang vien", {}),
    ],
)
def test_short_forms_of_a_question_are_read_with_and_without_accents(question: str, expansions: dict[str, str]) -> None:
    found = Abbreviations.from_texts([]).expansions(question)
    assert {one.short: one.long for one in found} == expansions
    assert all(question[one.start : one.end] == one.short for one in found)


def test_a_general_long_form_that_the_text_never_uses_is_passed_over() -> None:
    abbreviations = Abbreviations.from_texts([])
    assert [one.long for one in abbreviations.expansions("HN họp", lambda pair: pair == "ha_noi")] == ["Hà Nội"]
    assert abbreviations.expansions("HN họp", lambda _pair: False) == []


def test_a_learned_long_form_wins_over_the_general_one() -> None:
    abbreviations = Abbreviations.from_texts(["Hãng Nước (HN) mở cửa."])
    assert abbreviations.expansions("HN ở đâu?")[0].long == "Hãng Nước"
