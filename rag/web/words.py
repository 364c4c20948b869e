"""Every visible word of the page, in one place: Vietnamese first, English beside it."""

from typing import Literal, NamedTuple

Language = Literal["vi", "en"]


class Text(NamedTuple):
    """One thing the page says, in each language.

    Example:
        >>> Text("{n} bài", "{n} articles")("en", n=3)
        '3 articles'
    """

    vi: str
    en: str

    def __call__(self, language: Language, **values: object) -> str:
        """The words in one language, with `values` put into their places."""
        said: str = getattr(self, language)
        return said.format(**values) if values else said


# The page
TITLE = Text("Hỏi Đáp", "Hỏi Đáp")
TAGLINE = Text("Hỏi các bài báo, xem đúng câu chữ làm chứng", "Ask the articles, see the exact words")
OTHER_LANGUAGE = Text("English", "Tiếng Việt")
SWITCH_THEME = Text("Đổi nền sáng, tối", "Switch light or dark")
LOG_OUT = Text("Đăng xuất", "Log out")
TAB_CHAT = Text("Trò chuyện", "Chat")
TAB_LIBRARY = Text("Thư viện", "Library")
TAB_EVALUATION = Text("Đánh giá", "Evaluation")
CLOSE = Text("Đóng", "Close")
CANCEL = Text("Hủy", "Cancel")

# Asking
QUESTION = Text("Câu hỏi", "Question")
PLACEHOLDER = Text("Hỏi về các bài viết…", "Ask about the articles…")
ASK = Text("Hỏi", "Ask")
STOP = Text("Dừng", "Stop")
WELCOME = Text("Bạn muốn biết điều gì?", "What would you like to know?")
DESCRIPTION = Text(
    "Hỏi bằng tiếng Việt, có dấu hay không dấu. Mỗi câu trả lời kèm trích dẫn nguyên văn; bài viết không có thì nói là "
    "không tìm thấy.",
    "Ask in Vietnamese, with or without accents. Every answer comes with exact quotes; what the articles do not hold "
    "is not answered.",
)
EMPTY_TITLE = Text("Thư viện chưa có bài viết nào", "The library holds no article yet")
EMPTY_WHAT = Text(
    "Hãy thêm bài trước khi hỏi: tải tệp lên hoặc dán địa chỉ trang web ở thẻ Thư viện, hoặc dừng trang rồi chạy lệnh:",
    "Add articles before you ask: upload files or paste a web address under Library, or stop the page and run:",
)
EMPTY_COMMAND = Text("hoidap index THƯ_MỤC_BÀI_VIẾT", "hoidap index FOLDER_OF_ARTICLES")
EMPTY_OPEN = Text("Mở Thư viện để thêm bài", "Open the library to add articles")
EMPTY_REFUSED = Text(
    "Thư viện chưa có bài viết nào. Hãy thêm bài ở thẻ Thư viện rồi hỏi lại.",
    "The library holds no article yet. Add some under Library, then ask again.",
)
EXAMPLES_FROM = "000-seed"  # one of the articles that ship with Hỏi Đáp, which the examples ask about
EXAMPLES = (
    (Text("Thời gian", "When"), "Hội nghị tổng kết công tác Đảng năm 2020 diễn ra khi nào?"),
    (Text("Không dấu", "No accents"), "ai la bi thu dang uy bmdh"),
    (Text("Con số", "A number"), "Đảng bộ BMĐH có tổng số bao nhiêu đảng viên?"),
    (Text("Chức vụ", "A role"), "Ông Lê Đăng Tâm giữ những chức vụ gì?"),
    (Text("Kết quả", "A result"), "giai phap tang san luong dau nam 2020 duoc bao nhieu tan"),
    (Text("Không có trong bài", "Not in there"), "Giá vàng hôm nay bao nhiêu?"),
)
RECENT = Text("Bài mới, bấm để đọc", "Recent, click to read")
CONVERSATION = Text("Cuộc trò chuyện", "Conversation")
WAITING = Text(
    "Còn khoảng {seconds} giây, trước bạn còn {n} câu hỏi.", "About {seconds} s to wait. Questions ahead of yours: {n}."
)
WAITING_ONLY = Text("Đang đợi đến lượt, trước bạn còn {n} câu hỏi.", "Waiting. Questions ahead of yours: {n}.")
READING_QUESTION = Text("Đang đọc câu hỏi…", "Reading the question…")
SEARCHING = Text("Đang tìm trong các bài viết…", "Searching the articles…")
READING_PASSAGES = Text("Đang đọc {n} đoạn trong {articles} bài…", "Reading {n} passages of {articles} articles…")
STOPPED = Text("Đã dừng theo yêu cầu.", "Stopped as you asked.")
UNDERSTOOD_AS = Text("Hiểu là", "Understood as")
CONFIDENCE = Text("Độ tin cậy {percent} %", "Confidence {percent} %")
SECONDS = Text("{seconds} giây", "{seconds} s")
SOURCES = Text("Nguồn", "Sources")
SOURCE_NUMBER = Text("Xem nguồn {n}: {title}", "See source {n}: {title}")
SEARCHED = Text("Đã tìm {where}, đọc {n} đoạn gần nhất.", "Searched {where}, read the {n} nearest passages.")
SEARCHED_ALL = Text("trong toàn bộ thư viện", "the whole library")
SEARCHED_FILTERED = Text("với bộ lọc: {filters}", "with the filters: {filters}")
NO_PASSAGE_LEFT = Text(
    "Bộ lọc không để lại đoạn nào. Hãy nới bộ lọc rồi hỏi lại.",
    "The filters leave no passage. Widen them and ask again.",
)
RELATED = Text("Có thể liên quan (không phải câu trả lời)", "May be related (not an answer)")
COPY = Text("Sao chép", "Copy")
COPIED = Text("Đã sao chép", "Copied")
RETRY = Text("Hỏi lại", "Ask again")
EDIT = Text("Sửa câu hỏi", "Edit the question")
SEND_EDITED = Text("Hỏi câu này", "Ask this")
MARKDOWN_CONFIDENCE = Text("độ tin cậy", "confidence")

