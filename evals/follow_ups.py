"""How often a follow-up question finds the right passage first, read with its history and as if it stood alone.

    python -m evals.follow_ups
    python -m evals.follow_ups evals/datasets/dev.jsonl --misses

Only cases with a history count: 15 in `dev.jsonl`, 29 in `followups.jsonl`, on which the rules were mended, and 22 in
`followups_new.jsonl`, which was asked only once they were done. Those of the style `switch` change the topic: there the
history must do no harm.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from rich.table import Table

from evals.cases import Case, DatasetError
from evals.environment import output_console
from evals.workspace import CORPUS, DEV_SET, opened_workspace
from rag.chat import Chatbot
from rag.embedding import PassageEmbeddings
from rag.errors import HoidapError
from rag.settings import Settings, silence_telemetry

FOLLOW_UPS = DEV_SET.with_name("followups.jsonl")
NEW_FOLLOW_UPS = DEV_SET.with_name("followups_new.jsonl")
_DEPTH = 10


@dataclass(frozen=True, slots=True)
class Reading:
    """How one follow-up was read and what it found.

    Attributes:
        case: The follow-up.
        whole: The question that was searched.
        rank: Of the first passage with evidence, from 1; None where it is not among the first ten.
        rank_alone: The same without the history.
    """

    case: Case
    whole: str
    rank: int | None
    rank_alone: int | None


def readings(cases: Sequence[Case], chatbot: Chatbot) -> list[Reading]:
    """Each case with a history, asked with it and without."""
    found = []
    for case in cases:
        if case.history:
            query, rank = _search(case, chatbot, with_history=True)
            _, alone = _search(case, chatbot, with_history=False)
            found.append(Reading(case, query, rank, alone))
    return found


def _search(case: Case, chatbot: Chatbot, *, with_history: bool) -> tuple[str, int | None]:
    query, hits = chatbot.search(case.question, case.history if with_history else (), None, _DEPTH)
    places = [hit.stored.passage for hit in hits]
    right = (
        rank
        for rank, place in enumerate(places, start=1)
        if any(evidence.overlaps(place.article_id, place.start, place.end) for evidence in case.evidence)
    )
    return query.restored, next(right, None)


@click.command()
@click.argument("datasets", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--misses", is_flag=True, help="Show each follow-up whose passage does not come first.")
def main(datasets: tuple[Path, ...], *, misses: bool) -> None:
    """Measure follow-ups on DATASETS, JSONL over the corpus (all three sets when none is given)."""
    silence_telemetry()
    console = output_console()
    embeddings = PassageEmbeddings.from_settings(Settings.load())
    table = Table("dataset", "style", "n", "right passage first", "as if it stood alone")
    try:
        for dataset in datasets or (DEV_SET, FOLLOW_UPS, NEW_FOLLOW_UPS):
            with opened_workspace(dataset, embeddings, CORPUS) as workspace:
                found = readings(workspace.cases, Chatbot(workspace.library))
            by_style = defaultdict(list)
            for reading in found:
                by_style[reading.case.style].append(reading)
            for style, some in by_style.items():
                firsts, alone = (sum(rank == 1 for rank in ranks) for ranks in _ranks(some))
                table.add_row(dataset.name, style, str(len(some)), str(firsts), str(alone))
            if misses:
                for reading in found:
                    if reading.rank != 1:
                        console.print(f"{reading.case.id}: {reading.case.question} → {reading.whole} ({reading.rank})")
    except (DatasetError, HoidapError) as error:
        raise click.ClickException(str(error)) from error
    console.print(table)


def _ranks(some: Sequence[Reading]) -> tuple[list[int | None], list[int | None]]:
    return [reading.rank for reading in some], [reading.rank_alone for reading in some]


if __name__ == "__main__":
    main()
