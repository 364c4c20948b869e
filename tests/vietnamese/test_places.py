"""Places by their nouns, by known names and by the words before them."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vietnamese_text import texts

from rag.vietnamese.places import places

_PIECES = ("tại", "ở", "về", "khách sạn", "TP.", "xã", "giàn", "Hoa Ban", "Đà Lạt", "Huế", "12", "–", ",", ".", "đông")
_addresses = st.lists(st.sampled_from(_PIECES), max_size=20).map(" ".join)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Lễ diễn ra tại khách sạn Hoa Ban, TP. Đà Lạt; đoàn thăm Huế", ["khách sạn Hoa Ban", "TP. Đà Lạt", "Huế"]),
        ("Đội thi ở Sân vận động Mây Trắng hôm qua", ["Sân vận động Mây Trắng"]),
        ("Thư gửi về 12 Hoa Ban, phường Suối Mơ", ["12 Hoa Ban", "phường Suối Mơ"]),
        ("Tổ máy lắp tại giàn AB-7 sáng nay", ["giàn AB-7"]),
        ("Hội nghị họp ở hội trường", ["hội trường"]),
        ("Xe chạy qua Mây Trắng, sang Suối Mơ", ["Mây Trắng", "Suối Mơ"]),
        ("Khách Hàn Quốc ký hợp đồng", ["Hàn Quốc"]),
        ("Tàu chạy từ Sao Mai đến Bình Minh.", ["Sao Mai", "Bình Minh"]),
        ("Lễ ở phường Hoa Sen được hoãn", ["phường Hoa Sen"]),
        ("Đoàn đến Huế. Ông về nhà.", ["Huế"]),
        ("Giải bế mạc tại Cung Thiếu nhi Hoa Ban.", ["Cung Thiếu nhi Hoa Ban"]),
        ("Ba em học ở Trường Cao đẳng Đường sắt Suối Mơ", ["Trường Cao đẳng Đường sắt Suối Mơ"]),
        ("Tàu cập cảng cá Bến Sỏi sáng nay", ["cảng cá Bến Sỏi"]),
        ("Họp tại xã Suối Mơ huyện Hoa Ban", ["xã Suối Mơ", "huyện Hoa Ban"]),
        ("Lễ tại Huế do Bộ Y tế tổ chức", ["Huế"]),
        ("Hợp tác xã Mây Trắng có 12 tàu", []),
    ],
)
def test_a_place_is_known_by_its_noun_its_name_or_the_word_before_it(text: str, found: list[str]) -> None:
    assert [text[one.start : one.end] for one in places(text)] == found


@pytest.mark.parametrize(
    "text",
    ["", "Doanh thu tăng 12% so với năm trước", "Sách nằm ở trên", "hội trường rất rộng", "Bà Mơ nói về hoa", "Huếmơ"],
)
def test_words_that_only_look_like_a_place_are_none(text: str) -> None:
    assert places(text) == ()


@given(_addresses | texts() | st.text(max_size=200))
def test_places_lie_in_any_text_one_behind_the_other(text: str) -> None:
    found = places(text)
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert all(left.end <= right.start for left, right in itertools.pairwise(found))
    assert all(text[one.start : one.end].strip() == text[one.start : one.end] for one in found)
