"""Commands that look after the library: remove, export, rebuild, doctor."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.markup import escape

from rag.cli.commands import opened_library
from rag.cli.options import data_option
from rag.errors import ArticleError, HoidapError
from rag.settings import Settings

if TYPE_CHECKING:
    from rag.embedding import PassageEmbeddings
    from rag.store.checks import Finding

_output = Console(highlight=False)
_notes = Console(stderr=True, highlight=False)

_SIGNS = {"ok": "[green]✓[/]", "info": "[blue]i[/]", "warning": "[yellow]![/]", "error": "[bold red]✗[/]"}


@click.command()
@click.argument("articles", nargs=-1, required=True, metavar="BÀI...")
@data_option
def remove(articles: tuple[str, ...], data_dir: Path | None) -> int:
    """Gỡ BÀI khỏi thư viện: mã bài, tệp, thư mục hoặc địa chỉ web gốc. Tệp gốc không bị xóa."""
    from rag.loaders.web import is_address

    wanted = [*articles, *(str(Path(name).expanduser().resolve()) for name in articles if not is_address(name))]
    with opened_library(data_dir, "remove", needs_model=False) as library:
        removed = library.remove(wanted)
    if not removed:
        raise ArticleError(
            f"Thư viện không có bài nào là {', '.join(articles)}.", "Hãy xem mã bài trong kết quả của `hoidap search`."
        )
    _output.print(f"{len(removed)} bài gỡ bỏ", soft_wrap=True)
    return 0


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="THƯ_MỤC")
@data_option
def export(folder: Path, data_dir: Path | None) -> int:
    """Ghi mọi bài trong thư viện thành tệp Markdown trong THƯ_MỤC trống."""
    from rag.cli.output import ProgressBar
    from rag.store.export import export_articles

    with (
        opened_library(data_dir, "export", needs_model=False) as library,
        ProgressBar(_notes, "Đang ghi") as bar,
    ):
        written = export_articles(library, folder, bar.update)
    _output.print(f"{written} bài được ghi vào {escape(str(folder))}", soft_wrap=True)
    return 0


@click.command()
@data_option
def rebuild(data_dir: Path | None) -> int:
    """Lập lại các chỉ mục từ những bài đã lưu; nếu mô hình nhúng đã đổi, chuyển cả thư viện sang mô hình mới."""
    from rag.cli.output import ProgressBar

    with opened_library(data_dir, "rebuild", needs_model=False) as library:
        with _notes.status("Đang nạp mô hình nhúng…"):
            fingerprint = library.embeddings.fingerprint
        with ProgressBar(_notes, "Đang nhúng lại") as bar:
            embedded = library.rebuild(bar.update)
        passages = library.vectors.count()
    _output.print(f"{passages} đoạn · {embedded} đoạn được nhúng lại · {escape(fingerprint.model)}", soft_wrap=True)
    return 0


@click.command()
@click.option("--fix", is_flag=True, help="Sửa những gì sửa được.")
@click.option("--json", "as_json", is_flag=True, help="In kết quả dạng JSON.")
@data_option
def doctor(*, fix: bool, as_json: bool, data_dir: Path | None) -> int:
    """Kiểm tra thư viện: quyền ghi, chỗ trống, cơ sở dữ liệu, mô hình, bài ghi dở, chỉ mục."""
    from rag.embedding import PassageEmbeddings

    settings = Settings.load(data_dir=data_dir)
    embeddings = PassageEmbeddings.from_settings(settings)
    findings = _findings(settings, embeddings, fix=fix)
    if as_json:
        rows = [
            {"check": one.check, "severity": one.severity, "message": one.message, "remedy": one.remedy}
            for one in findings
        ]
        click.echo(json.dumps(rows, ensure_ascii=False))
    else:
        for one in findings:
            _output.print(f"{_SIGNS[one.severity]} {escape(one.message)}", soft_wrap=True)
            if one.remedy:
                _output.print(f"  [bold]→[/] {escape(one.remedy)}", soft_wrap=True)
    return 1 if any(one.severity in ("warning", "error") for one in findings) else 0


def _findings(settings: Settings, embeddings: "PassageEmbeddings", *, fix: bool) -> "Sequence[Finding]":
    """What is found; with `fix`, what is found after each thing that can be mended has been."""
    from rag.store.doctor import diagnose

    findings, emptied = [], False
    for one in diagnose(settings, embeddings):
        if fix and one.fix is not None:
            with _notes.status("Đang sửa…"):
                one.fix()
            emptied |= one.check in ("database", "open")
            _notes.print(f"Đã sửa: {escape(one.message)}", soft_wrap=True)
        findings.append(one)
    if not fix or all(one.fix is None for one in findings):
        return findings
    if emptied:
        _fill_again(settings, embeddings)
    return list(diagnose(settings, embeddings))


def _fill_again(settings: Settings, embeddings: "PassageEmbeddings") -> None:
    from rag.cli.output import print_summary
    from rag.store.doctor import index_again

    try:
        with _notes.status("Đang lập lại thư viện từ các bài viết gốc…"):
            summary = index_again(settings, embeddings)
    except HoidapError as error:
        _notes.print(f"{escape(error.message)} {escape(error.remedy)}", soft_wrap=True)
        return
    if summary is None:
        _notes.print("Không còn biết các bài viết gốc ở đâu: hãy chạy `hoidap index THƯ_MỤC`.", soft_wrap=True)
    else:
        print_summary(_notes, _notes, summary)
