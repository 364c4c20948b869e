"""Which article files lie under the paths a user gives, and the id of each."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from rag.errors import ArticleError
from rag.loaders.files import ARTICLE_SUFFIXES, load_file, read_bytes, reader_of
from rag.loaders.source import FileLimits, HeldContent, Loaded, Scope, content_digest


@dataclass(frozen=True, slots=True)
class ArticleFile:
    """A file that should be an article: a `Source`.

    Attributes:
        path: Where it is, absolute.
        root_folder: The folder its id is relative to, absolute.
        article_id: The path from root to file without suffix, with `/`; the suffix stays where another file of the
            same name comes first.
        limits: What is accepted.
    """

    path: Path
    root_folder: Path
    article_id: str
    limits: FileLimits

    @property
    def origin(self) -> str:
        """The absolute path."""
        return str(self.path)

    @property
    def root(self) -> str:
        """The root folder's absolute path."""
        return str(self.root_folder)

    @property
    def marks(self) -> tuple[str | None, str | None]:
        """None: only web servers give such."""
        return None, None

    def digest(self, held: HeldContent | None) -> str:  # noqa: ARG002 - a file is always read
        """Digest of the file's bytes.

        Raises:
            ArticleError: The file cannot be read, is too large, or has a name that cannot be an id.
        """
        _require_name(self.path)
        self._require_inside()
        return self._digest(read_bytes(self.path, self.limits.bytes))

    def load(self) -> Loaded:
        """Read the file as an article.

        Raises:
            ArticleError: It cannot be read, or is no article.
        """
        self._require_inside()
        data = read_bytes(self.path, self.limits.bytes)
        article = load_file(data, self.path, self.article_id, self.limits)
        return Loaded(article, self._digest(data))

    def _require_inside(self) -> None:
        """Refuse a link that leads out of the folder: whoever may write there may not read everything for it."""
        try:
            target = self.path.resolve()
        except (OSError, RuntimeError):  # a ring of links
            return  # which reading says, too
        if self.root_folder not in target.parents:
            raise ArticleError(
                "Tệp là liên kết ra ngoài thư mục {folder}.",
                "Hãy chép tệp vào thư mục, hoặc index thẳng tệp gốc.",
                folder=self.root_folder,
            )

    def _digest(self, data: bytes) -> str:
        """Of the bytes and of how they are read: renaming text from `.txt` to `.md` changes nothing."""
        return content_digest(reader_of(self.path).encode() + b"\n" + data)


def discover(path: Path, limits: FileLimits, known_roots: Iterable[Path] = ()) -> Scope:
    """The article files at or below `path`, sorted by id.

    A path inside a root that the library already has keeps that root, so that a file has one id however it is given.
    Hidden files and folders are left out.

    Args:
        path: A file or folder.
        limits: What is accepted of each file.
        known_roots: The roots the library holds articles of, absolute.

    Raises:
        ArticleError: The path does not exist, or is a file of a kind that cannot be read.
    """
    absolute = require_path(path)
    folder = absolute if absolute.is_dir() else absolute.parent
    around = [known for known in known_roots if known == folder or known in folder.parents]
    root = max(around, key=lambda known: len(known.parts), default=folder)  # the innermost
    # A file given by itself is named as it would be among the others of its folder.
    entries = folder.rglob("*") if absolute == folder else folder.glob("*")
    ids = _article_ids((file for file in entries if _is_article(file, folder)), root)
    files = (ArticleFile(file, root, ids[file], limits) for file in ids if absolute in (folder, file))
    ordered = tuple(sorted(files, key=lambda file: (file.article_id, file.path)))
    return Scope(str(path), str(root), ordered, _covering(absolute))


def require_path(path: Path) -> Path:
    """The absolute form of a path that can be indexed.

    Raises:
        ArticleError: It does not exist, or is a file of a kind that cannot be read.
    """
    absolute = path.expanduser().resolve()
    if not absolute.exists():
        raise ArticleError("Không có tệp hoặc thư mục nào tại {path}.", "Hãy kiểm tra lại đường dẫn.", path=path)
    if absolute.is_file() and absolute.suffix.lower() not in ARTICLE_SUFFIXES:
        raise ArticleError(
            "Chưa đọc được loại tệp “{suffix}” ({path}).",
            "Hãy đổi sang một trong các loại: {kinds}; tệp nén thì hãy giải nén trước.",
            suffix=absolute.suffix or absolute.name,
            path=path,
            kinds=", ".join(ARTICLE_SUFFIXES),
        )
    return absolute


def _covering(path: Path) -> Callable[[str], bool]:
    def covers(origin: str) -> bool:
        return Path(origin) == path or path in Path(origin).parents

    return covers


def _is_article(file: Path, folder: Path) -> bool:
    hidden = any(part.startswith(".") for part in file.relative_to(folder).parts)
    return not hidden and file.suffix.lower() in ARTICLE_SUFFIXES and file.is_file()


def _article_ids(files: Iterable[Path], root: Path) -> dict[Path, str]:
    """An id for each file. Of files that differ in their suffix only, the first kind has the bare name."""
    ids: dict[Path, str] = {}
    taken: set[str] = set()
    for file in sorted(files, key=lambda file: (ARTICLE_SUFFIXES.index(file.suffix.lower()), file)):
        inside = PurePosixPath(file.relative_to(root))
        bare = str(inside.with_suffix(""))
        ids[file] = str(inside) if bare in taken else bare
        taken.add(ids[file])
    return ids


def _require_name(path: Path) -> None:
    name = str(path)
    if not name.isprintable():
        shown = name.encode("unicode_escape").decode()
        raise ArticleError(
            "Tên tệp có ký tự không in được hoặc không phải UTF-8 ({shown}).",
            "Hãy đổi tên tệp hoặc thư mục chứa nó.",
            shown=shown,
        )
