"""`hoidap eval`: how often the answers are right, and where they fail."""

import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from rag.cli.options import data_option
from rag.errors import HoidapError
from rag.settings import Settings

if TYPE_CHECKING:
    from evals.runs import OnProgress, Run, RunOptions

_output = Console(highlight=False)
_notes = Console(stderr=True, highlight=False)


class EvaluationExtraError(HoidapError):
    """What the evaluation needs is not installed."""


@click.command(name="eval")
@click.argument("datasets", nargs=-1, type=click.Path(path_type=Path), metavar="[BỘ_CÂU_HỎI]...")
@click.option("--retrieval", "retrieval_only", is_flag=True, help="Chỉ đo tìm kiếm, không trả lời.")
@click.option("--unaccented", is_flag=True, help="Hỏi lại mọi câu bằng chữ không dấu.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Chỉ hỏi N câu, chọn theo --seed.")
@click.option(
    "--seed", type=int, default=0, show_default=True, metavar="SỐ", help="Để chọn câu và tính khoảng tin cậy."
)
@click.option(
    "--articles",
    type=click.Path(exists=True, path_type=Path),
    metavar="THƯ_MỤC",
    help="Đo trên các bài trong thư mục này thay vì thư viện.",
)
@click.option(
    "--judge", metavar="MÔ_HÌNH", help="Nhờ một mô hình chat chấm thêm, ví dụ openai:gpt-5-mini (cần hoidap[judges])."
)
@click.option("--compare", nargs=2, metavar="TRƯỚC SAU", help="So hai lần đo: điều gì khác, câu nào đổi.")
@click.option(
    "--draft",
    type=click.Path(path_type=Path),
    metavar="ĐƯỜNG_DẪN",
    help="Soạn nháp câu hỏi từ các bài ở đây vào --output (mặc định drafts.jsonl).",
)
@click.option(
    "--review", type=click.Path(path_type=Path), metavar="TỆP", help="Duyệt từng câu hỏi nháp: nhận, sửa, bỏ."
)
@click.option(
    "--from-feedback",
    is_flag=False,
    flag_value="",
    metavar="[TỆP]",
    help="Đo trên góp ý của người dùng: của trang web, hoặc tệp JSONL đã xuất.",
)
@click.option("--name", metavar="TÊN", help="Tên lần đo (mặc định: ngày giờ và tên bộ câu hỏi).")
@click.option("--output", type=click.Path(path_type=Path), metavar="THƯ_MỤC", help="Ghi kết quả vào thư mục này.")
@click.option("--resume", metavar="TÊN", help="Làm tiếp một lần đo bị dừng.")
@click.option("--list", "list_runs", is_flag=True, help="Kể các lần đo.")
@click.option("--json", "as_json", is_flag=True, help="In kết quả dạng JSON.")
@data_option
def evaluation(
    *,
    datasets: tuple[Path, ...],
    retrieval_only: bool,
    unaccented: bool,
    limit: int | None,
    seed: int,
    articles: Path | None,
    judge: str | None,
    compare: tuple[str, str] | None,
    draft: Path | None,
    review: Path | None,
    from_feedback: str | None,
    name: str | None,
    output: Path | None,
    resume: str | None,
    list_runs: bool,
    as_json: bool,
    data_dir: Path | None,
) -> int:
    """Đo xem câu trả lời đúng đến đâu trên BỘ_CÂU_HỎI (JSONL hoặc SQuAD; mặc định là bộ đi kèm)."""
    require_evaluation_extra()
    settings = Settings.load(data_dir=data_dir)
    if draft is not None:
        from rag.cli.drafting import draft_questions

        return draft_questions(draft, output or Path("drafts.jsonl"), settings, _output, _notes)
    if review is not None:
        from rag.cli.drafting import review_drafts

        return review_drafts(review, _output)
    if list_runs or compare is not None:
        return _looked_back(settings, compare, as_json=as_json)
    if resume is not None:
        return _shown([_resumed(resume, settings)], as_json=as_json)
    if len(datasets) > 1 and (name or output):
        raise click.UsageError("--name và --output chỉ dùng được với một bộ câu hỏi.")
    if from_feedback is not None:
        datasets = (*datasets, _feedback_dataset(from_feedback, articles, settings))
    from evals.runs import RunOptions

    options = RunOptions(
        retrieval_only=retrieval_only,
        unaccented=unaccented,
        limit=limit,
        seed=seed,
        articles=str(articles.resolve()) if articles else None,
        judge=judge,
    )
    return _shown(_started(datasets, options, settings, name, output), as_json=as_json)


