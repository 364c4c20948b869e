import pytest
from hypothesis import given
from vietnamese_text import texts

from rag.answering.yes_no import verdict


@pytest.mark.parametrize(
    ("question", "sentence", "yes"),
    [
        ("Giàn có người ở không?", "Đây là giàn không người ở, điều khiển từ xa.", False),
        ("Dự án có xảy ra tai nạn không?", "Đến nay dự án không để xảy ra tai nạn hay sự cố.", False),
        ("Nhà máy đã chạy thử chưa?", "Nhà máy chưa chạy thử vì thiếu điện.", False),
        ("Công đoàn có hoàn thành chỉ tiêu không?", "Công đoàn hoàn thành đủ 16/16 chỉ tiêu.", True),
        ("Doanh thu có tăng không?", "Doanh thu tăng không ngừng trong ba năm.", True),
        ("Đoàn có đạt giải không?", "Đoàn không những đạt giải mà còn lập kỷ lục.", True),
        ("Xưởng đã chạy thử chưa?", "Xưởng không lâu sau đã chạy thử.", True),
    ],
)
def test_a_denial_is_told_from_an_affirmation(question: str, sentence: str, yes: bool) -> None:  # noqa: FBT001
    decided = verdict(question, sentence, (0, len(sentence)))
    assert decided.yes is yes
    assert sentence[decided.start : decided.end].strip()


@pytest.mark.parametrize(
    ("question", "sentence", "yes"),
    [
        ("Máy mới có nặng hơn máy cũ không?", "Máy mới nhẹ hơn máy cũ hai tạ.", False),
        ("Máy mới có nhẹ hơn máy cũ không?", "Máy mới nặng hơn máy cũ hai tạ.", False),
        ("Máy mới có nặng hơn máy cũ không?", "Máy mới nặng hơn máy cũ hai tạ.", True),
        ("Máy mới có nặng hơn máy cũ không?", "Máy mới không nhẹ hơn máy cũ.", True),
        ("Máy mới có nặng hơn máy cũ không?", "Máy mới không nặng hơn máy cũ.", False),
        ("Sản lượng có tăng không?", "Sản lượng giảm 5%.", False),
        ("Sản lượng có tăng không?", "Sản lượng không giảm.", True),
        ("Máy có nặng không?", "Máy không nhẹ.", True),
        ("Xưởng có về đích sớm không?", "Xưởng về đích muộn hai ngày.", False),
        ("Quỹ có còn tiền không?", "Quỹ đã hết tiền.", False),
        ("Cầu có dài không?", "Cầu dài 5 km, đường ngắn hơn.", True),
        ("Sản lượng có tăng không?", "Sản lượng giấy tăng 5%; sản lượng mực giảm.", True),
        ("Sản lượng tăng hay giảm, có phải không?", "Sản lượng giảm 5%.", True),
    ],
)
def test_the_opposite_word_denies_what_is_asked(question: str, sentence: str, yes: bool) -> None:  # noqa: FBT001
    assert verdict(question, sentence, (0, len(sentence))).yes is yes


@pytest.mark.parametrize(
    ("question", "sentence", "yes"),
    [
        ("Công ty có tăng giá nước không?", "Ông Tám bác bỏ tin công ty sẽ tăng giá nước.", False),
        ("Bà Tư có nghỉ hưu không?", "Bà Tư phủ nhận việc sẽ nghỉ hưu trong năm nay.", False),
        ("Cầu có chậm vì thiếu vốn không?", "Trước thông tin cầu chậm vì thiếu vốn, ông Tám nói không thiếu.", False),
        ("Xưởng có nợ lương không?", "Ông Tám bác tin xưởng không trả nợ lương.", True),
        ("Ông Tám có phủ nhận tin tăng giá không?", "Ông Tám phủ nhận tin tăng giá.", True),
    ],
)
def test_what_is_reported_as_denied_is_not_so(question: str, sentence: str, yes: bool) -> None:  # noqa: FBT001
    assert verdict(question, sentence, (0, len(sentence))).yes is yes


@given(texts(max_words=15), texts(max_words=30))
def test_the_deciding_clause_lies_in_any_sentence(question: str, text: str) -> None:
    decided = verdict(question, text, (0, len(text)))
    assert 0 <= decided.start <= decided.end <= len(text)