# Why
WHY = Text("Vì sao?", "Why?")
WHY_READ = Text("Câu hỏi được đọc là", "The question was read as")
WHY_EXPANDED = Text("Viết tắt", "Abbreviations")
WHY_NAMES = Text("Tên đầy đủ", "Full names")
WHY_YEARS = Text("Năm", "Years")
WHY_RANKING = Text("Các đoạn đứng đầu", "The best passages")
RANK_PASSAGE = Text("Đoạn", "Passage")
RANK_TOTAL = Text("Điểm", "Score")
RANK_COSINE = Text("Ý nghĩa", "Meaning")
RANK_LEXICAL = Text("Từ ngữ", "Words")
RANK_SENTENCE = Text("Câu sát nhất", "Best sentence")
RANK_TIME = Text("Thời gian", "Time")

# Feedback
VOTE_RIGHT = Text("Câu trả lời đúng", "The answer is right")
VOTE_WRONG = Text("Câu trả lời chưa đúng", "The answer is not right")
FEEDBACK_WHY = Text("Vì sao? (không bắt buộc)", "Why? (optional)")
FEEDBACK_REASONS = (
    Text("Sai", "Wrong"),
    Text("Thiếu ý", "Incomplete"),
    Text("Trích dẫn không đúng chỗ", "The quote does not show it"),
    Text("Bài có câu trả lời mà không tìm ra", "The articles hold the answer"),
    Text("Lý do khác", "Something else"),
)
FEEDBACK_ANSWER = Text("Câu trả lời đúng là… (không bắt buộc)", "The right answer is… (optional)")
FEEDBACK_SEND = Text("Gửi góp ý", "Send")
VOTE_UNKNOWN = Text(
    "Không nhận ra câu trả lời này nên chưa ghi góp ý. Hãy hỏi lại rồi góp ý.",
    "This answer is not known here, so nothing was noted. Ask again, then vote.",
)
FEEDBACK_THANKS = Text("Đã ghi lại. Cảm ơn bạn!", "Noted. Thank you!")

