"""What the tests of the command line share by import: how a command ended."""

from collections.abc import Callable
from typing import NamedTuple


class Outcome(NamedTuple):
    """How a command ended.

    Attributes:
        code: Its exit code.
        output: What it printed.
        errors: What it told beside that, with every run of white space as one space.
    """

    code: int
    output: str
    errors: str


Run = Callable[..., Outcome]
