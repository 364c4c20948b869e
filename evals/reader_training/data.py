"""What the reader may learn from and what it is tested on, as `Example`s.

Held back: the last six XQuAD articles in every language, and every second UIT-ViQuAD article by title. Training rows
that share a passage with either are dropped here, so that no test text is ever seen.
"""

import gzip
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from evals.people.sets import PEOPLE_SETS
from evals.people.texts import QuestionSet, Verdict
from evals.reader_training.text import join_punctuation
from rag.answering.reading.encoding import conversation

XQUAD_LANGUAGES = ("vi", "en", "de", "es", "ro", "ru", "tr", "zh")
HELD_BACK_XQUAD_ARTICLES = 6
UNTITLED = "#"  # before the name of a document that has no headline
_SHARED_WORDS = 8  # words in a row; three such runs in common make two passages the same text
_SHARED_RUNS = 3

# Names of the sources in train.jsonl.gz, and the parts of the mixture they belong to.
_PARTS = {
    "vi_native_snippets": "native",
    "vi_native_wiki_rules": "native",
    "vi_native_snippets_unanswerable": "native_unanswerable",
    "en_squad2_plausible": "squad_english",
    "viq_enctx_squad2_plausible": "squad_cross",
    "vi_mt_squad2_plausible": "squad_translated",
}


@dataclass(frozen=True)
class Example:
    """A question, a passage, and the character spans in it that answer the question (none = unanswerable).

    `language` is the passage's; `document` names the article, so that a similar wrong passage can come from it.
    `verdict` is the answer to a question for yes or no, whose `answers` are the words that decide it; `before` is what
    was said in the conversation before the question; `plausible` are spans of wrong answers that look right.
    """

    question: str
    context: str
    answers: tuple[tuple[int, int], ...]
    part: str
    language: str
    document: str
    verdict: Verdict | None = None
    before: str = ""
    plausible: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Dataset:
    """Training examples by part of the mixture, and the two held-back sets."""

    training: dict[str, list[Example]]
    viquad_test: list[Example]
    xquad_test: list[Example]


def load_dataset(data_dir: Path, more: Path | None = None) -> Dataset:
    """Read everything under `data_dir` (`squad/`, `reader/`, and `people/` where it is there), and further sets.

    Args:
        data_dir: The folder that shared/data is.
        more: A folder of SQuAD files in any language, `NAME.LANGUAGE.json`; questions without answers are near misses.

    Raises:
        OSError: A file is missing.
        ValueError: A file does not have the expected form, or an answer is not at its offset.
    """
    viquad = read_squad(data_dir / "squad" / "viquad.vi.dev.json", "viquad", "vi")
    titles = sorted({example.document for example in viquad})
    training_titles = set(titles[1::2])
    viquad_test = [example for example in viquad if example.document not in training_titles]

    xquad = {
        language: read_squad(data_dir / "squad" / f"xquad.{language}.dev.json", "xquad", language)
        for language in XQUAD_LANGUAGES
    }
    articles = list(dict.fromkeys(example.document for example in xquad["en"]))
    held_back_articles = set(articles[-HELD_BACK_XQUAD_ARTICLES:])
    xquad_test = [example for example in xquad["vi"] if example.document in held_back_articles]
    test_texts = {example.context for example in viquad_test}
    test_texts |= {
        example.context for language in xquad.values() for example in language if example.document in held_back_articles
    }

    training: dict[str, list[Example]] = {part: [] for part in _PARTS.values()}
    for example in without_texts(_read_rows(data_dir / "reader" / "train.jsonl.gz"), test_texts):
        training[example.part].append(example)
    people = [read(data_dir) for read in PEOPLE_SETS.values()] if (data_dir / "people").is_dir() else []
    test_texts |= {document.text for one in people for document in one.part(held_back=True).documents.values()}
    for one in people:
        training[one.name] = without_texts(people_examples(one.part(held_back=False)), test_texts)
    training.update(_xquad_parts(xquad, held_back_articles))
    if more is not None:
        files = [path for path in sorted(more.glob("*.json")) if path.stem.count(".") == 1]
        found = (example for path in files for example in read_squad(path, "more", path.stem.partition(".")[2]))
        training["more"] = without_texts(found, test_texts)
    return Dataset(training, viquad_test, xquad_test)