def _started(
    datasets: tuple[Path, ...], options: "RunOptions", settings: Settings, name: str | None, output: Path | None
) -> "list[Run]":
    """A new run of each dataset; of the one that ships where none is given."""
    from evals.measuring import measured
    from evals.runs import default_name, runs_folder
    from evals.workspace import DEV_SET

    finished = []
    for dataset in datasets or (DEV_SET,):
        folder = output or runs_folder(settings.data_dir) / (name or default_name(dataset, options))
        finished.append(_measured(functools.partial(measured, dataset, options, folder, settings), folder))
    return finished


def _resumed(name: str, settings: Settings) -> "Run":
    from evals.measuring import resumed
    from evals.runs import find_run

    started = find_run(name, settings.data_dir)
    return _measured(functools.partial(resumed, started, settings), started.folder)


def _shown(finished: "list[Run]", *, as_json: bool) -> int:
    from evals.tables import print_run

    for run in finished:
        if as_json:
            result = {"run": run.info, "metrics": run.metrics, "folder": str(run.folder)}
            click.echo(json.dumps(result, ensure_ascii=False))
        else:
            print_run(_output, run)
    return 0


def _looked_back(settings: Settings, compared: tuple[str, str] | None, *, as_json: bool) -> int:
    """Runs of before: two of them side by side, or all in a list."""
    from evals.comparison import compare, print_comparison
    from evals.runs import find_run, listed
    from evals.tables import print_runs

    if compared is None:
        print_runs(_output, listed(settings.data_dir))
        return 0
    found = compare(*(find_run(name, settings.data_dir) for name in compared))
    if as_json:
        click.echo(json.dumps(found.as_json(), ensure_ascii=False))
    else:
        print_comparison(_output, found)
    return 0


def _feedback_dataset(exported: str, articles: Path | None, settings: Settings) -> Path:
    """Feedback whose evidence still stands, as a dataset beside the runs."""
    from evals.cases import DatasetError, write_rows
    from evals.feedback import read_feedback, stored_feedback
    from evals.measuring import opened_articles
    from evals.runs import runs_folder

    with opened_articles(articles, settings) as bodies:
        if exported:
            found = read_feedback(Path(exported), bodies.get)
        else:
            found = stored_feedback(settings.data_dir, bodies.get)
    if not found.rows:
        raise DatasetError(
            f"Chưa có góp ý nào dùng được ({found.stale} góp ý thiếu dẫn chứng).",
            "Hãy mời người dùng bấm đúng / sai dưới câu trả lời trên trang web.",
        )
    target = runs_folder(settings.data_dir) / "feedback.jsonl"
    write_rows(target, found.rows)
    _notes.print(
        f"{len(found.rows)} góp ý dùng được, {found.stale} góp ý bỏ qua (bài đã đổi hoặc thiếu dẫn chứng).",
        soft_wrap=True,
    )
    return target


def _measured(measure: "Callable[[OnProgress], Run]", folder: Path) -> "Run":
    """Carry out a run with a progress bar; when it is stopped, say how to go on."""
    from rag.cli.output import ProgressBar

    with _notes.status("Đang chuẩn bị các bài viết và mô hình…") as preparing, ProgressBar(_notes, "Đang hỏi") as bar:

        def on_progress(done: int, total: int) -> None:
            preparing.stop()
            bar.update(done, total)

        try:
            return measure(on_progress)
        except KeyboardInterrupt:
            if (folder / "run.json").exists():
                _notes.print(f"Làm tiếp bằng: hoidap eval --resume {folder}", soft_wrap=True, markup=False)
            raise


def require_evaluation_extra() -> None:
    """Say how to install what the evaluation needs where it is missing.

    Raises:
        EvaluationExtraError: A library is missing.
    """
    from importlib.util import find_spec

    missing = [
        name for name in ("ir_measures", "jinja2", "matplotlib", "scipy", "sklearn", "evals") if find_spec(name) is None
    ]
    if missing:
        raise EvaluationExtraError(
            f"Chưa cài thư viện để đo ({', '.join(missing)}).", "Hãy chạy: pip install 'hoidap[evals]'"
        )
