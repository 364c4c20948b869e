"""Train the reader.

    python -m evals.reader_training.train --data-dir DATA --model-dir E5 --output RUN --minutes 60 --seed 0

The output folder gets `checkpoint.pt` (all that `--resume` needs) and `reader.safetensors` (what ships).
A run that gets SIGTERM writes both and stops; `--resume` with other `--minutes` stretches or shortens what is left.
"""

import argparse
import logging
import signal
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from evals.reader_training.clock import TrainingClock
from evals.reader_training.data import load_dataset
from evals.reader_training.mining import PROPOSED_FILE, STATED_FILE, Proposal, read_proposals, stated_examples
from evals.reader_training.mixture import NO_TARGET, POLAR, STATED, WEIGHTS, Mixture, TrainingItem
from evals.reader_training.real_questions import PART as REAL
from evals.reader_training.real_questions import real_examples
from evals.reader_training.span_model import SpanModel, make_batch
from evals.reader_training.written import written_examples
from rag.answering.reading.encoding import PairEncoder
from rag.answering.reading.span_network import VERDICTS
from rag.network.trunk import read_tokenizer

BODY_LEARNING_RATE = 1.5e-4
HEAD_LEARNING_RATE = 1e-3
WEIGHT_DECAY = 0.01
WARM_UP_STEPS = 40
CLIP_NORM = 1.0
CHECKPOINT_SECONDS = 600.0
LOG_STEPS = 25
_SMOOTHING = 0.98

log = logging.getLogger("training")


@dataclass
class Progress:
    """Where a run stands; all of it is in the checkpoint."""

    step: int = 0
    examples: int = 0
    chunk: int = 0
    batch: int = 0
    used_seconds: float = 0.0
    loss: float = 0.0


class Training:
    """One run.

    Args:
        mixture: The stream of batches.
        reader: The model, on its device.
        output: Folder for the checkpoint and the weights.
        budget_seconds: Training time of the whole run, resumed parts included; the learning rate falls to zero over it.
        bf16: Compute in bfloat16 where torch's autocast allows; weights and optimizer stay float32.
        rate: Of the usual learning rates; less than 1 where a trained reader is to learn a little more.
    """

    def __init__(
        self,
        mixture: Mixture,
        reader: SpanModel,
        output: Path,
        budget_seconds: float,
        *,
        bf16: bool,
        rate: float = 1.0,
    ) -> None:
        self.mixture = mixture
        self.reader = reader
        self.output = output
        self.budget_seconds = budget_seconds
        self.bf16 = bf16
        self.rate = rate
        self.device = reader.head.weight.device
        self.progress = Progress()
        self.stop_asked = False
        trained = reader.own_tensors()
        groups: dict[float, list[Tensor]] = defaultdict(list)
        for name, tensor in trained.items():
            groups[_peak_learning_rate(name)].append(tensor)
        parameters = [{"params": tensors, "peak": peak} for peak, tensors in groups.items()]
        self.optimizer = torch.optim.AdamW(parameters, lr=BODY_LEARNING_RATE, weight_decay=WEIGHT_DECAY, fused=True)

    @property
    def checkpoint_path(self) -> Path:
        """The file that `--resume` reads."""
        return self.output / "checkpoint.pt"

    def run(self) -> None:
        """Train until the budget is used or a stop is asked for, then write the checkpoint and the weights."""
        self.reader.train()
        clock = TrainingClock(self.device, self.progress.used_seconds)
        saved_at = clock.used_seconds
        for batch in self._batches():
            loss = self._step(batch)
            state = self.progress
            state.used_seconds = clock.tick()
            state.step += 1
            state.examples += len(batch)
            state.loss = loss if state.step == 1 else _SMOOTHING * state.loss + (1 - _SMOOTHING) * loss
            if state.step % LOG_STEPS == 0:
                self._report()
            if self.stop_asked or state.used_seconds >= self.budget_seconds:
                break
            if state.used_seconds - saved_at >= CHECKPOINT_SECONDS:
                saved_at = state.used_seconds
                self.save()
        self._report()
        self.save()

    def _batches(self) -> Iterator[list[TrainingItem]]:
        while True:
            batches = self.mixture.batches(self.progress.chunk)
            while self.progress.batch < len(batches):
                batch = batches[self.progress.batch]
                self.progress.batch += 1
                yield batch
            self.progress.chunk += 1
            self.progress.batch = 0

    def _step(self, items: list[TrainingItem]) -> float:
        """Learn from one batch; return its loss."""
        warm = min(1.0, (self.progress.step + 1) / WARM_UP_STEPS)
        left = max(0.0, 1.0 - self.progress.used_seconds / self.budget_seconds)
        for group in self.optimizer.param_groups:
            group["lr"] = group["peak"] * self.rate * warm * left
        batch = make_batch([item.window for item in items]).to(self.device)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.bf16):
            said = self.reader(batch)
        spans = self._loss(said.starts, [item.start for item in items])
        spans = (spans + self._loss(said.ends, [item.end for item in items])) / 2
        verdicts = self._loss(said.judgements[:, : len(VERDICTS)], [item.verdict for item in items])
        supports = self._loss(said.judgements[:, len(VERDICTS) :], [item.support for item in items])
        loss: Tensor = (spans + verdicts + supports) / len(items)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.reader.own_tensors().values(), CLIP_NORM)
        self.optimizer.step()
        self.optimizer.zero_grad()
        return float(loss.detach())

    def _loss(self, logits: Tensor, targets: list[int]) -> Tensor:
        """The summed cross-entropy of those that have a target."""
        return cross_entropy(logits, torch.tensor(targets, device=self.device), ignore_index=NO_TARGET, reduction="sum")

    def _report(self) -> None:
        state = self.progress
        log.info(
            "step %d | %.1f of %.1f min (%.0f %%) | %d examples, %.1f/s | loss %.3f",
            state.step,
            state.used_seconds / 60,
            self.budget_seconds / 60,
            100 * min(1.0, state.used_seconds / self.budget_seconds),
            state.examples,
            state.examples / max(state.used_seconds, 1e-9),
            state.loss,
        )

    def save(self) -> None:
        """Write the checkpoint and the weights; a crash half-way leaves the files of the save before.

        Raises:
            OSError: The output folder cannot be written.
        """
        self.output.mkdir(parents=True, exist_ok=True)
        content = {
            "trained": {name: tensor.detach() for name, tensor in self.reader.own_tensors().items()},
            "optimizer": self.optimizer.state_dict(),
            "progress": vars(self.progress),
            "random": torch.get_rng_state(),
            "cuda_random": torch.cuda.get_rng_state_all() if self.device.type == "cuda" else [],
        }
        unfinished = self.checkpoint_path.with_suffix(".unfinished")
        torch.save(content, unfinished)
        unfinished.replace(self.checkpoint_path)
        notes = {
            "trained_minutes": f"{self.progress.used_seconds / 60:.1f}",
            "trained_examples": str(self.progress.examples),
            "mixture": " ".join(f"{part}={weight}" for part, weight in self.mixture.weights.items()),
        }
        self.reader.save_weights(self.output / "reader.safetensors", notes)
        log.info("saved %s at step %d", self.output, self.progress.step)

    def resume(self) -> None:
        """Go on from the checkpoint: weights, optimizer, random state and place in the data.

        Raises:
            FileNotFoundError: There is no checkpoint in the output folder.
        """
        content: dict[str, Any] = torch.load(self.checkpoint_path, map_location="cpu", weights_only=True)
        with torch.no_grad():
            for name, tensor in self.reader.own_tensors().items():
                tensor.copy_(content["trained"][name])
        self.optimizer.load_state_dict(content["optimizer"])
        self.progress = Progress(**content["progress"])
        torch.set_rng_state(content["random"])
        if self.device.type == "cuda" and content["cuda_random"]:
            torch.cuda.set_rng_state_all(content["cuda_random"])


