"""What the commands print for a person. The JSON for tools is in `rag.contracts`."""

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from rag.answering.answer import Answer, Origin
from rag.retrieval.query import Query
from rag.retrieval.retriever import Hit
from rag.store.records import IndexSummary

_SNIPPET_CHARACTERS = 320


class ProgressBar:
    """A bar on a terminal, nothing elsewhere; appears with the first update."""

    def __init__(self, console: Console, label: str) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._progress = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._label = label
        self._task: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._task is not None:
            self._progress.stop()

    def update(self, done: int, total: int) -> None:
        """Show `done` of `total`."""
        if self._task is None:
            self._progress.start()
            self._task = self._progress.add_task(self._label, total=total)
        self._progress.update(self._task, completed=done, total=total, description=self._label)

    def checked(self, done: int, total: int) -> None:
        """Show how many files and pages have been compared with the library."""
        self.update(done, total)
        self.describe("Đang so với thư viện")

    def describe(self, label: str) -> None:
        """Show what is being done, once the bar is there."""
        if self._task is not None:
            self._progress.update(self._task, description=label)


def print_summary(output: Console, notes: Console, summary: IndexSummary) -> None:
    """One line that says what an index run did, after a line for each file that failed."""
    for failed in summary.failed:
        notes.print(f"[bold red]✗[/] {escape(failed.origin)}: {escape(failed.message)}", soft_wrap=True)
        notes.print(f"  [bold]→[/] {escape(failed.remedy)}", soft_wrap=True)
    parts = [
        f"{len(summary.added)} bài mới",
        f"{len(summary.updated)} cập nhật",
        f"{len(summary.removed)} gỡ bỏ",
        f"{len(summary.unchanged)} không đổi",
        f"{len(summary.failed)} lỗi",
        f"{summary.passages_embedded} đoạn được nhúng",
        f"{summary.seconds:.1f} giây".replace(".", ","),
    ]
    output.print(" · ".join(parts), soft_wrap=True)


def print_hits(output: Console, query: Query, hits: Sequence[Hit], *, explain: bool = False) -> None:
    """The passages found, best first; `explain` shows how the question was read and why each stands where it does."""
    _print_reading(output, query)
    if explain:
        _print_steps(output, query)
    for rank, hit in enumerate(hits, start=1):
        passage = hit.stored.passage
        heading = f"[bold]{rank}. {escape(hit.stored.title)}[/]"
        place = f"{passage.article_id} · ký tự {passage.start}–{passage.end} · điểm {hit.score.total:.3f}"
        output.print(heading, soft_wrap=True)
        output.print(f"   [dim]{escape(place)}[/]", soft_wrap=True)
        if explain:
            output.print(f"   [cyan]{escape(_score_details(hit))}[/]", soft_wrap=True)
        output.print(Padding(Text(_snippet(passage.text)), (0, 0, 1, 3)))
    if not hits:
        output.print("Không có đoạn nào.")


def _score_details(hit: Hit) -> str:
    score = hit.score
    parts = [
        f"nghĩa {score.cosine:.3f}",
        f"từ {score.lexical:.2f} (BM25 {score.bm25:.1f})",
        f"câu khớp nhất {score.sentence:.2f}",
        f"năm {score.time:+.1f}",
    ]
    if score.rerank is not None:
        parts.append(f"xếp lại {score.rerank:.3f}")
    return " · ".join(parts)


def _print_steps(output: Console, query: Query) -> None:
    steps = {
        "Viết tắt": ", ".join(f"{expansion.short} = {expansion.long}" for expansion in query.expansions),
        "Tên người": ", ".join(query.names),
        "Năm": ", ".join(str(year) for year in sorted(query.time.years)),
        "Nhiệm kỳ": ", ".join(f"{first}–{last}" for first, last in sorted(query.time.terms)),
    }
    for label, found in steps.items():
        if found:
            output.print(f"[dim]{label}: {escape(found)}[/]", soft_wrap=True)


def print_answer(output: Console, answer: Answer) -> None:
    """The answer with its sources, or the refusal with what may be related."""
    colour = "yellow" if answer.abstained else "green"
    title = None
    if answer.origin is Origin.ARTICLES:
        _print_reading(output, answer.query)
        title = f"độ tin cậy {answer.confidence:.0%}"
    output.print(Panel(Text(answer.text), border_style=colour, title=title, title_align="right"))
    if answer.note:
        output.print(f"[yellow]{escape(answer.note)}[/]", soft_wrap=True)
    for citation in answer.citations:
        details = [citation.published.strftime("%d/%m/%Y") if citation.published else None, citation.source]
        output.print(f"[bold]\\[{citation.n}][/] {escape(citation.title)}", soft_wrap=True)
        place = [citation.article, f"ký tự {citation.start}–{citation.end}", *(detail for detail in details if detail)]
        output.print(f"    [dim]{escape(' · '.join(place))}[/]", soft_wrap=True)
    if answer.related:
        output.print("Có thể liên quan:")
        for hit in answer.related:
            output.print(f"  • [bold]{escape(hit.stored.title)}[/]", soft_wrap=True)
            output.print(Padding(Text(_snippet(hit.stored.passage.text)), (0, 0, 0, 4)))


def print_status(output: Console, state: Mapping[str, object]) -> None:
    """What the library holds."""
    labels = {
        "articles": "Bài viết",
        "passages": "Đoạn",
        "embedding_model": "Mô hình nhúng",
        "data_dir": "Thư mục dữ liệu",
        "version": "Phiên bản",
    }
    table = Table(show_header=False, box=None)
    for name, label in labels.items():
        table.add_row(f"[bold]{label}[/]", escape(str(state[name] if state[name] is not None else "chưa có")))
    output.print(table)


def _print_reading(output: Console, query: Query) -> None:
    if query.text != query.question:
        output.print(f"[dim]Hiểu là: {escape(query.text)}[/]", soft_wrap=True)


def _snippet(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SNIPPET_CHARACTERS else line[: _SNIPPET_CHARACTERS - 1].rstrip() + "…"
