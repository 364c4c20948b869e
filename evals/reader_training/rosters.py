"""Invented news: people with offices, results with numbers, events with dates and places, and questions on them.

Nothing in them is real. Every passage holds several people, or several numbers, of the same kind, so that a reader
which only knows the type of the answer picks the wrong one.
"""

from dataclasses import dataclass, field
from random import Random

from evals.reader_training.data import Example
from evals.reader_training.words import word_list


@dataclass
class _Story:
    """A text under construction, and questions with the span that answers each."""

    text: str = ""
    questions: list[tuple[str, tuple[int, int] | None]] = field(default_factory=list)

    def add(self, piece: str) -> tuple[int, int]:
        """Append `piece` and return its span."""
        start = len(self.text)
        self.text += piece
        return start, len(self.text)

    def ask(self, question: str, span: tuple[int, int] | None) -> None:
        """Add a question that the text at `span` answers, or that it does not answer."""
        self.questions.append((question, span))


@dataclass(frozen=True)
class _Person:
    """Someone in a roster: name and offices, and where they stand in the text."""

    name: str
    offices: list[str]
    name_span: tuple[int, int]
    office_span: tuple[int, int]


@dataclass(frozen=True)
class _Result:
    """A counted result: what was counted, in which unit, and where its number stands in the text."""

    what: str
    unit_word: str
    span: tuple[int, int]


def invent_example(rng: Random) -> Example:
    """Return one question on one invented passage of about 60-160 words."""
    story = _Story()
    sections = [_roster, _results, _event]
    rng.shuffle(sections)
    unit = _unit(rng)
    for section in sections[: rng.choice((1, 2, 2, 3))]:
        section(story, unit, rng)
    question, span = rng.choice(story.questions)
    return Example(question, story.text.strip(), (span,) if span else (), "roster", "vi", "")


def _person(rng: Random) -> str:
    middle = rng.choice(word_list("middle_names"))
    return " ".join((rng.choice(word_list("surnames")), middle, rng.choice(word_list("given_names"))))


def _invented_name(rng: Random) -> str:
    return " ".join(rng.sample(word_list("invented_syllables"), 2))


def _unit(rng: Random) -> str:
    kind, _, task = rng.choice(word_list("roster_units")).partition("|")
    return f"{kind} {task} {_invented_name(rng)}" if rng.random() < 0.8 else f"{kind} {task}"


def _offices(rng: Random, count: int) -> list[str]:
    return [office.replace("{unit}", _unit(rng)) for office in rng.sample(word_list("roster_offices"), count)]


def _roster(story: _Story, unit: str, rng: Random) -> None:
    story.add(
        rng.choice(
            (
                "Tham dự buổi lễ có các đồng chí: ",
                f"Về phía {unit} có ",
                "Đến dự có ",
                f"Ban lãnh đạo {unit} gồm ",
                "Tham dự và chỉ đạo hội nghị có ",
                "Cùng dự còn có ",
                "Đại hội đã bầu ",
            )
        )
    )
    count = rng.randint(2, 6)
    style = rng.choice(("dash", "comma", "before", "hold"))
    people: list[tuple[int, int]] = []
    # One draw for all, so that no office is held twice and every question has one answer.
    offices_left = _offices(rng, 2 * count)
    for index in range(count):
        name = _person(rng)
        held = 1 if style == "before" else rng.choice((1, 1, 2))
        offices = [offices_left.pop() for _ in range(held)]
        if index:
            story.add("; " if style != "before" else ", ")
        honorific = rng.choice(("đồng chí ", "ông ", "bà ", "đ/c ", "")) if style != "before" else ""
        if style == "before":
            office_span = story.add(", ".join(offices))
            story.add(" ")
            name_span = story.add(name)
        else:
            story.add(honorific)
            name_span = story.add(name)
            story.add({"dash": rng.choice((" – ", " - ")), "comma": ", ", "hold": " giữ chức "}[style])
            office_span = story.add(", ".join(offices))
        people.append(name_span)
        _ask_person(story, _Person(name, offices, name_span, office_span), rng)
    story.add(". ")
    # An office that nobody in the text holds: the nearest one is not the answer.
    vacant = next((office for office in _offices(rng, 4) if office not in story.text), None)
    if vacant is not None:
        story.ask(rng.choice((f"Ai là {vacant}?", f"{vacant} là ai?", f"Người nào giữ chức {vacant}?")), None)
    absent = _person(rng)
    if absent not in story.text:
        story.ask(rng.choice((f"{absent} giữ chức vụ gì?", f"Ông {absent} làm chức gì?")), None)
    if count <= 4 and style != "before":
        listed = (people[0][0], people[-1][1])
        if listed[1] - listed[0] < 120:
            story.ask(rng.choice(("Những ai tham dự?", "Có những ai được nhắc đến?")), listed)


