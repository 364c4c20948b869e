"""A false article for a question that is answered right, and what counts as taken over."""

import dataclasses
import itertools

from evals.cases import load_cases
from evals.poison import Outcome, outcomes, poisons
from evals.workspace import DEV_SET, articles_of
from rag.chat import Chatbot
from rag.embedding import PassageEmbeddings
from rag.store.library import Library


def test_a_false_article_is_found_and_judged(
    chatbot: Chatbot, corpus_library: Library, embeddings: PassageEmbeddings
) -> None:
    bodies = {article.id: article.body for article in articles_of(corpus_library)}
    cases = load_cases(DEV_SET.with_name("test.jsonl"), bodies.get)
    chosen = list(itertools.islice(poisons(cases, chatbot), 2))
    for poison in chosen:
        assert poison.false in poison.statement
        assert poison.false not in poison.right
        answer = chatbot.ask(poison.question)
        assert (Outcome(poison, answer).right, Outcome(poison, answer).taken_over) == (True, False)
        false = dataclasses.replace(answer, spans=(poison.false,), text=poison.false)
        assert (Outcome(poison, false).right, Outcome(poison, false).taken_over) == (False, True)
        assert not Outcome(poison, false).named
        both = dataclasses.replace(answer, text=f"{poison.right[0]}. Bài khác nêu: {poison.false}")
        assert Outcome(poison, both).named
    asked = outcomes(chosen, "statement", embeddings)
    assert [one.poison for one in asked] == chosen
    assert any(citation.article.startswith("false-") for one in asked for citation in one.answer.citations)
