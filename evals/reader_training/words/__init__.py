"""General Vietnamese word lists, one entry a line; lines that start with `#` are comments."""

from functools import cache
from importlib import resources


@cache
def word_list(name: str) -> tuple[str, ...]:
    """Return the entries of `<name>.txt` in file order.

    Raises:
        FileNotFoundError: There is no such list.
    """
    text = resources.files(__name__).joinpath(f"{name}.txt").read_text(encoding="utf-8")
    lines = (line.strip() for line in text.splitlines())
    return tuple(line for line in lines if line and not line.startswith("#"))
