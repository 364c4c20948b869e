"""What happens on each click in the chat. Nothing here knows how the components are laid out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr
from pydantic import ValidationError

from rag.contracts import search_filter
from rag.errors import HoidapError
from rag.feedback import Feedback, Quote
from rag.web import words
from rag.web.markdown import turn_markdown
from rag.web.panel import article_panel
from rag.web.rendering import Renderer
from rag.web.shelf import ShelfEntry
from rag.web.site import Site
from rag.web.turns import Conversation, Source, Turn, answering, events_of, in_turn, refused

_LONGEST_FEEDBACK = 1000  # characters of a reason or of a right answer


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters as they stand beside the chat."""

    first_day: str
    last_day: str
    publishers: Sequence[str]
    articles: Sequence[str]

    @classmethod
    def of(cls, values: Sequence[Any]) -> "Filters":
        """The filters out of the values of their components; nothing chosen may be None."""
        first, last, publishers, articles = values
        return cls((first or "").strip(), (last or "").strip(), publishers or (), articles or ())


class ChatActions:
    """The chat of one language.

    Args:
        site: What is asked, and where feedback goes.
        renderer: Words and templates of the page's language.
    """

    def __init__(self, site: Site, renderer: Renderer) -> None:
        self._site, self._renderer = site, renderer

    def transcript(self, conversation: Conversation) -> str:
        """The conversation as HTML; while it is empty a welcome: examples, or how to add articles where none are."""
        return self._renderer.html(
            "transcript",
            turns=conversation.turns,
            empty=not conversation.turns and self._empty(),
            recent=[] if conversation.turns else self._recent(),
            markdown=lambda turn: turn_markdown(turn, self._renderer.language),
        )

    def _recent(self) -> list[ShelfEntry]:
        """Articles to begin with, the newest first, where the library is not the one that the examples ask about."""
        if self._site.library.article(words.EXAMPLES_FROM) is not None:
            return []
        return self._site.shelf.found("", "published", descending=True)[: len(words.EXAMPLES)]

    def _empty(self) -> bool:
        return self._site.library.vectors.count() == 0

    def ask(self, conversation: Conversation, question: str, filters: Filters) -> Iterator[Conversation]:
        """The conversation with the question and its growing answer; the last one is done."""
        try:
            chosen = search_filter(filters.first_day, filters.last_day, filters.publishers, filters.articles)
        except HoidapError as error:
            yield conversation.with_turn(refused(question, self._renderer.problem(error)))
            return
        if self._empty():
            yield conversation.with_turn(refused(question, self._renderer.say(words.EMPTY_REFUSED)))
            return
        asking = in_turn(self._site.line, events_of(self._site.chatbot))
        said = self._renderer.problem
        for turn in answering(asking, conversation, question, chosen, self._in_words(filters), said):
            if turn.done:
                kept = self._site.seals.sealed(turn) if turn.state == "answered" else turn
                yield conversation.with_turn(kept).bounded
            else:
                yield conversation.with_turn(turn)

    def _in_words(self, filters: Filters) -> str:
        say = self._renderer.say
        named = (
            (words.PUBLISHED_FROM, filters.first_day),
            (words.PUBLISHED_TO, filters.last_day),
            (words.PUBLISHERS, ", ".join(filters.publishers)),
            (words.ARTICLES, ", ".join(filters.articles)),
        )
        return "; ".join(f"{say(name).lower()} {value}" for name, value in named if value)

    def stopped(self, conversation: Conversation) -> Conversation:
        """The conversation after the user stopped its last answer."""
        if not conversation.turns or conversation.turns[-1].done:
            return conversation
        return conversation.with_turn(conversation.turns[-1].model_copy(update={"state": "stopped"}))

    def vote(self, conversation: Conversation, said: Mapping[str, Any], user: str | None) -> Conversation:
        """Keep what the user says of an answer; the conversation with it. An unknown turn changes nothing.

        Raises:
            gr.Error: The answer is not one that was given here.
        """
        turn = conversation.turn(str(said.get("turn")))
        vote = said.get("vote")
        if turn is None or turn.state != "answered" or vote not in ("right", "wrong"):
            return conversation
        if not self._site.seals.holds(turn):
            raise gr.Error(self._renderer.say(words.VOTE_UNKNOWN), print_exception=False)
        self._site.feedback.keep(
            Feedback(
                id=turn.id,
                user=user or "",
                vote=vote,
                reason=str(said.get("reason") or "")[:_LONGEST_FEEDBACK].strip(),
                right_answer=str(said.get("right_answer") or "")[:_LONGEST_FEEDBACK].strip(),
                question=turn.question,
                history=tuple(self._site.seals.genuine(conversation.before(turn.id)).history),
                answer=turn.text,
                spans=turn.spans,
                abstained=turn.abstained,
                quotes=tuple(Quote(source.article, source.start, source.end, source.quote) for source in turn.sources),
                looked_into=tuple(dict.fromkeys(passage.article for passage in turn.ranking)),
            )
        )
        return conversation.with_changed(turn.model_copy(update={"vote": vote}))

    def opened(self, stored: str) -> Conversation:
        """A conversation as the browser kept it.

        Raises:
            gr.Error: It is not one.
        """
        try:
            return Conversation.model_validate_json(stored).bounded
        except ValidationError as error:
            raise gr.Error(self._renderer.say(words.UNREADABLE_CONVERSATION), print_exception=False) from error

    def source(self, conversation: Conversation, asked: Mapping[str, Any]) -> str:
        """The article behind a citation or a passage, with its words highlighted.

        Args:
            conversation: The conversation it was clicked in.
            asked: `turn` and `n` of a citation, or `article`, `start` and `end` of a passage.
        """
        turn = conversation.turn(str(asked.get("turn")))
        if turn is not None:
            cited = next((source for source in turn.sources if str(source.n) == str(asked.get("n"))), None)
            if cited is not None:
                return self._cited(turn, cited)
        return self._passage(str(asked.get("article", "")), asked.get("start"), asked.get("end"))

    def _cited(self, turn: Turn, cited: Source) -> str:
        article = self._site.library.article(cited.article)
        if article is None or article.body[cited.start : cited.end] != cited.quote:
            return self._panel(
                cited.article,
                note=self._renderer.say(words.QUOTE_MOVED, quote=cited.quote),
            )
        also = [(source.start, source.end) for source in turn.sources if source.article == cited.article]
        return self._panel(cited.article, (cited.start, cited.end), also)

    def _passage(self, article_id: str, start: object, end: object) -> str:
        try:
            place = (int(str(start)), int(str(end)))
        except ValueError:
            return self._panel(article_id)
        return self._panel(article_id, place)

    def _panel(self, *shown: Any, **options: Any) -> str:  # noqa: ANN401 - as `article_panel` takes them
        return article_panel(self._site.library, self._renderer, *shown, **options)