# Conversations
NEW_CONVERSATION = Text("Cuộc trò chuyện mới", "New conversation")
EARLIER = Text("Trước đây (chỉ lưu trong trình duyệt này)", "Earlier (kept in this browser only)")
NO_EARLIER = Text("Chưa có cuộc trò chuyện nào.", "No conversation yet.")
FORGET = Text("Xóa cuộc trò chuyện này", "Delete this conversation")
FORGET_SURE = Text("Xóa “{title}” khỏi trình duyệt này?", "Delete “{title}” from this browser?")
EXPORT = Text("Tải về (Markdown)", "Export (Markdown)")
UNREADABLE_CONVERSATION = Text("Không đọc được cuộc trò chuyện đã lưu.", "The saved conversation cannot be read.")
MENU = Text("Cuộc trò chuyện và bộ lọc", "Conversations and filters")

# Filters
FILTERS = Text("Bộ lọc", "Filters")
PUBLISHED_FROM = Text("Từ ngày", "From")
PUBLISHED_TO = Text("Đến ngày", "To")
PUBLISHERS = Text("Nguồn báo", "Publishers")
ARTICLES = Text("Bài viết", "Articles")
EVERY = Text("Tất cả", "All")
CLEAR_FILTERS = Text("Bỏ bộ lọc", "Clear filters")

# The source panel
SOURCE_PANEL = Text("Bài viết được trích dẫn", "The article quoted")
OPEN_SOURCE = Text("Mở trang gốc", "Open the original")
ARTICLE_GONE = Text("Bài “{article}” không còn trong thư viện.", "The article “{article}” is no longer in the library.")
QUOTE_MOVED = Text(
    "Bài đã thay đổi từ khi trả lời. Lúc đó bài viết: “{quote}”",
    "The article has changed since the answer. It then said: “{quote}”",
)
# Login
LOGIN_TITLE = Text("Đăng nhập", "Log in")
LOGIN_NAME = Text("Tên đăng nhập", "User name")
LOGIN_PASSWORD = Text("Mật khẩu", "Password")
LOGIN_BUTTON = Text("Đăng nhập", "Log in")
LOGIN_WRONG = Text("Tên hoặc mật khẩu chưa đúng. Hãy thử lại.", "Wrong name or password. Try again.")
LOGIN_TOO_MANY = Text("Sai quá nhiều lần. Hãy thử lại sau năm phút.", "Too many failures. Try again in five minutes.")
LOGIN_BUSY = Text(
    "Đang có quá nhiều lượt đăng nhập. Hãy thử lại sau ít phút.", "Too many logins. Try again in minutes."
)
LOGIN_NEEDED = Text("Hãy đăng nhập trước.", "Log in first.")
ONLY_ADMINS = Text(
    "Chỉ người quản trị được tải lên và xóa bài. Hãy đăng nhập bằng tài khoản quản trị.",
    "Only admins upload and delete. Log in as one.",
)

