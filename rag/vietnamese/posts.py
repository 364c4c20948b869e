"""Who holds which post: "Lê Văn Tám – Bí thư Đảng ủy, Giám đốc" and "Giám đốc Lê Văn Tám" alike."""

import functools
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.vietnamese.expressions import Place, people
from rag.vietnamese.names import CAPITALS
from rag.vietnamese.normalise import fold
from rag.vietnamese.word_lists import any_of, word_list

_CACHED_TEXTS = 128
_LONGEST_POST = 120  # characters
_HONORIFIC = r"(?:(?:các\s)?đồng chí|đ/c|ông|bà|anh|chị|ngài|GS|PGS|TS|Tiến sĩ|kỹ sư)\.?"
_LINK = re.compile(
    r"\s*(?:[-–,(:]|\b(?:hiện\s)?(?:là|giữ(?:\schức(?:\svụ)?)?|chức(?:\svụ)?|làm|đảm nhiệm|kiêm)\b"
    r"|\b(?:đã\s)?được\s(?:[^\W\d_]+\s){0,3}?(?:làm|giữ(?:\schức(?:\svụ)?)?|chức(?:\svụ)?|bầu|bổ nhiệm)\b)\s*",
    re.IGNORECASE,
)
_BETWEEN = re.compile(rf"(?:\s|\blà\b|\bcho\b|{_HONORIFIC})*", re.IGNORECASE)
_TAKES = r"(?:(?:chuyển\s)?sang\s)?(?:làm|giữ chức(?:\svụ)?|được (?:bầu|bổ nhiệm)(?:\s(?:làm|giữ chức))?)"
_NEXT_POST = re.compile(rf"\s*(?:,\s*(?:kiêm\s|và\s|{_TAKES}\s)?|\s(?:kiêm|và)\s)", re.IGNORECASE)
_AND = re.compile(rf"(?:,|\svà)\s(?:{_HONORIFIC}\s)?", re.IGNORECASE)
_BREAK = re.compile(r"[;,.:!?()\n“”\"]|\skiêm\s")
_NAME_NUMBER = re.compile(r"\s\d{1,2}(?=[.,;)]|$)")  # "Giám đốc Nhà máy Hoa Mai 2."
_IN_BRACKETS = re.compile(r"\s\([^()\s]{2,6}\)")


@dataclass(frozen=True, slots=True)
class Holder:
    """A person and the posts that a text gives them there, each with its place."""

    name: Place
    posts: tuple[Place, ...]


@functools.lru_cache(maxsize=_CACHED_TEXTS)
def holders(text: str) -> tuple[Holder, ...]:
    """The people of a text with their posts, in order; people whose posts are not told are left out.

    Example:
        >>> text = "Dự lễ có ông Lê Văn Tám, Bí thư Đảng ủy, Giám đốc; Phó Giám đốc Trần An."
        >>> [(text[one.name.start : one.name.end], [text[post.start : post.end] for post in one.posts])
        ...  for one in holders(text)]
        [('Lê Văn Tám', ['Bí thư Đảng ủy', 'Giám đốc']), ('Trần An', ['Phó Giám đốc'])]
    """
    named = people(text)
    starts = [*(one.start for one in named[1:]), len(text)] if named else []
    found: list[Holder] = []
    taken = 0  # what is said of one person is not said of the next
    for name, next_start in zip(named, starts, strict=True):
        before = _posts_before(text, taken, name.start)
        behind = _posts_behind(text, name.end, next_start)
        if behind and next_start < len(text) and _BETWEEN.fullmatch(text, behind[-1].end, next_start):
            # "Giám đốc Lê Văn Tám, Phó Giám đốc Trần An": the last post belongs to the name that follows it.
            behind = behind[:-1]
        posts = before + behind
        if not posts and found and found[-1].posts[-1].end < found[-1].name.start:
            # "hai Phó Bí thư là Lê Văn Tám và Trần An": both hold it.
            posts = found[-1].posts if _AND.fullmatch(text, found[-1].name.end, name.start) else ()
        taken = max([name.end, taken, *(post.end for post in posts)])
        if posts:
            found.append(Holder(name, posts))
    return tuple(found)


def post_places(text: str) -> Iterator[tuple[Place, Place]]:
    """The posts that a text names: for each the place of its title ("phó bí thư") and of the whole post."""
    names = {name.start for name in people(text)}
    for match in _title().finditer(text):
        named = match.end() + 1 in names  # "đội trưởng Lê Văn Tám" names no team
        end = match.end() if named else post_end(text, match.end(), len(text))
        yield Place(*match.span()), Place(match.start(), end)


