"""What a run was given, as scopes of sources; and the roots that were ever given, for when all else is lost."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.errors import ArticleError
from rag.loaders.discovery import discover
from rag.loaders.source import FileLimits, HeldContent, Scope
from rag.loaders.web import HeldPage, is_address, web_scope
from rag.sealed import read_sealed, write_sealed
from rag.settings import Settings
from rag.store.records import ArticleRecord

_ROOTS_FILE = "roots.json"


def article_scopes(
    paths: Sequence[Path | str], records: Sequence[ArticleRecord], settings: Settings, links: int | None
) -> list[Scope]:
    """The articles at or below each path and address.

    Args:
        paths: What the user gave.
        records: What the library holds.
        settings: Limits.
        links: How many pages to take from a web page that lists others.

    Raises:
        ArticleError: A path does not exist or cannot be read, or an address cannot be fetched.
    """
    files = [Path(path) for path in paths if not is_address(path)]
    addresses = [str(path) for path in paths if is_address(path)]
    limits = FileLimits.from_settings(settings)
    roots = {Path(record.root) for record in records if not is_address(record.root)}
    scopes = [discover(path, limits, roots) for path in files]
    # A path inside another of the paths is part of it, so that the order of the paths does not matter.
    given = [path.expanduser().resolve() for path in files]
    outermost = sorted(range(len(files)), key=lambda index: len(given[index].parts))
    for index, scope in enumerate(scopes):
        outer = next(one for one in outermost if scopes[one].covers(str(given[index])))
        if scopes[outer].root != scope.root:
            scopes[index] = discover(files[index], limits, [Path(scopes[outer].root)])
    return scopes + [web_scope(address, settings, _held_below(address, records), links) for address in addresses]


def require_scopes(scopes: Sequence[Scope], records: Sequence[ArticleRecord]) -> None:
    """Refuse a path where no article is and none ever was: it is more likely mistyped than emptied.

    Raises:
        ArticleError: There is such a path.
    """
    for scope in scopes:
        if not scope.sources and not any(scope.covers(record.origin) for record in records):
            raise ArticleError(
                "Không có bài viết nào trong {given}.",
                "Hãy chọn thư mục có tệp .md, .txt, .html, .pdf hoặc .docx.",
                given=scope.given,
            )


def _held_below(address: str, records: Sequence[ArticleRecord]) -> list[HeldPage]:
    """The pages that were taken from this address before."""
    return [
        HeldPage(record.origin, HeldContent(record.content, record.etag, record.last_modified))
        for record in records
        if record.root == address
    ]


@dataclass(frozen=True, slots=True)
class RememberedRoots:
    """What was given to `hoidap index` so far, kept beside the library: how to fill it again if it is lost."""

    file: Path

    @property
    def copy(self) -> Path:
        """The second copy: these are needed when files are damaged."""
        return self.file.with_name(f"{self.file.stem}-copy{self.file.suffix}")

    @property
    def sound(self) -> bool:
        """Whether no file is damaged; there may be none, and releases up to 0.1 wrote no copy."""
        held = [_roots_in(file) for file in (self.file, self.copy) if file.exists()]
        return not held or (self.file.exists() and None not in held and held[0] == held[-1])

    def read(self) -> list[str]:
        """Absolute paths and addresses, in the order in which they were first given."""
        for file in (self.file, self.copy):
            if (roots := _roots_in(file)) is not None:
                return roots
        return []

    def add(self, scopes: Sequence[Scope]) -> None:
        """Remember these too.

        Raises:
            OSError: The file cannot be written.
        """
        known = self.read()
        given = [
            scope.given if is_address(scope.given) else str(Path(scope.given).expanduser().resolve())
            for scope in scopes
        ]
        together = list(dict.fromkeys([*known, *given]))
        if together != known or not self.sound or not self.copy.exists():
            self.write(together)

    def write(self, roots: Sequence[str]) -> None:
        """Remember just these.

        Raises:
            OSError: The file cannot be written.
        """
        for file in (self.file, self.copy):
            write_sealed(file, list(roots))


def _roots_in(file: Path) -> list[str] | None:
    """What is remembered in a file; None where it is missing or damaged."""
    try:
        roots = read_sealed(file)
    except OSError:
        return None
    except ValueError:
        try:
            roots = json.loads(file.read_text(encoding="utf-8"))  # as releases up to 0.1 wrote it
        except (OSError, ValueError, RecursionError):
            return None
    if not isinstance(roots, list) or not all(isinstance(root, str) for root in roots):
        return None
    return roots


def remembered_roots(settings: Settings) -> RememberedRoots:
    """The remembered roots of a data directory."""
    return RememberedRoots(settings.data_dir / _ROOTS_FILE)
