"""What test modules share by import: where the repository is, and the types of the fixtures that make things."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from rag.store.library import Library

ROOT = Path(__file__).parent.parent

OpenLibrary = Callable[..., AbstractContextManager[Library]]
Write = Callable[..., Path]
