"""From an example to what the reader is shown: a random window, a changed question, sometimes the answer taken away."""

import re
from dataclasses import dataclass, replace
from random import Random

from evals.people.texts import Verdict
from evals.reader_training.data import UNTITLED, Example
from evals.reader_training.neighbours import Neighbours
from evals.reader_training.text import fold, match_key, sentence_spans
from evals.reader_training.words import word_list
from rag.answering.reading.encoding import heading

_SURROUNDINGS = 150  # characters around the answer that stand for a question in another language
_NEIGHBOURS = 8
_LONGEST_WORD = 40  # characters
_WITH_NEAR_MISSES = frozenset(("written", "near", "real"))
_SWAPPED = 0.6  # of the questions that hold a word with opposites
NUMBERS = re.compile(r"(?<![\w.,/])\d{1,4}(?![\w.,/]*\d)")
_UPPER = "".join(
    sorted({letter for code in (*range(0x41, 0x250), *range(0x1E00, 0x1F00)) if (letter := chr(code)).isupper()})
)
NAMES = re.compile(rf"(?<!^)\b[{_UPPER}]\w*(?: [{_UPPER}]\w*)+")


@dataclass(frozen=True)
class Shown:
    """What one training step sees.

    `start` and `end` are character offsets in `passage`, -1 when it has no answer; `verdict` is what the passage says
    to a question for yes or no; `before` is what was said before the question.
    """

    question: str
    passage: str
    start: int
    end: int
    heading: str = ""
    verdict: Verdict | None = None
    before: str = ""


@dataclass(frozen=True)
class Augmentation:
    """Probabilities of each change, and the window's length in characters."""

    negative: float = 0.24
    mismatched: float = 0.15
    headline: float = 0.6
    opening: float = 0.5
    unaccented: float = 0.15
    lower_case: float = 0.10
    no_question_mark: float = 0.15
    conversation: float = 0.9
    whole_sentences: float = 0.5
    shortest_window: int = 120
    longest_window: int = 1200


def show(example: Example, pools: dict[str, Neighbours], rng: Random, how: Augmentation) -> Shown:
    """Turn an example into a training item.

    Args:
        example: The example; its passage's language chooses the pool of similar passages.
        pools: Passages by language.
        rng: Makes every choice.
        how: Probabilities and lengths.
    """
    question = noisy_question(example, rng, how)
    before = example.before if rng.random() < how.conversation else ""
    # Passages are read under a headline and their article's first sentence where there are, and without; all must work.
    headline = rng.random() < how.headline
    opening = headline and rng.random() < how.opening

    def shown(question: str, passage: str, start: int, end: int, document: str) -> Shown:
        title = headline_of(document) if headline else ""
        pool = pools.get(example.language)
        first = pool.opening_of(document) if opening and pool else ""
        told = example.verdict
        if told is not None and start < 0 and example.answers:
            told = "unknown"  # what decides it was taken away
        return Shown(question, passage, start, end, heading(title, first, passage), told, before)

    if not example.answers:
        passage = example.context if example.verdict in ("yes", "no") else _crop(example.context, None, rng, how)[0]
        return shown(question, passage, -1, -1, example.document)
    answer = rng.choice(example.answers)
    # Those that we wrote come with near misses of their own.
    asks_itself = example.part in _WITH_NEAR_MISSES or example.verdict is not None
    if example.language == "vi" and not asks_itself and rng.random() < how.mismatched:
        asked = _mismatched(example, pools["vi"], rng)
        if asked:
            passage, _ = _crop(example.context, answer, rng, how)
            asked = noisy_question(replace(example, question=asked), rng, how)
            return shown(asked, passage, -1, -1, example.document)
    if rng.random() < how.negative:
        passage, document = _without_answer(example, answer, pools.get(example.language), rng)
        if passage:
            return shown(question, _crop(passage, None, rng, how)[0], -1, -1, document)
    passage, offset = _crop(example.context, answer, rng, how)
    return shown(question, passage, answer[0] - offset, answer[1] - offset, example.document)


def headline_of(document: str) -> str:
    """The name of a document as a headline: "Nikola_Tesla" is "Nikola Tesla"; "" of a document without one."""
    return "" if document.startswith(UNTITLED) else document.replace("_", " ")


def noisy_question(example: Example, rng: Random, how: Augmentation) -> str:
    """Return the question as people type it: at times without accents, capitals or question mark."""
    return noisy_text(example.question, rng, how)


def noisy_text(text: str, rng: Random, how: Augmentation) -> str:
    """Return a question as people type it: at times without accents, capitals or question mark."""
    question = text
    if rng.random() < how.unaccented:
        question = fold(question)
        if rng.random() < 0.6:
            question = question.lower()
    elif rng.random() < how.lower_case:
        question = question.lower()
    if rng.random() < how.no_question_mark:
        question = question.rstrip(" ?？")
    return question or text


