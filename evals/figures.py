"""Every figure of the product, on every set that is there.

    python -m evals.figures --data ../shared/data

Asks the product itself, with the article given where published figures are measured so, and in a library of 399
articles where users would. Of the people's sets only the parts that no training has seen. Writes evals/figures.json,
from which docs/accuracy.md is made; figures alone enter the repository, never the sets' text.
"""

import contextlib
import json
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import click
import numpy as np
from sklearn.metrics import roc_auc_score

from evals.accuracy_page import FIGURES_FILE
from evals.environment import environment
from evals.metrics import estimate, estimate_statistic
from evals.people.inquiries import (
    AskedLibrary,
    Inquiry,
    Shelves,
    Short,
    case_inquiries,
    drawn,
    given_inquiries,
    library_inquiries,
    library_of,
)
from evals.people.real import real_question_set
from evals.people.sets import PEOPLE_SETS
from evals.people.texts import QuestionSet
from evals.workspace import CORPUS, DEV_SET
from rag.answering.passages_read import read_hits
from rag.chat import Chatbot
from rag.embedding import PassageEmbeddings
from rag.settings import Settings, silence_telemetry
from rag.vietnamese.normalise import fold

_OWN_SETS = ("unseen_b", "unseen", "elsewhere", "test", "dev")  # the last is the one that rules were made on
Opener = Callable[[], contextlib.AbstractContextManager[AskedLibrary]]

log = logging.getLogger("figures")


@dataclass(frozen=True)
class Asked:
    """What came of one question.

    Attributes:
        inquiry: The question.
        rating: How right the answer is, 0 to 1; 0 where it was refused.
        refused: Whether it was.
        confidence: Of the answer, 0 to 1, also where it was refused.
        yes: What was said to a question for yes or no.
        reader: How right the reader's best span over the same passages is, with nothing over it.
        seconds: From question to answer.
    """

    inquiry: Inquiry
    rating: float
    refused: bool
    confidence: float
    yes: bool | None
    reader: float
    seconds: float


def ask(asked: AskedLibrary, *, unaccented: bool = False) -> Iterator[Asked]:
    """Ask a library its questions through the product.

    Args:
        asked: Both.
        unaccented: Whether users type without accents.
    """
    chatbot = Chatbot(asked.library)
    for inquiry in asked.inquiries:
        question = fold(inquiry.question) if unaccented else inquiry.question
        answer = chatbot.ask(question, inquiry.history, inquiry.search_filter)
        articles = frozenset(citation.article for citation in answer.citations)
        said = answer.spans[0] if answer.spans else ""
        yes = {"Có": True, "Không": False}.get(said)
        rating = 0.0
        if not answer.abstained and inquiry.group == "answerable":
            rating = inquiry.rate(Short(answer.spans, yes, articles))
        reader = _reader_alone(chatbot, question, inquiry) if inquiry.group == "answerable" else 0.0
        yield Asked(inquiry, rating, answer.abstained, answer.confidence, yes, reader, answer.seconds)


def _reader_alone(chatbot: Chatbot, question: str, inquiry: Inquiry) -> float:
    query, hits = chatbot.search(question, inquiry.history, inquiry.search_filter)
    reading = read_hits(query, hits, chatbot.reader)
    spans = [(span.score, one.passage[span.start : span.end]) for one in reading.readings for span in one.best(1)]
    if not spans:
        return 0.0
    return inquiry.rate(Short((max(spans)[1],), None, frozenset({inquiry.article})))


def summarised(rows: Sequence[Asked]) -> dict[str, Any]:
    """The figures of one set: each as mean, low and high of its 95 % interval, with n."""
    answerable = [row for row in rows if row.inquiry.group == "answerable"]
    others = [row for row in rows if row.inquiry.group != "answerable"]
    polar = [row for row in answerable if row.inquiry.verdict is not None]
    spans = [row for row in answerable if row.inquiry.verdict is None]
    false = [row for row in polar if row.inquiry.verdict == "no"]
    figures: dict[str, Any] = {
        "rating": _share([row.rating for row in answerable]),
        "rating_spans": _share([row.rating for row in spans]) if polar else None,
        "reader_alone": _share([row.reader for row in spans]),
        "refused": _share([row.refused for row in answerable]),
        "refused_rightly": _share([row.refused for row in others]),
        "yes_no_right": _share([row.rating for row in polar]),
        "yes_to_false": _share([row.yes is True for row in false]),
        "auc": _auc(answerable, others),
    }
    return {name: value for name, value in figures.items() if value is not None}


def _share(values: Sequence[float]) -> dict[str, float] | None:
    if not values:
        return None
    return {"n": len(values), **asdict(estimate(np.array(values, np.float64)))}


