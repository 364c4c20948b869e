"""Our own questions on real passages as a set like those of people."""

from pathlib import Path

from evals.people.texts import Document, Question, QuestionSet, question_set
from evals.reader_training.real_questions import articles_asked, asked_passages


def real_question_set(data: Path, *, held_back: bool) -> QuestionSet:
    """The passages to learn from or those that are held back, with their questions.

    A document is the passage alone: what it does not tell, the rest of its article may.

    Raises:
        OSError: The articles are missing.
        ValueError: A passage is not the one that the questions were written on.
    """
    articles = articles_asked(data, held_back=held_back)
    documents, questions = [], []
    for row, passage in asked_passages(articles, held_back=held_back):
        document = f"{row['article']}-{row['start']}"
        documents.append(Document(document, articles[row["article"]]["title"], passage, row["article"]))
        for number, asked in enumerate(row["questions"]):
            start, end = asked.get("answer", (0, 0))
            verdict = asked.get("verdict")
            answers = ({"yes": "Có", "no": "Không"}.get(verdict, passage[start:end]),) if end else ()
            questions.append(
                Question(
                    f"{document}-{number}",
                    asked["q"],
                    document,
                    answers,
                    ((start, end),) if end else (),
                    verdict if answers else None,
                )
            )
    return question_set("real", documents, questions)
