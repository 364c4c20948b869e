"""Who holds which post, as rosters and news sentences of every order say it."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vietnamese_text import texts

from rag.vietnamese.expressions import people
from rag.vietnamese.posts import holders, post_places

_ROSTER_PIECES = (
    "Lê Văn Tám", "Trần An", "Vũ Thị Mơ", "ông", "bà", "đồng chí", "Giám đốc", "Phó Giám đốc", "Bí thư", "Chủ tịch",
    "Đảng ủy", "Hội đồng thành viên", "Công đoàn", "thường trực", ",", ";", ".", "–", "(", ")", "và", "kiêm", "là",
    "giữ chức", "được bổ nhiệm", "nhiệm kỳ 2020 - 2025", "dự lễ", "\n",
)  # fmt: skip
_rosters = st.lists(st.sampled_from(_ROSTER_PIECES), max_size=25).map(" ".join)


def _told(text: str) -> list[tuple[str, list[str]]]:
    return [
        (text[one.name.start : one.name.end], [text[post.start : post.end] for post in one.posts])
        for one in holders(text)
    ]


@pytest.mark.parametrize(
    ("text", "posts"),
    [
        ("Ông Lê Văn Tám – Bí thư Đảng ủy, Giám đốc Xưởng Giấy nói.", ["Bí thư Đảng ủy", "Giám đốc Xưởng Giấy"]),
        ("Ông Lê Văn Tám (Giám đốc) phát biểu.", ["Giám đốc"]),
        ("Ông Lê Văn Tám, Bí thư Đoàn Thanh niên Công ty, hứa.", ["Bí thư Đoàn Thanh niên Công ty"]),
        ("Ông Lê Văn Tám là Chủ tịch Hội đồng thành viên.", ["Chủ tịch Hội đồng thành viên"]),
        ("Ông Lê Văn Tám giữ chức Trưởng phòng Kỹ thuật từ năm 2019.", ["Trưởng phòng Kỹ thuật"]),
        ("Ông Lê Văn Tám được bổ nhiệm Giám đốc.", ["Giám đốc"]),
        ("Ông Lê Văn Tám được Đại hội cử làm Bí thư nhiệm kỳ 2020 - 2025.", ["Bí thư"]),
        ("Ông Lê Văn Tám, Quản đốc kiêm Trưởng ban An toàn, dự lễ.", ["Quản đốc", "Trưởng ban An toàn"]),
        ("Chủ tịch Hội đồng thành viên Lê Văn Tám phát biểu.", ["Chủ tịch Hội đồng thành viên"]),
        ("Bí thư Đảng ủy, Giám đốc Công ty Lê Văn Tám phát biểu.", ["Bí thư Đảng ủy", "Giám đốc Công ty"]),
        ("Phó Giám đốc là ông Lê Văn Tám.", ["Phó Giám đốc"]),
        ("Ông Lê Văn Tám được bầu làm Chủ tịch Công đoàn.", ["Chủ tịch Công đoàn"]),
        ("Ông Lê Văn Tám được Đại hội bầu làm Chủ tịch Công đoàn.", ["Chủ tịch Công đoàn"]),
        ("Ông Lê Văn Tám được bổ nhiệm chức vụ Giám đốc.", ["Giám đốc"]),
        ("Giám đốc Lê Văn Tám (Phó Bí thư Đảng ủy) đến.", ["Giám đốc", "Phó Bí thư Đảng ủy"]),
        ("Bộ trưởng Bộ Ngoại giao Lê Văn Tám đến.", ["Bộ trưởng Bộ Ngoại giao"]),
        ("Giám đốc Sở Văn hóa, Thể thao và Du lịch Lê Văn Tám đến.", ["Giám đốc Sở Văn hóa, Thể thao và Du lịch"]),
        ("Bí thư Đảng ủy, Giám đốc và Chủ tịch Hội Lê Văn Tám đến.", ["Bí thư Đảng ủy", "Giám đốc", "Chủ tịch Hội"]),
        ("Ông Lê Văn Tám, Hạt trưởng huyện Kim Lũ, làm Trưởng phòng.", ["Hạt trưởng huyện Kim Lũ", "Trưởng phòng"]),
    ],
)  # fmt: skip
def test_a_person_has_the_posts_that_stand_beside_the_name(text: str, posts: list[str]) -> None:
    assert _told(text) == [("Lê Văn Tám", posts)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "Giám đốc Lê Văn Tám, Phó Giám đốc Trần An và Kế toán trưởng Vũ Thị Mơ dự lễ.",
            [("Lê Văn Tám", ["Giám đốc"]), ("Trần An", ["Phó Giám đốc"]), ("Vũ Thị Mơ", ["Kế toán trưởng"])],
        ),
        (
            "Ông Lê Văn Tám, Giám đốc, ông Trần An, Phó Giám đốc.",
            [("Lê Văn Tám", ["Giám đốc"]), ("Trần An", ["Phó Giám đốc"])],
        ),
        (
            "Ông Lê Văn Tám (Giám đốc), bà Vũ Thị Mơ (Phó Giám đốc)",
            [("Lê Văn Tám", ["Giám đốc"]), ("Vũ Thị Mơ", ["Phó Giám đốc"])],
        ),
    ],
)
def test_a_post_between_two_names_goes_to_one_of_them(text: str, told: list[tuple[str, list[str]]]) -> None:
    assert _told(text) == told


@pytest.mark.parametrize(
    "text",
    [
        "Hai Phó Bí thư Đảng ủy là Lê Văn Tám và Trần An.",
        "Hai Phó Bí thư Đảng ủy là đồng chí Lê Văn Tám và đồng chí Trần An.",
        "Các Phó Bí thư Đảng ủy Lê Văn Tám, Trần An dự lễ.",
    ],
)
def test_several_people_behind_one_post_all_hold_it(text: str) -> None:
    assert _told(text) == [("Lê Văn Tám", ["Phó Bí thư Đảng ủy"]), ("Trần An", ["Phó Bí thư Đảng ủy"])]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Ông Lê Văn Tám trồng cây, bà Vũ Thị Mơ tưới cây.",
        "Giám đốc vắng mặt. Ông Lê Văn Tám trồng cây.",
        "Ông Lê Văn Tám gặp Giám đốc nhà máy.",
        "Phó Giám đốc nhà máy phát biểu.",
    ],
)
def test_a_post_that_is_only_near_a_name_is_not_held(text: str) -> None:
    assert _told(text) == []


@pytest.mark.parametrize(
    ("text", "title", "whole"),
    [
        ("ai là phó giám đốc thường trực nhà máy", "phó giám đốc", "phó giám đốc thường trực nhà máy"),
        ("Bí thư Đảng ủy nhiệm kỳ này", "Bí thư", "Bí thư Đảng ủy"),
        ("Giám đốc Ban Quản lý phát biểu", "Giám đốc", "Giám đốc Ban Quản lý"),
        ("Trưởng đoàn – Giám đốc", "Trưởng đoàn", "Trưởng đoàn"),
        ("Giám đốc ông Tám", "Giám đốc", "Giám đốc"),
        ("đội trưởng Trần Thị Mơ nghỉ", "đội trưởng", "đội trưởng"),
        ("Giám đốc Nhà máy Hoa Ban 2.", "Giám đốc", "Giám đốc Nhà máy Hoa Ban 2"),
        ("Giám đốc Nhà máy 2 năm liền", "Giám đốc", "Giám đốc Nhà máy"),
        ("Huấn luyện viên (HLV) trưởng Lê Văn Tám", "Huấn luyện viên (HLV) trưởng", "Huấn luyện viên (HLV) trưởng"),
    ],
)
def test_a_post_ends_where_its_body_does(text: str, title: str, whole: str) -> None:
    first = next(post_places(text))
    assert tuple(text[place.start : place.end] for place in first) == (title, whole)


@pytest.mark.parametrize("text", ["", "Anh phóng viên đi phố.", "Lớp trưởngthành"])
def test_a_title_inside_another_word_is_no_post(text: str) -> None:
    assert list(post_places(text)) == []


@given(_rosters | texts() | st.text(max_size=200))
def test_posts_are_places_in_any_text(text: str) -> None:
    for title, whole in post_places(text):
        assert 0 <= title.start == whole.start < title.end <= whole.end <= len(text)
        assert text[whole.start : whole.end].strip() == text[whole.start : whole.end]


@given(_rosters | texts() | st.text(max_size=200))
def test_holders_are_people_of_the_text_in_order_each_with_posts_in_order_beside_the_name(text: str) -> None:
    found = holders(text)
    names = [one.name for one in found]
    assert names == [name for name in people(text) if name in names]
    for one in found:
        assert one.posts
        assert all(0 <= post.start < post.end <= len(text) for post in one.posts)
        assert all(left.end <= right.start for left, right in itertools.pairwise(one.posts))
        assert all(post.end <= one.name.start or one.name.end <= post.start for post in one.posts)
