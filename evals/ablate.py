"""What each rule is worth: its feature or signal is left out, and what is fitted anew is measured on all sets.

    python -m evals.fit --data ../shared/data --keep FOLDER
    python -m evals.ablate --keep FOLDER

Reads what the fits have observed. Every figure is held out by article. A difference of less than a point is noise.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray
from rich.table import Table

from evals.environment import output_console
from evals.fit import held_out_choices, held_out_confidence, kept_choices, kept_observations
from evals.observing import Choice, Observation

_GROUPS = ("answerable", "impossible", "hidden")


@click.command()
@click.option("--keep", "kept", type=Path, required=True, help="Folder that the fits have left their observations in.")
def main(kept: Path) -> None:
    """Print what the answers lose without each feature of the ranking and each signal of the confidence."""
    console = output_console()
    names, choices = kept_choices(kept)
    console.print(_ranking_table(names, choices))
    console.print(_confidence_table(kept_observations(kept)))


def _ranking_table(names: Sequence[str], choices: Sequence[Choice]) -> Table:
    """How right the first candidate is, mean over each set, without each feature."""
    sets = list(dict.fromkeys(choice.dataset for choice in choices))
    table = Table(title="Xếp hạng: điểm của ứng viên đầu, khác đi khi bỏ từng đặc trưng (điểm phần trăm)")
    for column in ("bỏ", *sets, "mọi bộ"):
        table.add_column(column, justify="left" if column == "bỏ" else "right")
    whole = _by_set(sets, choices, held_out_choices(names, choices))
    table.add_row("–", *(f"{100 * value:.1f}" for value in whole))
    for left_out, name in enumerate(names):
        fewer = [replace(choice, features=np.delete(choice.features, left_out, axis=1)) for choice in choices]
        rest = [other for other in names if other != name]
        changed = _by_set(sets, choices, held_out_choices(rest, fewer))
        table.add_row(name, *(f"{100 * (after - before):+.1f}" for before, after in zip(whole, changed, strict=True)))
    return table


def _by_set(sets: Sequence[str], choices: Sequence[Choice], ratings: NDArray[np.float64]) -> list[float]:
    """The mean of each set, and of the sets."""
    names = np.array([choice.dataset for choice in choices])
    means = [float(ratings[names == name].mean()) for name in sets]
    return [*means, float(np.mean(means))]


def _confidence_table(observations: Sequence[Observation]) -> Table:
    """What is refused of each kind, at the same share of the answerable, without each signal."""
    table = Table(title="Độ tin cậy: bị từ chối khi bỏ từng tín hiệu (%)")
    for column in ("bỏ", *_GROUPS, "đúng × trả lời"):
        table.add_column(column, justify="left" if column == "bỏ" else "right")
    names = list(observations[0].signals.as_dict())
    for name in ("", *names):
        kept = [one for one in names if one != name]
        figures, _ = held_out_confidence(observations, kept)
        shares = [_mean(figures, group, "refused") for group in _GROUPS]
        shares.append(_mean(figures, "answerable", "rating"))
        table.add_row(name or "–", *(f"{100 * share:.1f}" for share in shares))
    return table


def _mean(figures: dict[str, dict[str, float]], group: str, figure: str) -> float:
    rows = [one for name, one in figures.items() if name.endswith(group)]
    return float(np.average([one[figure] for one in rows], weights=[one["n"] for one in rows]))


if __name__ == "__main__":
    main()
