"""Small documents of each kind, made on the spot: PDF with a text layer, Word, HTML."""

import io
import zipfile
from collections.abc import Sequence

import docx

_TO_UNICODE = (
    b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /U def "
    b"1 begincodespacerange <0000> <FFFF> endcodespacerange "
    b"1 beginbfrange <0000> <FFFF> <0000> endbfrange endcmap end end"
)

_FONT = (
    b"<< /Type /Font /Subtype /Type0 /BaseFont /F /Encoding /Identity-H /DescendantFonts [4 0 R] /ToUnicode 5 0 R >>"
)
_GLYPHS = (
    b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /F /DW 500 "
    b"/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>"
)
_PAGE = (
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 840] /Contents %d 0 R /Resources << /Font << /F 3 0 R >> >> >>"
)


def pdf(pages: Sequence[Sequence[str]], title: str = "") -> bytes:
    """A PDF whose pages have these lines. Its font has no glyphs, only what is needed to read the text back."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", _FONT, _GLYPHS]
    objects.append(_stream(_TO_UNICODE))
    objects.append(b"<< /Title <" + (b"\xfe\xff" + title.encode("utf-16-be")).hex().encode() + b"> >>")
    kids = []
    for lines in pages:
        shown = b"".join(b"<" + line.encode("utf-16-be").hex().encode() + b"> Tj 0 -14 Td\n" for line in lines)
        objects.append(_stream(b"BT /F 10 Tf 40 800 Td\n" + shown + b"ET"))
        objects.append(_PAGE % len(objects))
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Kids [" + b" ".join(kids) + b"] /Count %d >>" % len(kids)
    return _file(objects)


def _stream(data: bytes) -> bytes:
    return b"<< /Length %d >>\nstream\n" % len(data) + data + b"\nendstream"


def _file(objects: Sequence[bytes]) -> bytes:
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Size %d /Root 1 0 R /Info 6 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)
    return bytes(out)


def word(paragraphs: Sequence[str], heading: str | None = None, table: Sequence[Sequence[str]] = ()) -> bytes:
    """A Word document."""
    document = docx.Document()
    if heading is not None:
        document.add_heading(heading, 0)
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    if table:
        made = document.add_table(rows=len(table), cols=len(table[0]))
        for row, cells in zip(made.rows, table, strict=True):
            for cell, text in zip(row.cells, cells, strict=True):
                cell.text = text
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def zip_bomb(megabytes: int = 300) -> bytes:
    """A file that calls itself a Word document and unpacks to very much."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("word/document.xml", "w", force_zip64=True) as entry:
            for _ in range(megabytes):
                entry.write(bytes(1_000_000))
    return stream.getvalue()


PAGE = """<!doctype html><html lang="vi"><head><meta charset="{charset}">
<title>Khánh thành giàn BK-24 - Báo Biển</title>
<meta property="og:title" content="Khánh thành giàn BK-24"><meta property="og:site_name" content="Báo Biển">
<meta name="author" content="Trần Văn A"><meta property="article:published_time" content="2020-12-30T11:27:37+07:00">
</head>
<body><nav><ul><li><a href="/">Trang chủ</a></li><li><a href="/tin">Tin tức</a></li></ul></nav>
<article><h1>Khánh thành giàn BK-24</h1>
<p>Ngày 30/12, tại Vũng Tàu, đơn vị đã tổ chức lễ khánh thành giàn BK-24 với sự tham dự của nhiều đại biểu.</p>
<p>{text}</p>
<table><tr><th>Năm</th><th>Sản lượng</th></tr><tr><td>2020</td><td>3,2 triệu tấn</td></tr></table></article>
<footer>Bản quyền thuộc về Báo Biển. Điện thoại 0123456789.</footer></body></html>"""


def page(text: str = "Ông Nguyễn Văn B phát biểu chào mừng sự kiện quan trọng này.", charset: str = "utf-8") -> str:
    """A news page with menu, article, table and foot."""
    return PAGE.replace("{text}", text).replace("{charset}", charset)
