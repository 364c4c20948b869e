"""A run: the questions of one dataset asked and scored, kept as a folder that can be stopped, resumed and compared.

run.json         what was measured with what: dataset and its hash, options, settings, model, versions, machine, date
questions.jsonl  one line a question, written as it is answered
metrics.json     the figures, with n and 95 % intervals
failures.csv     what went wrong, worst first, for a spreadsheet
report.html      the same for a browser
"""

import functools
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from evals.cases import Case, DatasetError
from evals.environment import environment, file_digest
from evals.failures import write_failures
from evals.outcomes import Examiner, Outcome, read_outcomes, write_outcomes
from evals.report import report_page
from evals.retrieval import drawn
from evals.summary import summarise
from evals.workspace import Workspace
from rag.store.library import Library
from rag.vietnamese.normalise import fold

RUN_FILE, QUESTIONS_FILE, METRICS_FILE = "run.json", "questions.jsonl", "metrics.json"
FAILURES_FILE, REPORT_FILE = "failures.csv", "report.html"

_RUNNING, _COMPLETE = "running", "complete"
_PRIVATE = re.compile(r"_dir$|_file$|^host$|^port$|key|secret|token|password|user")
_NAME = re.compile(r"[^a-z0-9.]+")
OnProgress = Callable[[int, int], None]


