import pytest

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
    ],
)
def test_a_denial_is_told_from_an_affirmation(question: str, sentence: str, yes: bool) -> None:  # noqa: FBT001
    decided = verdict(question, sentence, (0, len(sentence)))
    assert decided.yes is yes
    assert sentence[decided.start : decided.end].strip()
