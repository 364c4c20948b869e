"""English words for the errors that a visitor of the page can meet, by their Vietnamese wording.

The wording at the place where an error is raised is the key, with its `{values}` in it, as gettext does it; a test
finds every such place and looks here for it.
"""

from rag.errors import (
    ArticleError,
    BusyError,
    HoidapError,
    LibraryError,
    ModelError,
    QuestionError,
    SettingsError,
)

# Before the Vietnamese words of an error that is not listed below.
_KINDS: dict[type[HoidapError], str] = {
    ArticleError: "This cannot become an article.",
    BusyError: "Too many people are asking.",
    LibraryError: "The library cannot be used.",
    ModelError: "A model cannot be used.",
    QuestionError: "The question cannot be read.",
    SettingsError: "A setting is wrong.",
}

ENGLISH = {
    # Questions
    "Câu hỏi đang trống.": "The question is empty.",
    "Hãy nhập câu hỏi, ví dụ “Hội nghị diễn ra khi nào?”.": "Type one, for example “Hội nghị diễn ra khi nào?”.",
    "Câu hỏi dài {characters} ký tự, quá giới hạn {limit} ký tự.": (
        "The question has {characters} characters; at most {limit} are accepted."
    ),
    "Hãy hỏi ngắn gọn hơn, mỗi lần một ý.": "Ask more briefly, one thing at a time.",
    "“{text}” không phải một ngày.": "“{text}” is not a day.",
    "Hãy ghi theo dạng 2020-12-30 hoặc 30/12/2020.": "Write it as 2020-12-30 or 30/12/2020.",
    "Đang có nhiều người hỏi cùng lúc: đã có {waiting} câu hỏi đang đợi.": (
        "Many people are asking at once. Questions waiting already: {waiting}."
    ),
    "Trang đang dừng.": "The site is being stopped.",
    "Hãy hỏi lại sau khoảng {seconds} giây.": "Ask again in about {seconds} s.",
    "Hãy hỏi lại sau ít phút.": "Ask again in a few minutes.",
    # Files
    "{files} tệp một lần, quá giới hạn {limit} tệp.": "{files} files at once; at most {limit} are accepted.",
    "Hãy tải lên làm nhiều lần, hoặc tăng HOIDAP_MAX_UPLOAD_FILES.": (
        "Upload them in several turns, or raise HOIDAP_MAX_UPLOAD_FILES."
    ),
    "Chưa đọc được loại tệp “{suffix}”.": "Files of the kind “{suffix}” cannot be read.",
    "Chưa đọc được loại tệp “{suffix}” ({path}).": "Files of the kind “{suffix}” cannot be read ({path}).",
    "Hãy đổi sang một trong các loại: {kinds}.": "Turn it into one of: {kinds}.",
    "Hãy đổi sang một trong các loại: {kinds}; tệp nén thì hãy giải nén trước.": (
        "Turn it into one of: {kinds}; unpack an archive first."
    ),
    "Không có tệp hoặc thư mục nào tại {path}.": "There is no file or folder at {path}.",
    "Hãy kiểm tra lại đường dẫn.": "Check the path.",
    "Tên tệp có ký tự không in được hoặc không phải UTF-8 ({shown}).": (
        "The file name has characters that cannot be printed or are no UTF-8 ({shown})."
    ),
    "Hãy đổi tên tệp hoặc thư mục chứa nó.": "Rename the file or its folder.",
    "Không có bài viết nào trong {given}.": "There is no article in {given}.",
    "Hãy chọn thư mục có tệp .md, .txt, .html, .pdf hoặc .docx.": (
        "Choose a folder with .md, .txt, .html, .pdf or .docx files."
    ),
    "Tệp nặng {size:.1f} MB, quá giới hạn {limit:g} MB.": (
        "The file has {size:.1f} MB; at most {limit:g} MB are accepted."
    ),
    "Hãy tách nhỏ tệp, hoặc tăng HOIDAP_MAX_FILE_MEGABYTES.": "Split the file, or raise HOIDAP_MAX_FILE_MEGABYTES.",
    "Không đọc được tệp ({reason}).": "The file cannot be read ({reason}).",
    "Hãy kiểm tra đường dẫn và quyền đọc.": "Check the path and the right to read it.",
    "Không ghi được tệp vào {folder} ({reason}).": "The file cannot be written to {folder} ({reason}).",
    "Hãy kiểm tra quyền ghi và dung lượng đĩa.": "Check the right to write there and the space on the disk.",
    "Bài dài {characters} ký tự, quá giới hạn {limit}.": (
        "The article has {characters} characters; at most {limit} are accepted."
    ),
    "Hãy tách thành nhiều bài, hoặc tăng HOIDAP_MAX_ARTICLE_CHARACTERS.": (
        "Split it into several, or raise HOIDAP_MAX_ARTICLE_CHARACTERS."
    ),
    "Tệp {suffix} này không đọc được (đọc quá {seconds:g} giây).": (
        "This {suffix} file cannot be read (it took more than {seconds:g} s)."
    ),
    "Tệp {suffix} này không đọc được (quá phức tạp, hoặc bị hỏng).": (
        "This {suffix} file cannot be read (it is too complex, or damaged)."
    ),
    "Hãy chép nội dung bài vào tệp .txt, hoặc tăng HOIDAP_MAX_READ_SECONDS.": (
        "Copy the text into a .txt file, or raise HOIDAP_MAX_READ_SECONDS."
    ),
    "Tệp quá phức tạp để đọc ({kind}).": "The file is too complex to be read ({kind}).",
    "Hãy chép nội dung bài vào tệp .txt rồi index tệp đó.": "Copy the text into a .txt file and add that.",
    "Mã bài “{article}” đã thuộc về {owner}.": "The article id “{article}” belongs to {owner} already.",
    "Hãy đổi tên một trong hai, hoặc dùng một thư mục dữ liệu khác bằng --data.": (
        "Rename one of the two, or use another data directory with --data."
    ),
    # What is in them
    "Tệp rỗng.": "The file is empty.",
    "Hãy ghi nội dung bài viết vào tệp, hoặc xóa tệp.": "Write the article into it, or delete it.",
    "Bài viết không có tiêu đề.": "The article has no headline.",
    "Hãy thêm tiêu đề (dòng đầu tiên, hoặc `title:` ở phần đầu tệp).": (
        "Add one (the first line, or `title:` in the front matter)."
    ),
    "Bài “{title}” không có nội dung sau tiêu đề.": "There is no text below the headline “{title}”.",
    "Hãy thêm nội dung bài viết vào tệp.": "Add the text of the article to the file.",
    "Ngày phát hành “{day}” không có thật.": "There is no such day as “{day}”.",
    "Hãy ghi theo dạng tháng/ngày/năm, ví dụ 12/30/2020.": "Write month/day/year, for example 12/30/2020.",
    "Phần đầu tệp mở bằng `---` nhưng không có `---` đóng lại.": "The front matter opens with `---` and never closes.",
    "Năm {year} không thể là năm phát hành của bài viết (chỉ nhận từ năm {first} đến {last}).": (
        "The article cannot have appeared in the year {year} (accepted are {first} to {last})."
    ),
    "Hãy sửa ngày phát hành, hoặc bỏ mục này nếu không rõ ngày.": "Mend the day, or leave it out if it is unknown.",
    "Mục `{name}` dài {characters} ký tự, quá giới hạn {limit}.": (
        "The field `{name}` has {characters} characters; the limit is {limit}."
    ),
    "Tệp là liên kết ra ngoài thư mục {folder}.": "The file is a link that leads out of the folder {folder}.",
    "Hãy chép tệp vào thư mục, hoặc index thẳng tệp gốc.": "Copy the file into the folder, or index the original.",
    "Chỉ mục vectơ tại {folder} bị hỏng ({reason}).": "The index of vectors at {folder} is damaged ({reason}).",
    "Cơ sở dữ liệu tại {folder} không còn, dù đã có bài viết được đưa vào thư viện.": (
        "The database at {folder} is gone, though articles were put into the library."
    ),
    "Hãy rút ngắn mục này.": "Shorten it.",
    "Trang {address} được nén theo cách không đọc được ({encoding}).": (
        "The page {address} is packed in a way that cannot be read ({encoding})."
    ),
    "Hãy lưu trang thành tệp rồi index tệp đó.": "Save the page as a file and index that.",
    "Phần đầu tệp (front matter) dài {characters} ký tự, quá giới hạn {limit}.": (
        "The front matter has {characters} characters; the limit is {limit}."
    ),
    "Hãy rút ngắn phần đầu tệp; nội dung bài viết đặt sau dòng `---` thứ hai.": (
        "Shorten it; the article's text stands below the second `---`."
    ),
    "Phần đầu tệp (front matter) có danh sách lồng nhau quá {limit} lớp, dòng {line}.": (
        "The front matter has lists within lists more than {limit} deep, line {line}."
    ),
    "Phần đầu tệp (front matter) dùng bí danh, khóa trộn hoặc nhãn kiểu của YAML (`&`, `*`, `<<`, `!`), dòng {line}.": (
        "The front matter uses aliases, merge keys or tags of YAML (`&`, `*`, `<<`, `!`), line {line}."
    ),
    'Hãy viết thẳng giá trị; nếu giá trị bắt đầu bằng một trong các dấu ấy, hãy đặt nó trong dấu ngoặc kép "...".': (
        'Write the value itself; where it begins with one of these signs, put it in quotation marks "...".'
    ),
    "Hãy thêm một dòng `---` sau các mục.": "Add a line `---` after its fields.",
    "Phần đầu tệp (front matter) không phải YAML hợp lệ, dòng {line}.": "The front matter is not YAML, line {line}.",
    "Phần đầu tệp (front matter) không phải YAML hợp lệ.": "The front matter is not YAML.",
    'Hãy viết mỗi dòng theo dạng `tên: "giá trị"`, ví dụ `title: "..."`.': (
        'Write each line as `name: "value"`, for example `title: "..."`.'
    ),
    "Phần đầu tệp (front matter) không có các mục `tên: giá trị`.": "The front matter has no `name: value` fields.",
    'Hãy thêm ít nhất `title: "..."`.': 'Add at least `title: "..."`.',
    "Mục `{name}` phải là một dòng chữ, không phải danh sách.": "The field `{name}` has to be one line, not a list.",
    'Hãy sửa thành `{name}: "..."`.': 'Make it `{name}: "..."`.',
    "Mục `{name}` có ký tự không phải chữ.": "The field `{name}` has characters that are no text.",
    "Hãy bỏ các mã như `\\0` hay `\\ud800` trong mục này.": "Take codes such as `\\0` or `\\ud800` out of it.",
    "Mục `{name}: {value}` không phải một ngày.": "The field `{name}: {value}` is not a day.",
    "Hãy ghi theo dạng năm-tháng-ngày, ví dụ 2020-12-30.": "Write year-month-day, for example 2020-12-30.",
    "Tệp không phải văn bản (byte NUL ở vị trí {place}).": "The file is not text (a NUL byte at {place}).",
    "Tệp không phải UTF-8 (byte 0x{byte:02x} ở vị trí {place}), cũng không phải tiếng Việt trong bảng mã TCVN3, VNI "
    "hay windows-1258.": (
        "The file is neither UTF-8 (byte 0x{byte:02x} at {place}) nor Vietnamese in TCVN3, VNI or windows-1258."
    ),
    "Hãy lưu lại tệp ở dạng văn bản UTF-8.": "Save it as UTF-8 text.",
    "Tệp không phải tài liệu Word (.docx) đọc được ({reason}).": "The file is no Word document ({reason}).",
    "Hãy mở bằng Word hay LibreOffice rồi lưu lại ở dạng .docx.": "Open it in Word or LibreOffice, save it as .docx.",
    "Tệp Word không có chữ nào.": "The Word document has no text.",
    "Hãy chép nội dung bài vào tệp, hoặc xóa tệp.": "Copy the article into it, or delete it.",
    "Tệp nén bất thường: {size:.1f} MB bung ra thành {unpacked:.0f} MB.": (
        "The file is packed too tightly: {size:.1f} MB become {unpacked:.0f} MB."
    ),
    "Tệp này có thể gây hại nên không được mở; hãy kiểm tra nguồn của nó.": (
        "It may be harmful and is not opened; check where it comes from."
    ),
    "Tệp PDF có mật khẩu.": "The PDF has a password.",
    "Hãy bỏ mật khẩu rồi lưu lại tệp.": "Take the password off and save it.",
    "Tệp PDF có {pages} trang, quá giới hạn {limit}.": "The PDF has {pages} pages; at most {limit} are accepted.",
    "Hãy tách tệp, hoặc tăng HOIDAP_MAX_PDF_PAGES.": "Split it, or raise HOIDAP_MAX_PDF_PAGES.",
    "Tệp PDF bị hỏng hoặc có dạng không đọc được ({kind}).": "The PDF is damaged or of an unreadable kind ({kind}).",
    "Hãy mở tệp và in lại thành PDF, hoặc chép nội dung vào tệp .txt.": (
        "Open it and print it to PDF again, or copy the text into a .txt file."
    ),
    "Tệp PDF {pages} trang không có lớp chữ: có lẽ là bản quét (ảnh chụp).": (
        "The PDF of {pages} pages has no text: it may be a scan."
    ),
    "Hãy nhận dạng chữ (OCR) trước, ví dụ bằng ocrmypdf, rồi index tệp kết quả.": (
        "Recognise its text first (OCR), for example with ocrmypdf, and add the result."
    ),
    "Trang không có nội dung chính (chỉ có thực đơn, hoặc nội dung được tạo bằng JavaScript).": (
        "The page has no main text (only menus, or text that JavaScript makes)."
    ),
    # Web addresses
    "“{address}” không phải địa chỉ web.": "“{address}” is not a web address.",
    "Hãy dán địa chỉ bắt đầu bằng https://.": "Paste one that begins with https://.",
    "Chưa đọc được địa chỉ web ({address}).": "Web addresses cannot be read ({address}).",
    "Hãy lưu bài thành tệp .md hoặc .txt rồi tải tệp đó lên.": "Save the article as .md or .txt and upload that.",
    "Địa chỉ {address} không hợp lệ.": "The address {address} is not valid.",
    "Hãy dùng địa chỉ dạng https://máy-chủ/trang, không kèm mật khẩu.": "Use https://server/page, without a password.",
    "Địa chỉ {host} trỏ vào máy này hoặc mạng nội bộ ({address}).": (
        "{host} leads into this machine or a private network ({address})."
    ),
    "Hãy đặt HOIDAP_WEB_ALLOW_PRIVATE=true nếu bạn tin trang này.": (
        "Set HOIDAP_WEB_ALLOW_PRIVATE=true if you trust the page."
    ),
    "Không có máy chủ nào tên {host}.": "There is no server named {host}.",
    "Không tải được {address} ({reason}).": "{address} cannot be fetched ({reason}).",
    "Hãy kiểm tra địa chỉ và kết nối mạng.": "Check the address and the network.",
    "Địa chỉ {address} chuyển hướng quá {limit} lần.": "{address} redirects more than {limit} times.",
    "Hãy dùng địa chỉ cuối cùng của trang.": "Use the address where the page ends up.",
    "Trang {address} không trả lời kịp.": "{address} did not answer in time.",
    "Hãy thử lại sau, hoặc tăng HOIDAP_WEB_TIMEOUT_SECONDS.": "Try again later, or raise HOIDAP_WEB_TIMEOUT_SECONDS.",
    "Trang {address} không còn (HTTP {status}).": "{address} is gone (HTTP {status}).",
    "Hãy kiểm tra lại địa chỉ.": "Check the address.",
    "Máy chủ trả lời HTTP {status} cho {address}.": "The server answered HTTP {status} for {address}.",
    "Trang này không cho tải tự động; hãy chép bài vào tệp .txt.": (
        "The page does not let programs in; copy the article into a .txt file."
    ),
    "Hãy thử lại sau.": "Try again later.",
    "Trang {address} lớn hơn giới hạn {limit:g} MB.": "{address} is larger than {limit:g} MB.",
    "Hãy tăng HOIDAP_MAX_FILE_MEGABYTES.": "Raise HOIDAP_MAX_FILE_MEGABYTES.",
    "Trang {address} nén bất thường ({received} byte bung ra hơn {unpacked}).": (
        "{address} is packed too tightly ({received} bytes become more than {unpacked})."
    ),
    "Trang này có thể gây hại nên không được đọc.": "It may be harmful and is not read.",
    "Địa chỉ {address} không phải một bài viết ({kind}).": "{address} is not an article ({kind}).",
    "Hãy dùng địa chỉ của trang bài viết.": "Use the address of the article's page.",
    # The library
    "Thư viện không có bài “{article}”.": "The library has no article “{article}”.",
    "Hãy tải lại trang để xem danh sách mới.": "Reload the page to see the list as it is now.",
    "Bài “{title}” được đọc từ tệp ngoài trang này.": "“{title}” was read from a file outside this page.",
    "Hãy xóa tệp đó rồi chạy lại `hoidap index`.": "Delete that file and run `hoidap index` again.",
    "Thư viện {folder} chưa có bài viết nào.": "The library {folder} holds no article yet.",
    "Hãy chạy `hoidap index THƯ_MỤC_BÀI_VIẾT` trước.": "Run `hoidap index FOLDER_OF_ARTICLES` first.",
    "Thư viện {folder} được tạo bằng mô hình nhúng {stored} ({stored_revision}), không phải {wanted} "
    "({wanted_revision}).": (
        "The library {folder} was made by the embedding model {stored} ({stored_revision}), not by {wanted} "
        "({wanted_revision})."
    ),
    "Hãy đặt HOIDAP_EMBEDDING_MODEL={stored} như trước, chạy `hoidap rebuild` để chuyển cả thư viện sang mô hình mới, "
    "hoặc tạo thư viện mới bằng --data THƯ_MỤC.": (
        "Set HOIDAP_EMBEDDING_MODEL={stored} as before, run `hoidap rebuild` to move the library to the new model, or "
        "make a new one with --data FOLDER."
    ),
    "Không đọc được cơ sở dữ liệu tại {folder} ({kind}: {reason}).": (
        "The database in {folder} cannot be read ({kind}: {reason})."
    ),
    "Hãy chạy `hoidap doctor --fix` để sửa; các tệp bài viết gốc không bị ảnh hưởng.": (
        "Run `hoidap doctor --fix`; the files of your articles are not affected."
    ),
    "Máy chủ Chroma tại {server} không dùng được ({kind}: {reason}).": (
        "The Chroma server at {server} cannot be used ({kind}: {reason})."
    ),
    "Hãy kiểm tra máy chủ đang chạy, địa chỉ HOIDAP_CHROMA_URL và mã HOIDAP_CHROMA_TOKEN.": (
        "Check that it runs, HOIDAP_CHROMA_URL and HOIDAP_CHROMA_TOKEN."
    ),
    "Không ghi được vào thư mục dữ liệu {folder}: có lẽ ổ đĩa đã đầy ({reason}).": (
        "The data directory {folder} cannot be written: the disk may be full ({reason})."
    ),
    "Hãy dọn bớt chỗ trên ổ đĩa rồi chạy lại lệnh; những bài đã vào thư viện vẫn còn nguyên.": (
        "Make space on the disk and try again; the articles in the library are whole."
    ),
    "Không ghi được vào thư mục dữ liệu {folder} ({reason}).": (
        "The data directory {folder} cannot be written ({reason})."
    ),
    "Hãy cấp quyền ghi, hoặc chọn thư mục khác bằng --data hay HOIDAP_DATA_DIR.": (
        "Give the right to write there, or choose another with --data or HOIDAP_DATA_DIR."
    ),
    "Hãy kiểm tra chỗ trống trên ổ đĩa và quyền ghi rồi chạy lại lệnh; nếu vẫn lỗi, hãy chạy `hoidap doctor --fix`.": (
        "Check the space on the disk and the right to write, and try again; if it fails, run `hoidap doctor --fix`."
    ),
    "Một tiến trình khác vừa bắt đầu cập nhật thư viện tại {server}.": (
        "Another process has just begun to change the library at {server}."
    ),
    "Hãy đợi rồi chạy lại lệnh.": "Wait, and try again.",
    "Thư viện tại {server} đang được tiến trình {process} trên máy {host} ({command}) cập nhật.": (
        "Process {process} on {host} ({command}) is changing the library at {server}."
    ),
    "Hãy đợi tiến trình đó xong rồi chạy lại lệnh.": "Wait until it is done, and try again.",
    "Không đọc ghi được góp ý tại {path} ({reason}).": "Feedback cannot be kept at {path} ({reason}).",
    "Không nạp được mô hình xếp hạng lại {model} ({kind}).": "The reranking model {model} cannot be loaded ({kind}).",
    "Hãy kiểm tra HOIDAP_RERANKER (thư mục hoặc tên mô hình), hoặc bỏ thiết lập này.": (
        "Check HOIDAP_RERANKER (a folder or a model's name), or unset it."
    ),
}


def in_english(error: HoidapError) -> str:
    """What happened and what to do next, in English; one that is not listed says its kind and its Vietnamese words.

    Example:
        >>> in_english(QuestionError("“{text}” không phải một ngày.", "Hãy hỏi lại sau ít phút.", text="x"))
        '“x” is not a day. Ask again in a few minutes.'
    """
    if all(wording in ENGLISH for wording in error.wording):
        sentences = [ENGLISH[wording] for wording in error.wording]
        return " ".join(sentence.format(**error.values) if error.values else sentence for sentence in sentences)
    kind = next((said for known, said in _KINDS.items() if isinstance(error, known)), "Something went wrong.")
    return f"{kind} {error}"