def _peak_learning_rate(name: str) -> float:
    return HEAD_LEARNING_RATE if name.startswith(("head.", "judge.")) else BODY_LEARNING_RATE


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return its exit code (0 = budget used, 3 = stopped early by SIGTERM)."""
    parser = argparse.ArgumentParser(prog="python -m evals.reader_training.train", description=__doc__)
    parser.add_argument(
        "--data-dir",
        type=Path,
        required=True,
        help="holds squad/ and reader/, and people/ and real/ if they are to be learned from",
    )
    parser.add_argument("--more", type=Path, help="a folder of further SQuAD files, NAME.LANGUAGE.json")
    parser.add_argument(
        "--model-dir", type=Path, required=True, help="multilingual-e5-small as unpacked by rag.bundled_e5"
    )
    parser.add_argument("--output", type=Path, required=True, help="folder for checkpoint.pt and reader.safetensors")
    parser.add_argument("--minutes", type=float, required=True, help="training time; pauses do not count")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoint in --output")
    parser.add_argument("--mined", type=Path, help="the output of evals.reader_training.mining")
    parser.add_argument("--start-from", type=Path, help="weights to begin with, not the base model's")
    parser.add_argument(
        "--leave-out", nargs="*", default=[], choices=sorted(WEIGHTS), help="parts of the mixture to do without"
    )
    parser.add_argument("--rate", type=float, default=1.0, help="share of the usual learning rates")
    parser.add_argument("--bf16", action="store_true", help="compute in bfloat16 (for GPUs, and CPUs with AVX512-BF16)")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")

    torch.manual_seed(options.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    encoder = PairEncoder(read_tokenizer(options.model_dir))
    training_data = load_dataset(options.data_dir, options.more).training
    training_data.update(written_examples())
    if (options.data_dir / "real").is_dir():
        ours = real_examples(options.data_dir, held_back=False)
        training_data[REAL] = [example for example in ours if example.verdict is None]
        training_data[POLAR] = [example for example in ours if example.verdict is not None]
    proposals: list[Proposal] = []
    if options.mined:
        training_data[STATED] = stated_examples(options.mined / STATED_FILE)
        proposals = read_proposals(options.mined / PROPOSED_FILE)
    mixture = Mixture(training_data, encoder, options.seed, proposals=proposals, leave_out=options.leave_out)
    log.info("examples: %s", {part: len(examples) for part, examples in mixture.parts.items()})
    reader = SpanModel.for_training(options.model_dir).to(device)
    if options.start_from:
        reader.load_weights(options.start_from)
    training = Training(mixture, reader, options.output, options.minutes * 60, bf16=options.bf16, rate=options.rate)
    if options.resume:
        training.resume()
        log.info("resumed at step %d", training.progress.step)

    def ask_to_stop(_signal: int, _frame: FrameType | None) -> None:
        training.stop_asked = True

    signal.signal(signal.SIGTERM, ask_to_stop)
    training.run()
    return 3 if training.stop_asked else 0


if __name__ == "__main__":
    sys.exit(main())
