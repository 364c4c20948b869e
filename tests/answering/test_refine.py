import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vietnamese_text import texts

from rag.answering.question import asked_for
from rag.answering.refine import Refined, refine

_QUESTIONS = (
    "Ai phát biểu?", "Lễ diễn ra ở đâu?", "Lễ diễn ra ngày nào?", "Có bao nhiêu người?", "Vì sao xưởng dừng?",
    "Ông Lê Văn Tám là ai?", "Đại hội lần thứ mấy?", "Quyết định số mấy?", "Nhà thầu nào trúng thầu?",
)  # fmt: skip


def _refined(question: str, text: str, span: str) -> tuple[str, Refined]:
    start = text.index(span)
    refined = refine(asked_for(question), question, text, start, start + len(span))
    return text[refined.start : refined.end], refined


@pytest.mark.parametrize("last", ["Ánh", "Đào", "Ước", "Ổn", "Ân", "Ấn"])
def test_a_name_keeps_its_last_syllable_whatever_letter_it_begins_with(last: str) -> None:
    name = f"Nguyễn Thị Minh Thu {last}"
    answer, refined = _refined("Ai phát biểu?", f"Tại lễ, bà {name} phát biểu.", f"bà {name} phát")
    assert answer == name
    assert refined.fit == 1.0


def test_the_noun_that_is_counted_is_not_cut_where_it_reads_like_a_scale_without_its_accents() -> None:
    question = "Có bao nhiêu ngân hàng tham gia?"
    text = "Lễ có 5 cửa hàng và 12 ngân hàng tham gia."
    assert _refined(question, text, "12")[1].fit == 1.0
    assert _refined(question, text, "5")[1].fit < 1.0
    assert _refined("Nộp bao nhiêu tỷ đồng?", "Nộp 12 nghìn tỷ đồng.", "12")[1].fit == 1.0


def test_a_post_without_a_name_is_whole_and_answers_who_worse_than_a_name() -> None:
    text = "Phó Giám đốc nhà máy phát biểu, sau đó ông Lê Văn Tám cảm ơn; tiếng hát vang lên."
    post, refined = _refined("Ai phát biểu?", text, "Giám đốc nhà máy phát")
    assert post == "Phó Giám đốc nhà máy"
    name, other = (_refined("Ai phát biểu?", text, span)[1].fit for span in ("Lê Văn Tám", "tiếng hát"))
    assert name > refined.fit > other


@pytest.mark.parametrize(
    ("text", "span", "post"),
    [
        (
            "Bà Mơ, Chủ tịch Công đoàn, cùng 186 đại biểu dự.",
            "Chủ tịch Công đoàn, cùng 186 đại biểu",
            "Chủ tịch Công đoàn",
        ),
        ("Ông Tám, Bí thư Đảng ủy, Giám đốc, dự.", "Bí thư Đảng ủy, Giám đốc", "Bí thư Đảng ủy, Giám đốc"),
        ("Trợ lý là cựu đội trưởng Trần Thị Mơ.", "đội trưởng Trần Thị Mơ", "đội trưởng"),
        (
            "Theo Giám đốc Sở Văn hóa, Thể thao và Du lịch Trần Thị Mơ, lễ hội vui.",
            "Giám đốc Sở Văn hóa",
            "Giám đốc Sở Văn hóa, Thể thao và Du lịch",
        ),
        (
            "Ông Tám, Chi cục trưởng huyện Kim Lũ, làm Trưởng phòng Kiểm tra số 1.",
            "Trưởng phòng Kiểm tra",
            "Trưởng phòng Kiểm tra số 1",
        ),
    ],
)
def test_posts_belong_together_where_nothing_else_stands_between_them(text: str, span: str, post: str) -> None:
    assert _refined("Bà Mơ giữ chức gì?", text, span)[0] == post


@pytest.mark.parametrize(
    ("span", "answer", "fits"),
    [
        ("tại khách sạn Hoa Ban", "khách sạn Hoa Ban", True),
        ("Đà Lạt", "Đà Lạt", True),
        ("lúc 8 giờ", "lúc 8 giờ", False),
        ("rất vui", "rất vui", False),
    ],
)
def test_where_is_answered_by_a_place(span: str, answer: str, *, fits: bool) -> None:
    text = "Lễ mở màn tại khách sạn Hoa Ban, TP. Đà Lạt, lúc 8 giờ, mọi người rất vui."
    found, refined = _refined("Lễ mở màn ở đâu?", text, span)
    assert found == answer
    assert refined.fit == 1.0 if fits else refined.fit < 0


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Tàu sửa trong khoảng thời gian nào?", "19/9 đến ngày 10/10/2025"),
        ("Tàu sửa khi nào?", "19/9 đến ngày 10/10/2025"),
        ("Tàu sửa đến khi nào?", "ngày 10/10/2025"),
    ],
)
def test_a_time_from_one_day_to_another_is_given_whole_unless_its_end_is_asked_for(question: str, answer: str) -> None:
    assert _refined(question, "Năm 2025, tàu sửa từ 19/9 đến ngày 10/10/2025, rồi ra khơi.", "10/10/2025")[0] == answer


