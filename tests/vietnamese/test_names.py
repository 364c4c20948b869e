"""People found again when only a part of their name is said."""

import pytest

from rag.vietnamese.names import GivenNames, names_in

_TEXT = "Dự lễ có ông Lê Văn Tám – Giám đốc, bà Trần Thị Thu Hà và đồng chí Phạm Tâm. Công ty ABC tài trợ. Hà Nội mưa."


def test_names_open_with_a_surname_and_are_not_places_or_companies() -> None:
    assert names_in(_TEXT) == ["Lê Văn Tám", "Trần Thị Thu Hà", "Phạm Tâm"]


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("Chủ tịch UBND tỉnh Lâm Đồng Trần Văn Tám dự lễ.", ["Trần Văn Tám"]),
        ("Bí thư Thành ủy TP Hồ Chí Minh Lê Thị Mơ nói.", ["Lê Thị Mơ"]),
        ("Đoàn đi Thái Nguyên, Đồng Nai và Hà Nội.", []),
        ("Ông Thái Bình và ông Vũ Thái Nguyên đến Hà Giang.", ["Thái Bình", "Vũ Thái Nguyên"]),
    ],
)
def test_a_place_that_opens_with_a_surname_is_no_person_nor_part_of_one(text: str, people: list[str]) -> None:
    assert names_in(text) == people


def test_rare_surnames_and_those_that_sound_like_a_form_of_address_belong_to_the_name() -> None:
    text = "tác giả Chu Hồng Ân, TS.BS Chử Thị Ngọc Lan, chị Xù Thị May, Ông Lê Văn Tám; tàu cập Cảng Thị Vải"
    assert names_in(text) == ["Chu Hồng Ân", "Chử Thị Ngọc Lan", "Xù Thị May", "Lê Văn Tám"]


@pytest.mark.parametrize(
    ("question", "people"),
    [
        ("ông Tám nói gì?", ["Lê Văn Tám"]),
        ("đồng chí Tâm là ai?", ["Phạm Tâm"]),
        ("ong tam noi gi", ["Lê Văn Tám", "Phạm Tâm"]),
        ("bà Thu Hà giữ chức gì?", ["Trần Thị Thu Hà"]),
        ("tháng Tám có gì?", []),
        ("Tám là ai?", []),
    ],
)
def test_title_and_given_name_call_the_people_whose_accents_agree(question: str, people: list[str]) -> None:
    assert sorted(GivenNames.from_texts([_TEXT]).called(question)) == sorted(people)
