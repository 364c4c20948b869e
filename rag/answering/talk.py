"""Replies to turns that ask nothing of the articles: short, polite, and without a quote."""

import datetime
import re
from collections.abc import Sequence

from rag.conversation.acts import Act
from rag.conversation.history import Turn

_NO_ANSWER_YET = "Chưa có câu trả lời nào trước đó. Bạn hãy đặt một câu hỏi về nội dung các bài viết."
_MARKS = re.compile(r"\s*\[\d+\]")
_WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
_REPLIES = {
    Act.GREETING: (
        "Xin chào! Bạn muốn biết điều gì trong các bài viết? Tôi trả lời bằng đúng lời của bài báo, có trích dẫn."
    ),
    Act.THANKS: "Không có gì. Bạn cứ hỏi tiếp nếu cần nhé.",
    Act.GOODBYE: "Tạm biệt bạn, hẹn gặp lại!",
    Act.WHO_ARE_YOU: (
        "Tôi là Hỏi Đáp, chương trình trả lời câu hỏi về các bài báo trong thư viện này. "
        "Mỗi câu trả lời đều trích nguyên văn bài báo; điều gì bài không viết thì tôi nói là không tìm thấy."
    ),
    Act.ABILITIES: (
        "Tôi tìm trong các bài báo của thư viện và trả lời ai, khi nào, ở đâu, bao nhiêu, vì sao, có hay không, "
        "kèm trích dẫn nguyên văn. Bạn gõ không dấu hay viết tắt cũng được, và có thể hỏi tiếp, ví dụ “Còn năm 2021?”. "
        "Bạn cũng có thể hỏi thư viện có bao nhiêu bài, bài mới nhất, bài nào nói về một việc."
    ),
    Act.HOW_TO: (
        "Bạn gõ câu hỏi vào ô ở cuối trang rồi bấm Enter; bấm vào số trong ngoặc vuông để đọc đúng đoạn được trích. "
        "Thêm hoặc xóa bài viết ở thẻ Thư viện; các cuộc trò chuyện cũ nằm ở cột bên trái."
    ),
    Act.ABUSE: (
        "Xin lỗi vì câu trả lời chưa giúp được bạn. Bạn thử hỏi cụ thể hơn: tên người, đơn vị, năm; "
        "hoặc bấm “Sai” dưới câu trả lời để người quản lý biết."
    ),
    Act.SMALL_TALK: "Chuyện ấy tôi không rành, tôi chỉ trả lời được những gì các bài viết trong thư viện có nêu.",
    Act.ACKNOWLEDGE: "Vâng. Bạn muốn hỏi thêm điều gì trong các bài viết không?",
}
_OF_THE_ANSWER_BEFORE = {
    Act.REPEAT: "Câu trả lời trước là: {answer}",
    Act.SURE: (
        "Câu trả lời trước chỉ dùng lời của bài báo được dẫn, đã đối chiếu từng chữ. "
        "Bạn bấm vào số trong ngoặc vuông để tự đọc đoạn văn; nếu đoạn ấy không đúng ý bạn hỏi thì hãy hỏi cụ thể hơn."
    ),
    Act.ELABORATE: (
        "Bạn bấm vào số trong ngoặc vuông của câu trả lời trước để đọc cả đoạn văn. "
        "Muốn biết thêm điều gì, bạn hỏi thẳng điều ấy: ai, khi nào, ở đâu, bao nhiêu, vì sao."
    ),
}


def reply(act: Act, said: Sequence[Turn], now: datetime.datetime) -> str:
    """What is said to a turn that only talks.

    Args:
        act: What the turn does.
        said: The turns before it, oldest first.
        now: The time of this machine.

    Raises:
        KeyError: The act asks something that has to be looked up.

    Example:
        >>> reply(Act.THANKS, [], datetime.datetime(2026, 1, 5, 9, 30))
        'Không có gì. Bạn cứ hỏi tiếp nếu cần nhé.'
    """
    if act is Act.CLOCK:
        day = f"{_WEEKDAYS[now.weekday()]}, ngày {now.day}/{now.month}/{now.year}"
        return f"Bây giờ là {now.hour} giờ {now.minute:02d}, {day} (giờ của máy này)."
    if act in _OF_THE_ANSWER_BEFORE:
        if not said or not said[-1].answer:
            return _NO_ANSWER_YET
        return _OF_THE_ANSWER_BEFORE[act].format(answer=_MARKS.sub("", said[-1].answer))
    return _REPLIES[act]
