"""The rule for "right", held against cases decided by hand, and EM and F1 against another implementation's."""

import json

import pytest
from hypothesis import given as drawn_with
from hypothesis import strategies as st
from torchmetrics.functional.text import squad

from evals.agreement import agree
from evals.answer_text import tokens
from evals.answers import Given, judge
from evals.cases import Case, Evidence
from evals.overlap import exact_match, mlqa_normal_form, squad_normal_form, token_f1
from evals.workspace import DEV_SET

_PLACE = (Evidence("a", 0, 10),)


def _case(*golds: str, question: str = "?", kind: str = "what", **choices: bool) -> Case:
    return Case("1", question, golds, _PLACE if golds else (), kind=kind, **choices)


def _given(*spans: str, text: str = "", recall: float | None = None) -> Given:
    return Given(spans, text, abstained=False, evidence_recall=recall)


def _refused() -> Given:
    return Given((), "Không tìm thấy.", abstained=True)


@pytest.mark.parametrize(
    ("one", "same"),
    [
        ("29/12/2020", "ngày 29 tháng 12 năm 2020"),
        ("07/3/2016", "7-3-2016"),
        ("17h30 ngày 11/10/2025", "17 giờ 30 phút, ngày 11/10/2025"),
        ("tháng 3/2024", "tháng 3 năm 2024"),
        ("234 nghìn tấn", "234.000 tấn"),
        ("2,5 tỉ đồng", "2.500 triệu đồng"),
        ("28%", "28 phần trăm"),
        ("BK-24", "BK24"),
        ("hoà bình", "hòa bình"),
        ("½ ngày", "0,5 ngày"),
        ("03 tham luận", "3 tham luận"),
        ("đồng chí Lê Văn Tám", "Lê Văn Tám"),
        ("75 tỷ m³", "75 tỉ m3"),
    ],
)
def test_two_spellings_of_a_thing_are_the_same_tokens(one: str, same: str) -> None:
    assert [token.value for token in tokens(one)] == [token.value for token in tokens(same)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("3,42 triệu tấn", "342 triệu tấn"),  # what both published normalisers take for the same
        ("65 ngày", "65 tháng"),
        ("1.200 tấn", "1,2 tấn"),
        ("9/6", "6/9"),
        ("BK-24", "BK-21"),
    ],
)
def test_different_things_are_different_tokens(one: str, other: str) -> None:
    assert [token.value for token in tokens(one)] != [token.value for token in tokens(other)]
    assert not agree(one, other)


# Gold answer, given answer, question: right.
_RIGHT = [
    ("Trần Văn Tám", "đồng chí Trần Văn Tám - Bí thư Đảng ủy", "Ai là Bí thư?"),
    ("251", "251 người", "Có bao nhiêu đảng viên?"),
    ("8 đảng viên dự bị", "8", "Còn bao nhiêu đảng viên dự bị?"),
    ("hơn 234 nghìn tấn", "234 nghìn tấn", "Bao nhiêu tấn?"),
    ("29/12/2020", "29/12", "Hội nghị năm 2020 họp ngày nào?"),
    ("9/6", "ngày 9/6/2025", "Họp hôm nào?"),
    ("29/12/2020", "Chiều 29/12/2020, tại trụ sở", "Họp hôm nào?"),
    ("Học viện Dầu khí Baku", "Học viện Dầu khí", "Học viện nào ở Baku?"),
    ("113 nghìn USD", "113 nghìn USD trong năm 2020", "Làm lợi bao nhiêu?"),
    ("Phó Bí thư Đảng ủy", "Phó Bí thư", "Ông giữ chức gì trong Đảng ủy?"),
    ("hoàn thành các chỉ tiêu chính của kế hoạch", "hoàn thành chỉ tiêu chính theo kế hoạch", "Kết quả thế nào?"),
]
# Gold answer, given answer, question: not right.
_WRONG = [
    ("Trần Văn Tám", "Trần Văn Bảy", "Ai?"),
    ("Lê Văn Tám", "Nguyễn Văn Ba trao quyết định cho ông Lê Văn Tám", "Ai trao quyết định?"),
    ("Bí thư Đảng ủy", "Phó Bí thư Đảng ủy", "Giữ chức gì?"),
    ("hoàn thành kế hoạch", "chưa hoàn thành kế hoạch", "Kết quả thế nào?"),
    ("251", "251 đảng viên trong đó 243 đảng viên chính thức", "Có bao nhiêu đảng viên?"),
    ("hơn 650", "gần 650", "Bao nhiêu giếng?"),
    ("9", "9%", "Giảm bao nhiêu đầu mối?"),
    ("29/12/2020", "29/12", "Họp hôm nào?"),
    ("29/12/2020", "29/12/2021", "Họp hôm nào?"),
    ("18 giờ ngày 12/12/2021", "12/12/2021", "Lúc mấy giờ, ngày mấy?"),
    ("Tổng giám đốc", "Giám đốc", "Giữ chức gì?"),
    ("Phó Bí thư Đảng ủy", "Đảng ủy", "Ông giữ chức gì trong Đảng ủy?"),
    ("Phó Bí thư Đảng ủy", "Phó Bí thư", "Ông giữ chức gì?"),
    # A name that nobody expects, though the question holds the words that are missing.
    ("Giải Sáng tạo Toàn quốc", "Giải Sáng tạo HSTW", "Xưởng Giấy được giải nào ở cuộc thi toàn quốc?"),
    ("Cúp Bạc Hội chợ Mùa xuân", "Cúp Bạc Hội chợ ABC", "Cúp nào được trao ở hội chợ mùa xuân?"),
]


