"""What an index run has to do: which articles are new, changed, gone or unchanged under what it was given."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath

from rag.errors import ArticleError
from rag.loaders.source import HeldContent, Loaded, Scope, Source, SourceGoneError
from rag.store.records import ArticleRecord, FailedFile, IndexSummary

_FORMAT = "3"  # raise when reading or cutting articles changes: every article is then written anew

OnChecked = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Change:
    """A source whose content the library does not hold, and the id it gets there."""

    source: Source
    article_id: str


@dataclass(slots=True)
class Plan:
    """What is to be done.

    Attributes:
        changes: Sources to be read, cut, embedded and written.
        gone: Ids of articles to remove.
        noted: Records of articles whose text is the same but of which something else is known now.
    """

    changes: list[Change] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    noted: list[ArticleRecord] = field(default_factory=list)


def version_of(article_id: str, content: str, passage_words: int) -> str:
    """The version of an article: what was read, under which id, and how it was cut."""
    return hashlib.sha256(f"{_FORMAT} {passage_words} {article_id}\n{content}".encode()).hexdigest()[:12]


def make_plan(
    scopes: Sequence[Scope],
    held: Mapping[str, ArticleRecord],
    passage_words: int,
    summary: IndexSummary,
    on_checked: OnChecked,
) -> Plan:
    """Compare what is there with what the library holds. Unchanged and failed sources go into the summary.

    Args:
        scopes: What the run was given.
        held: The live records, by article id.
        passage_words: How articles are cut.
        summary: Filled.
        on_checked: Told how many of the sources have been looked at.
    """
    plan = Plan()
    sources = list({source.origin: source for scope in scopes for source in scope.sources}.values())
    there = {source.origin for source in sources}
    by_origin = {record.origin: record for record in held.values()}
    owners = {
        record.id: record.origin
        for record in held.values()
        if record.origin not in there and not _covered(scopes, record.origin)
    }
    kept: set[str] = set()
    for done, (source, article_id) in enumerate(_named(sources, owners, summary)):
        on_checked(done, len(sources))
        record = held.get(article_id)
        before = by_origin.get(source.origin)
        try:
            content = source.digest(_held_content(before))
        except SourceGoneError as error:
            if before is None:
                summary.failed.append(FailedFile(source.origin, error))
            continue
        except ArticleError as error:
            summary.failed.append(FailedFile(_shown(source.origin), error))
            kept |= {article_id, *([before.id] if before is not None else [])}
            continue
        kept.add(article_id)
        if record is None or record.version != version_of(article_id, content, passage_words):
            plan.changes.append(Change(source, article_id))
        else:
            summary.unchanged.append(article_id)
            known = _known_now(record, source)
            if known != record:
                plan.noted.append(known)
    on_checked(len(sources), len(sources))
    plan.gone = sorted(
        record.id
        for record in held.values()
        if record.id not in kept and (record.origin in there or _covered(scopes, record.origin))
    )
    return plan


def _named(sources: Sequence[Source], owners: dict[str, str], summary: IndexSummary) -> Iterator[tuple[Source, str]]:
    """Each source with the id it gets: its own, or with its root's name before it where another root has that id."""
    for source in sources:
        apart = f"{PurePath(source.root).name}/{source.article_id}"
        for article_id in (source.article_id, apart):
            if owners.setdefault(article_id, source.origin) == source.origin:
                yield source, article_id
                break
        else:
            summary.failed.append(_taken(source, apart, owners[apart]))


def _held_content(record: ArticleRecord | None) -> HeldContent | None:
    return None if record is None else HeldContent(record.content, record.etag, record.last_modified)


def _known_now(record: ArticleRecord, source: Source) -> ArticleRecord:
    """The record of an unchanged article with where it lies now and what its server says of it now."""
    etag, last_modified = source.marks
    return replace(record, origin=source.origin, root=source.root, etag=etag, last_modified=last_modified)


def _covered(scopes: Sequence[Scope], origin: str) -> bool:
    return any(scope.covers(origin) for scope in scopes)


def _shown(origin: str) -> str:
    """An origin that can be printed, whatever bytes a file name holds."""
    return origin if origin.isprintable() else origin.encode("unicode_escape").decode()


def _taken(source: Source, article_id: str, owner: str) -> FailedFile:
    error = ArticleError(
        "Mã bài “{article}” đã thuộc về {owner}.",
        "Hãy đổi tên một trong hai, hoặc dùng một thư mục dữ liệu khác bằng --data.",
        article=article_id,
        owner=owner,
    )
    return FailedFile(source.origin, error)


def record_of(loaded: Loaded, change: Change, version: str, passages: int) -> ArticleRecord:
    """The record of a version that is about to be written."""
    article, source = loaded.article, change.source
    return ArticleRecord(
        change.article_id,
        source.root,
        source.origin,
        version,
        article.title,
        loaded.content,
        passages,
        article.published,
        article.source,
        article.publisher,
        article.author,
        etag=loaded.etag,
        last_modified=loaded.last_modified,
    )
