"""Options that several commands share."""

import functools
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar, cast

import click

_Command = TypeVar("_Command", bound=Callable[..., Any])


def data_option(command: _Command) -> _Command:
    """Add `--data` to a command."""
    option = click.option(
        "--data",
        "data_dir",
        type=click.Path(path_type=Path),
        metavar="THƯ_MỤC",
        help="Thư mục dữ liệu (hoặc HOIDAP_DATA_DIR).",
    )
    return option(command)


def filter_options(command: _Command) -> _Command:
    """Add the options that restrict a search; the command gets them as one `SearchFilter`."""

    @functools.wraps(command)
    def with_filter(
        *arguments: Any,  # noqa: ANN401 - passed through
        published_from: datetime | None,
        published_to: datetime | None,
        publisher: tuple[str, ...],
        article: tuple[str, ...],
        **options: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        from rag.store.records import SearchFilter

        first = published_from.date() if published_from else None
        last = published_to.date() if published_to else None
        chosen = SearchFilter(first, last, publisher, article)
        return command(*arguments, search_filter=None if chosen == SearchFilter() else chosen, **options)

    day = click.DateTime(["%Y-%m-%d", "%d/%m/%Y"])
    for option in (
        click.option("--article", multiple=True, metavar="MÃ_BÀI", help="Chỉ tìm trong bài này (dùng được nhiều lần)."),
        click.option("--publisher", multiple=True, metavar="NGUỒN", help="Chỉ tìm bài của nguồn này (nhiều lần được)."),
        click.option("--to", "published_to", type=day, metavar="NGÀY", help="Chỉ tìm bài đăng đến ngày này."),
        click.option("--from", "published_from", type=day, metavar="NGÀY", help="Chỉ tìm bài đăng từ ngày này."),
    ):
        with_filter = option(with_filter)
    return cast("_Command", with_filter)


def output_options(command: _Command) -> _Command:
    """Add `--json` and `--batch` to a command."""
    as_json = click.option("--json", "as_json", is_flag=True, help="In kết quả dạng JSON.")
    batch = click.option(
        "--batch", type=click.Path(path_type=Path), metavar="TỆP", help="Tệp JSONL: mỗi dòng có `id`, `question`."
    )
    return as_json(batch(command))
