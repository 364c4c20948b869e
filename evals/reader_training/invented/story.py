"""A piece of invented news under construction."""

from dataclasses import dataclass, field
from random import Random

from evals.reader_training.words import word_list

_HEADLINES = (
    "{unit} tổng kết công tác năm {year}",
    "{unit}: kết quả năm {year}",
    "Khai mạc {event} của {unit} năm {year}",
    "{unit} tổ chức {event} năm {year}",
    "Năm {year} của {unit}",
    "{unit} tổ chức {event}",
    "Kết quả sản xuất kinh doanh năm {year}",
)
_NO_HEADLINE = 0.25


@dataclass
class Story:
    """A text, and questions with the span that answers each.

    Attributes:
        unit: The organisation that it tells of.
        year: The year that it tells of.
        event: The occasion.
        headline: What stands above the text; it may name unit and year where the text does not ("" = none).
    """

    unit: str
    year: int
    event: str
    headline: str
    text: str = ""
    questions: list[tuple[str, tuple[int, int] | None]] = field(default_factory=list)

    @classmethod
    def begin(cls, rng: Random) -> "Story":
        """A story without text."""
        unit, year, event = invented_unit(rng), rng.randint(1985, 2029), rng.choice(word_list("roster_events"))
        headline = ""
        if rng.random() >= _NO_HEADLINE:
            headline = rng.choice(_HEADLINES).format(unit=unit, year=year, event=event)
        return cls(unit, year, event, headline)

    def add(self, piece: str) -> tuple[int, int]:
        """Append `piece` and return its span."""
        start = len(self.text)
        self.text += piece
        return start, len(self.text)

    def ask(self, question: str, span: tuple[int, int] | None) -> None:
        """Add a question that the text at `span` answers, or that it does not answer."""
        self.questions.append((question, span))

    def tells(self, words: str) -> bool:
        """Whether headline or text hold these words."""
        return words.casefold() in f"{self.headline} {self.text}".casefold()


def invented_person(rng: Random) -> str:
    """A name of three syllables."""
    return " ".join(rng.choice(word_list(part)) for part in ("surnames", "middle_names", "given_names"))


def invented_name(rng: Random) -> str:
    """A proper name of two syllables."""
    return " ".join(rng.sample(word_list("invented_syllables"), 2))


def invented_unit(rng: Random) -> str:
    """An organisation."""
    kind, _, task = rng.choice(word_list("roster_units")).partition("|")
    return f"{kind} {task} {invented_name(rng)}" if rng.random() < 0.8 else f"{kind} {task}"


def invented_number(rng: Random, *, counted: bool) -> str:
    """A number as newspapers print it; a counted one has no fraction."""
    whole = rng.choice((rng.randint(2, 99), rng.randint(100, 999), rng.randint(1000, 9999)))
    if rng.random() < 0.4 and not counted:
        return f"{whole},{rng.randint(1, 99)}"
    return f"{whole // 1000}.{whole % 1000:03d}" if whole >= 1000 and rng.random() < 0.7 else str(whole)