def _auc(answerable: Sequence[Asked], others: Sequence[Asked]) -> dict[str, float] | None:
    if not answerable or not others:
        return None
    rows = [*answerable, *others]
    told = np.array([row.inquiry.group == "answerable" for row in rows], np.float64)
    sure = np.array([row.confidence for row in rows])

    def area(told: Any, sure: Any) -> float:  # noqa: ANN401 - arrays
        return float(roc_auc_score(told, sure)) if 0 < told.sum() < len(told) else float("nan")

    return {"n": len(rows), **asdict(estimate_statistic((told, sure), area))}


@contextlib.contextmanager
def _given(asked: QuestionSet, name: str, shelves: Shelves, limit: int) -> Iterator[AskedLibrary]:
    with shelves.documents(name.replace(", ", "-"), asked.documents.values()) as library:
        yield AskedLibrary(name, library, tuple(drawn(list(given_inquiries(asked)), limit)))


@contextlib.contextmanager
def _news(asked: QuestionSet, name: str, shelves: Shelves, limit: int) -> Iterator[AskedLibrary]:
    """In a library of 399 articles, and once more with the answering article hidden."""
    held_back = asked.part(held_back=True)
    with shelves.documents(asked.name, library_of(asked, held_back)) as library:
        ids = [article.id for article in library.articles()]
        found = drawn(list(library_inquiries(held_back, ids, hidden=False)), limit)
        hidden = drawn(list(library_inquiries(held_back, ids, hidden=True)), limit)
        yield AskedLibrary(name, library, (*found, *hidden))


@contextlib.contextmanager
def _cases(dataset: Path, articles: Path, name: str, shelves: Shelves) -> Iterator[AskedLibrary]:
    with shelves.cases(dataset, articles) as (library, cases):
        yield AskedLibrary(name, library, tuple(case_inquiries(name, cases, ())))


def openers(data: Path | None, shelves: Shelves, limit: int) -> dict[str, Opener]:
    """What opens each set's library, by the set's name: questions by people first, those that we tuned on last."""
    found: dict[str, Opener] = {}
    if data is not None:
        sets = {name: read(data) for name, read in PEOPLE_SETS.items()}
        given = {f"{name}, given": asked.part(held_back=True) for name, asked in sets.items()}
        given["real passages, given"] = real_question_set(data, held_back=True)
        found["vinewsqa, library"] = partial(_news, sets["vinewsqa"], "vinewsqa, library", shelves, limit)
        found |= {name: partial(_given, asked, name, shelves, limit) for name, asked in given.items()}
        real = data / "real"
        found["data/real"] = partial(_cases, real / "gold.jsonl", real / "articles", "data/real", shelves)
    for name in _OWN_SETS:
        dataset = DEV_SET.with_name(f"{name}.jsonl")
        own = dataset.with_suffix("")
        found[name] = partial(_cases, dataset, own if own.is_dir() else CORPUS, name, shelves)
    return found


@click.command()
@click.option("--data", type=Path, help="Folder with people/ and real/; without it only the sets that ship are asked.")
@click.option(
    "--limit", default=250, show_default=True, help="Questions of each people's set, drawn with a fixed seed."
)
@click.option(
    "--only", multiple=True, help="Names, or beginnings of names, of the sets to ask; the others keep theirs."
)
@click.option("--unaccented/--accented-only", default=True, help="Whether to ask everything once more without accents.")
@click.option("--keep", "kept", type=Path, help="Folder that keeps the libraries from one run to the next.")
def main(data: Path | None, limit: int, only: tuple[str, ...], kept: Path | None, *, unaccented: bool) -> None:
    """Measure everything and write evals/figures.json."""
    silence_telemetry()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    embeddings = PassageEmbeddings.from_settings(Settings.load())
    known: dict[str, Any] = json.loads(FIGURES_FILE.read_text(encoding="utf-8")) if FIGURES_FILE.exists() else {}
    sets: dict[str, Any] = known.get("sets", {})
    for name, opener in openers(data, Shelves(embeddings, kept), limit).items():
        if only and not name.startswith(only):
            continue
        with opener() as one:
            rows = list(ask(one))
            answerable = tuple(row.inquiry for row in rows if row.inquiry.group == "answerable")
            stripped = list(ask(replace(one, inquiries=answerable), unaccented=True)) if unaccented else []
        seconds = np.array([row.seconds for row in rows])
        sets[name] = {
            **summarised(rows),
            **({"unaccented": _share([row.rating for row in stripped])} if stripped else {}),
            "seconds": {"p50": round(float(np.median(seconds)), 3), "p95": round(float(np.quantile(seconds, 0.95)), 3)},
        }
        log.info("%s: %s", name, json.dumps(sets[name]))
    content = {"environment": environment(embeddings.fingerprint), "sets": sets}
    FIGURES_FILE.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
