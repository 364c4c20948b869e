"""The sessions of open pages, without the copies of all that was shown, which Gradio keeps for links to a session."""

import datetime

import gradio as gr
from fastapi import FastAPI
from gradio.routes import App
from gradio.state_holder import SessionState, StateHolder
from starlette.routing import Mount


class _LeanSession(SessionState):
    """A session that holds its states and changed components alone: half a megabyte less after a few answers."""

    def __init__(self, blocks: gr.Blocks) -> None:
        super().__init__(blocks)
        self.config_values = {}

    def __setitem__(self, key: int, value: object) -> None:
        super().__setitem__(key, value)
        self.config_values.clear()

    def _update_config(self, key: int) -> None:
        """Keep no copy of a component."""

    def _update_value_in_config(self, key: int, value: object) -> None:
        """Keep no copy of what is shown."""


class _LeanSessions(StateHolder):
    """Sessions by their names; the one longest unused goes first."""

    def __getitem__(self, session_id: str) -> SessionState:
        with self.lock:
            if session_id not in self.session_data:
                self.session_data[session_id] = _LeanSession(self.blocks)
        self.update(session_id)
        self.time_last_used[session_id] = datetime.datetime.now()  # noqa: DTZ005 - as Gradio has it
        return self.session_data[session_id]


def keep_little(site: FastAPI, page: gr.Blocks) -> None:
    """Let the page that was mounted last keep lean sessions.

    Args:
        site: Where it is mounted; it has served nobody yet.
        page: The page.
    """
    mounted = site.routes[-1]
    assert isinstance(mounted, Mount)  # noqa: S101 - `mount_gradio_app` ends with it
    assert isinstance(mounted.app, App)  # noqa: S101
    mounted.app.state_holder = _LeanSessions()  # type: ignore[no-untyped-call]
    mounted.app.state_holder.set_blocks(page)
