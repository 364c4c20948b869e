"""Rule-made questions: Vietnamese keeps question words in place, so a statement becomes one by replacing the answer.

`Ngày 5/3, ông X tới thăm xưởng` gives `Ai tới thăm xưởng?` (X) and `Khi nào ông X tới thăm xưởng?` (ngày 5/3). The
statement is then shortened, so that a question does not repeat its sentence word for word.
"""

import re
from dataclasses import dataclass
from random import Random

from evals.reader_training.answer_rules import Candidate, candidates
from evals.reader_training.data import Example
from evals.reader_training.text import sentence_spans
from evals.reader_training.words import word_list

_SENTENCE_CHARACTERS = (40, 400)
_QUESTION_WORDS = (4, 28)
_CLAUSE_END = re.compile(r"\s*[,;:–()]\s+|\s+-\s+|\s*[()]\s*")
_DANGLING = re.compile(r"\b(?:vào|trong|từ|đến|tại|ở|là|và|của|với|do|bởi|cho|khi|đạt)$")
_MARK = "\x00"  # stands for the answer while the sentence is shortened


@dataclass(frozen=True)
class _Chances:
    """How often a sentence is changed in each way."""

    neighbour_clause: float = 0.35
    drop_function_word: float = 0.3
    drop_other_word: float = 0.02
    front: float = 0.3


def questions_from(context: str, document: str, rng: Random, most: int) -> list[Example]:
    """Make up to `most` questions on a Vietnamese passage.

    Args:
        context: The passage.
        document: The name of the article, kept as the examples' `document`.
        rng: Decides which candidates are used and how sentences are shortened.
        most: The greatest number of questions.
    """
    found: list[tuple[int, str, Candidate]] = []
    for start, end in sentence_spans(context):
        if _SENTENCE_CHARACTERS[0] <= end - start <= _SENTENCE_CHARACTERS[1]:
            sentence = context[start:end]
            if "?" in sentence:
                continue
            found += [(start, sentence, candidate) for candidate in candidates(sentence)]
    rng.shuffle(found)
    examples: list[Example] = []
    for offset, sentence, candidate in found:
        if len(examples) >= most:
            break
        question = make_question(sentence, candidate, rng)
        if question is not None:
            span = (offset + candidate.start, offset + candidate.end)
            examples.append(Example(question, context, (span,), "rule_made", "vi", document))
    return examples


def make_question(sentence: str, candidate: Candidate, rng: Random, chances: _Chances | None = None) -> str | None:
    """Return a question that `candidate` answers, or None when too little or too much of the sentence is left."""
    chances = chances or _Chances()
    question_word = rng.choice(candidate.question_words)
    if candidate.whole_question is not None:
        words = candidate.whole_question.split()
        question = " ".join(words)
    else:
        marked = sentence[: candidate.replace_start] + _MARK + sentence[candidate.replace_end :]
        words = _shortened(_clauses_around(marked, rng, chances), rng, chances)
        text = " ".join(words).strip(" .!?,;:–-\"“”'")
        if candidate.may_lead and rng.random() < chances.front:
            before, _, after = text.partition(_MARK)
            before = _DANGLING.sub("", before.strip()).strip()
            opening = before.split()[:2]
            if len(opening) == 2 and sentence.startswith(opening[0]) and opening[1][0].islower():
                before = before[0].lower() + before[1:]
            text = f"{_MARK} {before} {after}"
        question = " ".join(text.replace(_MARK, f" {question_word} ").split())
    question = re.sub(r"\s+([,.;:!?)])", r"\1", question).strip(" ,.;:")
    if not _QUESTION_WORDS[0] <= len(question.split()) <= _QUESTION_WORDS[1]:
        return None
    return question[0].upper() + question[1:] + "?"


def _clauses_around(marked: str, rng: Random, chances: _Chances) -> str:
    """Keep the clause that holds the mark and, by chance or when it is too short, its neighbours."""
    clauses = [clause for clause in _CLAUSE_END.split(marked.rstrip(" .!?")) if clause.strip()]
    centre = next(index for index, clause in enumerate(clauses) if _MARK in clause)
    first, last = centre, centre
    while True:
        short = sum(len(clause.split()) for clause in clauses[first : last + 1]) < _QUESTION_WORDS[0] + 2
        if last + 1 < len(clauses) and (short or rng.random() < chances.neighbour_clause):
            last += 1
        elif first > 0 and (short or rng.random() < chances.neighbour_clause):
            first -= 1
        else:
            break
    return ", ".join(clause.strip() for clause in clauses[first : last + 1])


def _shortened(text: str, rng: Random, chances: _Chances) -> list[str]:
    lowered = text.lower()
    for connective in word_list("leading_connectives"):
        if lowered.startswith(connective + " "):
            text = text[len(connective) :].lstrip(" ,")
            break
    function_words = set(word_list("function_words"))
    kept = []
    for word in text.split():
        chance = chances.drop_function_word if word in function_words else chances.drop_other_word
        if _MARK in word or rng.random() >= chance:
            kept.append(word)
    return kept
