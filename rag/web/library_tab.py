"""The library tab: the articles, one to read, and how to add and delete some."""

import functools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import gradio as gr

from rag.errors import HoidapError
from rag.web import words
from rag.web.events import sent_with
from rag.web.limits import LIMITS
from rag.web.panel import article_panel
from rag.web.rendering import Renderer, asset
from rag.web.shelf import Change
from rag.web.site import Site

_SHOWN_AT_ONCE = 100  # articles
_QUICK: dict[str, Any] = {"show_progress": "hidden", "queue": False, "api_visibility": "private"}


@dataclass(frozen=True, slots=True)
class ShelfView:
    """What the list shows.

    Attributes:
        order: The column it is sorted by.
        descending: Whether the largest come first.
        shown: Most articles shown.
    """

    order: str = "published"
    descending: bool = True
    shown: int = _SHOWN_AT_ONCE

    def sorted_by(self, column: str) -> "ShelfView":
        """By another column; by the same one the other way round."""
        if column == self.order:
            return replace(self, descending=not self.descending)
        return replace(self, order=column, descending=column in {"published", "passages"})


class LibraryTab:
    """The library of one site, in one language. Made inside a `gr.Blocks` context.

    Args:
        site: What is shown.
        renderer: Words and templates of the page's language.
    """

    def __init__(self, site: Site, renderer: Renderer) -> None:
        self._site, self._renderer = site, renderer
        say = renderer.say
        html = functools.partial(gr.HTML, "", apply_default_css=False)
        self._view = gr.State(ShelfView(), time_to_live=LIMITS.session_seconds)
        with gr.Row(elem_id="library"):
            with gr.Column(elem_id="shelf", min_width=0):
                with gr.Row(elem_id="shelf-tools"):
                    self._wanted = gr.Textbox(
                        label=say(words.LIBRARY_SEARCH),
                        placeholder=say(words.LIBRARY_SEARCH),
                        show_label=False,
                        container=False,
                        max_lines=1,
                        elem_id="shelf-search",
                    )
                    self._upload = gr.UploadButton(
                        say(words.UPLOAD),
                        file_count="multiple",
                        file_types=list(site.shelf.accepted),
                        variant="primary",
                        scale=0,
                        min_width=150,
                        elem_id="upload",
                    )
                with gr.Row(elem_id="shelf-address") as self._address_row:
                    self._address = gr.Textbox(
                        label=say(words.ADDRESS),
                        placeholder=say(words.ADDRESS_HINT),
                        show_label=False,
                        container=False,
                        max_lines=1,
                        type="text",
                    )
                    self._add = gr.Button(say(words.ADDRESS_ADD), scale=0, min_width=90)
                self._hint = gr.HTML(self._upload_hint(), apply_default_css=False, js_on_load=asset("upload.js"))
                self._change = html(elem_id="shelf-change")
                self._list = html(elem_id="shelf-list", js_on_load=asset("library.js"))
            self.panel = html(elem_id="reader-panel", js_on_load=asset("source.js"))
        self._connect()

    def _connect(self) -> None:
        listed = [self._list, self._view]
        seen = [self._wanted, self._view]
        changes: dict[str, Any] = {
            "show_progress": "hidden",
            "concurrency_limit": 1,
            "concurrency_id": "change",
            "api_visibility": "private",
        }
        self._wanted.change(self._search, seen, listed, trigger_mode="always_last", **_QUICK)
        self._list.sort(self._sort, seen, listed, **_QUICK)
        self._list.more(self._more, seen, listed, **_QUICK)
        self._list.read(self._read, None, self.panel, **_QUICK)
        uploaded = self._upload.upload(self._add_files, self._upload, self._change, **changes)
        added = gr.on(
            [self._add.click, self._address.submit],
            self._add_address,
            self._address,
            [self._address, self._change],
            **changes,
        )
        deleted = self._list.delete(self._delete, None, [self._change, self.panel], **changes)
        self.changed = [
            change.then(self._search, seen, listed, show_progress="hidden", api_visibility="private")
            for change in (uploaded, added, deleted)
        ]

    @property
    def shown(self) -> tuple[list[Any], list[Any]]:
        """Inputs and outputs of `show`, which fills the list when the page is opened."""
        return [self._wanted, self._view], [self._list, self._view]

    @property
    def tools(self) -> list[gr.Component | gr.Row]:
        """What `offer_tools` shows and hides."""
        return [self._upload, self._address_row, self._hint]

    def offer_tools(self, request: gr.Request) -> tuple[gr.UploadButton, gr.Row, gr.HTML]:
        """The ways to add articles, only for those who may."""
        shown = self._site.may_change(request)
        return gr.UploadButton(visible=shown), gr.Row(visible=shown), gr.HTML(visible=shown)

    def show(self, wanted: str, view: ShelfView, request: gr.Request) -> tuple[str, ShelfView]:
        """The list as it is now."""
        return self._search(wanted, view, request)

    def _search(self, wanted: str, view: ShelfView, request: gr.Request) -> tuple[str, ShelfView]:
        entries = self._site.shelf.found(wanted or "", view.order, descending=view.descending)
        html = self._renderer.html(
            "library",
            entries=entries[: view.shown],
            total=len(entries),
            wanted=wanted or "",
            order=view.order,
            descending=view.descending,
            status=self._site.library.status(),
            may_change=self._site.may_change(request),
        )
        return html, view

    def _sort(self, event: gr.EventData, wanted: str, view: ShelfView, request: gr.Request) -> tuple[str, ShelfView]:
        return self._search(wanted, view.sorted_by(str(sent_with(event).get("column"))), request)

    def _more(self, wanted: str, view: ShelfView, request: gr.Request) -> tuple[str, ShelfView]:
        return self._search(wanted, replace(view, shown=view.shown + _SHOWN_AT_ONCE), request)

    def _read(self, event: gr.EventData) -> str:
        return article_panel(self._site.library, self._renderer, str(sent_with(event).get("article")))

    def _upload_hint(self) -> str:
        settings = self._site.library.settings
        return self._renderer.html(
            "upload",
            files=settings.max_upload_files,
            bytes=int(settings.max_file_megabytes * 1e6),
            megabytes=f"{settings.max_file_megabytes:g}",
            suffixes=", ".join(self._site.shelf.accepted),
        )

    def _add_files(self, files: list[str] | None, request: gr.Request) -> Iterator[str]:
        if not self._site.may_change(request):
            yield self._note(self._renderer.say(words.ONLY_ADMINS))
            return
        paths = [Path(file) for file in files or ()]
        try:
            yield from self._told(lambda: self._site.shelf.add_files(paths), request)
        finally:
            for path in paths:  # the shelf has its own copy
                self._site.uploads.forget(path)

    def _add_address(self, address: str, request: gr.Request) -> Iterator[tuple[Any, str]]:
        if not self._site.may_change(request):
            yield gr.skip(), self._note(self._renderer.say(words.ONLY_ADMINS))
            return
        for told in self._told(lambda: self._site.shelf.add_address((address or "").strip()), request):
            yield gr.skip(), told

    def _told(self, change: Callable[[], Iterable[Change]], request: gr.Request) -> Iterator[str]:
        try:
            for state in change():
                if state.finished:
                    added = "; ".join(state.added)
                    self._site.note("articles added", request, articles=added, failed=len(state.failed))
                yield self._renderer.html("change", change=state, message="", problem=False)
        except HoidapError as error:
            yield self._note(self._renderer.problem(error))

    def _delete(self, event: gr.EventData, request: gr.Request) -> tuple[str, str]:
        if not self._site.may_change(request):
            return self._note(self._renderer.say(words.ONLY_ADMINS)), ""
        try:
            article = str(sent_with(event).get("article"))
            title = self._site.shelf.delete(article)
        except HoidapError as error:
            return self._note(self._renderer.problem(error)), ""
        self._site.note("article deleted", request, article=article, title=title)
        return self._note(self._renderer.say(words.DELETED, title=title), problem=False), ""

    def _note(self, message: str, *, problem: bool = True) -> str:
        return self._renderer.html("change", change=None, message=message, problem=problem)