def _mismatched(example: Example, pool: Neighbours, rng: Random) -> str:
    """Ask about another year, number, name or thing than the passage tells of ("" where the question holds none).

    A reader that learns only where an answer of the right kind stands would answer these as well.
    """
    told = match_key(f"{headline_of(example.document)} {example.context}")
    swapped = [
        example.question[: match.start()] + other + example.question[match.end() :]
        for match, others in opposites_in(example.question)
        for other in others
        if not _contains(told, match_key(other))
    ]
    if swapped and rng.random() < _SWAPPED:
        return rng.choice(swapped)
    found = [match for match in NUMBERS.finditer(example.question) if _contains(told, match.group())]
    found += [match for match in NAMES.finditer(example.question) if _contains(told, match_key(match.group()))]
    if not found:
        return ""
    match = rng.choice(found)
    old = match.group()
    if old.isdigit():
        new = str(int(old) + rng.choice((-3, -2, -1, 1, 2, 3, 5, 10)))
        if new.startswith("-") or new == "0":
            return ""
    else:
        size = len(old.split())
        others = [
            name.group() for name in NAMES.finditer(rng.choice(pool.passages)) if len(name.group().split()) == size
        ]
        new = rng.choice(others) if others else ""
    if not new or _contains(told, match_key(new)):
        return ""
    return example.question[: match.start()] + new + example.question[match.end() :]


def opposites_in(question: str) -> list[tuple[re.Match[str], list[str]]]:
    """The words of a question that others of their kind could stand for, with those others."""
    found = []
    for line in word_list("opposites"):
        group = line.split("|")
        for word in group:
            # Of "phó chủ tịch" and "chủ tịch" the longer one is meant; capitals belong to names.
            longer = "|".join(re.escape(other) for other in group if other != word and word in other)
            if longer and re.search(longer, question):
                continue
            match = re.search(rf"(?<!\w){re.escape(word)}(?!\w)", question)
            if match:
                found.append((match, [other for other in group if other != word]))
    return found


def _without_answer(example: Example, answer: tuple[int, int], pool: Neighbours | None, rng: Random) -> tuple[str, str]:
    """Return a similar passage, or a part of the same one, in which the answer does not occur, and its document."""
    key = match_key(example.context[answer[0] : answer[1]])
    if rng.random() < 0.4 or pool is None:
        sentences = sentence_spans(example.context)
        before = [span for span in sentences if span[1] <= answer[0]]
        after = [span for span in sentences if span[0] >= answer[1]]
        sides = [side for side in (before, after) if side]
        rng.shuffle(sides)
        for side in sides:
            text = example.context[side[0][0] : side[-1][1]]
            if len(text) >= 60 and not _contains(match_key(text), key):
                return text, example.document
        if pool is None:
            return "", ""
    start = max(0, answer[0] - _SURROUNDINGS)
    text = example.question + " " + example.context[start : answer[1] + _SURROUNDINGS]
    if rng.random() < 0.7 and example.part not in ("squad_cross", "xquad_cross"):
        text = example.question
    similar = [
        index
        for index in pool.similar(text, _NEIGHBOURS)
        if pool.passages[index] != example.context and not _contains(pool.keys[index], key)
    ]
    if not similar:
        return "", ""
    chosen = rng.choice(similar[:4])
    return pool.passages[chosen], pool.documents[chosen]


def _contains(text_key: str, answer_key: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(answer_key)}(?!\w)", text_key) is not None


def _crop(text: str, answer: tuple[int, int] | None, rng: Random, how: Augmentation) -> tuple[str, int]:
    """Cut a window of random length that holds `answer`; return it and its offset in `text`.

    Half of the windows are whole sentences, as the product's passages are; the rest start and stop at any word, so that
    the reader does not learn where in a window answers stand.
    """
    length = rng.randint(how.shortest_window, how.longest_window)
    if length >= len(text):
        return text, 0
    start, end = answer or (0, 0)
    if answer is None:
        begin = rng.randint(0, len(text) - length)
    else:
        latest = min(start, len(text) - length)
        earliest = max(0, end - length)
        begin = (
            rng.randint(min(earliest, latest), max(earliest, latest)) if earliest <= latest else min(start, earliest)
        )
    stop = max(begin + length, end)
    if rng.random() < how.whole_sentences:
        touched = [span for span in sentence_spans(text) if span[1] > begin and span[0] < stop]
        inside = [span for span in touched if span[0] >= begin and span[1] <= stop] or touched
        if inside:
            begin, stop = inside[0][0], inside[-1][1]
            if answer is not None:
                holding = [span for span in touched if span[0] < end and span[1] > start]
                begin = min([begin, start, *(span[0] for span in holding)])
                stop = max([stop, end, *(span[1] for span in holding)])
            return text[begin:stop], begin
    # Cut between words; Japanese and Thai have no white space to look for.
    furthest = min(begin + _LONGEST_WORD, start if answer else len(text) - 1)
    begin = next((at for at in range(begin, furthest) if at == 0 or text[at - 1].isspace()), begin)
    stop = next((at for at in range(stop, min(stop + _LONGEST_WORD, len(text))) if text[at].isspace()), stop)
    return text[begin:stop], begin