# What is refused before it reaches the page
WRONG_HOST = Text(
    "Trang này không có tên đó. Nếu đặt sau một máy chủ trung gian, hãy khai báo tên trong HOIDAP_ALLOWED_HOSTS.",
    "This site has no such name. Behind a proxy, set its name in HOIDAP_ALLOWED_HOSTS.",
)
WRONG_ORIGIN = Text(
    "Yêu cầu đến từ một trang web khác nên bị từ chối.", "The request comes from another site and is refused."
)
NOTHING_THERE = Text("Không có gì tại địa chỉ này.", "There is nothing at this address.")
TOO_LARGE = Text("Nội dung gửi lên quá lớn.", "What was sent is too large.")
TOO_SLOW = Text("Nội dung gửi lên quá chậm nên đã ngừng chờ.", "What was sent took too long to arrive.")
UNREADABLE_CALL = Text("Không đọc được nội dung gửi lên.", "What was sent cannot be read.")
CALL_FAILED = Text("Yêu cầu không thực hiện được vì lỗi bên trong trang.", "An error inside the page stopped this.")
TOO_FEW_VALUES = Text("Gửi lên thiếu giá trị.", "Some values are missing.")
WRONG_VALUE = Text("Giá trị của “{name}” không đúng kiểu.", "The value of “{name}” is of a wrong kind.")
NO_FILES_HERE = Text(
    "Chỉ nhận tệp được tải lên ở thẻ Thư viện.", "Files are only taken where they are uploaded, under Library."
)
UPLOADS_FULL = Text(
    "Đang có quá nhiều tệp chờ xử lý. Hãy thử lại sau ít phút.", "Too many files are being read. Try again in minutes."
)
TOO_MANY_REQUESTS = Text(
    "Bạn đang gửi quá nhiều yêu cầu cùng lúc. Hãy đợi một lát.", "Too many requests at once. Wait a moment."
)

# Library
LIBRARY_COUNTS = Text("{articles} bài, {passages} đoạn", "{articles} articles, {passages} passages")
LIBRARY_MODEL = Text("Mô hình nhúng: {model}", "Embedding model: {model}")
LIBRARY_EMPTY = Text("Thư viện chưa có bài nào. Hãy tải lên bài đầu tiên.", "No article yet. Upload the first one.")
LIBRARY_NONE = Text("Không có bài nào khớp với “{wanted}”.", "No article matches “{wanted}”.")
LIBRARY_SEARCH = Text("Tìm theo tiêu đề, nguồn (có dấu hay không dấu)", "Find by headline or publisher")
LIBRARY_LIST = Text("Danh sách bài viết", "Articles")
COLUMN_TITLE = Text("Tiêu đề", "Headline")
COLUMN_PUBLISHER = Text("Nguồn", "Publisher")
COLUMN_PUBLISHED = Text("Ngày đăng", "Published")
COLUMN_PASSAGES = Text("Đoạn", "Passages")
SHOW_MORE = Text("Xem thêm ({left} bài nữa)", "Show more ({left} left)")
UPLOAD = Text("Tải bài lên", "Upload articles")
UPLOAD_HINT = Text(
    "Loại tệp: {suffixes}. Mỗi tệp tối đa {megabytes} MB, mỗi lần tối đa {files} tệp.",
    "Kinds: {suffixes}. At most {megabytes} MB a file and {files} files at once.",
)
UPLOAD_TOO_MANY = Text("Mỗi lần chỉ tải được {files} tệp.", "At most {files} files at once.")
UPLOAD_TOO_LARGE = Text("Tệp “{{name}}” vượt quá {megabytes} MB.", "“{{name}}” is larger than {megabytes} MB.")
ADDRESS = Text("Địa chỉ trang web", "Web address")
ADDRESS_HINT = Text("Dán địa chỉ một bài báo (https://…)", "Paste the address of an article (https://…)")
ADDRESS_ADD = Text("Thêm", "Add")
CHANGE_RUNNING = Text("Đang đọc và lập chỉ mục: {done}/{total}", "Reading and indexing: {done}/{total}")
CHANGE_ADDED = Text("Đã thêm {n} bài:", "{n} added:")
CHANGE_FAILED = Text("{n} tệp không đọc được:", "{n} could not be read:")
CHANGE_NONE = Text("Không có gì thay đổi.", "Nothing has changed.")
DELETE = Text("Xóa bài “{title}”", "Delete “{title}”")
DELETE_SURE = Text("Xóa bài này khỏi thư viện? Không lấy lại được.", "Delete this article from the library for good?")
DELETE_CONFIRM = Text("Xóa", "Delete")
DELETED = Text("Đã xóa “{title}”.", "“{title}” is deleted.")
ASK_ABOUT = Text("Hỏi về bài này", "Ask about this article")

