"""A question and a passage as token ids.

`<s> query: Q </s> BEFORE </s></s> passage: PROPOSED </s> HEADING </s> P </s>`. BEFORE is what was said before the
question, PROPOSED an answer that is to be judged; both are left out where there are none, with their separators.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tokenizers import Tokenizer

from rag.vietnamese.normalise import settle_tone_marks
from rag.vietnamese.sentences import sentence_spans

BEGIN, SEPARATOR = 0, 2  # XLM-R's `<s>`, `</s>`
MAX_QUESTION_TOKENS = 64
MAX_BEFORE_TOKENS = 48
MAX_PROPOSED_TOKENS = 48
MAX_HEADING_TOKENS = 88
MAX_PASSAGE_TOKENS = 256
WINDOW_STRIDE = 128
NULL_POSITION = 0
_SHORTEST_OPENING = 40  # characters: a dateline alone says nothing


@dataclass(frozen=True, slots=True)
class Window:
    """One model input.

    Attributes:
        ids: Token ids, special tokens included.
        passage_start: Place in `ids` of the passage's first token.
        offsets: Characters (start, end) of the passage that each of its tokens covers.
    """

    ids: list[int]
    passage_start: int
    offsets: list[tuple[int, int]]

    def token_span(self, start: int, end: int) -> tuple[int, int] | None:
        """Positions in `ids` of the first and last token of a character span, None when not all of it is inside."""
        touched = [index for index, (first, last) in enumerate(self.offsets) if first < end and last > start]
        if not touched or self.offsets[touched[0]][0] > start or self.offsets[touched[-1]][1] < end:
            return None
        return self.passage_start + touched[0], self.passage_start + touched[-1]


class PairEncoder:
    """Builds model inputs with the embedding model's own tokenizer.

    Args:
        tokenizer: Of multilingual-e5-small.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._query_prefix: list[int] = self._ids("query:")
        self._passage_prefix: list[int] = self._ids("passage:")

    def windows(
        self, question: str, passage: str, heading: str = "", *, before: str = "", proposed: str = ""
    ) -> list[Window]:
        """The passage in windows of at most 256 tokens that overlap by half; one window where it fits.

        Args:
            question: With its accents.
            passage: The text to find an answer in.
            heading: What stands above it; read in every window, but no answer is taken from it.
            before: What was said before the question, see `conversation`.
            proposed: An answer that is to be judged.
        """
        query = [*self._query_prefix, *self._ids(settled(question))][:MAX_QUESTION_TOKENS]
        if before:
            query += [SEPARATOR, *self._ids(settled(before))[:MAX_BEFORE_TOKENS]]
        head = [BEGIN, *query, SEPARATOR, SEPARATOR, *self._passage_prefix]
        if proposed:
            head += [*self._ids(settled(proposed))[:MAX_PROPOSED_TOKENS], SEPARATOR]
        if heading:
            head += [*self._ids(settled(heading))[:MAX_HEADING_TOKENS], SEPARATOR]
        encoded = self._tokenizer.encode(settled(passage), add_special_tokens=False)
        ids: list[int] = encoded.ids
        offsets: list[tuple[int, int]] = encoded.offsets
        windows = []
        for begin in range(0, max(len(ids), 1), WINDOW_STRIDE):
            stop = min(begin + MAX_PASSAGE_TOKENS, len(ids))
            windows.append(Window([*head, *ids[begin:stop], SEPARATOR], len(head), offsets[begin:stop]))
            if stop == len(ids):
                break
        return windows

    def _ids(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return ids


def conversation(turns: Sequence[tuple[str, str]]) -> str:
    """What the reader is told of a conversation: its last question and answer; "" where there is none.

    Args:
        turns: Questions and answers, oldest first.

    Example:
        >>> conversation([("Ai chủ trì?", "Ông Tám."), ("Họp ở đâu?", "Ở Huế.")])
        'Họp ở đâu? Ở Huế.'
    """
    return " ".join(turns[-1]) if turns else ""


def heading(headline: str, opening: str, passage: str) -> str:
    """What stands above a passage: its article's headline, and the first sentence unless the passage begins with it.

    News says in its first sentence who met when and where, and names in full what is "đơn vị" from there on.

    Args:
        headline: Of the article; may be empty.
        opening: The article's first passage; may be empty.
        passage: The passage to be read.

    Example:
        >>> heading("Tổng kết năm", "Sáng 5/1, Công ty Hoa Mai họp tổng kết năm 2022. Có 90 người dự.", "Đơn vị lãi.")
        'Tổng kết năm. Sáng 5/1, Công ty Hoa Mai họp tổng kết năm 2022.'
    """
    sentences = sentence_spans(opening)
    end = next((end for _, end in sentences if end >= _SHORTEST_OPENING), len(opening))
    first = opening[:end].strip()
    if not first or passage.strip().startswith(first):
        return headline
    return f"{headline}. {first}" if headline else first


def surroundings(passage: str, start: int, end: int) -> tuple[int, int]:
    """The sentences that a proposed answer stands in, with the one before and the one behind: what a judge reads.

    Args:
        passage: The text.
        start: Offset of the answer.
        end: Offset behind it.

    Example:
        >>> text = "Một. Hai là đây. Ba. Bốn."
        >>> text[slice(*surroundings(text, 5, 8))]
        'Một. Hai là đây. Ba. '
    """
    spans = sentence_spans(passage)
    touched = [number for number, (first, last) in enumerate(spans) if first < end and last > start]
    if not touched:
        return 0, len(passage)
    return spans[max(0, touched[0] - 1)][0], spans[min(len(spans) - 1, touched[-1] + 1)][1]


def settled(text: str) -> str:
    """The text with its tone marks where the model expects them, and every offset unchanged."""
    moved = settle_tone_marks(text)
    return moved if len(moved) == len(text) else text  # only composed text keeps its length
