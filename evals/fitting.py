"""What the fitted models of the answerer learn from: libraries with their questions, by people and of our own.

Of the people's sets and of our questions on real passages only the parts that are held back from the network: on what
it has learned by heart it is surer than it should be. `test.jsonl`, `elsewhere.jsonl`, `unseen.jsonl` and
`unseen_b.jsonl` are not among them: they tell how well a fit holds.
"""

from collections.abc import Iterator
from pathlib import Path

from evals.people.inquiries import (
    AskedLibrary,
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
from evals.workspace import CORPUS, DEV_SET
from rag.answering.finding import Finding

FITTING_SETS = (
    DEV_SET,
    DEV_SET.with_name("confidence.jsonl"),
    *(DEV_SET.with_name(f"fitting_{letter}.jsonl") for letter in "abcd"),
)
_EVERY_QUESTION = 10_000  # more than any set has
_HIDDEN_SHARE = 0.6  # of the questions of a library are asked once more with their article hidden


def libraries(data: Path | None, shelves: Shelves, limit: int, *, polar_only: bool = False) -> Iterator[AskedLibrary]:
    """The libraries one after the other, each open while it is asked.

    Args:
        data: Folder with `people/` and `real/`; None leaves those sets out.
        shelves: Where the libraries are made.
        limit: Questions of each set and kind, drawn with a fixed seed.
        polar_only: All questions for yes or no, and no others.

    Raises:
        OSError: A file of the data folder is missing.
        DatasetError: A set of ours is broken.
    """
    if polar_only:
        for whole in libraries(data, shelves, _EVERY_QUESTION):
            polar = tuple(one for one in whole.inquiries if one.verdict is not None)
            yield AskedLibrary(whole.name, whole.library, polar)
        return
    if data is not None:
        yield from _people(data, shelves, limit)
        yield from _real(data, shelves, limit)
    for dataset in FITTING_SETS:
        own = dataset.with_suffix("")
        with shelves.cases(dataset, own if own.is_dir() else CORPUS) as (library, cases):
            ids = [article.id for article in library.articles()]
            asked = [*case_inquiries(dataset.stem, cases, ids)]
            hidden = [*case_inquiries(dataset.stem, cases, ids, hidden=True)]
            chosen = [*drawn(asked, limit), *drawn(hidden, int(_HIDDEN_SHARE * limit / 3))]
            yield AskedLibrary(dataset.stem, library, tuple(chosen))


def _people(data: Path, shelves: Shelves, limit: int) -> Iterator[AskedLibrary]:
    sets = {name: read(data) for name, read in PEOPLE_SETS.items()}
    news, held_back = sets["vinewsqa"], sets["vinewsqa"].part(held_back=True)
    with shelves.documents(news.name, library_of(news, held_back)) as library:
        ids = [article.id for article in library.articles()]
        found = drawn(list(library_inquiries(held_back, ids, hidden=False)), limit)
        hidden = drawn(list(library_inquiries(held_back, ids, hidden=True)), int(_HIDDEN_SHARE * limit))
        yield AskedLibrary(news.name, library, (*found, *hidden))
    for name in ("viquad2", "vicoqa", "vimqa"):
        held_back = sets[name].part(held_back=True)
        with shelves.documents(f"{name}-given", held_back.documents.values()) as library:
            yield AskedLibrary(name, library, tuple(drawn(list(given_inquiries(held_back)), limit)))


def _real(data: Path, shelves: Shelves, limit: int) -> Iterator[AskedLibrary]:
    ours = real_question_set(data, held_back=True)
    with shelves.documents("real passages-given", ours.documents.values()) as library:
        asked = drawn(list(given_inquiries(ours)), int(1.5 * limit))
        yield AskedLibrary(ours.name, library, tuple(asked))
    with shelves.cases(data / "real" / "gold.jsonl", data / "real" / "articles") as (library, cases):
        ids = [article.id for article in library.articles()]
        hidden = drawn(list(case_inquiries("real_gold", cases, ids, hidden=True)), int(_HIDDEN_SHARE * limit / 3))
        yield AskedLibrary("real_gold", library, (*case_inquiries("real_gold", cases, ids), *hidden))


def short_of(finding: Finding) -> Short:
    """What a finding would answer."""
    spans = tuple(part.text for part in finding.parts)
    if finding.yes is not None:
        spans = ("Có" if finding.yes else "Không", *spans)
    return Short(spans, finding.yes, frozenset(part.hit.stored.passage.article_id for part in finding.parts))
