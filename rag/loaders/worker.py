"""The process in which documents are taken apart: what breaks or hangs there harms nobody.

Reads requests from standard input and answers on standard output; see `rag.loaders.isolation`.
"""

import json
import os
import resource
import struct
import sys
from typing import IO, Any

from rag.errors import ArticleError
from rag.loaders.docx import extract_docx
from rag.loaders.extracted import Extracted
from rag.loaders.html import extract_html
from rag.loaders.pdf import extract_pdf

HEADER = struct.Struct("<II")  # bytes of JSON, bytes of data
_MEMORY_BYTES = 3_000_000_000
_RECURSION = 3000


def main() -> None:
    """Answer requests until standard input ends."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # libraries may print
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # a reader has nothing to write
    _limit_memory()
    sys.setrecursionlimit(_RECURSION)
    requests = sys.stdin.buffer
    while header := requests.read(HEADER.size):
        size, length = HEADER.unpack(header)
        request = json.loads(requests.read(size))
        answer = json.dumps(_answer(request, requests.read(length))).encode()
        answers.write(struct.pack("<I", len(answer)) + answer)
        answers.flush()


def write_request(stream: IO[bytes], request: dict[str, Any], data: bytes) -> None:
    """Send one request."""
    head = json.dumps(request).encode()
    stream.write(HEADER.pack(len(head), len(data)) + head)
    stream.write(data)
    stream.flush()


def _answer(request: dict[str, Any], data: bytes) -> dict[str, Any]:
    try:
        return {"extracted": _extracted(request, data).to_json()}
    except ArticleError as error:
        return {"wording": error.wording, "values": error.values}
    except (MemoryError, RecursionError) as error:
        wording = ("Tệp quá phức tạp để đọc ({kind}).", "Hãy chép nội dung bài vào tệp .txt rồi index tệp đó.")
        return {"wording": wording, "values": {"kind": type(error).__name__}}


def _extracted(request: dict[str, Any], data: bytes) -> Extracted:
    match request["suffix"]:
        case ".pdf":
            return extract_pdf(data, request["pages"])
        case ".docx":
            return extract_docx(data)
        case _:
            return extract_html(data, request["address"])


def _limit_memory() -> None:
    if sys.platform != "darwin":  # which has no such limit
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
