"""The hostile files of `evals.benchmarks.bad_inputs`: each made on the spot, so that none lies in the repository."""

import base64
import functools
import gzip
import io
import random
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

Content = Callable[[], bytes]


@dataclass(frozen=True)
class BadInput:
    """A file that should not be.

    Attributes:
        what: Said in the table.
        name: File name, as bytes: not all are text.
        content: Makes it.
    """

    what: str
    name: bytes
    content: Content


def bad_inputs() -> list[BadInput]:
    """All of them."""
    return [*_texts(), *_dense(), *_front_matter(), *_pages(), *_documents(), *_packed(), *_names(), *_noise()]


def _texts() -> list[BadInput]:
    def text(content: str) -> Content:
        return content.encode

    return [
        BadInput("empty text", b"a.txt", lambda: b""),
        BadInput("one character", b"a.txt", lambda: b"a"),
        BadInput("white space only", b"a.txt", lambda: b" \n\t\r\n" * 1000),
        BadInput("NUL bytes", b"a.txt", lambda: b"\0" * 10_000),
        BadInput("NUL in the text", b"a.md", lambda: b"Tin\nN\0i dung"),
        BadInput("200 MB of text", b"a.txt", lambda: b"Noi dung dai. " * 14_300_000),
        BadInput("19 MB of text", b"a.txt", lambda: b"Tin\n" + b"Noi dung dai. " * 1_350_000),
        BadInput("one word of 900,000 letters", b"a.txt", lambda: b"Tin\n" + b"x" * 900_000),
        BadInput("900,000 full stops", b"a.txt", lambda: b"Tin\n" + b"." * 900_000),
        BadInput("400,000 line ends", b"a.txt", lambda: b"Tin\n" + b"a\n" * 400_000),
        BadInput("a headline of a megabyte", b"a.txt", lambda: b"T" * 1_000_000 + b"\nNoi dung."),
        BadInput("100,000 combining marks on a letter", b"a.txt", text("Tin\na" + "\u0301" * 100_000)),
        BadInput("right-to-left and zero-width marks", b"a.txt", text("T\u202ein\nN\u200bội\u2066 dung.")),
        BadInput("UTF-16 without a mark", b"a.txt", lambda: "Tiêu đề\nNội dung".encode("utf-16-le")),
        BadInput("a surrogate in UTF-8", b"a.txt", lambda: b"Tin\n\xed\xa0\x80"),
        BadInput("front matter without an end", b"a.md", text("---\ntitle: A\n")),
        BadInput("front matter: aliases within aliases", b"a.md", _laughs),
        BadInput("front matter: 20,000 brackets", b"a.md", text("---\ntitle: " + "[" * 20_000 + "\n---\nNội dung.")),
        BadInput("front matter: a Python object", b"a.md", text("---\ntitle: !!python/object:os.system x\n---\nN")),
        BadInput("front matter: a date that is none", b"a.md", text("---\ntitle: A\npublished: 2020-99-99\n---\nN")),
        BadInput("text that ends in half a letter", b"a.txt", lambda: "Tin\nNội dung ộ".encode()[:-1]),
    ]


def _laughs() -> bytes:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    return "\n".join(["---", *lines, "title: *a11", "---", "Nội dung."]).encode()


def _dense() -> list[BadInput]:
    """Text that is slow to cut, to search or to read for answers, were it not for limits."""
    pieces = {
        "10,000 quotation marks": ('"', 10_000),
        "480,000 times `1.`": ("1.", 480_000),
        "300,000 times `1. `": ("1. ", 300_000),
        "50,000 days": ("12/12/2020, ", 50_000),
        "40,000 days in words": ("ngày 1 tháng 1 năm 2020 ", 40_000),
        "60,000 names": ("Nguyễn Văn A, ", 60_000),
        "100,000 holders of posts": ("bí thư ông ", 90_000),
        "the question 25,000 times": ("Giàn BK-24 khánh thành năm nào? ", 25_000),
        "200,000 opening brackets": ("(", 200_000),
        "200,000 hyphens between letters": ("a-", 200_000),
        "100,000 table bars": ("| ", 100_000),
        "thousands of thousands": (".000", 200_000),
        "a million spaces": (" ", 990_000),
        "400,000 line ends and dashes": ("\n-", 400_000),
        "300,000 marks in the wrong order": ("\u0301\u0323", 150_000),
        "200,000 emoji": ("\U0001f600", 200_000),
        "150,000 amounts": ("1,5 tỷ ", 130_000),
        "a list of 100,000": ("; a", 300_000),
        "100,000 abbreviations": ("TP. HCM ", 100_000),
        "200,000 percentages": ("1% ", 300_000),
    }
    return [
        *(BadInput(what, b"a.txt", functools.partial(_after_headline, *piece)) for what, piece in pieces.items()),
        BadInput("900 KB of base64", b"a.txt", lambda: base64.b64encode(random.Random(3).randbytes(600_000))),  # noqa: S311
    ]


