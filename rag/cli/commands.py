"""What each command does."""

import contextlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from rag.cli.batch import BatchQuestion, answer_batch, read_batch
from rag.cli.options import data_option, filter_options, output_options
from rag.settings import Settings

if TYPE_CHECKING:
    from rag.store.library import Library
    from rag.store.records import SearchFilter

_output = Console(highlight=False)
_notes = Console(stderr=True, highlight=False)


@contextlib.contextmanager
def opened_library(
    data_dir: Path | None, command: str, *, must_exist: bool = True, needs_model: bool = True
) -> "Iterator[Library]":
    """The library for the length of a command, with a note on stderr while the model loads.

    Args:
        data_dir: From `--data`.
        command: Name of the command, told to other processes.
        must_exist: Whether an empty library is an error.
        needs_model: Whether the embedding model is loaded and has to be the library's.
    """
    settings = Settings.load(data_dir=data_dir)
    with _notes.status("Đang mở thư viện…"):
        from rag.embedding import PassageEmbeddings
        from rag.store.library import Library

    with Library.opened(settings, PassageEmbeddings.from_settings(settings), f"hoidap {command}") as library:
        if must_exist:
            library.require_articles()
        if needs_model:
            with _notes.status("Đang nạp mô hình nhúng (lần đầu có thể mất nửa phút)…"):
                library.require_same_model()
        yield library


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="ĐƯỜNG_DẪN...")
@click.option(
    "--limit",
    "links",
    type=click.IntRange(1, 10_000),
    default=None,
    metavar="SỐ",
    help="Coi địa chỉ web là trang danh sách và lấy chừng này bài từ đó.",
)
@data_option
def index(paths: tuple[str, ...], links: int | None, data_dir: Path | None) -> int:
    """Đưa các bài viết trong ĐƯỜNG_DẪN (tệp, thư mục, địa chỉ web) vào thư viện: thêm, cập nhật, gỡ bỏ cho khớp."""
    from rag.cli.output import ProgressBar, print_summary
    from rag.loaders.discovery import require_path
    from rag.loaders.web import is_address

    for path in paths:
        if not is_address(path):
            require_path(Path(path))  # a wrong path is said before seconds are spent on the model
    with (
        opened_library(data_dir, "index", must_exist=False) as library,
        ProgressBar(_notes, "Đang đọc và nhúng") as bar,
    ):
        summary = library.sync(paths, bar.update, links=links, on_checked=bar.checked, on_derive=bar.describe)
    print_summary(_output, _notes, summary)
    return 1 if summary.failed else 0


@click.command()
@click.argument("question", required=False, metavar="[CÂU_HỎI]")
@click.option(
    "-k", "limit", type=click.IntRange(1, 100), default=None, metavar="SỐ", help="Số đoạn muốn xem (mặc định 10)."
)
@click.option("--explain", is_flag=True, help="Cho biết câu hỏi được hiểu thế nào và vì sao mỗi đoạn đứng ở đó.")
@output_options
@filter_options
@data_option
def search(
    *,
    question: str | None,
    limit: int | None,
    explain: bool,
    as_json: bool,
    batch: Path | None,
    search_filter: "SearchFilter | None",
    data_dir: Path | None,
) -> int:
    """Tìm các đoạn gần với CÂU_HỎI nhất."""
    from rag.cli.output import print_hits
    from rag.contracts import search_result

    questions = _questions(question, batch)
    with opened_library(data_dir, "search") as library:
        from rag.chat import Chatbot

        chatbot = Chatbot(library)
        shown = limit or library.settings.search_limit

        def run(one: BatchQuestion) -> dict[str, Any]:
            query, hits = chatbot.search(one.question, one.history, search_filter, shown)
            return search_result(one.id, one.question, query, hits, explain=explain)

        if batch is not None:
            return answer_batch(questions, run, _notes)
        if as_json:
            click.echo(json.dumps(run(questions[0]), ensure_ascii=False))
        else:
            print_hits(_output, *chatbot.search(questions[0].question, (), search_filter, shown), explain=explain)
    return 0


