"""One question on one invented story."""

from random import Random

from evals.reader_training.data import Example
from evals.reader_training.invented.events import tell_event
from evals.reader_training.invented.people import tell_people
from evals.reader_training.invented.results import tell_contrast, tell_results
from evals.reader_training.invented.story import Story

_UNANSWERED = 0.3  # of the questions that are used: each story has more of them than of the others


def invent_example(rng: Random) -> Example:
    """Return one question on one invented passage of about 60-160 words, its headline as the document."""
    story = Story.begin(rng)
    sections = [tell_people, tell_people, tell_results, tell_contrast, tell_event]
    for section in rng.sample(sections, rng.choice((1, 2, 2, 3))):
        section(story, rng)
    answered = [(question, span) for question, span in story.questions if span is not None]
    open_questions = [(question, span) for question, span in story.questions if span is None]
    question, span = rng.choice(open_questions if open_questions and rng.random() < _UNANSWERED else answered)
    return Example(question, story.text.strip(), (span,) if span else (), "roster", "vi", story.headline)
