"""What each command does."""

import contextlib
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from rich.console import Console

from rag.cli.batch import BatchQuestion, answer_batch, read_batch
from rag.errors import ArticleError
from rag.settings import Settings

if TYPE_CHECKING:
    from rag.store.library import Library

_Command = TypeVar("_Command", bound=Callable[..., Any])

_output = Console(highlight=False)
_notes = Console(stderr=True, highlight=False)


def data_option(command: _Command) -> _Command:
    """Add `--data` to a command."""
    option = click.option(
        "--data", "data_dir", type=click.Path(path_type=Path), metavar="THƯ_MỤC", help="Thư mục dữ liệu (hoặc HOIDAP_DATA_DIR)."
    )
    return option(command)


@contextlib.contextmanager
def opened_library(data_dir: Path | None, command: str, *, must_exist: bool = True) -> "Iterator[Library]":
    """The library for the length of a command, with a note on stderr while the model loads.

    Args:
        data_dir: From `--data`.
        command: Name of the command, told to other processes.
        must_exist: Whether an empty library is an error.
    """
    settings = Settings.load(data_dir=data_dir)
    with _notes.status("Đang mở thư viện…"):
        from rag.embedding import PassageEmbeddings
        from rag.store.library import Library

    with Library.opened(settings, PassageEmbeddings.from_settings(settings), f"hoidap {command}") as library:
        if must_exist:
            library.require_articles()
        with _notes.status("Đang nạp mô hình nhúng (lần đầu có thể mất nửa phút)…"):
            library.require_same_model()
        yield library


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="ĐƯỜNG_DẪN...")
@data_option
def index(paths: tuple[str, ...], data_dir: Path | None) -> int:
    """Đưa các bài viết trong ĐƯỜNG_DẪN vào thư viện: thêm, cập nhật, gỡ bỏ cho khớp với tệp."""
    from rag.cli.output import ProgressBar, print_summary
    from rag.loaders.discovery import discover

    _refuse_addresses(paths)
    for path in paths:
        discover(Path(path))  # a wrong path is said before seconds are spent on the model
    with opened_library(data_dir, "index", must_exist=False) as library, ProgressBar(_notes, "Đang đọc và nhúng") as bar:
        summary = library.sync([Path(path) for path in paths], bar.update)
    print_summary(_output, _notes, summary)
    return 1 if summary.failed else 0


@click.command()
@click.argument("query", required=False, metavar="[CÂU_HỎI]")
@click.option("-k", "limit", type=click.IntRange(1, 100), default=None, metavar="SỐ", help="Số đoạn muốn xem (mặc định 10).")
@click.option("--json", "as_json", is_flag=True, help="In kết quả dạng JSON.")
@click.option("--batch", type=click.Path(path_type=Path), metavar="TỆP", help="Tệp JSONL: mỗi dòng có `id`, `question`.")
@data_option
def search(query: str | None, limit: int | None, as_json: bool, batch: Path | None, data_dir: Path | None) -> int:  # noqa: FBT001 - click passes flags so
    """Tìm các đoạn gần với CÂU_HỎI nhất."""
    from rag.cli.output import print_hits, search_result

    questions = _questions(query, batch)
    with opened_library(data_dir, "search") as library:
        from rag.chat import Chatbot

        chatbot = Chatbot(library)
        hits_shown = limit or library.settings.search_limit

        def run(one: BatchQuestion) -> dict[str, Any]:
            return search_result(one.id, one.question, chatbot.search(one.question, one.history, limit=hits_shown)[1])

        if batch is not None:
            return answer_batch(questions, run, _notes)
        found_query, hits = chatbot.search(questions[0].question, limit=hits_shown)
        if as_json:
            click.echo(json.dumps(search_result(None, questions[0].question, hits), ensure_ascii=False))
        else:
            print_hits(_output, found_query, hits)
    return 0


@click.command()
@click.argument("question", required=False, metavar="[CÂU_HỎI]")
@click.option("--json", "as_json", is_flag=True, help="In kết quả dạng JSON.")
@click.option("--batch", type=click.Path(path_type=Path), metavar="TỆP", help="Tệp JSONL: mỗi dòng có `id`, `question`.")
@data_option
def ask(question: str | None, as_json: bool, batch: Path | None, data_dir: Path | None) -> int:  # noqa: FBT001
    """Trả lời CÂU_HỎI từ các bài viết, kèm trích dẫn nguyên văn."""
    from rag.cli.output import answer_result, print_answer

    questions = _questions(question, batch)
    with opened_library(data_dir, "ask") as library:
        from rag.chat import Chatbot

        chatbot = Chatbot(library)
        if batch is not None:
            return answer_batch(
                questions, lambda one: answer_result(one.id, chatbot.ask(one.question, one.history)), _notes
            )
        answer = chatbot.ask(questions[0].question)
        if as_json:
            click.echo(json.dumps(answer_result(None, answer), ensure_ascii=False))
        else:
            print_answer(_output, answer)
    return 0


@click.command()
@click.option("--json", "as_json", is_flag=True, help="In kết quả dạng JSON.")
@data_option
def status(as_json: bool, data_dir: Path | None) -> int:  # noqa: FBT001
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
@click.option("--index", "paths", multiple=True, type=click.Path(path_type=Path), metavar="ĐƯỜNG_DẪN", help="Index trước khi mở trang.")
@click.option("--host", default=None, metavar="ĐỊA_CHỈ", help="Địa chỉ lắng nghe (mặc định 127.0.0.1).")
@click.option("--port", type=click.IntRange(0, 65535), default=None, metavar="CỔNG", help="Cổng (mặc định 7860).")
@data_option
def serve(paths: tuple[Path, ...], host: str | None, port: int | None, data_dir: Path | None) -> int:
    """Mở trang hỏi đáp trên trình duyệt."""
    from rag.cli.output import ProgressBar, print_summary

    settings = Settings.load(data_dir=data_dir, host=host, port=port)
    with opened_library(data_dir, "serve", must_exist=not paths) as library:
        if paths:
            with ProgressBar(_notes, "Đang đọc và nhúng") as bar:
                summary = library.sync(list(paths), bar.update)
            print_summary(_output, _notes, summary)
            library.require_articles()
        from rag.web.server import running_page

        with running_page(library, settings.host, settings.port) as address:
            _output.print(f"Trang hỏi đáp: [bold]{address}[/]  (dừng bằng Ctrl+C)")
            _wait_until_interrupted()
    return 0


def _wait_until_interrupted() -> None:
    import threading

    with contextlib.suppress(KeyboardInterrupt):
        threading.Event().wait()


def _questions(question: str | None, batch: Path | None) -> list[BatchQuestion]:
    if batch is not None and question is not None:
        raise click.UsageError("chọn một trong hai: CÂU_HỎI hoặc --batch.")
    if batch is not None:
        return read_batch(batch)
    if question is None:
        raise click.UsageError("thiếu CÂU_HỎI (hoặc --batch TỆP).")
    return [BatchQuestion(None, question, ())]


def _refuse_addresses(paths: tuple[str, ...]) -> None:
    for path in paths:
        if path.startswith(("http://", "https://")) and not os.path.exists(path):
            raise ArticleError(
                f"Chưa đọc được địa chỉ web ({path}).", "Hãy lưu bài thành tệp .md hoặc .txt rồi index tệp đó."
            )