@click.command()
@click.argument("question", required=False, metavar="[CÂU_HỎI]")
@output_options
@filter_options
@data_option
def ask(
    *,
    question: str | None,
    as_json: bool,
    batch: Path | None,
    search_filter: "SearchFilter | None",
    data_dir: Path | None,
) -> int:
    """Trả lời CÂU_HỎI từ các bài viết, kèm trích dẫn nguyên văn."""
    from rag.cli.output import print_answer
    from rag.contracts import answer_result

    questions = _questions(question, batch)
    with opened_library(data_dir, "ask") as library:
        from rag.chat import Chatbot

        chatbot = Chatbot(library)

        def run(one: BatchQuestion) -> dict[str, Any]:
            return answer_result(one.id, chatbot.ask(one.question, one.history, search_filter))

        if batch is not None:
            return answer_batch(questions, run, _notes)
        if as_json:
            click.echo(json.dumps(run(questions[0]), ensure_ascii=False))
        else:
            print_answer(_output, chatbot.ask(questions[0].question, (), search_filter))
    return 0


@click.command()
@click.option("--json", "as_json", is_flag=True, help="In kết quả dạng JSON.")
@data_option
def status(*, as_json: bool, data_dir: Path | None) -> int:
    """Thư viện có gì, ở đâu, dùng mô hình nào."""
    from rag.cli.output import print_status
    from rag.embedding import PassageEmbeddings
    from rag.store.library import Library

    settings = Settings.load(data_dir=data_dir)
    with Library.opened(settings, PassageEmbeddings.from_settings(settings), "hoidap status") as library:
        state = library.status()
    if as_json:
        click.echo(json.dumps(state, ensure_ascii=False))
    else:
        print_status(_output, state)
    return 0


@click.command()
@click.option(
    "--index",
    "paths",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="ĐƯỜNG_DẪN",
    help="Index trước khi mở trang.",
)
@click.option("--host", default=None, metavar="ĐỊA_CHỈ", help="Địa chỉ lắng nghe (mặc định 127.0.0.1).")
@click.option("--port", type=click.IntRange(0, 65535), default=None, metavar="CỔNG", help="Cổng (mặc định 7860).")
@data_option
def serve(paths: tuple[Path, ...], host: str | None, port: int | None, data_dir: Path | None) -> int:
    """Mở trang hỏi đáp trên trình duyệt."""
    import signal

    from rag.cli.output import ProgressBar, print_summary

    settings = Settings.load(data_dir=data_dir, host=host, port=port)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a service manager's word for Ctrl+C
    with opened_library(data_dir, "serve", must_exist=False) as library:
        if paths:
            with ProgressBar(_notes, "Đang đọc và nhúng") as bar:
                summary = library.sync(list(paths), bar.update)
            print_summary(_output, _notes, summary)
        from rag.web.server import running_page

        with running_page(library, settings.host, settings.port) as address:
            _output.print(f"Trang hỏi đáp: [bold]{address}[/]  (dừng bằng Ctrl+C)")
            for warning in _warnings(settings):
                _notes.print(f"[yellow]![/] {warning}", soft_wrap=True)
            _wait_until_interrupted()
    _end_now()
    return 0


def _warnings(settings: Settings) -> "Iterator[str]":
    """What the one who serves the page should know before others reach it."""
    if settings.host not in {"127.0.0.1", "::1", "localhost"} and settings.users_file is None:
        yield (
            f"Trang lắng nghe ở {settings.host} mà không có đăng nhập: ai vào được trang cũng tải lên và xóa bài được. "
            "Hãy đặt HOIDAP_USERS_FILE (xem `hoidap user --help`)."
        )


def _wait_until_interrupted() -> None:
    import threading

    with contextlib.suppress(KeyboardInterrupt):
        threading.Event().wait()


def _end_now() -> None:
    """End the process, everything being closed.

    Python's own end takes the models apart while threads of theirs may still run: that took 20 seconds under load, and
    where a question was being answered the process was aborted.
    """
    import os

    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _questions(question: str | None, batch: Path | None) -> list[BatchQuestion]:
    if batch is not None and question is not None:
        raise click.UsageError("chọn một trong hai: CÂU_HỎI hoặc --batch.")
    if batch is not None:
        return read_batch(batch)
    if question is None:
        raise click.UsageError("thiếu CÂU_HỎI (hoặc --batch TỆP).")
    return [BatchQuestion(None, question, ())]
