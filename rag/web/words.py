"""Every visible word of the page, in one place."""

TITLE = "Hỏi Đáp"
DESCRIPTION = "Hỏi bằng tiếng Việt, có dấu hay không dấu. Câu trả lời luôn kèm trích dẫn nguyên văn từ bài viết."
PLACEHOLDER = "Bạn muốn biết điều gì trong các bài viết?"
ASK = "Hỏi"
EXAMPLES_LABEL = "Thử hỏi"
EXAMPLES = (
    "Hội nghị tổng kết công tác Đảng năm 2020 diễn ra khi nào?",
    "ai la bi thu dang uy bmdh",
    "Doanh thu năm 2025 dự kiến bao nhiêu?",
)
UNDERSTOOD_AS = "Hiểu là"
SOURCES = "Nguồn"
RELATED = "Có thể liên quan (không phải câu trả lời):"
OPEN_SOURCE = "xem bài gốc"
