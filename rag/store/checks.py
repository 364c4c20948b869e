"""What `hoidap doctor` looks at in an open library: each check with its finding, its severity and its remedy."""

import enum
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rag.errors import HoidapError
from rag.loaders.web import is_address
from rag.store.library import Library
from rag.store.migrate import drop_unfinished, unfinished_editions
from rag.store.records import VersionState

_SHOWN = 5


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
    yield _lexical(library)
    yield _editions(library)
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
    """Whether each live article has all its passages, and each passage an article."""
    vectors = library.vectors
    known = {record.key for record in [*vectors.records(), *vectors.hidden]}
    counts: dict[tuple[str, str], int] = defaultdict(int)
    orphans = []
    for found, metadata in vectors.every_row():
        key = (str(metadata["article"]), str(metadata["version"]))
        counts[key] += 1
        if key not in known:
            orphans.append(found)
    holed = [record for record in vectors.records() if counts[record.key] != record.passages]
    if holed:
        return Finding(
            "passages",
            Severity.ERROR,
            f"{len(holed)} bài thiếu đoạn ({_some([record.id for record in holed])}).",
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
