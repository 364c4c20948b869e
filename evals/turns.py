"""How turns of every kind are taken: talk, questions to the library, vague and double ones, "now", typos.

    python -m evals.turns
    python -m evals.turns --failed

Asks the corpus that ships every turn of `evals/datasets/turns.jsonl` and compares with what it should bring. The turns
were written before the code that answers them; the second half of each kind was left unread until it was finished.
"""

import json
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np
from rich.table import Table

from evals.environment import output_console
from evals.metrics import estimate
from evals.workspace import CORPUS, DEV_SET
from rag.answering.answer import Answer, Origin
from rag.chat import Chatbot
from rag.embedding import PassageEmbeddings
from rag.settings import Settings, silence_telemetry
from rag.store.library import Library
from rag.vietnamese.syllables import folded_syllables

TURNS = DEV_SET.with_name("turns.jsonl")
_HALVES = ("read", "kept apart")


@dataclass(frozen=True)
class Taken:
    """What became of one turn.

    Attributes:
        row: The turn and what it should bring.
        half: Whether it was read while the code was made.
        answer: What it brought.
        right: Whether that is right.
    """

    row: dict[str, Any]
    half: str
    answer: Answer
    right: bool


@click.command()
@click.option("--failed", is_flag=True, help="Print what was not right.")
@click.option("--half", type=click.Choice(_HALVES), help="Only one half.")
def main(*, failed: bool, half: str | None) -> None:
    """Print the share of right turns of each kind."""
    silence_telemetry()
    taken = [one for one in take(TURNS) if half in (None, one.half)]
    console = output_console()
    table = Table(title="Turns")
    for column in ("kind", *_HALVES):
        table.add_column(column, justify="left" if column == "kind" else "right")
    for kind in [*dict.fromkeys(one.row["kind"] for one in taken), "all"]:
        shares = []
        for of_half in _HALVES:
            right = [one.right for one in taken if one.half == of_half and kind in (one.row["kind"], "all")]
            shares.append(_share(right))
        table.add_row(kind, *shares)
    console.print(table)
    for one in taken:
        if failed and not one.right:
            console.print(f"{one.row['id']} {one.row['kind']} {one.row['question']}", markup=False)
            console.print(f"   {json.dumps(one.row['expect'], ensure_ascii=False)}", markup=False)
            console.print(f"   {one.answer.origin} {one.answer.confidence:.2f} {one.answer.text[:400]}", markup=False)


def take(turns: Path) -> Iterator[Taken]:
    """Ask the corpus every turn.

    Raises:
        OSError: The turns cannot be read.
    """
    rows = [json.loads(line) for line in turns.read_text(encoding="utf-8").splitlines()]
    with tempfile.TemporaryDirectory(prefix="hoidap-evals-") as folder:
        settings = Settings.load(data_dir=Path(folder))
        yield from _taken(rows, settings)


def _taken(rows: list[dict[str, Any]], settings: Settings) -> Iterator[Taken]:
    seen: dict[str, int] = defaultdict(int)
    with Library.opened(settings, PassageEmbeddings.from_settings(settings), "evals") as library:
        library.sync([CORPUS])
        chatbot = Chatbot(library)
        for row in rows:
            half = _HALVES[seen[row["kind"]] % 2]
            seen[row["kind"]] += 1
            answer = chatbot.ask(row["question"], row["history"])
            yield Taken(row, half, answer, is_right(row["kind"], row["expect"], answer))


def is_right(kind: str, expected: dict[str, Any], answer: Answer) -> bool:
    """Whether an answer is what a turn of this kind should bring.

    Args:
        kind: talk, records, vague, topic, or a question of some sort.
        expected: As the turns' file has it.
        answer: What was said.
    """
    if kind in _OTHER_THAN_ANSWERED:
        return _OTHER_THAN_ANSWERED[kind](answer)
    if answer.abstained or answer.choices or answer.origin is Origin.TALK:
        return False
    cited = {citation.article for citation in answer.citations}
    if kind in ("records", "many"):
        told = all(_holds(answer.text, text) for text in expected.get("contains", ()))
        named = answer.origin is Origin.RECORDS and set(expected.get("articles", ())) <= cited
        return told and (kind == "many" or named)
    parts = expected.get("parts") or [expected["answers"]]
    told = all(any(_holds(" ".join(answer.spans), text) for text in wordings) for wordings in parts)
    return told and ("as_of" not in expected or expected["article"] in cited)


_OTHER_THAN_ANSWERED: dict[str, Callable[[Answer], bool]] = {
    "talk": lambda answer: answer.origin is Origin.TALK and not answer.citations,
    "vague": lambda answer: bool(answer.choices),
    "topic": lambda answer: bool(answer.citations) and not answer.spans,
}


def _holds(said: str, text: str) -> bool:
    return f" {' '.join(folded_syllables(text))} " in f" {' '.join(folded_syllables(said))} "


def _share(right: list[bool]) -> str:
    if not right:
        return "–"
    share = estimate(np.array(right, np.float64))
    return f"{share.mean:.2f} ({share.low:.2f}–{share.high:.2f}), n={len(right)}"


if __name__ == "__main__":
    main()
