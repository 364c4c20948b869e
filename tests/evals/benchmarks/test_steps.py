import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.benchmarks.processes import Figures
from evals.benchmarks.steps import Steps


def test_a_finished_step_is_not_taken_again_by_another_process(tmp_path: Path) -> None:
    taken: list[int] = []

    def take() -> Figures:
        taken.append(1)
        return {"seconds": len(taken)}

    assert Steps(tmp_path).run("load", {"size": 3, "sizes": (1, 2)}, take) == {"seconds": 1}
    assert Steps(tmp_path).run("load", {"size": 3, "sizes": (1, 2)}, take) == {"seconds": 1}
    assert Steps(tmp_path).run("load", {"size": 4, "sizes": (1, 2)}, take) == {"seconds": 2}
    assert Steps(tmp_path).run("other", {"size": 4, "sizes": (1, 2)}, take) == {"seconds": 3}


def test_a_step_that_fails_leaves_those_before_it(tmp_path: Path) -> None:
    steps = Steps(tmp_path)
    steps.run("first", {}, lambda: {"n": 1})

    def fail() -> Figures:
        raise OSError("no space")

    with pytest.raises(OSError, match="no space"):
        steps.run("second", {}, fail)
    assert Steps(tmp_path).run("first", {}, lambda: {"n": 2}) == {"n": 1}
    assert Steps(tmp_path).run("second", {}, lambda: {"n": 3}) == {"n": 3}


@given(st.dictionaries(st.text(), st.integers() | st.text() | st.booleans() | st.none()))
def test_whatever_a_step_depends_on_is_known_again(depends: dict[str, object]) -> None:
    with tempfile.TemporaryDirectory() as name:
        Steps(Path(name)).run("step", depends, lambda: {"n": 1})
        assert Steps(Path(name)).run("step", depends, lambda: {"n": 2}) == {"n": 1}
        assert Steps(Path(name)).run("step", {**depends, "more": 1.5}, lambda: {"n": 2}) == {"n": 2}
