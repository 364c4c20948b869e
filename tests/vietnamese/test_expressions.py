import pytest
from hypothesis import given
from hypothesis import strategies as st
from vietnamese_text import texts

from rag.vietnamese.expressions import causes, codes, moments, ordinals, people, quantities


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("đạt gần 2.300 tấn, tăng 8,5% so với 2019", ["gần 2.300 tấn", "8,5%"]),
        ("vào khoảng 1,1 triệu tỷ đồng", ["vào khoảng 1,1 triệu tỷ đồng"]),
        ("43,8 USD/thùng và 288 tấn/ngày đêm", ["43,8 USD/thùng", "288 tấn/ngày đêm"]),
        ("Ngày 29/12/2020 có 13 đồng chí", ["13"]),
        ("sau ½ ngày", ["½ ngày"]),
        ("trên 850km đường ống của giàn BK24 và 7A", ["trên 850km"]),
    ],
)
def test_amounts_keep_their_units_and_days_are_none(text: str, found: list[str]) -> None:
    assert [text[one.start : one.end] for one in quantities(text)] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("lúc 4 giờ 50 phút ngày 13-12 tại Vũng Tàu", ["4 giờ 50 phút ngày 13-12"]),
        ("chiều 28/12, quý II năm 2025", ["chiều 28/12", "quý II năm 2025"]),
        ("ngày 2 tháng 9 năm 1945", ["ngày 2 tháng 9 năm 1945"]),
        ("Lô 09-1 và 16/16 chỉ tiêu", []),
        ("nhiệm kỳ 2020 - 2025", ["nhiệm kỳ 2020 - 2025"]),
        ("hội thao ngày 2-3/8/2025 tại Huế", ["ngày 2-3/8/2025"]),
        ("từ 12 – 14/9/2024 và ngày 02-03/08/2025", ["12 – 14/9/2024", "ngày 02-03/08/2025"]),
        ("Ngày 28 và 29/6/2018, tại Huế", ["Ngày 28 và 29/6/2018"]),
        ("ngày 5/6/2020 và 7-8-2021", ["ngày 5/6/2020", "7-8-2021"]),
        ("Lô 2-3/8 và hợp đồng 12-3/8/20251", []),
    ],
)
def test_times_are_whole_and_codes_are_none(text: str, found: list[str]) -> None:
    assert [text[one.start : one.end] for one in moments(text)] == found


def test_other_expressions() -> None:
    text = "Theo Quyết định số 1258/QĐ-TTg, kỳ họp lần thứ 53 bầu ông Igor Petrov vì uy tín cao."
    assert [text[one.start : one.end] for one in codes(text)] == ["1258/QĐ-TTg"]
    assert [text[one.start : one.end] for one in ordinals(text)] == ["lần thứ 53"]
    assert [text[one.start : one.end] for one in people(text)] == ["Igor Petrov"]
    assert [text[one.start : one.end] for one in causes(text)] == ["vì uy tín cao"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Do mưa lớn, đoàn hoãn chuyến đi.", ["Do mưa lớn"]),
        ("Trời đẹp. Vì thiếu điện, nhà máy dừng.", ["Vì thiếu điện"]),
        ("Để tiết kiệm giấy, phòng in hai mặt.", ["Để tiết kiệm giấy"]),
        ("Xe dừng vì đường ngập, cầu hỏng.", ["vì đường ngập, cầu hỏng"]),
        ("Xe dừng do cầu hỏng; tàu vẫn chạy.", ["do cầu hỏng"]),
    ],
)
def test_a_cause_ends_at_its_comma_only_where_it_opens_the_sentence(text: str, found: list[str]) -> None:
    assert [text[one.start : one.end] for one in causes(text)] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Xưởng thay máy mới, nhờ đó sản lượng tăng.", ["Xưởng thay máy mới"]),
        ("Xưởng thay máy mới. Nhờ đó, sản lượng tăng.", ["Xưởng thay máy mới"]),
        ("Mưa to. Đường ngập sâu, do đó xe phải dừng.", ["Đường ngập sâu"]),
        ("Trời mưa. Đường ngập. Vì vậy, xe dừng.", ["Đường ngập"]),
        ("Đường ngập, nên xe dừng.", ["Đường ngập"]),
        ("Nhờ đó, sản lượng tăng.", []),
        ("Nhờ vậy xưởng về đích.", []),
    ],
)
def test_the_cause_stands_before_the_words_that_point_back_to_it(text: str, found: list[str]) -> None:
    assert [text[one.start : one.end] for one in causes(text)] == found


@given(st.text(max_size=200) | texts())
def test_expressions_are_places_in_order_in_any_text(text: str) -> None:
    for finder in (moments, people, codes, ordinals, causes, quantities):
        places = [(one.start, one.end) for one in finder(text)]
        assert places == sorted(places)
        assert all(0 <= start < end <= len(text) for start, end in places)
