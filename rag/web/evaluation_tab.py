"""The evaluation tab: how good the answers are, where they fail, and what users say."""

import gradio as gr

from rag.feedback import evaluation_cases
from rag.web.events import sent_with
from rag.web.rendering import Renderer, asset
from rag.web.runs import evaluation_runs
from rag.web.site import Site


class EvaluationTab:
    """The evaluation runs of one site, in one language. Made inside a `gr.Blocks` context.

    Args:
        site: What is shown.
        renderer: Words and templates of the page's language.
    """

    def __init__(self, site: Site, renderer: Renderer) -> None:
        self._site, self._renderer = site, renderer
        self.runs = gr.HTML("", apply_default_css=False, elem_id="evaluation", js_on_load=asset("evaluation.js"))
        self.runs.choose(self._choose, None, self.runs, show_progress="hidden", queue=False, api_visibility="private")

    def show(self, request: gr.Request) -> str:
        """The runs as they are now, the newest opened."""
        return self._shown("", request)

    def _choose(self, event: gr.EventData, request: gr.Request) -> str:
        return self._shown(str(sent_with(event).get("run")), request)

    def _shown(self, name: str, request: gr.Request) -> str:
        runs = evaluation_runs(self._site.library.settings.data_dir)
        chosen = next((run for run in runs if run.name == name), runs[0] if runs else None)
        feedback = self._feedback() if self._site.may_change(request) else None
        return self._renderer.html("evaluation", runs=runs, chosen=chosen, feedback=feedback)

    def _feedback(self) -> dict[str, int] | None:
        counts = self._site.feedback.counts()
        if not any(counts.values()):
            return None
        cases, left = evaluation_cases(self._site.feedback.entries(), self._site.body_of)
        return {**counts, "cases": len(cases), "left": len(left)}
