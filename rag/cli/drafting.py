"""`hoidap eval --draft` and `--review`: questions proposed by rule, counted only when a person has accepted them."""

from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape

from rag.errors import HoidapError
from rag.settings import Settings

_KEYS = {"n": "nhận", "s": "sửa", "b": "bỏ", "d": "để sau", "q": "dừng"}


class DraftsError(HoidapError):
    """There are no drafts where the user said."""


def draft_questions(path: Path, target: Path, settings: Settings, output: Console, notes: Console) -> int:
    """Propose questions for the articles at a path and add them to a file.

    Args:
        path: Article file or folder.
        target: JSONL; what stands there already stays as it is.
        settings: Which embedding model and limits.
        output: Where the result is told.
        notes: Where waiting is told.
    """
    from evals.drafts import add_drafts
    from evals.workspace import indexed_articles
    from rag.embedding import PassageEmbeddings

    with (
        notes.status("Đang đọc các bài viết…"),
        indexed_articles(path, PassageEmbeddings.from_settings(settings)) as read,
    ):
        added, articles = add_drafts(target, read), len(read)
    output.print(f"{added} câu hỏi nháp mới từ {articles} bài trong {target}.", markup=False, soft_wrap=True)
    output.print(f"Duyệt: hoidap eval --review {target}", markup=False, soft_wrap=True)
    output.print(f"Rồi đo: hoidap eval {target} --articles {path}", markup=False, soft_wrap=True)
    return 0


def review_drafts(target: Path, output: Console) -> int:
    """Go through the drafts that nobody has decided on; each decision is on disk at once.

    Args:
        target: The file of drafts.
        output: Where they are shown.

    Raises:
        DraftsError: There is no such file.
    """
    from evals.cases import write_rows
    from evals.drafts import read_drafts

    if not target.exists():
        raise DraftsError(f"Không có tệp {target}.", "Hãy tạo bằng: hoidap eval --draft ĐƯỜNG_DẪN.")
    rows = read_drafts(target)
    waiting = [row for row in rows if not row.get("accepted", True) and not row.get("rejected")]
    for place, row in enumerate(waiting, start=1):
        output.print(f"\n[dim]{place}/{len(waiting)} · {escape(str(row.get('article')))}[/]", soft_wrap=True)
        output.print(f"[dim]{escape(str(row.get('evidence')))}[/]", soft_wrap=True)
        output.print(f"[bold]{escape(str(row['question']))}[/]", soft_wrap=True)
        output.print(f"→ {escape(' | '.join(row['answers']))}", soft_wrap=True)
        choice = click.prompt(
            ", ".join(f"{key} = {word}" for key, word in _KEYS.items()),
            type=click.Choice(list(_KEYS)),
            default="d",
            show_choices=False,
        )
        if choice == "q":
            break
        if choice == "s":
            row["question"] = click.prompt("Câu hỏi", default=row["question"]).strip()
            answers = click.prompt("Đáp án (nhiều cách viết: ngăn bằng |)", default=" | ".join(row["answers"]))
            row["answers"] = [answer.strip() for answer in answers.split("|") if answer.strip()]
        if choice in ("n", "s"):
            row["accepted"] = True
        if choice == "b":
            row["rejected"] = True  # kept, so that it is not proposed again
        write_rows(target, rows)
    accepted = sum(bool(row.get("accepted", True)) for row in rows)
    rejected = sum(bool(row.get("rejected")) for row in rows)
    left = len(rows) - accepted - rejected
    output.print(f"{accepted} câu đã nhận, {rejected} câu đã bỏ, {left} câu còn nháp trong {target}.", soft_wrap=True)
    return 0
