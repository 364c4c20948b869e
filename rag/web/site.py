"""What every page of the site works with."""

from dataclasses import dataclass

import gradio as gr

from rag.chat import Chatbot
from rag.feedback import FeedbackStore
from rag.store.library import Library
from rag.web.accounts import Accounts
from rag.web.api import Endpoint
from rag.web.journal import Event, Journal
from rag.web.line import Line
from rag.web.seals import Seals
from rag.web.shelf import Shelf
from rag.web.uploads import Uploads


@dataclass(frozen=True, slots=True)
class Site:
    """The parts behind the pages, made once and shared by every language and visitor.

    Attributes:
        library: The articles.
        chatbot: What answers.
        feedback: Where votes are kept.
        shelf: The library as visitors see and change it.
        line: Where questions wait for their turn.
        endpoints: What programs call.
        accounts: Who may log in; None where everyone who reaches the page may do everything.
        uploads: Where uploaded files wait until they are read.
        seals: By which answers are known again.
        journal: Where is noted who changed what.
    """

    library: Library
    chatbot: Chatbot
    feedback: FeedbackStore
    shelf: Shelf
    line: Line
    endpoints: tuple[Endpoint, ...]
    accounts: Accounts | None
    uploads: Uploads
    seals: Seals
    journal: Journal

    def may_change(self, request: gr.Request | None) -> bool:
        """Whether this visitor may upload and delete."""
        return self.user_may_change(request.username if request is not None else None)

    def user_may_change(self, user: str | None) -> bool:
        """Whether a user may upload and delete; None for nobody."""
        return self.accounts is None or self.accounts.is_admin(user)

    def note(self, event: Event, request: gr.Request, **details: object) -> None:
        """Note what a visitor of the page did."""
        if request.request is not None:
            self.journal.note(event, request.request.scope, **details)

    def body_of(self, article_id: str) -> str | None:
        """The body of an article; None where the library has none of this id."""
        article = self.library.article(article_id)
        return article.body if article is not None else None