def _ask_person(story: _Story, person: _Person, rng: Random) -> None:
    name = person.name
    asked = person.offices[0] if rng.random() < 0.7 else person.offices[-1]
    story.ask(
        rng.choice(
            (
                f"Ai là {asked}?",
                f"{asked} là ai?",
                f"{asked} tên gì?",
                f"Người nào giữ chức {asked}?",
                f"Ai làm {asked}?",
                f"Tên của {asked} là gì?",
                f"Ai giữ chức vụ {asked}?",
            )
        ),
        person.name_span,
    )
    called = rng.choice((name, name, f"đồng chí {name}", f"ông {name}"))
    story.ask(
        rng.choice(
            (
                f"{called} giữ chức vụ gì?",
                f"{called} là ai?",
                f"Chức vụ của {called} là gì?",
                f"{called} làm gì?",
                f"{called} đảm nhận cương vị nào?",
                f"{called} giữ chức gì?",
            )
        ),
        person.office_span,
    )


def _number(rng: Random, *, counted: bool) -> str:
    whole = rng.choice((rng.randint(2, 99), rng.randint(100, 999), rng.randint(1000, 9999)))
    if rng.random() < 0.4 and not counted:
        return f"{whole},{rng.randint(1, 99)}"
    return f"{whole // 1000}.{whole % 1000:03d}" if whole >= 1000 and rng.random() < 0.7 else str(whole)


def _results(story: _Story, unit: str, rng: Random) -> None:
    year = rng.randint(1985, 2029)
    story.add(
        rng.choice((f"Năm {year}, {unit} ", f"Trong năm {year}, ", f"Kết quả năm {year} của {unit}: ", "Cụ thể, "))
    )
    drawn = rng.sample(word_list("roster_metrics"), rng.randint(3, 6))
    metrics = drawn[1:]
    missing, _, _ = drawn[0].partition("|")
    for index, metric in enumerate(metrics):
        what, _, unit_word = metric.partition("|")
        if index:
            story.add(rng.choice((", ", "; ", "; ")))
        story.add(f"{what} {rng.choice(('đạt ', 'là ', 'ước đạt ', 'đạt được ', ''))}")
        lead = rng.choice(("", "", "", "hơn ", "trên ", "gần ", "khoảng "))
        number = _number(rng, counted=what.startswith("số "))
        space = "" if unit_word == "%" and rng.random() < 0.7 else " "
        span = story.add(f"{lead}{number}{space}{unit_word}")
        if rng.random() < 0.3:
            # The same result of another year: only the year in the question tells them apart.
            other = year + rng.choice((-3, -2, -1, 1, 2))
            story.add(rng.choice((f" (năm {other} là ", f", trong khi năm {other} đạt ", f" so với năm {other} là ")))
            bracket = ")" if "(" in story.text[-14:] else ""
            other_span = story.add(f"{_number(rng, counted=what.startswith('số '))}{space}{unit_word}")
            story.add(bracket)
            story.ask(
                f"{what.capitalize()} năm {other} {rng.choice(('là bao nhiêu', 'đạt bao nhiêu', 'bao nhiêu'))}?",
                other_span,
            )
            if "năm" in story.text[: span[0]]:
                story.ask(
                    f"{what.capitalize()} năm {year} {rng.choice(('là bao nhiêu', 'đạt bao nhiêu', 'bao nhiêu'))}?",
                    span,
                )
        else:
            _ask_result(story, _Result(what, unit_word, span), (unit, year), rng)
        if rng.random() < 0.4:
            story.add(rng.choice((", bằng ", " (tương đương ", ", tăng ")))
            percent = story.add(f"{rng.randint(3, 180)}{rng.choice(('', f',{rng.randint(1, 9)}'))}%")
            closing = ")" if "(" in story.text[percent[0] - 14 : percent[0]] else ""
            comparison = rng.choice((" kế hoạch", " so với cùng kỳ", " so với năm trước", " chỉ tiêu"))
            story.add(comparison + closing)
            story.ask(
                rng.choice(
                    (
                        f"{what.capitalize()} bằng bao nhiêu phần trăm{comparison}?",
                        f"{what.capitalize()} bằng mấy %{comparison}?",
                    )
                ),
                percent,
            )
    story.add(". ")
    # A result that was not told, and a year that was not told.
    if missing.casefold() not in story.text.casefold():
        story.ask(f"{missing.capitalize()} {rng.choice(('là bao nhiêu', 'đạt bao nhiêu', 'bao nhiêu'))}?", None)
    told = metrics[0].partition("|")[0]
    other_year = year + rng.choice((-6, -5, -4, 4, 5, 6))
    if str(other_year) not in story.text and str(year) in story.text:
        story.ask(f"{told.capitalize()} năm {other_year} {rng.choice(('là bao nhiêu', 'đạt bao nhiêu'))}?", None)


