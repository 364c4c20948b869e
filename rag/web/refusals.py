"""Requests that are refused before they reach the page: said politely, in the language of the page."""

from starlette.responses import JSONResponse, Response
from starlette.types import Scope

from rag.web.words import Language, Text


def language_of(scope: Scope) -> Language:
    """The language of the page that a request belongs to."""
    path = str(scope.get("path", ""))
    return "en" if path == "/en" or path.startswith("/en/") else "vi"


def refusal(scope: Scope, problem: Text, status: int, **headers: str) -> Response:
    """A reply that says why nothing is done. Names of `headers` are given with `_` for `-`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return JSONResponse({"detail": problem(language_of(scope))}, status, headers=named)
