"""Bytes to text: UTF-8, UTF-16, and the encodings that Vietnamese was written in before Unicode."""

import codecs

from rag.errors import ArticleError
from rag.vietnamese.legacy import recognised

_SAVE_AS_UTF8 = "Hãy lưu lại tệp ở dạng văn bản UTF-8."
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def decoded(data: bytes) -> str:
    """The text that a file holds.

    Args:
        data: UTF-8; UTF-16 with a byte order mark; or Vietnamese in TCVN3, VNI or windows-1258.

    Raises:
        ArticleError: It is none of these, or no text.
    """
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        found = None if b"\0" in data else recognised(data)
        if found is None:
            byte = data[error.start]
            raise ArticleError(
                "Tệp không phải UTF-8 (byte 0x{byte:02x} ở vị trí {place}), cũng không phải tiếng Việt trong "
                "bảng mã TCVN3, VNI hay windows-1258.",
                _SAVE_AS_UTF8,
                byte=byte,
                place=error.start,
            ) from error
        return found
    if "\0" in text:
        raise ArticleError("Tệp không phải văn bản (byte NUL ở vị trí {place}).", _SAVE_AS_UTF8, place=data.index(0))
    return text
