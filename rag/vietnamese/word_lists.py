"""The curated word lists: general Vietnamese, kept as data files that say what they are for."""

import functools
import re
from importlib import resources


@functools.cache
def word_list(name: str) -> tuple[str, ...]:
    """The entries of `rag/vietnamese/data/<name>.txt`, one a line, without comments (`#`) and blank lines.

    Raises:
        FileNotFoundError: There is no such list.
    """
    text = resources.files("rag.vietnamese").joinpath("data", f"{name}.txt").read_text(encoding="utf-8")
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return tuple(line for line in lines if line)


@functools.cache
def any_of(*names: str) -> str:
    """A regular expression for any entry of some lists, the longest first, as one group that does not capture."""
    entries = {entry for name in names for entry in word_list(name)}
    return f"(?:{'|'.join(re.escape(entry) for entry in sorted(entries, key=len, reverse=True))})"
