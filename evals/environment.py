"""What a figure was measured with: versions, machine, date, command. Printed under every table."""

import hashlib
import os
import platform
import shlex
import sys
from collections.abc import Mapping
from datetime import datetime
from importlib import metadata
from pathlib import Path

from rich.console import Console

import rag
from rag import __version__
from rag.embedding import EmbeddingFingerprint

# What the rankings and their times depend on.
_DISTRIBUTIONS = (
    "chromadb",
    "tantivy",
    "sentence-transformers",
    "torch",
    "onnxruntime",
    "langchain-core",
    "langchain-chroma",
    "langchain-classic",
    "langchain-community",
    "rank-bm25",
    "langchain-text-splitters",
    "ir-measures",
    "scipy",
    "numpy",
)
_PACKAGE = Path(rag.__file__).parent
_TABLE_WIDTH = 190  # columns, where the output is no terminal
_CPU_FILE = Path("/proc/cpuinfo")


def environment(fingerprint: EmbeddingFingerprint) -> dict[str, object]:
    """Date, command, machine, embedding model, program and versions, ready for JSON.

    Args:
        fingerprint: Of the embedding model that was used.
    """
    return {
        "date": date_and_time(),
        "command": command_line(),
        "machine": machine(),
        "embedding": {
            "model": fingerprint.model,
            "revision": fingerprint.revision,
            "dimension": fingerprint.dimension,
            "query_prefix": fingerprint.query_prefix,
            "passage_prefix": fingerprint.passage_prefix,
        },
        "program": program_digest(),
        "versions": versions(),
    }


def date_and_time() -> str:
    """This moment, to the second, with its time zone."""
    return datetime.now().astimezone().isoformat(timespec="seconds")


def program_digest() -> str:
    """Short SHA-256 over every file of the package `rag`, weights and word lists too: what was measured."""
    digest = hashlib.sha256()
    for file in sorted(_PACKAGE.rglob("*")):
        if file.is_file() and file.suffix != ".pyc":
            digest.update(str(file.relative_to(_PACKAGE)).encode())
            digest.update(file_digest(file).encode())
    return digest.hexdigest()[:16]


def output_console() -> Console:
    """Where tables are printed: as wide as the terminal, wide enough for any table where there is none."""
    console = Console()
    return console if console.is_terminal else Console(width=_TABLE_WIDTH)


def command_line() -> str:
    """The command as it can be typed again: `python -m evals.retrieval ...`."""
    specification = getattr(sys.modules["__main__"], "__spec__", None)
    # Where the program lies is nobody's business: a report travels.
    program = ["python", "-m", specification.name] if specification is not None else [Path(sys.argv[0]).name]
    return shlex.join([*program, *sys.argv[1:]])


def machine() -> dict[str, object]:
    """CPU model, cores this process may use, load average over the last minute, system."""
    affinity = getattr(os, "sched_getaffinity", None)  # not on macOS
    return {
        "cpu": _cpu_model(),
        "cores": len(affinity(0)) if affinity is not None else os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        "system": platform.platform(),
    }


def versions() -> Mapping[str, str]:
    """Versions of this project, of Python, and of each library that matters and is installed."""
    found = {"hoidap": __version__, "python": platform.python_version()}
    for name in _DISTRIBUTIONS:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def file_digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal.

    Raises:
        OSError: The file cannot be read.
    """
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _cpu_model() -> str:
    try:
        lines = _CPU_FILE.read_text(encoding="utf-8").splitlines()
    except OSError:  # no such file outside Linux
        return platform.processor() or platform.machine()
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.machine()
