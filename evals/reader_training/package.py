"""Write a training's weights as the update that ships beside the first training's file.

    python -m evals.reader_training.package RUN/reader.safetensors [MORE ...] --base WEIGHTS/reader.safetensors \
        --output WEIGHTS/reader_update.safetensors

Of several files the mean of the weights is taken: points of one run, or of runs that began with the same weights.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

from rag.answering.reading.weights_file import read_tensors, write_update


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m evals.reader_training.package", description=__doc__)
    parser.add_argument("trained", type=Path, nargs="+", help="weights files that training wrote")
    parser.add_argument("--base", type=Path, required=True, help="the file of the first training")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument(
        "--keep", type=float, default=0.0, help="share of the weights that base and output hold now, 0 to 1"
    )
    options = parser.parse_args(arguments)
    old, _ = read_tensors(options.base)
    read = [read_tensors(path) for path in options.trained]
    mean = {name: np.asarray(np.mean([tensors[name] for tensors, _ in read], axis=0), np.float32) for name in old}
    notes = dict(read[0][1])
    if len(read) > 1:
        notes["mean_of"] = str(len(read))
    if options.keep:
        now, _ = read_tensors(options.base, options.output)
        mean = {name: (1 - options.keep) * values + options.keep * now[name] for name, values in mean.items()}
        notes["kept"] = str(options.keep)
    write_update(options.output, old, mean, notes)
    return 0


if __name__ == "__main__":
    sys.exit(main())
