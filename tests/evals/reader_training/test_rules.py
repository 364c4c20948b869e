"""Rule-made and invented questions: answers stand where the example says, and equal seeds give equal questions."""

from random import Random

import pytest

from evals.reader_training.answer_rules import candidates
from evals.reader_training.augment import Augmentation, noisy_question, show
from evals.reader_training.data import Example
from evals.reader_training.invented.examples import invent_example
from evals.reader_training.neighbours import Neighbours
from evals.reader_training.questions import questions_from
from evals.reader_training.text import fold, join_punctuation, sentence_spans
from evals.reader_training.written import NEAR, PART, SISTERS, examples_of, written_examples

STORY = (
    "Ngày 5/3/2019, ông Trần Văn Bình đã khánh thành nhà máy giấy tại thành phố Hòa Lạc. "
    "Nhà máy sản xuất hơn 1.200 tấn giấy mỗi năm, nhằm thay thế nguồn hàng nhập khẩu từ nước ngoài. "
    "Công trình do Công ty Sao Mai thiết kế và được gọi là Bông Lúa."
)


@pytest.mark.parametrize(
    ("sentence", "answer"),
    [
        ("Hôm qua ông Trần Văn Bình đã tới thăm xưởng.", "Trần Văn Bình"),
        ("Ngày 5/3/2019, đoàn đã khánh thành cầu.", "Ngày 5/3/2019"),
        ("Nhà máy sản xuất 1.200 tấn giấy.", "1.200 tấn"),
        ("Lễ hội được tổ chức tại thành phố Hòa Lạc.", "thành phố Hòa Lạc"),
        ("Cây cầu này được gọi là Bông Lúa.", "Bông Lúa"),
        ("Bản thiết kế là của Công ty Sao Mai.", "Công ty Sao Mai"),
    ],
)
def test_a_rule_finds_the_answer(sentence: str, answer: str) -> None:
    assert answer in {sentence[found.start : found.end] for found in candidates(sentence)}


def test_a_ministers_ministry_is_not_his_name() -> None:
    found = candidates("Bộ trưởng Bộ Giáo dục phát biểu tại buổi lễ sáng nay.")
    assert not any("ai" in candidate.question_words for candidate in found)


def test_rule_made_questions_do_not_repeat_their_answer_span() -> None:
    examples = questions_from(STORY, "", Random(1), most=20)
    assert len(examples) >= 4
    for example in examples:
        ((start, end),) = example.answers
        assert example.question.endswith("?")
        assert STORY[start:end].strip() == STORY[start:end] != ""


def test_equal_seeds_make_equal_questions() -> None:
    assert questions_from(STORY, "", Random(7), 9) == questions_from(STORY, "", Random(7), 9)
    assert invent_example(Random(7)) == invent_example(Random(7))


def test_invented_answers_are_in_their_story() -> None:
    rng = Random(3)
    examples = [invent_example(rng) for _ in range(300)]
    for example in examples:
        for start, end in example.answers:
            assert 0 <= start < end <= len(example.context)
            assert example.context[start:end].strip() == example.context[start:end]
    unanswered = sum(not example.answers for example in examples)
    assert 0 < unanswered < len(examples) / 2


def test_an_invented_office_that_two_people_hold_is_asked_for_with_its_body() -> None:
    rng = Random(4)
    asked = [example for example in (invent_example(rng) for _ in range(600)) if example.question.startswith("Ai là ")]
    for example in asked:
        office = example.question.removeprefix("Ai là ").rstrip("?")
        if example.answers:
            (start, end), *_ = example.answers
            around = example.context[max(0, start - 80) : end + 160]
            assert office.split()[0] in around
    assert any(not example.answers for example in asked)


def test_a_question_about_another_year_is_not_answered() -> None:
    story = "Năm 2019, nhà máy giấy sản xuất 1.200 tấn. Sản lượng tăng đều trong các quý."
    example = Example("Năm 2019 nhà máy sản xuất bao nhiêu tấn?", story, ((32, 41),), "viquad", "vi", "")
    rng = Random(2)
    pools = {"vi": Neighbours([story])}
    how = Augmentation(negative=0.0, mismatched=1.0, unaccented=0.0, lower_case=0.0)
    shown = [show(example, pools, rng, how) for _ in range(20)]
    for one in shown:
        assert (one.start < 0) == ("2019" not in one.question)
    assert any(one.start < 0 for one in shown)


def test_a_question_about_the_opposite_is_not_answered() -> None:
    story = "Nhà máy giấy lớn nhất tỉnh có 250 công nhân, tăng 12 người so với năm trước."
    example = Example("Nhà máy lớn nhất có bao nhiêu công nhân?", story, ((30, 33),), "viquad", "vi", "")
    how = Augmentation(negative=0.0, mismatched=1.0, unaccented=0.0, lower_case=0.0)
    shown = [show(example, {"vi": Neighbours([story])}, Random(seed), how) for seed in range(20)]
    for one in shown:
        assert (one.start < 0) == ("nhỏ nhất" in one.question)
    assert any(one.start < 0 for one in shown)


