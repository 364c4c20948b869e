"""Where the time of an answer goes, stage by stage, at several numbers of passages read.

    python -m evals.benchmarks.answer_stages

Prints a table: median and 95th percentile in milliseconds of understanding the question, embedding it, searching, the
network's reading, and choosing and wording the answer.
"""

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import click
import numpy as np
from rich.table import Table

from evals.benchmarks.stages import watched
from evals.cases import Case
from evals.environment import command_line, machine, output_console
from evals.workspace import DEV_SET, Workspace, opened_workspace
from rag.answering.answerer import Answerer
from rag.answering.finding import find
from rag.embedding import PassageEmbeddings
from rag.retrieval.retriever import HybridRetriever
from rag.settings import Settings, silence_telemetry

PASSAGES = (1, 3, 5, 8)
STAGES = ("understand", "embed", "search", "read", "compose", "total")
_HITS = 10
_WARM_UP = ("Ai dự hội nghị?", "Hội nghị họp ở đâu?", "Có bao nhiêu người?")

Times = Mapping[str, Sequence[float]]


@click.command()
@click.option("--questions", type=click.IntRange(1, 50), default=40, show_default=True, help="Asked in each row.")
def main(questions: int) -> None:
    """Time the stages of an answer over the corpus."""
    silence_telemetry()
    console = output_console()
    embeddings = PassageEmbeddings.from_settings(Settings.load())
    with opened_workspace(DEV_SET, embeddings) as workspace:
        table = Table("passages read", *STAGES, title=f"milliseconds, median (p95), n={questions}")
        cases = [case for case in workspace.cases if not case.history]
        for row, passages in enumerate(PASSAGES):
            # Other questions in each row: the vector of a question asked before is cached.
            times = stage_seconds(workspace, cases[row * questions : (row + 1) * questions], passages)
            table.add_row(str(passages), *(_cell(times[stage]) for stage in STAGES))
        console.print(table)
    console.print(f"{machine()} · {command_line()}", markup=False)


def stage_seconds(workspace: Workspace, cases: Sequence[Case], passages: int) -> Times:
    """Seconds that each stage takes, a list of one value for each question.

    Args:
        workspace: The articles.
        cases: The questions, each asked once.
        passages: How many passages the network reads.
    """
    library = workspace.library
    retriever = HybridRetriever(library=library)
    reader = Answerer(library, retriever).reader
    times: dict[str, list[float]] = defaultdict(list)
    for question in [*_WARM_UP, *(case.question for case in cases)]:
        started = time.perf_counter()
        query = retriever.understand(question)
        understood = time.perf_counter()
        with watched(library.embeddings, "embed_query") as embedding:
            hits = retriever.search(query, _HITS)
        found = time.perf_counter()
        with watched(reader, "read") as reading:
            find(query, hits[:passages], reader, retriever.rarity)
        done = time.perf_counter()
        if question in _WARM_UP:
            continue
        times["understand"].append(understood - started)
        times["embed"].append(sum(embedding))
        times["search"].append(found - understood - sum(embedding))
        times["read"].append(sum(reading))
        times["compose"].append(done - found - sum(reading))
        times["total"].append(done - started)
    return times


def _cell(seconds: Sequence[float]) -> str:
    milliseconds: Any = np.array(seconds) * 1000
    return f"{np.median(milliseconds):.0f} ({np.quantile(milliseconds, 0.95):.0f})"


if __name__ == "__main__":
    main()