def people_examples(part: QuestionSet) -> Iterator[Example]:
    """The questions of a people's set as examples, without those whose answer stands nowhere word for word."""
    for question in part.questions:
        if question.answerable and not question.spans and question.verdict is None:
            continue
        document = part.documents[question.document]
        yield Example(
            question.text,
            document.text,
            question.spans,
            part.name,
            "vi",
            document.title or f"{UNTITLED}{document.id}",
            verdict=question.verdict,
            before=conversation(question.history),
            plausible=question.plausible,
        )


def read_squad(path: Path, part: str, language: str) -> list[Example]:
    """Read a SQuAD-format file; the document of an example is its article's title.

    Raises:
        OSError: The file cannot be read.
        ValueError: An answer is not at its offset.
    """
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    examples = []
    for article in content["data"]:
        for paragraph in article["paragraphs"]:
            context: str = paragraph["context"]
            for question in paragraph["qas"]:
                found = [(answer["answer_start"], answer["text"]) for answer in question["answers"]]
                spans = dict.fromkeys((start, start + len(text)) for start, text in found)
                for start, text in found:
                    if context[start : start + len(text)] != text:
                        message = f"{path.name}: answer {text!r} is not at offset {start} (question {question['id']})"
                        raise ValueError(message)
                examples.append(
                    Example(question["question"].strip(), context, tuple(spans), part, language, article["title"])
                )
    return examples


def without_texts(examples: Iterable[Example], texts: set[str]) -> list[Example]:
    """Drop the examples whose passage shares text with one of `texts`, and every example with the same question.

    The second rule catches a dropped passage's translation, which no comparison of words can find.
    """
    runs = {run for text in texts for run in _word_runs(text)}
    kept, dropped_questions = [], set()
    shared: dict[str, bool] = {}
    for example in examples:
        if example.context not in shared:
            shared[example.context] = sum(run in runs for run in _word_runs(example.context)) >= _SHARED_RUNS
        if shared[example.context]:
            dropped_questions.add(example.question)
        else:
            kept.append(example)
    return [example for example in kept if example.question not in dropped_questions]


def _word_runs(text: str) -> Iterator[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return (tuple(words[index : index + _SHARED_WORDS]) for index in range(len(words) - _SHARED_WORDS + 1))


def _read_rows(path: Path) -> Iterator[Example]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row: dict[str, Any] = json.loads(line)
            context: str = row["context"]
            start, end = int(row["start"]), int(row["end"])
            answers: tuple[tuple[int, int], ...] = ()
            # SQuAD 2.0's "plausible" answers are wrong ones: people were asked for questions that look answered.
            if start >= 0 and not row["source"].endswith("squad2_plausible"):
                end = start + len(context[start:end].rstrip())
                answers = ((start, end),)
            if row["source"].startswith("vi_native_snippets"):
                context, answers = join_punctuation(context, answers)
            language = "en" if row["source"] in ("en_squad2_plausible", "viq_enctx_squad2_plausible") else "vi"
            question = " ".join(row["question"].split())
            yield Example(question, context, answers, _PARTS[row["source"]], language, document="")


def _xquad_parts(xquad: dict[str, list[Example]], held_back: set[str]) -> dict[str, list[Example]]:
    """XQuAD is parallel: the n-th question of each language asks the same about the n-th passage."""
    parts: dict[str, list[Example]] = {"xquad_vi": [], "xquad_other": [], "xquad_cross": []}
    for asked, read in product(XQUAD_LANGUAGES, repeat=2):
        if asked == read:
            part = "xquad_vi" if asked == "vi" else "xquad_other"
        elif "vi" in (asked, read):
            part = "xquad_cross"
        else:
            continue
        for question, passage in zip(xquad[asked], xquad[read], strict=True):
            if question.document in held_back:
                continue
            parts[part].append(
                Example(question.question, passage.context, passage.answers, part, read, passage.document)
            )
    return parts