def _ask_result(story: _Story, result: _Result, owner: tuple[str, int], rng: Random) -> None:
    unit, year = owner
    what, unit_word = result.what, result.unit_word
    tail = rng.choice(("", f" của {unit}", f" năm {year}", f" của {unit} năm {year}"))
    counted = f"bao nhiêu {unit_word}" if unit_word != "%" else "bao nhiêu phần trăm"
    questions = [
        f"{what.capitalize()}{tail} là bao nhiêu?",
        f"{what.capitalize()}{tail} đạt {counted}?",
        f"{what.capitalize()}{tail} bao nhiêu?",
        f"{what.capitalize()}{tail}?",
        f"{what.capitalize()} đạt mấy {unit_word}?",
    ]
    if what.startswith("số "):
        questions.append(f"Có bao nhiêu {what[3:]}?")
    story.ask(rng.choice(questions), result.span)


def _event(story: _Story, unit: str, rng: Random) -> None:
    event = rng.choice(word_list("roster_events"))
    day, month, year = rng.randint(1, 28), rng.randint(1, 12), rng.randint(1985, 2029)
    date = rng.choice(
        (
            f"ngày {day}/{month}/{year}",
            f"ngày {day} tháng {month} năm {year}",
            f"ngày {day}/{month}",
            f"ngày {day:02d}-{month:02d}-{year}",
        )
    )
    kind = rng.choice(("Hội trường", "Nhà văn hóa", "thành phố", "Khách sạn", "huyện", "cảng", "Nhà máy", "tỉnh"))
    place = f"{kind} {_invented_name(rng)}"
    organiser = rng.choice((unit, _unit(rng)))
    if rng.random() < 0.5:
        date_span = story.add(date[0].upper() + date[1:])
        story.add(rng.choice((", tại ", ", ở ")))
        place_span = story.add(place)
        story.add(", ")
        organiser_span = story.add(organiser)
        story.add(f" tổ chức {event}. ")
    else:
        story.add(f"{event.capitalize()} do ")
        organiser_span = story.add(organiser)
        story.add(" tổ chức đã diễn ra ")
        date_span = story.add(date)
        story.add(" tại ")
        place_span = story.add(place)
        story.add(". ")
    story.ask(
        rng.choice(
            (
                f"{event.capitalize()} diễn ra khi nào?",
                f"{event.capitalize()} được tổ chức ngày nào?",
                f"Ngày nào diễn ra {event}?",
                f"{organiser} tổ chức {event} hôm nào?",
            )
        ),
        date_span,
    )
    story.ask(
        rng.choice(
            (
                f"{event.capitalize()} diễn ra ở đâu?",
                f"{event.capitalize()} được tổ chức tại đâu?",
                f"Địa điểm tổ chức {event} là đâu?",
                f"{organiser} tổ chức {event} ở đâu?",
            )
        ),
        place_span,
    )
    story.ask(
        rng.choice((f"Đơn vị nào tổ chức {event}?", f"{event.capitalize()} do ai tổ chức?", f"Ai tổ chức {event}?")),
        organiser_span,
    )
