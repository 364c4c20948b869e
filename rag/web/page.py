"""One page of the site, in one language: header and tabs."""

import gradio as gr

from rag.web import words
from rag.web.api import said_to_the_caller
from rag.web.chat_tab import ChatTab
from rag.web.evaluation_tab import EvaluationTab
from rag.web.events import sent_with
from rag.web.library_tab import LibraryTab
from rag.web.limits import LIMITS
from rag.web.rendering import Renderer, asset
from rag.web.site import Site
from rag.web.words import Language

_UPLOADS_DELETED = (3600, 3600)  # Gradio's own copies: looked for every hour, deleted when an hour old
_OTHER_THREADS = 40  # for all that is no question, as many as Gradio has by itself


def build_page(site: Site, language: Language, *, with_endpoints: bool) -> gr.Blocks:
    """The page, not yet served.

    Args:
        site: What it works with.
        language: Language of every visible word.
        with_endpoints: Whether it carries the named endpoints `ask` and `search`.
    """
    renderer, settings = Renderer(language), site.library.settings
    say = renderer.say
    with gr.Blocks(
        title=say(words.TITLE), analytics_enabled=False, fill_width=True, delete_cache=_UPLOADS_DELETED
    ) as page:
        header = gr.HTML(
            _header(renderer, None), elem_id="header", js_on_load=asset("page.js"), apply_default_css=False
        )
        with gr.Tabs(elem_id="tabs") as tabs:
            with gr.Tab(say(words.TAB_CHAT), id="chat"):
                chat = ChatTab(site, renderer)
            with gr.Tab(say(words.TAB_LIBRARY), id="library"):
                library = LibraryTab(site, renderer)
            with gr.Tab(say(words.TAB_EVALUATION), id="evaluation") as evaluation_tab:
                evaluation = EvaluationTab(site, renderer)

        def greet(request: gr.Request) -> str:
            return _header(renderer, request)

        page.load(greet, None, header, **_ON_LOAD)
        for loaded in (page.load, *(change.then for change in library.changed)):
            loaded(chat.offer_choices, None, chat.choices, **_ON_LOAD)
            loaded(chat.welcome, *chat.opened, **_ON_LOAD)
        chat.to_library(lambda: gr.Tabs(selected="library"), None, tabs, **_ON_LOAD)
        page.load(library.show, *library.shown, **_ON_LOAD)
        page.load(library.offer_tools, None, library.tools, **_ON_LOAD)
        for panel in (chat.panel, library.panel):
            panel.about(_ask_about, None, [tabs, chat.articles], **_ON_LOAD)
        for shown in (page.load, evaluation_tab.select):
            shown(evaluation.show, None, evaluation.runs, **_ON_LOAD)
        chat.ask_after(evaluation.runs.again(_ask_again, None, [tabs, chat.question], **_ON_LOAD))
        if with_endpoints:
            for endpoint in map(said_to_the_caller, site.endpoints):
                gr.api(endpoint, api_name=endpoint.__name__, concurrency_limit=None)  # type: ignore[attr-defined]
    # A question that waits holds a thread, and so does, for a moment, one that the full line refuses.
    page.state_session_capacity = LIMITS.sessions  # Gradio keeps 10,000
    page.max_threads = settings.answers_at_once + settings.max_waiting_questions + _OTHER_THREADS
    page.queue()
    return page  # type: ignore[no-any-return]


_ON_LOAD = {"show_progress": "hidden", "queue": False, "api_visibility": "private"}


def _ask_about(event: gr.EventData) -> tuple[gr.Tabs, list[str]]:
    """Go to the chat, with the filter set to the article."""
    return gr.Tabs(selected="chat"), [str(sent_with(event).get("article"))]


def _ask_again(event: gr.EventData) -> tuple[gr.Tabs, str]:
    """Go to the chat, with the question to ask."""
    return gr.Tabs(selected="chat"), str(sent_with(event).get("question"))


def _header(renderer: Renderer, request: gr.Request | None) -> str:
    other = "en" if renderer.language == "vi" else "vi"
    return renderer.html(
        "header",
        user=request.username if request is not None else None,
        other_language=other,
        other_page="/en/" if other == "en" else "/",
    )