@pytest.mark.parametrize(
    ("question", "text", "answer"),
    [
        ("Xưởng khánh thành ngày nào?", "Năm 2019 khởi công, ngày 5/6/2021 xưởng khánh thành", "ngày 5/6/2021"),
        ("Lễ bắt đầu lúc mấy giờ?", "Ngày 5/6/2021 đoàn đến, lễ bắt đầu lúc 8 giờ 30", "8 giờ 30"),
        ("Lễ diễn ra ngày nào của năm 2021?", "Năm 2021, lễ diễn ra ngày 5/6", "ngày 5/6"),
        ("Xưởng khởi công năm nào?", "Năm 2019 khởi công, ngày 5/6/2021 xưởng khánh thành", "Năm 2019"),
        ("Ông Tám học ở Huế khi nào?", "năm 1986 – 1988", "năm 1986 – 1988"),
        ("Tàu sửa khi nào?", "19/9 đến 10/10/2025", "19/9 đến 10/10/2025"),
    ],
)
def test_of_several_times_in_a_span_the_one_as_exact_as_asked_is_kept(question: str, text: str, answer: str) -> None:
    found, refined = _refined(question, text, text)
    assert found == answer
    assert refined.fit > 0


def test_a_cause_before_its_comma_is_whole_and_without_its_effect() -> None:
    text = "Trời mưa. Vì thiếu điện kéo dài, xưởng dừng."
    assert _refined("Vì sao xưởng dừng?", text, "thiếu điện")[0] == "Vì thiếu điện kéo dài"


@given(st.sampled_from(_QUESTIONS), texts(max_words=30), st.data())
def test_a_refined_span_lies_in_any_text(question: str, text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    refined = refine(asked_for(question), question, text, start, end)
    assert 0 <= refined.start <= refined.end <= len(text)
    assert -1.0 <= refined.fit <= 1.0


@pytest.mark.parametrize(
    ("question", "text", "fits"),
    [
        ("Hội chợ kéo dài bao nhiêu ngày?", "Hội chợ kéo dài 3 ngày.", True),
        ("Cầu dài bao nhiêu?", "Cầu dài 275 m.", True),
        ("Cầu dài bao nhiêu mét?", "Cầu dài 275 m.", True),
        ("Cầu dài bao nhiêu?", "Cầu tốn 275 tỷ đồng.", False),
        ("Mỏ cho bao nhiêu tỷ m3 khí?", "Khí đạt 7,1 tỷ mét khối.", True),
        ("Có bao nhiêu hợp đồng được ký?", "Xưởng ký 12 hợp đồng.", True),
        ("Ban có mấy đồng chí?", "Ban gồm 25 đồng chí.", True),
        ("Có bao nhiêu tân kỹ sư?", "Trường trao bằng cho 755 kỹ sư.", True),
        ("Lương cao hơn bao nhiêu so với năm trước?", "Lương tăng 2 triệu đồng.", True),
        ("Xưởng giao mấy tàu?", "Xưởng lãi 142%.", False),
        ("Xưởng giao mấy tàu?", "Xưởng lãi 142 tỷ đồng.", False),
        ("Ban có mấy người?", "Ban gồm 25 đồng chí.", True),
    ],
)
def test_units_are_known_by_what_they_measure(question: str, text: str, *, fits: bool) -> None:
    number = re.search(r"[\d,]+", text)
    assert number is not None
    fit = _refined(question, text, number.group())[1].fit
    assert fit > 0 if fits else fit == -1.0


@pytest.mark.parametrize(
    ("question", "span", "fit"),
    [
        ("Lợi nhuận là bao nhiêu?", "12 tỷ đồng", 1.0),
        ("Lợi nhuận là bao nhiêu?", "515 triệu kWh", -1.0),
        ("Lợi nhuận tăng bao nhiêu?", "8%", 0.5),
        ("Sản lượng là bao nhiêu?", "515 triệu kWh", 0.5),
        ("Nhà máy đem về bao nhiêu lợi nhuận?", "12 tỷ đồng", 1.0),
        ("Nhà máy đem về bao nhiêu lợi nhuận?", "515 triệu kWh", -1.0),
    ],
)
def test_what_is_told_in_money_is_not_answered_by_another_unit(question: str, span: str, fit: float) -> None:
    text = "Nhà máy phát 515 triệu kWh, lãi 12 tỷ đồng, tăng 8% so với năm trước."
    assert _refined(question, text, span)[1].fit == fit


@pytest.mark.parametrize(
    ("span", "named"),
    [("Công ty Thép Hòa Trạch", True), ("viện Hải dương", True), ("đã trúng thầu với giá thấp", False)],
)
def test_which_organisation_is_answered_by_a_name(span: str, *, named: bool) -> None:
    text = "Công ty Thép Hòa Trạch cùng viện Hải dương đã trúng thầu với giá thấp."
    assert (_refined("Đơn vị nào trúng thầu?", text, span)[1].fit > 0) is named


def test_a_reason_that_the_text_does_not_state_as_one_fits_badly() -> None:
    text = "Xưởng dừng do mưa lớn. Xưởng dừng ba ngày."
    assert _refined("Vì sao xưởng dừng?", text, "do mưa lớn")[1].fit == 1.0
    assert _refined("Vì sao xưởng dừng?", text, "ba ngày")[1].fit < 0


def test_the_same_day_is_no_day_where_a_day_is_asked_for() -> None:
    text = "Lễ mở ngày 6/2/2025, tiệc bắt đầu lúc 6h15 sáng cùng ngày."
    day, hour = (_refined("Lễ mở ngày nào?", text, span)[1].fit for span in ("ngày 6/2/2025", "6h15 sáng cùng ngày"))
    assert day > hour
