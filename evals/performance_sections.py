"""The sections of docs/performance.md: what each benchmark measured, as tables and plots."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from evals.benchmarks.libraries import OURS, TUTORIAL
from evals.benchmarks.many_articles import EVERYTHING
from evals.metrics import METRICS
from evals.performance_charts import cost_curves, filter_bars, recall_curves
from rag.store.chroma import SEARCH_BREADTH

_SIDES = {OURS: "Hỏi Đáp", TUTORIAL: "LangChain tutorial"}

_TUTORIAL_TEXT = """\
The tutorial: RecursiveCharacterTextSplitter (1000 characters, 200 shared), HuggingFaceEmbeddings, langchain_chroma, and
EnsembleRetriever over BM25Retriever (rank_bm25) and the vector store, all at their defaults, on the same model and
articles. Each side runs in processes of its own. langchain_huggingface asks for an older huggingface_hub than ours, so
its class is written out (the same calls; its vectors are the same to the bit); at its defaults it puts no prefix before
questions and passages.

Passages differ in length (the tutorial's are about twice as long and overlap), so characters/s and articles/s are given
beside passages/s. Ours makes the lexical index too, and learns accents and names.

Retrieval: {questions} dev questions on the corpus, with 95 % intervals. A hit is right when it overlaps the gold
evidence, which the tutorial's longer passages do more easily.

The large libraries hold recombined sentences with ready vectors, the same on both sides. Start-up is from the process's
start to the first result; BM25Retriever keeps nothing on disk and is made anew each time."""
_VECTORS_TEXT = """\
{rows} rows written as the product stores them, by rows at once. Queries in milliseconds, median (p95): the filter as
the product applies it, Chroma's `where` alone, and the same filter in the lexical index.

HNSW over {vectors} vectors, {questions} questions, against exact search; Chroma's own setting is 16, 100, 100;
ours 16, 100, {breadth}."""

Figures = Mapping[str, Any]


@dataclass(frozen=True)
class Grid:
    """A table.

    Attributes:
        headers: Of its columns.
        rows: As many cells each.
    """

    headers: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Section:
    """What one benchmark measured.

    Attributes:
        title: Of the section.
        text: What the figures mean and what they do not, in Markdown.
        grids: Tables.
        charts: SVG by file name.
    """

    title: str
    text: str
    grids: Sequence[Grid]
    charts: Mapping[str, str] = field(default_factory=dict)


def tutorial(figures: Figures) -> Section:
    """Both sides of the tutorial benchmark."""
    indexing = [
        [
            _SIDES[side],
            _count(run["articles"]),
            _count(run[side]["passages"]),
            f"{run[side]['passages'] / run[side]['seconds']:.1f}",
            f"{run['characters'] / run[side]['seconds']:,.0f}",
            f"{run['articles'] / run[side]['seconds']:.1f}",
            _count(run[side]["peak_megabytes"]),
        ]
        for run in figures["indexing"]
        for side in _SIDES
    ]
    retrieval = [
        [_SIDES[side], *(_interval(figures["retrieval"][side][metric]) for metric in METRICS)] for side in _SIDES
    ]
    search = [
        [
            _count(size["passages"]),
            _SIDES[side],
            f"{size[side]['p50']:,.1f}",
            f"{size[side]['p95']:,.1f}",
            str(size[side]["n"]),
            f"{size[side]['start_up_seconds']:.1f}",
            _count(size[side]["peak_megabytes"]),
        ]
        for size in figures["search"]
        for side in _SIDES
    ]
    return Section(
        "Against what a LangChain tutorial builds",
        _TUTORIAL_TEXT.format(questions=figures["retrieval"]["questions"]),
        (
            Grid(("indexing", "articles", "passages", "passages/s", "characters/s", "articles/s", "peak MB"), indexing),
            Grid(("retrieval", *METRICS), retrieval),
            Grid(("passages", "", "median ms", "p95 ms", "n", "start to first result, s", "peak MB"), search),
        ),
        {"tutorial.svg": cost_curves(figures["search"])} if figures["search"] else {},
    )


def search_latency(figures: Figures) -> Section:
    """Search by stages."""
    libraries = figures["libraries"]
    rows = [
        [stage, *("{:.1f} ({:.1f})".format(*library["times"][stage]) for library in libraries)]
        for stage in libraries[0]["times"]
    ]
    rest = {
        "open_seconds": "opening the library, s",
        "model_seconds": "loading the embedding model, s",
        "disk_megabytes": "on disk, MB",
    }
    rows += [[label, *(f"{library[name]:,.1f}" for library in libraries)] for name, label in rest.items()]
    return Section(
        "Question to top 10, by stages",
        f"Milliseconds, median (p95), n = {figures['questions']}.",
        (Grid(("", *(f"{_count(one['passages'])} passages" for one in libraries)), rows),),
    )


def answer_latency(figures: Figures) -> Section:
    """Warm answers."""
    rows = [
        [
            _count(one["articles"]),
            _count(one["passages"]),
            *_numbers(one, "p50", "p95", "first"),
            str(one["n"]),
            _count(one["peak_megabytes"]),
        ]
        for one in figures["libraries"]
    ]
    headers = ("articles", "passages", "median ms", "p95 ms", "first, models loaded, ms", "n", "peak MB")
    return Section("A warm answer", "From question to answer, in one process.", (Grid(headers, rows),))


def startup(figures: Figures) -> Section:
    """Cold starts."""
    rows = []
    for one in figures["libraries"]:
        ask, pages = one["ask"], one["page"]
        row = [_count(one["passages"]), f"{median(ask['seconds']):.1f}", f"{max(ask['seconds']):.1f}"]
        row += [str(len(ask["seconds"])), _count(ask["peak_megabytes"])]
        for name, form in (("up_seconds", ".1f"), ("first_answer_seconds", ".1f"), ("up_megabytes", ",.0f")):
            row.append(f"{median(page[name] for page in pages):{form}}" if pages else "–")
        row.append(_count(max(page["peak_megabytes"] for page in pages)) if pages else "–")
        rows.append([*row, str(len(pages))])
    headers = ("passages", "`hoidap ask`, s", "slowest", "n", "peak MB", "page up, s", "page's first answer, s")
    stages = list(figures["libraries"][0]["ask"]["stages"])
    inside = [
        [_count(one["passages"]), *(f"{one['ask']['stages'][stage]:.2f}" for stage in stages)]
        for one in figures["libraries"]
    ]
    return Section(
        "Cold starts",
        "Process start to exit, or to the page; files in the system's cache. Medians, and the slowest `ask`.",
        (
            Grid((*headers, "its MB then", "its peak MB", "n"), rows),
            Grid(("inside `hoidap ask`, s (passages)", *stages), inside),
        ),
    )


def embedding_speed(figures: Figures) -> Section:
    """The embedding as shipped, and sentence-transformers."""
    rows = [
        [
            label,
            f"{figures['passages'] / figures[side]['passages_seconds']:.1f}",
            f"{figures[side]['question_p50']:.1f} ({figures[side]['question_p95']:.1f})",
            f"{figures[side]['first_vector_seconds']:.1f}",
            _count(figures[side]["peak_megabytes"]),
        ]
        for side, label in (("shipped", "as shipped"), ("torch", "sentence-transformers, torch"))
    ]
    lowest = figures["lowest_cosine_passages"], figures["lowest_cosine_questions"]
    return Section(
        "Embedding",
        f"{figures['passages']} passages of {figures['words']:.0f} words, {figures['questions']} questions. "
        f"Lowest cosine between both: passages {lowest[0]:.6f}, questions {lowest[1]:.6f}.",
        (Grid(("", "passages/s", "question ms (p95)", "start to first vector, s", "peak MB"), rows),),
    )


def vector_store(figures: Figures) -> Section:
    """Upserts, queries and graphs."""
    upserts = [
        [_count(run["batch"]), f"{run['seconds']:.1f}", _count(run["rows"] / run["seconds"])]
        for run in figures["upserts"]["runs"]
    ]
    queries = [
        [_count(size["passages"]), run["filter"], _count(run["passages"])]
        + ["{:.1f} ({:.1f})".format(*run[way]) for way in ("shipped", "where", "words")]
        for size in figures["queries"]
        for run in size["runs"]
    ]
    graph = figures["graph"]
    graphs = [
        [
            str(run["neighbours"]),
            str(run["construction"]),
            str(one["ef_search"]),
            f"{one['recall@10']:.4f}",
            f"{one['recall@50']:.4f}",
            f"{one['p50']:.1f}",
            f"{one['p95']:.1f}",
            _count(run["seconds"]),
            _count(run["disk_megabytes"]),
        ]
        for run in graph["runs"]
        for one in run["searches"]
    ]
    setting = ("max_neighbors", "ef_construction", "ef_search", "recall@10", "recall@50", "median ms", "p95 ms")
    charts = {"recall.svg": recall_curves(graph["runs"])}
    if figures["queries"]:
        charts = {"filters.svg": filter_bars(figures["queries"][-1]["runs"]), **charts}
    return Section(
        "The vector store",
        _VECTORS_TEXT.format(
            rows=_count(figures["upserts"]["rows"]),
            vectors=_count(graph["vectors"]),
            questions=graph["questions"],
            breadth=SEARCH_BREADTH,
        ),
        (
            Grid(("rows at once", "seconds", "rows/s"), upserts),
            Grid(("passages", "filter", "lets through", "as shipped", "`where` alone", "words"), queries),
            Grid((*setting, "built in, s", "MB"), graphs),
        ),
        charts,
    )


def many_articles(figures: Figures) -> Section:
    """Index runs when much, nothing and little has changed."""
    first = figures["runs"][EVERYTHING]["seconds"]
    rows = [
        [
            name + (" (stopped and resumed)" if run["resumed"] else ""),
            f"{run['seconds']:,.1f}",
            f"{100 * run['seconds'] / first:.1f} %",
            _count(run["passages_embedded"]),
            _count(run["peak_megabytes"]),
        ]
        for name, run in figures["runs"].items()
    ]
    what = "the shipped model" if figures["model"] == "shipped" else "a tiny random model, to see what is around it"
    return Section(
        f"{_count(figures['articles'])} articles, {what}",
        f"On disk: {_count(figures['disk_megabytes'])} MB.",
        (Grid(("run", "seconds", "share of the first", "passages embedded", "peak MB so far"), rows),),
    )


def web_load(figures: Figures) -> Section:
    """Many users at once."""
    rows = [
        [str(one["users"]), _count(one["answers"]), f"{one['per_second']:.1f}"]
        + ["–" if one[name] is None else f"{one[name]:.2f}" for name in ("p50", "p95", "slowest")]
        + [
            str(one["errors"]),
            str(one["refused"]),
            "–" if one["peak_megabytes"] is None else _count(one["peak_megabytes"]),
        ]
        for one in figures["loads"]
    ]
    clicks = figures["click_to_answer_seconds"]
    browser = (
        f" In a browser, from Enter to the answer: median {median(clicks):.2f} s, n = {len(clicks)}." if clicks else ""
    )
    return Section(
        "Many users at once",
        f"Each asks one question after the other, without a pause, for {figures['seconds']:.0f} s; whom the full line "
        f"refuses asks again a second later. {figures['answers_at_once']} answered at once, "
        f"{figures['max_waiting_questions']} may wait; the users share the machine with the server.{browser}",
        (
            Grid(
                ("users", "answers", "a second", "p50, s", "p95, s", "slowest, s", "errors", "refused", "peak MB"), rows
            ),
        ),
    )


# By the benchmark's name, in the order of the page.
SECTIONS: Mapping[str, Callable[[Figures], Section]] = {
    "tutorial": tutorial,
    "search_latency": search_latency,
    "answer_latency": answer_latency,
    "startup": startup,
    "web_load": web_load,
    "embedding_speed": embedding_speed,
    "vector_store": vector_store,
    "many_articles_shipped": many_articles,
    "many_articles_tiny": many_articles,
}


def _count(number: float) -> str:
    return f"{number:,.0f}"


def _numbers(one: Figures, *names: str) -> list[str]:
    return [_count(one[name]) for name in names]


def _interval(one: Figures) -> str:
    return f"{one['mean']:.3f} ({one['low']:.3f}–{one['high']:.3f})"