def no_progress(_done: int, _total: int) -> None:
    """Nobody is watching."""


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What a run asks, and how.

    Attributes:
        retrieval_only: Search only; no answers.
        unaccented: Ask every question without accents, to see what that costs.
        limit: Ask only so many questions, drawn with the seed; None asks all.
        seed: Of the draw and of the bootstrap.
        articles: Folder of articles, indexed for the run; None asks the library of the data directory, or for the dev
            set the corpus that ships.
        judge: Name of the chat model that judges free answers; None asks none.
    """

    retrieval_only: bool = False
    unaccented: bool = False
    limit: int | None = None
    seed: int = 0
    articles: str | None = None
    judge: str | None = None


@dataclass(frozen=True)
class Run:
    """A run as it lies in its folder.

    Attributes:
        folder: Where.
        info: What run.json holds.
        outcomes: The questions answered so far.
    """

    folder: Path
    info: Mapping[str, Any]
    outcomes: tuple[Outcome, ...]

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read a run, finished or not.

        Raises:
            DatasetError: There is no run in the folder, or it is damaged.
        """
        try:
            info = json.loads((folder / RUN_FILE).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise DatasetError(
                f"Không có kết quả đo nào ở {folder} ({error}).",
                "Hãy kiểm tra tên; `hoidap eval --list` kể các lần đo.",
            ) from error
        questions = folder / QUESTIONS_FILE
        return cls(folder, info, tuple(read_outcomes(questions)) if questions.exists() else ())

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.folder.name

    @property
    def complete(self) -> bool:
        """Whether every question was asked."""
        return bool(self.info["status"] == _COMPLETE)

    @property
    def options(self) -> RunOptions:
        """As they were given."""
        return RunOptions(**self.info["options"])

    @functools.cached_property
    def metrics(self) -> dict[str, Any]:
        """The figures, computed from the questions."""
        return summarise(self.outcomes, self.options.seed)

    @property
    def share_right(self) -> dict[str, float] | None:
        """The first figure, as it was written when the run was finished; None where there is none."""
        try:
            written = json.loads((self.folder / METRICS_FILE).read_text(encoding="utf-8"))
            found: dict[str, float] | None = written["overall"].get("right")
        except (OSError, ValueError, KeyError):
            return None
        return found


def runs_folder(data_dir: Path) -> Path:
    """Where the runs of a data directory lie, each a folder."""
    return data_dir / "evaluations"


def listed(data_dir: Path) -> list[Run]:
    """The runs of a data directory, oldest first."""
    folders = (file.parent for file in runs_folder(data_dir).glob(f"*/{RUN_FILE}"))
    return sorted((Run.read(folder) for folder in folders), key=lambda run: str(run.info["environment"]["date"]))


def default_name(dataset: Path, options: RunOptions) -> str:
    """A name that says when and what: `2026-11-23-0915-dev-unaccented`."""
    parts = [datetime.now().astimezone().strftime("%Y-%m-%d-%H%M%S"), _NAME.sub("-", fold(dataset.stem))]
    parts += [word for word, on in (("unaccented", options.unaccented), ("retrieval", options.retrieval_only)) if on]
    return "-".join(parts)


def find_run(name: str, data_dir: Path) -> Run:
    """A run by its name or by its folder.

    Raises:
        DatasetError: There is none.
    """
    folder = Path(name)
    return Run.read(folder if (folder / RUN_FILE).exists() else runs_folder(data_dir) / name)


def published_environment(info: Mapping[str, Any]) -> dict[str, Any]:
    """What a run was measured with, without what is nobody's business: paths and the load of the machine."""
    environment = info["environment"]
    machine = {name: environment["machine"][name] for name in ("cpu", "cores")}
    command = " ".join(Path(word).name if "/" in word else word for word in environment["command"].split())
    return {**environment, "machine": machine, "command": command}


def start(workspace: Workspace, options: RunOptions, folder: Path) -> Run:
    """Lay the folder of a new run.

    Raises:
        DatasetError: The folder holds a run already, or cannot be written.
    """
    cases = chosen_cases(workspace, options)
    if (folder / RUN_FILE).exists():
        raise DatasetError(
            f"Thư mục {folder} đã có một lần đo.", "Hãy chọn tên khác, hoặc dùng --resume để làm tiếp lần đo đó."
        )
    library = workspace.library
    info = {
        "status": _RUNNING,
        "dataset": {
            "path": str(workspace.dataset.resolve()),
            "name": workspace.dataset.name,
            "sha256": file_digest(workspace.dataset),
            "questions": len(cases),
            "articles": len(workspace.articles),
            "passages": library.vectors.count(),
            "by_article": workspace.by_article,
        },
        "options": asdict(options),
        "settings": _settings_of(library),
        "environment": environment(library.embeddings.fingerprint),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / QUESTIONS_FILE).touch()
        _write_json(folder / RUN_FILE, info)
    except OSError as error:
        raise DatasetError(f"Không ghi được vào {folder} ({error}).", "Hãy chọn thư mục khác bằng --output.") from error
    return Run(folder, info, ())


def require_same_conditions(run: Run, workspace: Workspace) -> None:
    """Refuse to go on with a run when dataset, model, settings or program have changed: half of it would lie.

    Raises:
        DatasetError: Something has changed.
    """
    fresh = environment(workspace.library.embeddings.fingerprint)
    then = run.info["environment"]
    changed = [
        name
        for name, same in {
            "bộ câu hỏi": run.info["dataset"]["sha256"] == file_digest(workspace.dataset),
            "mô hình nhúng": then["embedding"] == fresh["embedding"],
            "thiết lập": run.info["settings"] == _settings_of(workspace.library),
            "chương trình": then["program"] == fresh["program"],
            "phiên bản thư viện": then["versions"] == fresh["versions"],
            "số đoạn trong thư viện": run.info["dataset"]["passages"] == workspace.library.vectors.count(),
        }.items()
        if not same
    ]
    if changed:
        raise DatasetError(
            f"Lần đo {run.name} không làm tiếp được vì đã đổi: {', '.join(changed)}.", "Hãy chạy một lần đo mới."
        )


def _settings_of(library: Library) -> dict[str, Any]:
    """What was chosen, less where things lie and whatever could be a secret: a run is passed on."""
    chosen = library.settings.model_dump(mode="json")
    return {name: value for name, value in chosen.items() if not _PRIVATE.search(name)}


def chosen_cases(workspace: Workspace, options: RunOptions) -> list[Case]:
    """The questions that a run asks, in the dataset's order.

    Raises:
        DatasetError: There is none.
    """
    cases = [case for case in workspace.cases if case.answerable or not options.retrieval_only]
    if not cases:
        raise DatasetError(
            f"Bộ {workspace.dataset} không có câu hỏi nào để đo.",
            "Câu hỏi nháp phải được nhận trước: hoidap eval --review TỆP.",
        )
    return drawn(cases, options.limit, options.seed)


def carry_out(run: Run, workspace: Workspace, examiner: Examiner, on_progress: OnProgress = no_progress) -> Run:
    """Ask what has not been asked yet, then write the figures. Each answer is on disk before the next question.

    Args:
        run: New or interrupted.
        workspace: Of the run's dataset.
        examiner: Asks and scores.
        on_progress: Told how many of the run's questions are done.
    """
    cases = chosen_cases(workspace, run.options)
    outcomes = list(run.outcomes)
    done = {outcome.id for outcome in outcomes}
    write_outcomes(run.folder / QUESTIONS_FILE, outcomes)  # without a line that was cut off
    with (run.folder / QUESTIONS_FILE).open("a", encoding="utf-8") as file:
        for case in cases:
            on_progress(len(outcomes), len(cases))
            if case.id not in done:
                outcomes.append(examiner.examine(case))
                file.write(f"{outcomes[-1].as_line()}\n")
                file.flush()
    on_progress(len(outcomes), len(cases))
    finished = Run(run.folder, {**run.info, "status": _COMPLETE}, tuple(outcomes))
    write_results(finished)
    return finished


def write_results(run: Run) -> None:
    """Write everything that is made from the questions of a finished run."""
    metrics = run.metrics
    _write_json(run.folder / METRICS_FILE, metrics)
    write_failures(run.folder / FAILURES_FILE, run.outcomes)
    page = report_page(run.name, run.info, metrics, run.outcomes)
    (run.folder / REPORT_FILE).write_text(page, encoding="utf-8")
    _write_json(run.folder / RUN_FILE, run.info)


def _write_json(path: Path, content: object) -> None:
    """Whole or not at all: a reader never sees half a file."""
    unfinished = path.with_suffix(path.suffix + ".part")
    unfinished.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    unfinished.replace(path)
