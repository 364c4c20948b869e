"""The gate: measure the dev set and fail when a headline figure dropped below evals/baseline.json.

python -m evals.gate                    # make eval
python -m evals.gate --update           # make eval-baseline: new baseline and docs/accuracy.md, to be committed
python -m evals.gate --run FOLDER       # judge a run that was made before
"""

import sys
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from evals.accuracy_page import write_accuracy_page
from evals.baseline import BASELINE_FILE, Check, checks, read_baseline, write_baseline
from evals.definitions import BY_NAME
from evals.environment import output_console
from evals.measuring import measured
from evals.runs import Run, RunOptions, default_name, find_run, runs_folder
from evals.tables import print_run
from evals.words import percent, signed
from evals.workspace import DEV_SET, REPOSITORY
from rag.cli.output import ProgressBar
from rag.errors import HoidapError
from rag.settings import Settings, silence_telemetry

ACCURACY_PAGE = REPOSITORY / "docs" / "accuracy.md"


@click.command()
@click.option("--update", is_flag=True, help="Make this run the baseline, and write docs/accuracy.md.")
@click.option(
    "--run", "run_name", metavar="RUN", help="Take this finished run, by name or folder, instead of a new one."
)
@click.option("--unaccented-run", metavar="RUN", help="With --update: the run without accents, instead of a new one.")
@click.option("--baseline", type=click.Path(path_type=Path), default=BASELINE_FILE, help="Another baseline file.")
@click.option("--page", type=click.Path(path_type=Path), default=ACCURACY_PAGE, help="Another page to write.")
def main(*, update: bool, run_name: str | None, unaccented_run: str | None, baseline: Path, page: Path) -> None:
    """Hold the dev set's figures against the baseline; exit 1 when one dropped."""
    silence_telemetry()
    console = output_console()
    try:
        run = _run(run_name, RunOptions())
        print_run(console, run)
        if update:
            stripped = _run(unaccented_run, RunOptions(unaccented=True))
            write_baseline(run, baseline)
            write_accuracy_page(run, stripped, page)
            console.print(f"Đã ghi {baseline} và {page}. Hãy xem lại rồi commit.", markup=False, soft_wrap=True)
            return
        found = checks(run, read_baseline(baseline))
    except HoidapError as error:
        raise click.ClickException(str(error)) from error
    print_checks(console, found)
    if not all(check.passed for check in found):
        sys.exit(1)


def _run(name: str | None, options: RunOptions) -> Run:
    settings = Settings.load()
    if name is not None:
        return find_run(name, settings.data_dir)
    folder = runs_folder(settings.data_dir) / default_name(DEV_SET, options)
    with ProgressBar(Console(stderr=True), "Đang hỏi") as bar:
        return measured(DEV_SET, options, folder, settings, bar.update)


def print_checks(console: Console, found: list[Check]) -> None:
    """One line a headline figure: before, now, and whether it holds."""
    table = Table(title="Cổng kiểm tra: so với evals/baseline.json", title_justify="left")
    table.add_column("Chỉ số")
    for column in ("mốc", "không được dưới", "nay", "khác, theo cặp (95 %)"):
        table.add_column(column, justify="right")
    table.add_column("")
    for check in found:
        table.add_row(
            escape(BY_NAME[check.metric].label),
            percent({"mean": check.before}),
            percent({"mean": check.low}),
            percent({"mean": check.after}),
            signed(asdict(check.difference)) if check.difference is not None else "–",
            "[green]đạt[/]" if check.passed else "[bold red]TỤT[/]",
        )
    console.print(table)


if __name__ == "__main__":
    main()
