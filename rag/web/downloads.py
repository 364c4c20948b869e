"""What the site hands out as files: feedback as evaluation questions, and the reports of evaluation runs."""

import json

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response

from rag.feedback import evaluation_cases
from rag.web import words
from rag.web.runs import report_of
from rag.web.site import Site
from rag.web.visitors import user_of


def add_downloads(app: FastAPI, site: Site) -> None:
    """Add the routes `/feedback.jsonl` and `/evaluations/<run>/report.html`.

    Args:
        app: The site; nothing is mounted on its root yet.
        site: Where feedback and runs are.
    """

    @app.get("/feedback.jsonl")
    def feedback(request: Request) -> Response:
        if site.accounts is not None and not site.accounts.is_admin(user_of(request.scope)):
            return PlainTextResponse(words.ONLY_ADMINS("vi"), 403)
        cases, _ = evaluation_cases(site.feedback.entries(), site.body_of)
        lines = "".join(f"{json.dumps(case, ensure_ascii=False)}\n" for case in cases)
        site.journal.note("votes exported", request.scope, cases=len(cases))
        disposition = {"Content-Disposition": 'attachment; filename="feedback.jsonl"'}
        return Response(lines, media_type="application/jsonl; charset=utf-8", headers=disposition)

    @app.get("/evaluations/{run}/report.html")
    def report(run: str) -> Response:
        path = report_of(site.library.settings.data_dir, run)
        if path is None:
            return PlainTextResponse(words.RUNS_NONE("vi"), 404)
        return HTMLResponse(path.read_text(encoding="utf-8"))
