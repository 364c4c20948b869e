"""The chat tab: its components, and which action each click leads to."""

from collections.abc import Iterator
from typing import Any

import gradio as gr
from gradio.events import Dependency

from rag.web import words
from rag.web.chat_actions import ChatActions, Filters
from rag.web.events import sent_with
from rag.web.limits import LIMITS
from rag.web.rendering import Renderer, asset
from rag.web.site import Site
from rag.web.turns import Conversation, Held, Packed, unpacked

_QUICK: dict[str, Any] = {"show_progress": "hidden", "queue": False, "api_visibility": "private"}

Updates = tuple[Any, ...]  # one value or `gr.skip()` for each component that an action changes


class ChatTab:
    """The chat over one library, in one language. Made inside a `gr.Blocks` context.

    Args:
        site: What is asked, and where feedback goes.
        renderer: Words and templates of the page's language.
    """

    def __init__(self, site: Site, renderer: Renderer) -> None:
        self._site, self._renderer = site, renderer
        self._actions = ChatActions(site, renderer)
        with gr.Row(elem_id="chat", equal_height=False):
            with gr.Column(elem_id="side", scale=0, min_width=0):
                self._build_side()
            with gr.Column(elem_id="talk", scale=1, min_width=0):
                self._build_talk()
            self.panel = gr.HTML("", elem_id="source-panel", js_on_load=asset("source.js"), apply_default_css=False)
        self._conversation = gr.State(Packed.of(Conversation()), time_to_live=LIMITS.session_seconds)
        self._connect()

    def _build_side(self) -> None:
        say = self._renderer.say
        self._new = gr.Button(say(words.NEW_CONVERSATION), elem_id="new-conversation")
        self._kept = gr.HTML(
            "",
            html_template=self._renderer.html("conversations"),
            js_on_load=asset("conversations.js"),
            apply_default_css=False,
            elem_id="conversations",
        )
        with gr.Accordion(say(words.FILTERS), open=True, elem_id="filters"):
            with gr.Row(elem_id="days"):
                self._first_day = gr.Textbox(label=say(words.PUBLISHED_FROM), max_lines=1, min_width=0)
                self._last_day = gr.Textbox(label=say(words.PUBLISHED_TO), max_lines=1, min_width=0)
            self._publishers = gr.Dropdown([], label=say(words.PUBLISHERS), multiselect=True, min_width=0)
            self.articles = gr.Dropdown([], label=say(words.ARTICLES), multiselect=True, min_width=0)
            self._clear = gr.Button(say(words.CLEAR_FILTERS), size="sm")

    def _build_talk(self) -> None:
        say = self._renderer.say
        self._transcript = gr.HTML(
            "",  # the welcome comes with each visitor: it depends on the library as it is then
            elem_id="transcript",
            js_on_load=asset("transcript.js"),
            apply_default_css=False,
        )
        with gr.Row(elem_id="composer"):
            self.question = gr.Textbox(
                label=say(words.QUESTION),
                placeholder=say(words.PLACEHOLDER),
                show_label=False,
                container=False,
                autofocus=True,
                lines=1,
                max_lines=6,
                elem_id="question",
            )
            self._ask = gr.Button(say(words.ASK), variant="primary", scale=0, min_width=72, elem_id="ask")
            self._stop = gr.Button(say(words.STOP), scale=0, min_width=72, visible=False, elem_id="stop")

    def _connect(self) -> None:
        filters = [self._first_day, self._last_day, self._publishers, self.articles]
        talk = [self._transcript, self._conversation, self._kept, self._ask, self._stop]
        answers: dict[str, Any] = {
            "show_progress": "hidden",
            "concurrency_limit": None,  # they wait in the site's line
            "api_visibility": "private",
        }
        self._typing: dict[str, Any] = {
            "fn": self._ask_typed,
            "inputs": [self.question, self._conversation, *filters],
            "outputs": [self.question, *talk],
            **answers,
        }
        typed = gr.on([self.question.submit, self._ask.click], **self._typing)
        chosen = self._transcript.ask(self._ask_chosen, [self._conversation, *filters], talk, **answers)
        self._stop.click(self._stop_answer, self._conversation, talk, cancels=[typed, chosen], **_QUICK)
        self._transcript.vote(
            self._vote, self._conversation, [self._transcript, self._conversation, self._kept], **_QUICK
        )
        self._transcript.read(self._read, self._conversation, self.panel, **_QUICK)
        everything = [*talk, self.panel]
        self._new.click(self._start_anew, None, everything, cancels=[typed, chosen], **_QUICK)
        self._kept.open(self._open, None, everything, cancels=[typed, chosen], **_QUICK)
        # In the browser: a question asked right afterwards must not go out with the filters still set.
        self._clear.click(None, None, filters, js="() => ['', '', [], []]", **_QUICK)

    @property
    def choices(self) -> list[gr.Dropdown]:
        """The filters whose choices are the publishers and articles of the library."""
        return [self._publishers, self.articles]

    def ask_after(self, event: Dependency) -> None:
        """Ask what stands in the question box once `event` is done."""
        event.then(**self._typing)

    @property
    def opened(self) -> tuple[list[Any], list[Any]]:
        """Inputs and outputs of `welcome`."""
        return [self._conversation], [self._transcript]

    def welcome(self, held: Held) -> Any:  # noqa: ANN401 - or what Gradio takes for no change
        """The welcome of the library as it is now, as long as nothing has been asked."""
        conversation = unpacked(held)
        return gr.skip() if conversation.turns else self._actions.transcript(conversation)

    @property
    def to_library(self) -> Any:  # noqa: ANN401 - Gradio's event listener
        """The event of a visitor who wants to add the first articles."""
        return self._transcript.to_library

    def offer_choices(self) -> tuple[gr.Dropdown, gr.Dropdown]:
        """The publishers and articles that the library holds now."""
        entries = self._site.shelf.entries()
        publishers = sorted({entry.publisher for entry in entries if entry.publisher})
        return gr.Dropdown(publishers), gr.Dropdown([(entry.title, entry.id) for entry in entries])

    def _ask_typed(self, question: str, held: Held, *filters: Any) -> Iterator[Updates]:  # noqa: ANN401
        box: Any = ""
        for updates in self._asked(question, unpacked(held), Filters.of(filters)):
            yield box, *updates
            box = gr.skip()

    def _ask_chosen(self, event: gr.EventData, held: Held, *filters: Any) -> Iterator[Updates]:  # noqa: ANN401
        said = sent_with(event)
        earlier = unpacked(held).before(said.get("turn"))
        yield from self._asked(str(said.get("question", "")), earlier, Filters.of(filters))

    def _asked(self, question: str, conversation: Conversation, filters: Filters) -> Iterator[Updates]:
        if not (question or "").strip():
            return
        for now in self._actions.ask(conversation, question, filters):
            yield self._talk(now)

    def _talk(self, conversation: Conversation) -> Updates:
        """The conversation as it is, kept by the browser when no answer is under way."""
        done = not conversation.turns or conversation.turns[-1].done
        kept = conversation.kept if done and conversation.turns else gr.skip()
        shown = self._actions.transcript(conversation)
        held = Packed.of(conversation) if done else conversation
        return shown, held, kept, gr.Button(visible=done), gr.Button(visible=not done)

    def _stop_answer(self, held: Held) -> Updates:
        return self._talk(self._actions.stopped(unpacked(held)))

    def _vote(self, held: Held, event: gr.EventData, request: gr.Request) -> Updates:
        voted = self._actions.vote(unpacked(held), sent_with(event), request.username)
        return self._actions.transcript(voted), Packed.of(voted), voted.kept

    def _read(self, held: Held, event: gr.EventData) -> str:
        return self._actions.source(unpacked(held), sent_with(event))

    def _start_anew(self) -> Updates:
        return *self._talk(Conversation()), ""

    def _open(self, event: gr.EventData) -> Updates:
        return *self._talk(self._actions.opened(str(sent_with(event).get("conversation")))), ""
