"""Measure a reader.

    python -m evals.reader_training.evaluate --data-dir DATA --model-dir E5 --weights RUN/reader.safetensors

The passage is given; retrieval plays no part. Sets: the held-back half of UIT-ViQuAD, the held-back XQuAD-vi articles,
the held-back ViNewsQA articles, the single-span questions of our own dev set, and each of them typed without accents.
"""

import argparse
import json
import logging
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score

from evals.overlap import Normaliser, exact_match, mlqa_normal_form, squad_normal_form, token_f1
from evals.reader_training.evaluation_sets import Item, gold_items, held_back_items
from evals.reader_training.text import fold, match_key, sentence_spans
from rag.answering.reading.encoding import PairEncoder
from rag.answering.reading.span_network import SpanNetwork
from rag.answering.reading.span_reader import Span, SpanReader
from rag.network.trunk import Trunk

_CANDIDATES = 5

log = logging.getLogger("training")


@dataclass(frozen=True)
class Figures:
    """Results on one set: shares and F1 are 0..1, `seconds` is the mean time for one passage.

    `sentence` counts the answers whose sentence holds a gold answer; `oracle_f1` is the best F1 among five candidates.
    `auroc` compares the best score on the right passage with that on a similar wrong one, `paired` how often the right
    one of the two wins.
    """

    n: int
    em: float
    f1: float
    f1_mlqa: float
    oracle_f1: float
    sentence: float
    auroc: float
    paired: float
    n_wrong: int
    seconds: float
    f1_by_kind: dict[str, tuple[int, float]] = field(default_factory=dict)


def measure(reader: SpanReader, items: Sequence[Item]) -> Figures:
    """Read every item's right and wrong passage and sum up."""
    exact, overlap, overlap_mlqa, oracle, sentences = [], [], [], [], []
    right_scores: list[float] = []
    wrong_scores: list[float] = []
    pairs_won: list[float] = []
    by_kind: dict[str, list[float]] = {}
    passages_read = 0
    began = time.perf_counter()
    for item in items:
        passages = [item.passage, item.wrong_passage] if item.wrong_passage else [item.passage]
        found = [reading.best(_CANDIDATES) for reading in reader.read(item.question, passages)]
        passages_read += len(passages)
        texts = [item.passage[span.start : span.end] for span in found[0]] or [""]
        exact.append(max(exact_match(gold, texts[0], squad_normal_form) for gold in item.golds))
        overlap.append(_best_f1(item, texts[:1], squad_normal_form))
        overlap_mlqa.append(_best_f1(item, texts[:1], mlqa_normal_form))
        oracle.append(_best_f1(item, texts, squad_normal_form))
        sentences.append(_sentence_holds(item, found[0]))
        by_kind.setdefault(item.kind, []).append(overlap[-1])
        right_scores.append(_best(found[0]))
        if item.wrong_passage:
            wrong_scores.append(_best(found[1]))
            pairs_won.append(float(right_scores[-1] > wrong_scores[-1]))
    seconds = time.perf_counter() - began
    kinds = {kind: (len(values), _mean(values)) for kind, values in sorted(by_kind.items()) if kind}
    return Figures(
        n=len(items),
        em=_mean(exact),
        f1=_mean(overlap),
        f1_mlqa=_mean(overlap_mlqa),
        oracle_f1=_mean(oracle),
        sentence=_mean(sentences),
        auroc=_auroc(right_scores, wrong_scores),
        paired=_mean(pairs_won),
        n_wrong=len(wrong_scores),
        seconds=seconds / max(passages_read, 1),
        f1_by_kind=kinds,
    )


def _best_f1(item: Item, texts: Sequence[str], normal_form: Normaliser) -> float:
    return max(token_f1(gold, text, normal_form) for gold in item.golds for text in texts)


def _auroc(right: Sequence[float], wrong: Sequence[float]) -> float:
    if not right or not wrong:
        return float("nan")
    return float(roc_auc_score([1] * len(right) + [0] * len(wrong), np.nan_to_num([*right, *wrong], neginf=-1e4)))


def _best(spans: list[Span]) -> float:
    return spans[0].score if spans else float("-inf")


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), 4) if values else 0.0


def _sentence_holds(item: Item, spans: list[Span]) -> float:
    if not spans:
        return 0.0
    touched = [pair for pair in sentence_spans(item.passage) if pair[0] < spans[0].end and pair[1] > spans[0].start]
    key = match_key(" ".join(item.passage[start:end] for start, end in touched))
    return float(any(match_key(gold) in key for gold in item.golds))


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m evals.reader_training.evaluate", description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--model-dir", type=Path, required=True)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--limit", type=int, default=0, help="questions a set, the same every time (0 = all)")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    parser.add_argument("--skip-unaccented", action="store_true")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(message)s")

    trunk = Trunk(options.model_dir)
    network = SpanNetwork(trunk, options.weights)
    metadata = network.notes
    reader = SpanReader(network, PairEncoder(trunk.tokenizer))
    log.info("%s: %s minutes, %s examples", options.weights, metadata["trained_minutes"], metadata["trained_examples"])
    sets = {**held_back_items(options.data_dir, options.limit), "gold-dev": gold_items(options.data_dir, options.limit)}
    results: dict[str, Figures] = {}
    for name, items in sets.items():
        variants = {name: items}
        if not options.skip_unaccented:
            variants[f"{name}, unaccented"] = [replace(item, question=fold(item.question)) for item in items]
        for label, variant in variants.items():
            results[label] = measure(reader, variant)
            log.info("%s: %s", label, results[label])
    if options.json:
        content = {"weights": metadata, "figures": {name: asdict(figures) for name, figures in results.items()}}
        options.json.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
