"""What a turn of a conversation does: asks the articles, asks about the library itself, or only talks.

A multinomial logistic regression over the embedding model's vector of the turn and its words and pairs of words, folded
and hashed. `evals.fit_acts` fits it; `data/acts.npz` holds it.
"""

import enum
import functools
import itertools
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from rag.vietnamese.syllables import folded_syllables

_MODEL_FILE = "acts.npz"
_BUCKETS = 1024  # for words and pairs of words
_VECTOR_SCALE = 4.0  # beside the words, whose vector has a length of 1
_SYLLABLES_SCALE = 20.0
_LONGEST = 24  # syllables; a longer turn asks something
_TALK_FROM = 0.65  # probability that a turn does not ask the articles, from which it is not taken to do so


class Act(enum.StrEnum):
    """What a turn does."""

    QUESTION = "question"
    GREETING = "greeting"
    THANKS = "thanks"
    GOODBYE = "goodbye"
    WHO_ARE_YOU = "who_are_you"
    ABILITIES = "abilities"
    HOW_TO = "how_to"
    REPEAT = "repeat"
    SURE = "sure"
    ELABORATE = "elaborate"
    ABUSE = "abuse"
    SMALL_TALK = "small_talk"
    CLOCK = "clock"
    ACKNOWLEDGE = "acknowledge"
    # Of the library itself:
    COUNT = "count"
    NEWEST = "newest"
    OLDEST = "oldest"
    LIST = "list"
    ABOUT = "about"
    PUBLISHER_OF = "publisher_of"
    DATE_OF = "date_of"
    HOLDS = "holds"

    @property
    def asks(self) -> bool:
        """Whether it asks anything that has to be looked up."""
        return self is Act.QUESTION or self.of_library

    @property
    def of_library(self) -> bool:
        """Whether it asks about the library itself."""
        return self in _OF_LIBRARY


_OF_LIBRARY = frozenset(
    {
        Act.COUNT,
        Act.NEWEST,
        Act.OLDEST,
        Act.LIST,
        Act.ABOUT,
        Act.PUBLISHER_OF,
        Act.DATE_OF,
        Act.HOLDS,
    }
)


@dataclass(frozen=True)
class ActModel:
    """The fitted regression.

    Attributes:
        acts: What the rows of the weights stand for.
        weights: Log odds for each unit of a feature (acts, features).
        intercepts: Log odds where every feature is 0 (acts,).
    """

    acts: tuple[Act, ...]
    weights: NDArray[np.float32]
    intercepts: NDArray[np.float32]

    def act(self, turn: str, embed: Callable[[str], Sequence[float]]) -> Act:
        """What a turn does; a question to the articles unless it surely is something else.

        Args:
            turn: As typed.
            embed: Gives the vector of a text, as questions are embedded.
        """
        if len(folded_syllables(turn)) > _LONGEST:
            return Act.QUESTION
        scores = self.weights @ features(turn, embed(turn)) + self.intercepts
        likely = np.exp(scores - scores.max())
        likely /= likely.sum()
        question = self.acts.index(Act.QUESTION)
        if 1.0 - likely[question] < _TALK_FROM:
            return Act.QUESTION
        likely[question] = 0.0
        return self.acts[int(likely.argmax())]


def features(turn: str, vector: Sequence[float]) -> NDArray[np.float32]:
    """What the regression sees of a turn (features,).

    Args:
        turn: As typed.
        vector: Of the turn, by the embedding model.
    """
    words = ["^", *folded_syllables(turn), "$"]
    hashed = np.zeros(_BUCKETS, np.float32)
    for term in [*words, *(f"{one} {other}" for one, other in itertools.pairwise(words))]:
        hashed[zlib.crc32(term.encode()) % _BUCKETS] += 1.0
    hashed /= np.linalg.norm(hashed)
    shape = [(len(words) - 2) / _SYLLABLES_SCALE, float("?" in turn)]
    return np.concatenate([_VECTOR_SCALE * np.asarray(vector, np.float32), hashed, np.array(shape, np.float32)])


@functools.cache
def act_model() -> ActModel:
    """The fitted model that ships in `rag/conversation/data/acts.npz`."""
    path = resources.files("rag.conversation").joinpath("data", _MODEL_FILE)
    with path.open("rb") as file, np.load(file) as archive:
        acts = tuple(Act(name) for name in archive["acts"].tolist())
        return ActModel(acts, archive["weights"].astype(np.float32), archive["intercepts"].astype(np.float32))
