"""Average the weights of runs of one start: `python -m evals.reader_training.average --output OUT RUN_A RUN_B`.

Runs of equal start that saw other draws of the mixture lie in one valley, and their mean reads better than either.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

from rag.answering.reading.span_network import BASE_SAMPLE_NAME
from rag.answering.reading.weights_file import read_tensors, write_tensors


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m evals.reader_training.average", description=__doc__)
    parser.add_argument("runs", nargs="+", type=Path, help="reader.safetensors files")
    parser.add_argument("--shares", nargs="*", type=float, help="how much each counts; equal if left out")
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args(arguments)
    shares = options.shares or [1.0] * len(options.runs)
    if len(shares) != len(options.runs):
        parser.error(f"{len(shares)} shares for {len(options.runs)} runs; give one each or none")
    read = [read_tensors(run) for run in options.runs]
    total = sum(shares)
    first, notes = read[0]
    mean = {
        name: np.sum([share / total * tensors[name] for share, (tensors, _) in zip(shares, read, strict=True)], axis=0)
        for name in first
    }
    mean[BASE_SAMPLE_NAME] = first[BASE_SAMPLE_NAME]
    write_tensors(options.output, mean, {**notes, "averaged": str(len(read))})
    return 0


if __name__ == "__main__":
    sys.exit(main())