def _after_headline(piece: str, times: int) -> bytes:
    return ("Giàn BK-24 khánh thành năm nào\n" + piece * times).encode()


def _front_matter() -> list[BadInput]:
    def fields(*lines: str) -> Content:
        return lambda: "\n".join(["---", *lines, "---", "Nội dung."]).encode()

    merge = f"{{<<: [{', '.join(['*b'] * 1000)}]}}"
    return [
        BadInput("front matter: a day out of aliases", b"a.md", lambda: _laughs().replace(b"title:", b"published:")),
        BadInput("front matter: merge keys", b"a.md", fields("b: &b {x: y}", *(f"c{n}: {merge}" for n in range(20)))),
        BadInput("front matter: a number of 6,000 digits", b"a.md", fields("title: 0x" + "F" * 6000)),
        BadInput("front matter: a huge power", b"a.md", fields("title: 1e999999999")),
        BadInput("front matter: numbers to the base of 60", b"a.md", fields("title: 1" + ":59" * 20_000)),
        BadInput("front matter: the year 0999", b"a.md", fields("title: A", "published: 0999-01-01")),
        BadInput("front matter: the year 9999", b"a.md", fields("title: A", "published: 9999-12-31")),
        BadInput("front matter: a list of days", b"a.md", fields("title: A", "published: [2020-01-01]")),
        BadInput("front matter: 900 KB", b"a.md", fields("title: A", "x: " + "y " * 450_000)),
        BadInput("front matter: 30,000 fields", b"a.md", fields("title: A", *(f"x{n}: y" for n in range(7_000)))),
        BadInput("front matter: braces in braces", b"a.md", fields("title: A", "x: " + "{a: " * 10_000)),
        BadInput("front matter: a publisher of 60 KB", b"a.md", fields("title: A", "publisher: " + "x" * 60_000)),
        BadInput("front matter: binary", b"a.md", fields("title: !!binary AAAA")),
        BadInput("front matter: an escape beyond Unicode", b"a.md", fields('title: "\\UFFFFFFFF"')),
        BadInput("front matter: a directive", b"a.md", fields("%YAML " + "9" * 5000, "title: A")),
    ]


def _pages() -> list[BadInput]:
    return [
        BadInput("HTML: 200,000 open tags", b"a.html", lambda: b"<html><body>" + b"<div>" * 200_000 + b"Noi dung"),
        BadInput("HTML: 50,000 nested tables", b"a.html", lambda: b"<table><tr><td>" * 50_000 + b"Noi dung"),
        BadInput("HTML: 1,000,000 attributes", b"a.html", lambda: b"<p " + b"a=1 " * 1_000_000 + b">Noi dung</p>"),
        BadInput("HTML: a comment without an end", b"a.html", lambda: b"<html><!-- " + b"x" * 1_000_000),
        BadInput("HTML: scripts only", b"a.html", lambda: b"<html><script>" + b"x()" * 10_000 + b"</script></html>"),
        BadInput("HTML: 5 MB of links", b"a.html", lambda: b"<a href=/x>mot hai ba bon</a>" * 170_000),
        BadInput("HTML: entities within entities", b"a.html", _entities),
        BadInput("HTML: a charset that is none", b"a.html", lambda: b"<meta charset=x-none><p>\xff\xfe\xfd</p>"),
        BadInput("HTML: binary", b"a.html", lambda: random.Random(1).randbytes(100_000)),  # noqa: S311
        BadInput("HTML: empty", b"a.html", lambda: b""),
    ]


def _entities() -> bytes:
    lines = ['<!ENTITY a "aaaaaaaaaa">']
    lines += [f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)]
    return f"<?xml version='1.0'?><!DOCTYPE x [{''.join(lines)}]><html><body><p>&j;</p></body></html>".encode()


def _pdf(*objects: bytes) -> bytes:
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(out + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start))


def _flate(data: bytes) -> bytes:
    packed = gzip.zlib.compress(data)  # type: ignore[attr-defined]
    return b"<< /Filter /FlateDecode /Length %d >>\nstream\n%b\nendstream" % (len(packed), packed)


