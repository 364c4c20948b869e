"""A library of any size, made by recombining the sentences of a small one.

Embedding 100,000 passages takes more than an hour on a laptop, so each distinct sentence is embedded once (with its
headline), and a recombined passage gets the L2-normalised mean of its sentences' vectors plus a little seeded noise.
Everything else is as in a real library: Chroma holds text, metadata and vectors, and the lexical index and the accent
model are derived from them by the `Library` when it is opened. What it cannot show: a larger vocabulary.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evals.progress import tracked
from rag.article import Article
from rag.chunking import Passage
from rag.embedding import PassageEmbeddings
from rag.store.library import Library
from rag.store.records import ArticleRecord, StoredPassage, stored_passages
from rag.vietnamese.sentences import sentence_spans

_PASSAGES_PER_ARTICLE = 4  # as in the corpus
_ARTICLES_AT_ONCE = 1000
_NOISE = 0.05  # length of the noise vector, beside a unit vector
_VERSION = "recombined"
_ROOT = "/recombined"  # no such folder: nothing is read from it

Vectors = NDArray[np.float32]


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
    random = np.random.default_rng(seed)
    library.vectors.begin_change(library.embeddings.fingerprint)
    starts = range(0, passages, _ARTICLES_AT_ONCE * _PASSAGES_PER_ARTICLE)
    for first in tracked(starts, f"{passages} passages"):
        rows: list[tuple[StoredPassage, ArticleRecord]] = []
        vectors: list[list[float]] = []
        last = min(passages, first + _ARTICLES_AT_ONCE * _PASSAGES_PER_ARTICLE)
        for begin in range(first, last, _PASSAGES_PER_ARTICLE):
            size = min(_PASSAGES_PER_ARTICLE, last - begin)
            article_rows, article_vectors = _article(material, begin, size, library.settings.passage_words, random)
            rows += article_rows
            vectors += article_vectors
        library.vectors.stage(rows, vectors)
        library.vectors.publish(list({record.id: record for _, record in rows}.values()))


def _article(
    material: Material, number: int, size: int, words: int, random: np.random.Generator
) -> tuple[list[tuple[StoredPassage, ArticleRecord]], list[list[float]]]:
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
