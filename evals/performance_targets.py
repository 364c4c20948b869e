"""What has to be reached, from the figures of the benchmarks: each target with its figure, met or not."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

from evals.benchmarks.libraries import OURS, TUTORIAL
from evals.benchmarks.many_articles import EVERYTHING, ONE_PERCENT

LARGE = 100_000  # passages of the library that targets speak of
_INDEXING, _SEARCH_SHARE, _SEARCH_MS = 1.5, 0.2, 60.0
_ANSWER_SMALL_MS, _ANSWER_LARGE_MS = 300.0, 350.0
_MEMORY_MB, _CHANGED_SHARE, _COLD_SECONDS = 2500.0, 0.02, 8.0
_USERS, _USERS_SECONDS = 16, 4.0
_COSINE = 0.999

Results = Mapping[str, Mapping[str, Any]]  # figures by benchmark


@dataclass(frozen=True, slots=True)
class Target:
    """One target.

    Attributes:
        name: What is asked for, with its limit.
        figure: What was measured; empty where it was not.
        met: None where it was not measured.
    """

    name: str
    figure: str = ""
    met: bool | None = None

    @property
    def verdict(self) -> str:
        """In words."""
        return "not measured" if self.met is None else "met" if self.met else "**not met**"


def targets(results: Results) -> list[Target]:
    """Every target, in the order of the page.

    Args:
        results: Figures by benchmark; those that were not run are missing.
    """
    return [
        *_indexing(results),
        *_search(results),
        *_answers(results),
        _memory(results),
        *_changed(results),
        *_cold(results),
        _users(results),
        _cosine(results),
    ]


def _indexing(results: Results) -> Iterator[Target]:
    name = f"indexing at least {_INDEXING} times the tutorial's passages/s, at equal or better R@1"
    if "tutorial" not in results:
        yield Target(name)
        return
    figures = results["tutorial"]
    run, retrieval = figures["indexing"][-1], figures["retrieval"]
    ours, theirs = (run[side]["passages"] / run[side]["seconds"] for side in (OURS, TUTORIAL))
    our_recall, their_recall = (retrieval[side]["R@1"]["mean"] for side in (OURS, TUTORIAL))
    characters = run[TUTORIAL]["seconds"] / run[OURS]["seconds"]
    yield Target(
        name,
        f"{ours / theirs:.2f} times ({ours:.1f} against {theirs:.1f} passages/s), R@1 {our_recall:.3f} against "
        f"{their_recall:.3f}; passages differ in length: in characters/s it is {characters:.2f} times",
        ours >= _INDEXING * theirs and our_recall >= their_recall,
    )


def _search(results: Results) -> Iterator[Target]:
    share = f"question → top 10 at {LARGE:,} passages, at most 1/5 of the tutorial's time"
    absolute = f"question → top 10 at {LARGE:,} passages, median at most {_SEARCH_MS:.0f} ms"
    at = _of_size(results.get("tutorial", {}).get("search", ()))
    if at is None:
        yield Target(share)
    else:
        ours, theirs = at[OURS]["p50"], at[TUTORIAL]["p50"]
        figure = f"1/{theirs / ours:.1f} ({ours:.0f} ms, n = {at[OURS]['n']}, against {theirs:,.0f} ms"
        yield Target(share, f"{figure}, n = {at[TUTORIAL]['n']})", ours <= _SEARCH_SHARE * theirs)
    library = _of_size(results.get("search_latency", {}).get("libraries", ()))
    medians = {"beside the tutorial": at[OURS]["p50"]} if at is not None else {}
    medians |= {"alone, by stages": library["times"]["total"][0]} if library is not None else {}
    if medians:
        shown = ", ".join(f"{one:.0f} ms {run}" for run, one in medians.items())
        yield Target(absolute, shown, max(medians.values()) <= _SEARCH_MS)
    else:
        yield Target(absolute)


def _answers(results: Results) -> Iterator[Target]:
    libraries = results.get("answer_latency", {}).get("libraries", ())
    small = next((one for one in libraries if one["passages"] != LARGE), None)
    for at, where, limit in (
        (small, "at the corpus's 35 articles", _ANSWER_SMALL_MS),
        (_of_size(libraries), f"at {LARGE:,} passages", _ANSWER_LARGE_MS),
    ):
        name = f"warm answer {where}, median at most {limit:.0f} ms"
        if at is None:
            yield Target(name)
        else:
            figure = f"{at['p50']:.0f} ms (p95 {at['p95']:.0f} ms, n = {at['n']})"
            yield Target(name, figure, at["p50"] <= limit)


def _memory(results: Results) -> Target:
    name = f"peak memory at {LARGE:,} passages at most {_MEMORY_MB / 1000:.1f} GB"
    peaks = {}
    started = _of_size(results.get("startup", {}).get("libraries", ()))
    if started is not None:
        peaks["hoidap ask"] = started["ask"]["peak_megabytes"]
        peaks |= {"page": max(page["peak_megabytes"] for page in started["page"])} if started["page"] else {}
    answering = _of_size(results.get("answer_latency", {}).get("libraries", ()))
    if answering is not None:
        peaks["many answers"] = answering["peak_megabytes"]
    searching = _of_size(results.get("tutorial", {}).get("search", ()))
    if searching is not None:
        peaks["searches"] = searching[OURS]["peak_megabytes"]
    if not peaks:
        return Target(name)
    shown = ", ".join(f"{what} {megabytes:,.0f} MB" for what, megabytes in peaks.items())
    return Target(name, shown, max(peaks.values()) <= _MEMORY_MB)


def _changed(results: Results) -> Iterator[Target]:
    name = f"1 % changed costs at most {100 * _CHANGED_SHARE:.0f} % of the first run"
    figures = results.get("many_articles_shipped")  # with the tiny model only what is around the embedding is seen
    if figures is None:
        yield Target(name)
        return
    first, changed = (figures["runs"][run]["seconds"] for run in (EVERYTHING, ONE_PERCENT))
    shown = f"{100 * changed / first:.1f} % ({changed:.1f} s of {first:,.1f} s, {figures['articles']:,} articles)"
    yield Target(name, shown, changed <= _CHANGED_SHARE * first)


def _cold(results: Results) -> Iterator[Target]:
    name = f"cold `hoidap ask` at most {_COLD_SECONDS:.0f} s"
    libraries = results.get("startup", {}).get("libraries", ())
    if not libraries:
        yield Target(name)
    for one in libraries:
        seconds = one["ask"]["seconds"]
        shown = f"median {median(seconds):.1f} s, slowest {max(seconds):.1f} s (n = {len(seconds)})"
        yield Target(f"{name}, {one['passages']:,} passages", shown, median(seconds) <= _COLD_SECONDS)


def _users(results: Results) -> Target:
    name = f"{_USERS} users at once: p95 at most {_USERS_SECONDS:.0f} s, no error"
    found = [one for one in results.get("web_load", {}).get("loads", ()) if one["users"] == _USERS]
    if not found or found[0]["p95"] is None:
        return Target(name)
    one = found[0]
    shown = f"p95 {one['p95']:.1f} s, {one['errors']} errors, {one['answers']} answers"
    return Target(name, shown, one["p95"] <= _USERS_SECONDS and not one["errors"])


def _cosine(results: Results) -> Target:
    name = f"embedding as shipped: cosine with sentence-transformers at least {_COSINE}"
    if "embedding_speed" not in results:
        return Target(name)
    figures = results["embedding_speed"]
    lowest = min(figures["lowest_cosine_passages"], figures["lowest_cosine_questions"])
    count = figures["passages"] + figures["questions"]
    return Target(name, f"lowest {lowest:.6f} (n = {count})", lowest >= _COSINE)


def _of_size(found: Any) -> Mapping[str, Any] | None:  # noqa: ANN401 - a list out of JSON
    """The library of the size that targets speak of, None where it was not measured."""
    return next((one for one in found if one["passages"] == LARGE), None)