def _documents() -> list[BadInput]:
    catalog, page = b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R >>"
    one_page = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
    return [
        BadInput("PDF: empty", b"a.pdf", lambda: b""),
        BadInput("PDF: a header only", b"a.pdf", lambda: b"%PDF-1.7\n%%EOF"),
        BadInput("PDF: pages that hold themselves", b"a.pdf", lambda: _pdf(
            catalog, b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>")),
        BadInput("PDF: two page lists in a ring", b"a.pdf", lambda: _pdf(
            catalog, b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>")),
        BadInput("PDF: says it has a billion pages", b"a.pdf", lambda: _pdf(
            catalog, b"<< /Type /Pages /Kids [3 0 R] /Count 1000000000 >>", page, _flate(b"BT (x) Tj ET"))),
        BadInput("PDF: a stream that unpacks to 1 GB", b"a.pdf", lambda: _pdf(
            catalog, one_page, page, _flate(_flate_bomb(1_000)))),
        BadInput("PDF: a stream of 100 MB of text", b"a.pdf", lambda: _pdf(
            catalog, one_page, page, _flate(b"BT /F 1 Tf (xxxxxxxxxx) Tj ET\n" * 3_500_000))),
        BadInput("PDF: cross-reference to itself", b"a.pdf", lambda: (
            b"%PDF-1.7\nxref\n0 0\ntrailer << /Prev 9 >>\nstartxref\n9\n%%EOF")),
        BadInput("PDF: 30,000 nested arrays", b"a.pdf", lambda: _pdf(catalog, b"[" * 30_000 + b"]" * 30_000)),
        BadInput("PDF: no page has text (a scan)", b"a.pdf", lambda: _pdf(catalog, one_page, page, _flate(b""))),
        BadInput("PDF: locked", b"a.pdf", _locked_pdf),
        BadInput("PDF: random bytes behind a header", b"a.pdf", lambda: (
            b"%PDF-1.7\n" + random.Random(2).randbytes(200_000))),  # noqa: S311
    ]  # fmt: skip


def _flate_bomb(megabytes: int) -> bytes:
    packer = gzip.zlib.compressobj(9)  # type: ignore[attr-defined]
    packed = b"".join(packer.compress(bytes(1_000_000)) for _ in range(megabytes)) + packer.flush()
    return bytes(packed)


def _locked_pdf() -> bytes:
    import pypdf  # noqa: PLC0415 - for this one input

    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    writer.encrypt("x", algorithm="RC4-128")
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def _packed() -> list[BadInput]:
    def archive(*entries: tuple[str, bytes]) -> Content:
        def make() -> bytes:
            stream = io.BytesIO()
            with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
                for name, data in entries:
                    made.writestr(name, data)
            return stream.getvalue()

        return make

    return [
        BadInput("Word: no archive", b"a.docx", lambda: b"PK\x03\x04" + b"x" * 1000),
        BadInput("Word: an empty archive", b"a.docx", archive()),
        BadInput("Word: a zip bomb of 300 MB", b"a.docx", archive(("word/document.xml", bytes(300_000_000)))),
        BadInput("Word: entries named ../", b"a.docx", archive(("../../../evil.txt", b"x"), ("/tmp/evil", b"x"))),  # noqa: S108
        BadInput("Word: XML with entities within entities", b"a.docx", archive(
            ("[Content_Types].xml", _entities()), ("word/document.xml", _entities()))),
        BadInput("Word: a spreadsheet", b"a.docx", archive(
            ("[Content_Types].xml", b"<Types/>"), ("xl/workbook.xml", b"<x/>"))),
        BadInput("Word: 60,000 entries", b"a.docx", archive(*((f"{n}.xml", b"") for n in range(60_000)))),
        BadInput("an archive named .txt", b"a.txt", archive(("a.md", b"Tin"))),
        BadInput("a gzip named .html", b"a.html", lambda: gzip.compress(bytes(50_000_000))),
    ]  # fmt: skip


def _names() -> list[BadInput]:
    def text() -> bytes:
        return b"Tin\nNoi dung cua bai viet."

    return [
        BadInput("name with a line end", b"a\nb.md", text),
        BadInput("name with an escape sequence", b"\x1b[31ma.md", text),
        BadInput("name that is not UTF-8", b"\xff\xfe.md", text),
        BadInput("name with ..", b"..a..#..md.md", text),
        BadInput("name of 255 bytes", b"x" * 252 + b".md", text),
        BadInput("name in decomposed Unicode", "Hội nghị.md".encode(), text),
    ]


def _noise() -> list[BadInput]:
    chance = random.Random(0)  # noqa: S311
    return [BadInput(f"random bytes, .{suffix}", f"a.{suffix}".encode(), functools.partial(chance.randbytes, 50_000))
            for suffix in ("txt", "md")]  # fmt: skip
