"""`hoidap ask` with a clock around its stages: `python -m evals.benchmarks.cold_ask OUT.json QUESTION --data DIR`.

The command itself runs, as the command line runs it; the classes that it uses are imported a moment before, so that
imports can be told from opening, loading and answering. Used by `evals.benchmarks.startup`.
"""

import time

_ENTERED = time.perf_counter()

import contextlib  # noqa: E402 - the clock runs before anything else is imported
import json  # noqa: E402
import sys  # noqa: E402
from collections.abc import Callable, Iterator  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402


@contextlib.contextmanager
def _timed(owner: type, method: str, spent: dict[str, float], stage: str) -> Iterator[None]:
    """Add the seconds of every call of a class's method to a stage."""
    original: Callable[..., Any] = getattr(owner, method)

    def timed(*arguments: object, **named: object) -> object:
        started = time.perf_counter()
        try:
            return original(*arguments, **named)
        finally:
            spent[stage] = spent.get(stage, 0.0) + time.perf_counter() - started

    setattr(owner, method, timed)
    try:
        yield
    finally:
        setattr(owner, method, original)


def main() -> None:
    """Run the command and write the seconds of each stage, those of the interpreter's start left out."""
    out, arguments = Path(sys.argv[1]), sys.argv[2:]
    from rag.cli import main as hoidap  # noqa: PLC0415 - imports are what is timed
    from rag.settings import silence_telemetry  # noqa: PLC0415

    silence_telemetry()
    from rag.chat import Chatbot  # noqa: PLC0415
    from rag.store.library import Library  # noqa: PLC0415

    spent = {"import": time.perf_counter() - _ENTERED}
    started = time.perf_counter()
    with contextlib.ExitStack() as watching:
        watching.enter_context(_timed(Library, "__init__", spent, "open the library"))
        watching.enter_context(_timed(Library, "require_same_model", spent, "load the embedding model"))
        watching.enter_context(_timed(Chatbot, "ask", spent, "answer, the reader loaded"))
        with contextlib.suppress(SystemExit):
            hoidap(["ask", *arguments])
    spent["rest"] = time.perf_counter() - started - sum(spent.values()) + spent["import"]
    out.write_text(json.dumps(spent), encoding="utf-8")


if __name__ == "__main__":
    main()
