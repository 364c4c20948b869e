"""What `hoidap doctor` looks at in an open library: each check with its finding, its severity and its remedy."""

import enum
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rag.errors import HoidapError, LibraryError
from rag.loaders.web import is_address
from rag.store.library import Library
from rag.store.migrate import drop_unfinished, unfinished_editions
from rag.store.records import Metadata, VersionState, from_metadata, text_digest
from rag.store.scopes import remembered_roots
from rag.store.vectors import PassageVectors

_SHOWN = 5
_AT_ONCE = 1000  # vectors
_SAMPLED = 50  # vectors that are looked for
_NEAREST = 10
_LENGTH_ERROR = 0.01  # of a vector that should have length one


class Severity(enum.StrEnum):
    """How bad a finding is."""

    OK = "ok"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found.

    Attributes:
        check: What was looked at, as a short name for tools.
        severity: How bad it is.
        message: What was found. Vietnamese.
        remedy: The next step for the user; empty where there is none to take. Vietnamese.
        fix: Mends it; None where it cannot be mended from here.
    """

    check: str
    severity: Severity
    message: str
    remedy: str = ""
    fix: Callable[[], object] | None = None


def library_findings(library: Library) -> Iterator[Finding]:
    """Check an open library: its model, its versions, its passages, what is derived, and where it came from."""
    yield _model(library)
    yield _half_written(library)
    yield _passages(library)
    yield _vectors(library)
    yield _lexical(library)
    yield _editions(library)
    yield _roots(library)
    yield _sources(library)


def _model(library: Library) -> Finding:
    try:
        wanted = library.require_same_model()
    except HoidapError as error:
        return Finding("model", Severity.ERROR, error.message, error.remedy)
    return Finding("model", Severity.OK, f"Mô hình nhúng {wanted.model} ({wanted.revision}) khớp với thư viện.")


def _half_written(library: Library) -> Finding:
    left = [one for one in library.vectors.hidden if one.state is not VersionState.RETIRED]
    if not left:
        return Finding("half-written", Severity.OK, "Không có bài nào ghi dở.")
    return Finding(
        "half-written",
        Severity.WARNING,
        f"{len(left)} bài ghi dở do lần index trước bị ngắt ({_some([one.id for one in left])}); người đọc không thấy.",
        "Chạy lại `hoidap index` để hoàn tất, hoặc `hoidap doctor --fix` để dọn.",
        lambda: library.vectors.purge(left),
    )


def _passages(library: Library) -> Finding:
    """Whether each live article has all its passages as they were written, and each passage an article."""
    vectors = library.vectors
    known = {record.key for record in [*vectors.records(), *vectors.hidden]}
    counts: dict[tuple[str, str], int] = defaultdict(int)
    orphans = []
    for found, text, metadata in vectors.every_row():
        key = (str(metadata.get("article")), str(metadata.get("version")))
        if key not in known:
            orphans.append(found)
        elif _as_written(found, text, metadata):
            counts[key] += 1
    holed = [record for record in vectors.records() if counts[record.key] != record.passages]
    if holed:
        return Finding(
            "passages",
            Severity.ERROR,
            f"{len(holed)} bài thiếu đoạn hoặc có đoạn bị hỏng ({_some([record.id for record in holed])}).",
            "Chạy `hoidap doctor --fix` để gỡ các bài này, rồi `hoidap index` lại nguồn của chúng.",
            lambda: library.remove([record.id for record in holed]),
        )
    if orphans:
        return Finding(
            "passages",
            Severity.WARNING,
            f"{len(orphans)} đoạn không thuộc bài nào ({_some(orphans)}).",
            "Chạy `hoidap doctor --fix` để xóa.",
            lambda: vectors.delete_rows(orphans),
        )
    return Finding("passages", Severity.OK, f"{len(known)} bài, {sum(counts.values())} đoạn, không thiếu không thừa.")


def _as_written(found: str, text: str, metadata: Metadata) -> bool:
    """Whether a passage is still the one that its digest was made of."""
    try:
        digest = text_digest(from_metadata(found, text, metadata).text_to_embed)
    except LibraryError:
        return False
    return metadata.get("text_digest", digest) == digest


def _vectors(library: Library) -> Finding:
    """Whether each passage that readers see has a vector, and is found by it."""
    remedy = "Chạy `hoidap doctor --fix` để tạo lại vectơ từ các đoạn đã lưu; không cần tệp gốc."
    try:
        said = _vectors_fault(library)
    except LibraryError as error:
        said = error.message
    if said is None:
        return Finding("vectors", Severity.OK, f"{library.vectors.count()} vectơ, tìm được đoạn của mình.")
    return Finding("vectors", Severity.ERROR, said, remedy, lambda: library.rebuild(anew=True))


def _vectors_fault(library: Library) -> str | None:
    vectors = library.vectors
    ids = list(library.live.passage_ids())
    sample = set(ids[:: max(1, len(ids) // _SAMPLED)])
    strange: list[str] = []
    for start in range(0, len(ids), _AT_ONCE):
        part = ids[start : start + _AT_ONCE]
        found = vectors.collection.get(ids=part, include=["embeddings"])
        rows = np.asarray(found["embeddings"], dtype=np.float32).reshape(len(found["ids"]), -1)
        missing = sorted(set(part) - set(found["ids"]))
        lengths = np.linalg.norm(rows, axis=1)
        strange += [*missing, *(one for one, length in zip(found["ids"], lengths, strict=True) if not _is_one(length))]
        for one, row in zip(found["ids"], rows, strict=True):
            if one in sample and one not in strange and not _finds_itself(vectors, one, row.tolist()):
                strange.append(one)
    return f"{len(strange)} đoạn không có vectơ đúng ({_some(strange)})." if strange else None


def _is_one(length: float) -> bool:
    return bool(abs(length - 1) < _LENGTH_ERROR)


def _finds_itself(vectors: PassageVectors, passage: str, vector: list[float]) -> bool:
    """Whether the graph leads from a vector to its passage, or to as many passages that are as near."""
    nearest = vectors.nearest(vector, _NEAREST)
    return passage in nearest or (bool(nearest) and min(nearest.values()) > 1 - _LENGTH_ERROR)


def _roots(library: Library) -> Finding:
    remembered = remembered_roots(library.settings)
    roots = remembered.read()
    if remembered.sound and (roots or not library.articles()):
        return Finding("roots", Severity.OK, f"{len(roots)} nguồn được ghi nhớ để lập lại thư viện khi cần.")
    known = list(dict.fromkeys([*roots, *(record.root for record in library.articles())]))
    return Finding(
        "roots",
        Severity.WARNING,
        "Tệp ghi nhớ các nguồn đã index bị hỏng hoặc bị mất.",
        "Chạy `hoidap doctor --fix` để ghi lại từ nguồn của các bài trong thư viện.",
        lambda: remembered.write(known),
    )


def _lexical(library: Library) -> Finding:
    if not library.mended:
        return Finding("lexical", Severity.OK, f"Chỉ mục từ có đủ {library.lexical.count()} đoạn.")
    return Finding("lexical", Severity.INFO, "Chỉ mục từ bị lệch hoặc hỏng, và đã được lập lại khi mở thư viện.")


def _editions(library: Library) -> Finding:
    unfinished = list(unfinished_editions(library.vectors))
    if not unfinished:
        return Finding("migration", Severity.OK, "Không có lần chuyển mô hình nào dở dang.")
    done = sum(int(edition.count()) for edition in unfinished)
    return Finding(
        "migration",
        Severity.WARNING,
        f"Một lần chuyển mô hình nhúng dở dang ({done} trên {library.vectors.count()} đoạn).",
        "Chạy `hoidap rebuild` với mô hình mới để làm tiếp, hoặc `hoidap doctor --fix` để bỏ.",
        lambda: drop_unfinished(library.vectors),
    )


def _sources(library: Library) -> Finding:
    files = [record.origin for record in library.articles() if not is_address(record.origin)]
    missing = [origin for origin in files if not Path(origin).exists()]
    if not missing:
        return Finding("sources", Severity.OK, "Mọi tệp gốc của các bài còn nguyên chỗ.")
    return Finding(
        "sources",
        Severity.INFO,
        f"{len(missing)} bài có tệp gốc không còn ở chỗ cũ ({_some(missing)}).",
        "Chạy `hoidap index` trên thư mục gốc để gỡ các bài này, hoặc giữ nguyên nếu bạn muốn.",
    )


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:_SHOWN])
    return shown if len(names) <= _SHOWN else f"{shown}…"
