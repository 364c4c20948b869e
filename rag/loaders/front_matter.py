"""The front matter of a Markdown file: names and lines of text, out of a small and harmless part of YAML.

Only events of PyYAML's parser are read. No objects are made, so aliases cannot multiply, merge keys cannot multiply,
and a value is the text that stands there: `title: 0xFFF` is those five characters, `title: 12:30` is no number.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import yaml

from rag.errors import ArticleError
from rag.limits import LIMITS

_NULLS = ("", "~", "null", "Null", "NULL")
_WRITE_LINES = 'Hãy viết mỗi dòng theo dạng `tên: "giá trị"`, ví dụ `title: "..."`.'


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The fields of a front matter.

    Attributes:
        texts: Each name with its text; None where nothing stands behind it.
        nested: Names behind which a list or a mapping stands.
    """

    texts: Mapping[str, str | None]
    nested: frozenset[str]


def read_front_matter(block: str) -> FrontMatter:
    """The fields between the two lines of `---`.

    Raises:
        ArticleError: It is too long, is no YAML, has no fields, or uses aliases, merge keys or tags.
    """
    if len(block) > LIMITS.front_matter_characters:
        raise ArticleError(
            "Phần đầu tệp (front matter) dài {characters} ký tự, quá giới hạn {limit}.",
            "Hãy rút ngắn phần đầu tệp; nội dung bài viết đặt sau dòng `---` thứ hai.",
            characters=len(block),
            limit=LIMITS.front_matter_characters,
        )
    try:
        return _fields(yaml.parse(block, Loader=yaml.SafeLoader))
    # Beside its own errors PyYAML lets through what an escape or a directive causes: "\UFFFFFFFF", `%YAML 1.1e9`.
    except (yaml.YAMLError, ValueError, OverflowError, LookupError, AttributeError, TypeError, RecursionError) as error:
        where = getattr(error, "problem_mark", None)
        if where is None:
            raise ArticleError("Phần đầu tệp (front matter) không phải YAML hợp lệ.", _WRITE_LINES) from error
        raise ArticleError(
            "Phần đầu tệp (front matter) không phải YAML hợp lệ, dòng {line}.", _WRITE_LINES, line=where.line + 2
        ) from error


def _fields(events: Iterator[yaml.Event]) -> FrontMatter:
    first = next((one for one in events if not isinstance(one, yaml.StreamStartEvent | yaml.DocumentStartEvent)), None)
    if not isinstance(first, yaml.MappingStartEvent):
        raise _no_fields()
    _require_plain(first)
    texts: dict[str, str | None] = {}
    nested: set[str] = set()
    for key in events:
        if isinstance(key, yaml.MappingEndEvent):
            break
        _require_plain(key)
        if not isinstance(key, yaml.ScalarEvent):
            raise _no_fields()
        if key.value == "<<" and key.style is None:
            raise _not_plain(key)
        value = next(events)
        _require_plain(value)
        texts.pop(key.value, None)
        nested.discard(key.value)
        if isinstance(value, yaml.ScalarEvent):
            texts[key.value] = None if value.style is None and value.value in _NULLS else value.value
        else:
            _skip_nested(events)
            nested.add(key.value)
    if not isinstance(next(events), yaml.DocumentEndEvent) or not isinstance(next(events), yaml.StreamEndEvent):
        raise _no_fields()
    return FrontMatter(texts, frozenset(nested))


def _skip_nested(events: Iterator[yaml.Event]) -> None:
    """Go on to behind the list or mapping that has just begun."""
    depth = 1
    while depth:
        event = next(events)
        _require_plain(event)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > LIMITS.front_matter_depth:
            raise ArticleError(
                "Phần đầu tệp (front matter) có danh sách lồng nhau quá {limit} lớp, dòng {line}.",
                _WRITE_LINES,
                limit=LIMITS.front_matter_depth,
                line=_line(event),
            )


def _require_plain(event: yaml.Event) -> None:
    if isinstance(event, yaml.NodeEvent) and (
        isinstance(event, yaml.AliasEvent) or event.anchor is not None or getattr(event, "tag", None) is not None
    ):
        raise _not_plain(event)


def _not_plain(event: yaml.Event) -> ArticleError:
    return ArticleError(
        "Phần đầu tệp (front matter) dùng bí danh, khóa trộn hoặc nhãn kiểu của YAML (`&`, `*`, `<<`, `!`), "
        "dòng {line}.",
        'Hãy viết thẳng giá trị; nếu giá trị bắt đầu bằng một trong các dấu ấy, hãy đặt nó trong dấu ngoặc kép "...".',
        line=_line(event),
    )


def _no_fields() -> ArticleError:
    return ArticleError(
        "Phần đầu tệp (front matter) không có các mục `tên: giá trị`.", 'Hãy thêm ít nhất `title: "..."`.'
    )


def _line(event: yaml.Event) -> int:
    """Line of the file, from 1; the front matter begins on its second."""
    return event.start_mark.line + 2 if event.start_mark is not None else 1
