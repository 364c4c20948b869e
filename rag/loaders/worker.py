"""The process in which files from anywhere are taken apart: what breaks or hangs there harms nobody.

Reads requests from standard input and answers on standard output; see `rag.loaders.isolation`.
"""

import importlib
import json
import os
import resource
import struct
import sys
from dataclasses import asdict, replace
from typing import IO, Any

from rag.article import Article
from rag.errors import ArticleError
from rag.limits import LIMITS
from rag.loaders.docx import extract_docx
from rag.loaders.extracted import Extracted
from rag.loaders.html import extract_html
from rag.loaders.markdown import parse_article
from rag.loaders.pdf import extract_pdf

HEADER = struct.Struct("<II")  # bytes of JSON, bytes of data
BEGUN = b"b"  # sent once the reader is imported
_RECURSION = 3000
# What the readers import when they are needed, by kind of file: done before the time of the file begins.
_LIBRARIES = {".pdf": "pypdf", ".docx": "docx", ".html": "trafilatura", "links": "lxml.html"}


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
        data = requests.read(length)
        if (library := _LIBRARIES.get(request["kind"])) is not None:
            importlib.import_module(library)
        answers.write(BEGUN)
        answers.flush()
        _limit_time(request["seconds"])
        answer = json.dumps(_answer(request, data), default=str).encode()
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
        if request["kind"] == "links":
            from rag.loaders.links import links_of  # noqa: PLC0415 - with lxml, for the process that reads sitemaps

            return {"links": asdict(links_of(data, request["address"], request["media_type"]))}
        article = asdict(_article(request, data))
    except ArticleError as error:
        return {"wording": error.wording, "values": error.values}
    except (MemoryError, RecursionError) as error:
        wording = ("Tệp quá phức tạp để đọc ({kind}).", "Hãy chép nội dung bài vào tệp .txt rồi index tệp đó.")
        return {"wording": wording, "values": {"kind": type(error).__name__}}
    return {"article": article | {"published": article["published"] and article["published"].isoformat()}}


def _article(request: dict[str, Any], data: bytes) -> Article:
    article_id, kind = request["article_id"], request["kind"]
    if kind == "text":
        return _within_limits(parse_article(data, article_id), request["characters"])
    extracted = _extracted(kind, request, data)
    return _within_limits(extracted.article(article_id, request["title_otherwise"]), request["characters"])


def _extracted(kind: str, request: dict[str, Any], data: bytes) -> Extracted:
    match kind:
        case ".pdf":
            return extract_pdf(data, request["pages"])
        case ".docx":
            return extract_docx(data)
        case _:
            return extract_html(data, request["address"])


def _within_limits(article: Article, characters: int) -> Article:
    """The article, its headline shortened, if it is not too long."""
    length = len(article.body)
    if length > characters:
        raise ArticleError(
            "Bài dài {characters} ký tự, quá giới hạn {limit}.",
            "Hãy tách thành nhiều bài, hoặc tăng HOIDAP_MAX_ARTICLE_CHARACTERS.",
            characters=length,
            limit=characters,
        )
    for name in ("source", "publisher", "author"):
        written = getattr(article, name) or ""
        if len(written) > LIMITS.field_characters:
            raise ArticleError(
                "Mục `{name}` dài {characters} ký tự, quá giới hạn {limit}.",
                "Hãy rút ngắn mục này.",
                name=name,
                characters=len(written),
                limit=LIMITS.field_characters,
            )
    most = LIMITS.title_characters
    return article if len(article.title) <= most else replace(article, title=_shortened(article.title, most))


def _shortened(title: str, most: int) -> str:
    """A first line that is a whole paragraph is no headline: its beginning stands for it."""
    return title[: most - 1].rsplit(" ", 1)[0] + "…"


def _limit_memory() -> None:
    if sys.platform != "darwin":  # which has no such limit
        resource.setrlimit(resource.RLIMIT_AS, (LIMITS.worker_memory_bytes, LIMITS.worker_memory_bytes))


def _limit_time(seconds: float) -> None:
    """End this process when it has computed for longer: the one that asked may have died and will not end it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime + seconds) + 2, hard))