def post_end(text: str, start: int, stop: int) -> int:
    """Where the name of a post ends whose title ends at `start`, at `stop` at the latest."""
    limit = min(stop, start + _LONGEST_POST)
    for pattern in (_BREAK, _post_ends(), _title_behind_dash(), _honorific_behind()):
        match = pattern.search(text, start, limit)
        limit = match.start() if match else limit
    end = start + len(text[start:limit].rstrip())
    rest = _rest_of_name().match(text, end, stop)
    if rest:
        return post_end(text, rest.end(), stop)
    number = _NAME_NUMBER.match(text, end, stop) if text[start:end].rpartition(" ")[2][:1].isupper() else None
    return number.end() if number else end


def title_key(text: str) -> str:
    """A title to compare it by: folded, without the abbreviation that may stand in it.

    Example:
        >>> title_key("Huấn luyện viên (HLV) trưởng")
        'huan luyen vien truong'
    """
    return fold(_IN_BRACKETS.sub("", text))


def named_before(text: str, post: Place) -> Place | None:
    """The name of the person whom a text calls by a post alone: the one last given that post before.

    Example:
        >>> text = "Giám đốc Lê Văn Tám đến dự. Giám đốc trao quà."
        >>> place = named_before(text, Place(28, 36))
        >>> place and text[place.start : place.end]
        'Lê Văn Tám'
    """
    called = title_key(text[post.start : post.end])
    told = holders(text)
    if any(one.start <= post.start < one.end for holder in told for one in holder.posts):
        return None  # the name stands beside it
    before = [
        holder.name
        for holder in told
        if holder.name.end <= post.start
        and any(title_key(text[one.start : one.end]).startswith(called) for one in holder.posts)
    ]
    return before[-1] if before else None


def linked_posts(text: str, posts: Sequence[Place]) -> Sequence[Place]:
    """The first of some posts of a text, with those that follow it one by one: "Bí thư Đảng ủy, Giám đốc"."""
    for count, (one, following) in enumerate(itertools.pairwise(posts), start=1):
        if _NEXT_POST.fullmatch(text, one.end, following.start) is None:
            return posts[:count]
    return posts


def _posts_behind(text: str, start: int, stop: int) -> tuple[Place, ...]:
    posts = []
    link = _LINK.match(text, start, stop)
    if link is not None and _title().match(text, link.end(), stop) is None:
        link = _LINK.match(text, link.end(), stop) or link  # "được bầu" "làm"
    while link is not None:
        title = _title().match(text, link.end(), stop)
        if title is None:
            break
        end = post_end(text, title.end(), stop)
        posts.append(Place(title.start(), end))
        link = _NEXT_POST.match(text, end, stop)
    return tuple(posts)


def _posts_before(text: str, start: int, stop: int) -> tuple[Place, ...]:
    posts: list[Place] = []
    for title in _title().finditer(text, max(start, stop - _LONGEST_POST), stop):
        if posts and title.start() < posts[-1].end:
            continue  # "Chủ tịch Hội đồng thành viên"
        end = post_end(text, title.end(), stop)
        joined = posts and (link := _NEXT_POST.match(text, posts[-1].end)) and link.end() == title.start()
        posts = [*(posts if joined else ()), Place(title.start(), end)]
    return tuple(posts) if posts and _BETWEEN.fullmatch(text, posts[-1].end, stop) else ()


@functools.cache
def _title() -> re.Pattern[str]:
    # An abbreviation may stand in a title: "Huấn luyện viên (HLV) trưởng".
    titles = "|".join(
        title.replace(" ", rf"(?:{_IN_BRACKETS.pattern})?\s")
        for title in sorted(word_list("offices"), key=len, reverse=True)
    )
    return re.compile(rf"(?<!\w)(?:{titles})(?!\w)", re.IGNORECASE)


@functools.cache
def _rest_of_name() -> re.Pattern[str]:
    # "Giám đốc Sở Văn hóa, Thể thao và Du lịch": commas inside a body's name.
    word = rf"\s(?!(?i:{_title().pattern}))[{CAPITALS}]\w*(?:\s(?![{CAPITALS}])(?!và\s)\w+)?(?!\s[{CAPITALS}])"
    return re.compile(rf"(?:,{word})+\svà{word}")


@functools.cache
def _post_ends() -> re.Pattern[str]:
    # Lower case only: "Ban Quản lý" and "Văn phòng Đại diện" are parts of names. "dự" is to attend but in "dự án".
    return re.compile(
        rf"(?<!\w)(?:{any_of('post_ends')}|dự(?! (?:án|thảo|phòng|toán|báo|trữ|bị)))(?!\w)|(?<=\s)(?<!\bsố\s)\d"
    )


@functools.cache
def _title_behind_dash() -> re.Pattern[str]:
    return re.compile(rf"\s[-–]\s(?={_title().pattern})", re.IGNORECASE)


@functools.cache
def _honorific_behind() -> re.Pattern[str]:
    return re.compile(rf"(?<=\s){_HONORIFIC}\s(?=[^\W\d_])")