def test_a_passage_is_shown_under_the_headline_and_opening_of_its_own_article_or_none() -> None:
    opening = "Thành phố Hòa Lạc có hai nhà máy, đều ở bờ sông."
    example = Example("Ai đến?", STORY, ((17, 30),), "viquad", "vi", "Nhà_máy_giấy")
    other = "Ngày 7/8/2020, ông Lê An đến thăm một nhà máy khác hẳn ở rất xa nơi này cùng nhiều người."
    pools = {"vi": Neighbours([opening, STORY, other], ["Nhà_máy_giấy", "Nhà_máy_giấy", "Nhà máy đường"])}
    shown = [show(example, pools, Random(seed), Augmentation()) for seed in range(200)]
    headings = {(one.heading, one.passage in STORY) for one in shown if one.passage not in opening}
    assert headings == {
        ("", True),
        ("Nhà máy giấy", True),
        (f"Nhà máy giấy. {opening}", True),
        ("", False),
        ("Nhà máy đường", False),  # its passage is the opening itself, or has it left out
    }


def test_windows_keep_the_answer_and_negatives_lose_it() -> None:
    start = STORY.index("1.200 tấn")
    example = Example("Mỗi năm bao nhiêu tấn?", STORY, ((start, start + 9),), "viquad", "vi", "")
    pools = {"vi": Neighbours([STORY, "Một đoạn khác hẳn, không nói gì tới con số nào trong bài đầu tiên cả."])}
    rng = Random(5)
    kept, lost = 0, 0
    for _ in range(300):
        shown = show(example, pools, rng, Augmentation(shortest_window=60, longest_window=200))
        if shown.start < 0:
            lost += 1
            assert "1.200 tấn" not in shown.passage
        else:
            kept += 1
            assert shown.passage[shown.start : shown.end] == "1.200 tấn"
    assert kept > lost > 0


def test_unaccented_questions_hold_no_marks() -> None:
    example = Example("Đồng chí nào đến?", STORY, (), "viquad", "vi", "")
    assert (
        noisy_question(example, Random(0), Augmentation(unaccented=1.0, no_question_mark=0.0)).lower()
        == "dong chi nao den?"
    )


def test_fold_maps_the_letter_that_decomposition_leaves() -> None:
    assert fold("Đường đỗ xe, ưỡn ẹo") == "Duong do xe, uon eo"


def test_sentences_are_cut_at_their_ends() -> None:
    assert [STORY[start:end].rsplit(maxsplit=1)[-1] for start, end in sentence_spans(STORY)] == [
        "Lạc.",
        "ngoài.",
        "Lúa.",
    ]


def test_joined_punctuation_moves_spans_along() -> None:
    text = "anh , chị ( em ) . Hết"
    joined, ((start, end),) = join_punctuation(text, ((text.index("em"), text.index("em") + 2),))
    assert joined == "anh, chị (em). Hết"
    assert joined[start:end] == "em"


def test_every_written_answer_stands_where_it_is_said_to() -> None:
    written = written_examples()
    examples = written[PART]
    assert len(examples) > 5000
    for example in (*examples, *written[NEAR]):
        for start, end in example.answers:
            assert example.context[start:end].strip() == example.context[start:end] != ""
    assert 0.2 < sum(not example.answers for example in examples) / len(examples) < 0.4
    assert 0.4 < sum(not example.answers for example in written[NEAR]) / len(written[NEAR]) < 0.6


def test_sister_articles_do_not_answer_each_others_questions() -> None:
    written = written_examples()
    answered = {(example.question, example.context) for example in (*written[PART], *written[NEAR]) if example.answers}
    assert len(written[SISTERS]) > 1000
    assert not any(example.answers for example in written[SISTERS])
    assert answered.isdisjoint((example.question, example.context) for example in written[SISTERS])
    assert {example.question for example in written[SISTERS]} <= {question for question, _ in answered}


def test_a_written_answer_that_stands_twice_needs_a_longer_stretch() -> None:
    row = {"title": "Họp", "passage": "Bà Tư đi. Bà Tư về.", "questions": [{"q": "Ai về?", "a": "Bà Tư"}]}
    with pytest.raises(ValueError, match="stands 2 times"):
        list(examples_of(row, "tin.jsonl:1"))
    row["questions"] = [{"q": "Ai về?", "a": "Bà Tư", "in": "Bà Tư về"}]
    assert [example.answers for example in examples_of(row, "")] == [((10, 15),)]