@pytest.mark.parametrize(("gold", "answer", "question"), _RIGHT)
def test_what_a_careful_person_calls_right(gold: str, answer: str, question: str) -> None:
    assert agree(gold, answer, question)


@pytest.mark.parametrize(("gold", "answer", "question"), _WRONG)
def test_what_a_careful_person_calls_wrong(gold: str, answer: str, question: str) -> None:
    assert not agree(gold, answer, question)


def test_a_quoted_sentence_is_no_short_answer() -> None:
    sentence = (
        "Chiều ngày 29/12/2020, tại Trụ sở làm việc chính của công ty, Đảng ủy đã tổ chức Hội nghị tổng kết công tác "
        "Đảng năm 2020 và triển khai nhiệm vụ năm 2021 với sự tham dự của đông đảo đại biểu."
    )
    case = _case("29/12/2020", question="Hội nghị họp hôm nào?")
    assert not judge(case, _given(sentence)).right
    assert judge(case, _given("Chiều ngày 29/12/2020")).right


def test_one_answer_is_wanted_so_a_wrong_one_beside_it_is_wrong() -> None:
    case = _case("Lê Văn Tám", question="Ai chủ trì?", kind="who")
    assert judge(case, _given("Lê Văn Tám", "ông Lê Văn Tám")).right
    assert not judge(case, _given("Lê Văn Tám", "Nguyễn Văn Ba")).right


def test_a_list_given_as_one_gold_answer_may_come_in_pieces() -> None:
    case = _case("an ninh năng lượng, an ninh lương thực và an sinh xã hội", kind="list")
    verdict = judge(case, _given("an ninh năng lượng", "an ninh lương thực", "an sinh xã hội"))
    assert verdict.right
    assert verdict.rule == "together"


def test_all_items_are_counted_and_all_are_needed() -> None:
    case = _case("Lê Văn Tám", "Trần Văn Ba", question="Hai phó bí thư là ai?", all_needed=True)
    assert judge(case, _given("Trần Văn Ba", "ông Lê Văn Tám")).right
    assert judge(case, _given("Lê Văn Tám và Trần Văn Ba")).right
    half = judge(case, _given("Lê Văn Tám"))
    assert (half.right, half.share, half.em_squad, half.rule) == (False, 0.5, 0.5, "all")
    more = judge(case, _given("Lê Văn Tám", "Trần Văn Ba", "Nguyễn Văn Bảy"))
    assert (more.right, more.share) == (False, 1.0)


@pytest.mark.parametrize(
    ("gold", "span", "right"),
    [
        ("Không", "Không", True),
        ("Không", "Không có ai cả", True),
        ("Không", "Có", False),
        ("Có", "Có, đạt đủ 16/16 chỉ tiêu", True),
        ("Có", "Không", False),
        ("Có", "đạt đủ 16/16 chỉ tiêu", True),
        ("Có", "tám mươi mốt đại biểu", False),
    ],
)
def test_yes_or_no_is_told_by_its_first_word(gold: str, span: str, right: bool) -> None:  # noqa: FBT001
    case = _case(gold, "đạt đủ 16/16 chỉ tiêu", kind="yes_no", free_form=True)
    assert judge(case, _given(span)).right is right


def test_a_comparison_is_right_by_its_winner() -> None:
    question = "Doanh thu năm 2020 và năm 2021, năm nào cao hơn?"
    case = _case("Năm 2021", "2021 (620 tỷ đồng so với 566 tỷ đồng)", question=question, kind="compare")
    assert judge(case, _given("năm 2021", "620 tỷ đồng", "566 tỷ đồng")).right
    assert judge(case, _given("620 tỷ đồng")).right
    assert not judge(case, _given("năm 2020", "620 tỷ đồng", "566 tỷ đồng")).right
    assert not judge(case, _given("566 tỷ đồng")).right
    assert not judge(case, _given("năm 2021", "900 tỷ đồng", "566 tỷ đồng")).right  # the right side for a wrong reason


