"""`hoidap eval`: how often the answers are right, and where they fail."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from rag.cli.options import data_option
from rag.errors import HoidapError
from rag.settings import Settings

if TYPE_CHECKING:
    from evals.runs import Run, RunOptions
    from evals.workspace import Workspace

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
    name: str | None,
    output: Path | None,
    resume: str | None,
    list_runs: bool,
    as_json: bool,
    data_dir: Path | None,
) -> int:
    """Đo xem câu trả lời đúng đến đâu trên BỘ_CÂU_HỎI (JSONL hoặc SQuAD; mặc định là bộ đi kèm)."""
    require_evaluation_extra()
    from evals.runs import RunOptions, default_name, find_run, listed, runs_folder
    from evals.tables import print_run, print_runs
    from evals.workspace import DEV_SET

    settings = Settings.load(data_dir=data_dir)
    if list_runs:
        print_runs(_output, listed(settings.data_dir))
        return 0
    if resume is not None:
        started = find_run(resume, settings.data_dir)
        finished = [
            _evaluated(Path(started.info["dataset"]["path"]), started.options, started.folder, settings, started)
        ]
    else:
        if len(datasets) > 1 and (name or output):
            raise click.UsageError("--name và --output chỉ dùng được với một bộ câu hỏi.")
        options = RunOptions(
            retrieval_only=retrieval_only,
            unaccented=unaccented,
            limit=limit,
            seed=seed,
            articles=str(articles.resolve()) if articles else None,
        )
        finished = []
        for dataset in datasets or (DEV_SET,):
            folder = output or runs_folder(settings.data_dir) / (name or default_name(dataset, options))
            finished.append(_evaluated(dataset, options, folder, settings))
    for run in finished:
        if as_json:
            click.echo(
                json.dumps({"run": run.info, "metrics": run.metrics, "folder": str(run.folder)}, ensure_ascii=False)
            )
        else:
            print_run(_output, run)
    return 0


def _evaluated(
    dataset: Path, options: "RunOptions", folder: Path, settings: Settings, started: "Run | None" = None
) -> "Run":
    from evals.outcomes import Examiner
    from evals.runs import carry_out, require_same_conditions, start
    from rag.cli.output import ProgressBar

    with _workspace(dataset, options, settings) as workspace:
        if started is not None:
            require_same_conditions(started, workspace)
        run = started or start(workspace, options, folder)
        examiner = Examiner(
            workspace.library,
            by_article=workspace.by_article,
            stripped=options.unaccented,
            answering=not options.retrieval_only,
        )
        try:
            with ProgressBar(_notes, f"Đang hỏi {dataset.name}") as bar:
                return carry_out(run, workspace, examiner, bar.update)
        except KeyboardInterrupt:
            _notes.print(f"Đã dừng. Làm tiếp bằng: hoidap eval --resume {run.folder}", soft_wrap=True, markup=False)
            raise


@contextlib.contextmanager
def _workspace(dataset: Path, options: "RunOptions", settings: Settings) -> "Iterator[Workspace]":
    """The dataset with the library it is about: its own paragraphs, a folder, the corpus, or the user's library."""
    from evals.workspace import CORPUS, is_dev_set, library_workspace, opened_workspace
    from rag.embedding import PassageEmbeddings
    from rag.store.library import Library

    embeddings = PassageEmbeddings.from_settings(settings)
    own_folder = options.articles is not None or dataset.suffix == ".json" or is_dev_set(dataset)
    with contextlib.ExitStack() as stack:
        with _notes.status("Đang chuẩn bị các bài viết và mô hình…"):
            if own_folder:
                corpus = Path(options.articles) if options.articles is not None else CORPUS
                workspace = stack.enter_context(opened_workspace(dataset, embeddings, corpus))
            else:
                library = stack.enter_context(Library.opened(settings, embeddings, "hoidap eval"))
                library.require_articles()
                library.require_same_model()
                workspace = stack.enter_context(library_workspace(dataset, library))
        yield workspace


def require_evaluation_extra() -> None:
    """Say how to install what the evaluation needs where it is missing.

    Raises:
        EvaluationExtraError: A library is missing.
    """
    from importlib.util import find_spec

    missing = [name for name in ("ir_measures", "matplotlib", "scipy", "sklearn", "evals") if find_spec(name) is None]
    if missing:
        raise EvaluationExtraError(
            f"Chưa cài thư viện để đo ({', '.join(missing)}).", "Hãy chạy: pip install 'hoidap[evals]'"
        )