# Evaluation
RUNS = Text("Các lần đo", "Evaluation runs")
RUNS_NONE = Text("Chưa có lần đo nào.", "No evaluation yet.")
RUNS_HINT = Text(
    "Để biết câu trả lời đúng đến đâu, hãy dừng trang, chạy lệnh này rồi mở lại:",
    "To see how often the answers are right, stop the page, run this and come back:",
)
RUN_NAME = Text("Lần đo", "Run")
RUN_DATE = Text("Lúc", "When")
RUN_QUESTIONS = Text("Câu hỏi", "Questions")
RUN_UNFINISHED = Text("đang đo dở", "unfinished")
RUN_REPORT = Text("Mở báo cáo đầy đủ", "Open the full report")
RUN_LATENCY = Text("Thời gian trả lời", "Time to answer")
RUN_LATENCY_NOTE = Text("trung vị; p95 {late} giây", "median; p95 {late} s")
RUN_INTERVAL = Text("khoảng 95 %: {low}–{high} · n = {n}", "95 % interval: {low}–{high} · n = {n}")
RUN_BY_TYPE = Text("Trả lời đúng, theo loại câu hỏi", "Right answers by type of question")
RUN_FAILURES = Text("Những câu chưa đúng ({n})", "Questions that failed ({n})")
RUN_NO_FAILURES = Text("Không có câu nào sai.", "No question failed.")
FAILED_QUESTION = Text("Câu hỏi", "Question")
FAILED_WANTED = Text("Đáp án", "Wanted")
FAILED_GIVEN = Text("Đã trả lời", "Given")
FAILED_WHY = Text("Vì sao", "Why")
FAILED_AGAIN = Text("Hỏi lại câu này", "Ask this again")
METRIC_NAMES = {
    "right": Text("Đúng", "Right"),
    "right_answerable": Text("Đúng, câu có đáp án", "Right, answerable"),
    "refusal_recall": Text("Từ chối đúng câu không có", "Refused when unanswerable"),
    "citation_precision": Text("Trích dẫn đúng chỗ", "Citation precision"),
    "f1_mlqa": Text("F1 (MLQA)", "F1 (MLQA)"),
    "R@1": Text("Tìm đúng ở đoạn đầu (R@1)", "R@1"),
    "nDCG@10": Text("Thứ tự các đoạn (nDCG@10)", "nDCG@10"),
}
KIND_NAMES = {
    "who": Text("ai", "who"),
    "when": Text("khi nào", "when"),
    "where": Text("ở đâu", "where"),
    "what": Text("cái gì", "what"),
    "why": Text("vì sao", "why"),
    "role": Text("chức vụ", "role"),
    "how_many": Text("bao nhiêu", "how many"),
    "list": Text("liệt kê", "list"),
    "yes_no": Text("có hay không", "yes or no"),
    "compare": Text("so sánh", "compare"),
    "unanswerable": Text("không có trong bài", "unanswerable"),
}
FEEDBACK = Text("Góp ý của người dùng", "What users say")
FEEDBACK_COUNTS = Text("{right} câu trả lời đúng, {wrong} chưa đúng.", "{right} right, {wrong} not right.")
FEEDBACK_CASES = Text(
    "{cases} góp ý đủ để thành câu hỏi đo; {left} góp ý chưa có đáp án hoặc đáp án không nằm trong bài.",
    "{cases} can become evaluation questions; {left} have no answer, or one that stands in no article.",
)
FEEDBACK_EXPORT = Text("Tải về bộ câu hỏi (JSONL)", "Export as questions (JSONL)")
