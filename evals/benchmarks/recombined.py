"""A library of any size, made by recombining the sentences of a small one.

Embedding 100,000 passages takes more than an hour on a laptop, so each distinct sentence is embedded once (with its
headline), and a recombined passage gets the L2-normalised mean of its sentences' vectors plus a little seeded noise.
Everything else is as in a real library: Chroma holds text, metadata and vectors, and the lexical index and the accent
model are derived from them by the `Library` when it is opened. What it cannot show: a larger vocabulary.
"""

import itertools
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from evals.progress import tracked
from rag.article import Article
from rag.chunking import Passage
from rag.embedding import PassageEmbeddings
from rag.store.library import Library
from rag.store.records import ArticleRecord, StoredPassage, stored_passages
from rag.vietnamese.sentences import sentence_spans

_PASSAGES_PER_ARTICLE = 4  # as in the corpus
_PASSAGES_AT_ONCE = 1000 * _PASSAGES_PER_ARTICLE
_NOISE = 0.05  # length of the noise vector, beside a unit vector
_VERSION = "recombined"
_ROOT = "/recombined"  # no such folder: nothing is read from it

_VECTORS_FILE = "sentences.npy"
_TEXTS_FILE = "sentences.json"
_ARTICLES = TypeAdapter(Article)

Vectors = NDArray[np.float32]
Rows = list[tuple[StoredPassage, ArticleRecord]]


@dataclass(frozen=True)
class Material:
    """What passages are made of.

    Attributes:
        articles: Give headline, day, source and publisher.
        sentences: Distinct sentences of all articles.
        vectors: Of the sentences, L2-normalised. Shape (sentences, dimension).
    """

    articles: tuple[Article, ...]
    sentences: tuple[str, ...]
    vectors: Vectors


def material_of(articles: Sequence[Article], embeddings: PassageEmbeddings) -> Material:
    """Cut articles into sentences and embed each distinct one, with the headline it first stood under."""
    titles: dict[str, str] = {}
    for article in articles:
        for start, end in sentence_spans(article.body):
            titles.setdefault(article.body[start:end].strip(), article.title)
    vectors = embeddings.embed_documents([f"{title}\n{sentence}" for sentence, title in titles.items()])
    return Material(tuple(articles), tuple(titles), np.asarray(vectors, dtype=np.float32))


def fill(library: Library, material: Material, passages: int, seed: int) -> None:
    """Write so many recombined passages into an empty library. Its derived indexes follow when it is opened again.

    Args:
        library: Empty.
        material: From `material_of`, with the library's own embeddings.
        passages: How many; the last article may be shorter.
        seed: The same seed makes the same library.
    """
    library.vectors.begin_change(library.embeddings.fingerprint)
    batches = recombined(material, passages, library.settings.passage_words, seed)
    for rows, vectors in tracked(batches, f"{passages} passages", total=math.ceil(passages / _PASSAGES_AT_ONCE)):
        library.vectors.stage(rows, vectors)
        library.vectors.publish(list({record.id: record for _, record in rows}.values()))


def recombined(material: Material, passages: int, words: int, seed: int) -> Iterator[tuple[Rows, list[list[float]]]]:
    """Recombined passages with their vectors, some thousands at once: what `fill` writes.

    Args:
        material: From `material_of`.
        passages: How many. A smaller number gives the beginning of what a larger one gives, but for the last article.
        words: Least length of a passage.
        seed: The same seed makes the same passages.
    """
    random = np.random.default_rng(seed)
    for first in range(0, passages, _PASSAGES_AT_ONCE):
        rows: Rows = []
        vectors: list[list[float]] = []
        last = min(passages, first + _PASSAGES_AT_ONCE)
        for begin in range(first, last, _PASSAGES_PER_ARTICLE):
            article_rows, article_vectors = _article(
                material, begin, min(_PASSAGES_PER_ARTICLE, last - begin), words, random
            )
            rows += article_rows
            vectors += article_vectors
        yield rows, vectors


def recombined_articles(material: Material, passages: int, words: int, seed: int) -> Iterator[Article]:
    """The articles that those passages are cut from. Arguments as of `recombined`."""
    for rows, _ in recombined(material, passages, words, seed):
        for article_id, group in itertools.groupby(rows, key=lambda row: row[0].passage.article_id):
            parts = [stored for stored, _ in group]
            body, first = "".join(part.passage.text for part in parts).strip(), parts[0]
            yield Article(article_id, first.title, body, first.published, first.source, first.publisher)


def save_material(material: Material, folder: Path) -> None:
    """Keep material in a folder, for other processes."""
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / _VECTORS_FILE, material.vectors)
    articles = [_ARTICLES.dump_python(article, mode="json") for article in material.articles]
    text = json.dumps({"articles": articles, "sentences": material.sentences}, ensure_ascii=False)
    (folder / _TEXTS_FILE).write_text(text, encoding="utf-8")


def load_material(folder: Path) -> Material:
    """The material that `save_material` kept.

    Raises:
        OSError: There is none.
    """
    held = json.loads((folder / _TEXTS_FILE).read_text(encoding="utf-8"))
    articles = tuple(_ARTICLES.validate_python(article) for article in held["articles"])
    return Material(articles, tuple(held["sentences"]), np.load(folder / _VECTORS_FILE))


def _article(
    material: Material, number: int, size: int, words: int, random: np.random.Generator
) -> tuple[Rows, list[list[float]]]:
    """The rows and vectors of one new article of `size` passages."""
    model = material.articles[int(random.integers(len(material.articles)))]
    article_id = f"recombined-{number:07d}"
    passages, vectors, start = [], [], 0
    for ordinal in range(size):
        chosen = list(_sentences(material, words, random))
        text = " ".join(material.sentences[index] for index in chosen) + " "
        passages.append(Passage(article_id, ordinal, start, start + len(text), text))
        vectors.append(_vector(material.vectors[chosen], random))
        start += len(text)
    body = "".join(passage.text for passage in passages)
    article = Article(article_id, model.title, body, model.published, model.source, model.publisher)
    record = ArticleRecord(
        article_id,
        _ROOT,
        f"{_ROOT}/{article_id}.md",
        _VERSION,
        model.title,
        passages=len(passages),
        published=model.published,
        source=model.source,
        publisher=model.publisher,
    )
    return [(stored, record) for stored in stored_passages(article, passages, _VERSION)], vectors


def _sentences(material: Material, words: int, random: np.random.Generator) -> Iterator[int]:
    """Indexes of random sentences, until they have at least so many words together."""
    so_far = 0
    while so_far < words:
        index = int(random.integers(len(material.sentences)))
        so_far += len(material.sentences[index].split())
        yield index


def _vector(sentences: Vectors, random: np.random.Generator) -> list[float]:
    """The normalised mean of normalised vectors, moved a little: no two passages are the same point."""
    mean = sentences.mean(axis=0)
    mean /= np.linalg.norm(mean)
    noisy = mean + random.normal(0.0, _NOISE / np.sqrt(mean.size), mean.size)
    unit: list[float] = (noisy / np.linalg.norm(noisy)).tolist()
    return unit