def test_a_side_may_be_named_in_the_questions_own_words() -> None:
    question = "SKSC toàn VSP năm 2018 với SKSC của BMĐH năm 2020, bên nào hiệu quả lớn hơn?"
    case = _case("toàn Vietsovpetro năm 2018 (10 triệu USD so với 113 nghìn USD)", question=question, kind="compare")
    assert judge(case, _given("SKSC toàn VSP năm 2018", "10 triệu USD", "113 nghìn USD")).right
    assert not judge(case, _given("SKSC của BMĐH năm 2020", "10 triệu USD", "113 nghìn USD")).right


def test_a_free_answer_is_right_when_its_evidence_is_cited() -> None:
    case = _case("vì nhiều lẽ", kind="why", free_form=True)
    assert judge(case, _given("một câu trả lời khác", recall=1.0)).right
    assert not judge(case, _given("một câu trả lời khác", recall=0.5)).right


def test_refusing_is_right_only_where_the_articles_hold_nothing() -> None:
    nothing = Case("1", "Ai?", (), ())
    assert judge(nothing, _refused()).right
    assert judge(nothing, _refused()).f1_squad == 1.0
    assert not judge(nothing, _given("Lê Văn Tám")).right
    assert judge(nothing, _given("Lê Văn Tám")).f1_squad == 0.0
    missed = judge(_case("Lê Văn Tám"), _refused())
    assert (missed.right, missed.share, missed.em_mlqa, missed.f1_mlqa, missed.rule) == (False, 0, 0, 0, "missed")


def test_without_spans_the_text_is_the_answer_without_its_markers() -> None:
    assert judge(_case("Lê Văn Tám"), _given(text="Lê Văn Tám [1].")).right


def test_gold_answers_of_the_dev_set_are_right_themselves() -> None:
    for line in DEV_SET.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        case = Case(
            row["id"],
            row["question"],
            tuple(row["answers"]),
            _PLACE if row["answers"] else (),
            kind=row["type"],
            all_needed=row.get("answer_mode") == "all",
        )
        if case.answerable:
            for spans in (case.answers,) if case.all_needed else ((answer,) for answer in case.answers):
                assert judge(case, _given(*spans)).right, (case.id, spans)


def test_f1_by_hand() -> None:
    # Gold "mot hai ba bon", given "hai ba nam": 2 shared, precision 2/3, recall 2/4.
    assert token_f1("mot hai ba bon", "hai ba nam", squad_normal_form) == pytest.approx(
        2 * (2 / 3) * 0.5 / (2 / 3 + 0.5)
    )
    assert token_f1("a b", "c d", squad_normal_form) == 0.0
    assert exact_match("The Red, Fox!", "red fox", squad_normal_form) == 1.0


def test_mlqa_takes_its_vietnamese_articles_and_all_punctuation_away() -> None:
    assert mlqa_normal_form("Những “giàn khoan” của Liên doanh – là BK-24") == "giàn khoan liên doanh bk24"
    assert squad_normal_form("Những “giàn khoan” của BK-24") == "những “giàn khoan” của bk24"


_WORDS = st.text(alphabet="abcđêthu,.-“” 12", min_size=1, max_size=30)


@drawn_with(st.lists(_WORDS, min_size=1, max_size=3), _WORDS)
def test_em_and_f1_are_those_of_torchmetrics_squad(golds: list[str], answer: str) -> None:
    target = {"answers": {"answer_start": [0] * len(golds), "text": golds}, "id": "1"}
    theirs = squad({"prediction_text": answer, "id": "1"}, target)
    assert theirs["exact_match"].item() == 100 * max(exact_match(gold, answer, squad_normal_form) for gold in golds)
    ours = 100 * max(token_f1(gold, answer, squad_normal_form) for gold in golds)
    assert theirs["f1"].item() == pytest.approx(ours, abs=1e-4)


@drawn_with(st.text(max_size=60))
def test_any_text_that_says_anything_agrees_with_itself(text: str) -> None:
    assert agree(text, text) is bool(tokens(text))


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("Liên doanh gia hạn thời hạn hoạt động của mình cho tới năm 2050. [1]", True),
        ("Thời hạn hoạt động là năm 2050. [1] Thời hạn hoạt động là năm 2060. [2]", False),
        ("Thời hạn hoạt động là năm 2060. [1]", False),
    ],
)
def test_a_written_answer_may_say_the_question_again_but_no_other_figure(text: str, *, right: bool) -> None:
    case = _case("năm 2050", question="Thời hạn hoạt động của liên doanh gia hạn tới năm nào?")
    quote = "Tin vui lớn nhất là thời hạn hoạt động của Liên doanh nay kéo dài đến năm 2050."
    assert judge(case, Given((quote,), text, abstained=False, written=True)).right is right
