"""What a script of the page sends with an event."""

from collections.abc import Mapping
from typing import Any

import gradio as gr


def sent_with(event: gr.EventData) -> Mapping[str, Any]:
    """The values by their names; none where something else was sent, which no script of ours does."""
    sent = event._data  # noqa: SLF001 - where Gradio keeps it
    return sent if isinstance(sent, dict) else {}
