"""Invented rosters: who holds which office, of which body."""

from dataclasses import dataclass
from random import Random

from evals.reader_training.invented.story import Story, invented_person, invented_unit
from evals.reader_training.words import word_list

_OPENINGS = (
    "Tham dự buổi lễ có các đồng chí: ",
    "Đến dự có ",
    "Tham dự và chỉ đạo hội nghị có ",
    "Cùng dự còn có ",
    "Đại hội đã bầu ",
    "Chủ trì hội nghị là ",
)
_OF_A_UNIT = ("Về phía {unit} có ", "Phía {unit} có ", "Ban lãnh đạo {unit} gồm ", "Từ {unit} có ", "Đoàn {unit} gồm ")
_OWN_BODY = 0.3  # of the offices say of which body they are, the unit's or another one
_OTHER_SIDE = 0.25  # of the people come from another unit, named before them
_SAME_TITLE = 0.5  # of those hold the title that somebody of the first unit holds: only the body tells them apart


@dataclass(frozen=True)
class _Office:
    """An office; `body` is the organisation named with it ("" = none)."""

    title: str
    body: str

    def __str__(self) -> str:
        return f"{self.title} {self.body}".strip()


@dataclass(frozen=True)
class _Person:
    """Someone in a roster, and where name and offices stand in the text; `unit` is what the roster says before them."""

    name: str
    offices: list[_Office]
    unit: str
    name_span: tuple[int, int]
    office_span: tuple[int, int]


def tell_people(story: Story, rng: Random) -> None:
    """Add a roster, and questions: who holds an office, which office somebody holds, and offices that nobody holds."""
    count = rng.randint(2, 6)
    style = rng.choice(("dash", "comma", "comma", "before", "hold"))
    unit = story.unit if rng.random() < 0.4 else ""
    story.add(rng.choice(_OF_A_UNIT).format(unit=unit) if unit else rng.choice(_OPENINGS))
    # One draw for all, so that no office is held twice and every question has one answer.
    left = [_office(title, story, rng) for title in _titles(2 * count, rng)]
    people: list[_Person] = []
    for index in range(count):
        if index and rng.random() < _OTHER_SIDE:
            unit = invented_unit(rng)
            story.add(". " + rng.choice(_OF_A_UNIT).format(unit=unit))
        elif index:
            last = index + 1 == count and rng.random() < 0.4
            story.add((", " if style == "before" else "; ") if not last else " và ")
        held = 1 if style == "before" else rng.choice((1, 1, 2))
        offices = [left.pop() for _ in range(held)]
        if unit and people and people[0].unit != unit and rng.random() < _SAME_TITLE:
            offices[0] = _Office(people[0].offices[0].title, "")
        people.append(_tell_person(story, offices, (style, unit), rng))
    story.add(". ")
    titles = [office.title for person in people for office in person.offices]
    for person in people:
        _ask_person(story, person, {title for title in titles if titles.count(title) > 1}, rng)
    _ask_in_vain(story, people, left, rng)
    names = people[0].name_span[0], people[-1].name_span[1]
    if count <= 4 and style != "before" and names[1] - names[0] < 120:
        story.ask(rng.choice(("Những ai tham dự?", "Có những ai được nhắc đến?")), names)


def _titles(count: int, rng: Random) -> list[str]:
    return [title.replace("{unit}", invented_unit(rng)) for title in rng.sample(word_list("roster_offices"), count)]


def _office(title: str, story: Story, rng: Random) -> _Office:
    body = ""
    if rng.random() < _OWN_BODY:
        body = rng.choice((story.unit, invented_unit(rng)))
    return _Office(title, body)


def _tell_person(story: Story, offices: list[_Office], how: tuple[str, str], rng: Random) -> _Person:
    style, unit = how
    name = invented_person(rng)
    said = ", ".join(str(office) for office in offices)
    if style == "before":
        office_span = story.add(said)
        story.add(" ")
        name_span = story.add(name)
    else:
        story.add(rng.choice(("đồng chí ", "ông ", "bà ", "đ/c ", "", "")))
        name_span = story.add(name)
        story.add({"dash": rng.choice((" – ", " - ")), "comma": ", ", "hold": " giữ chức "}[style])
        office_span = story.add(said)
    return _Person(name, offices, unit, name_span, office_span)


def _ask_person(story: Story, person: _Person, held_twice: set[str], rng: Random) -> None:
    office = rng.choice(person.offices)
    asked = str(office)
    if not office.body and person.unit and (office.title in held_twice or rng.random() < 0.6):
        asked = f"{asked} {person.unit}"
    if asked not in held_twice:
        story.ask(_who(asked, rng), person.name_span)
    called = rng.choice((person.name, person.name, f"đồng chí {person.name}", f"ông {person.name}"))
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


def _ask_in_vain(story: Story, people: list[_Person], left: list[_Office], rng: Random) -> None:
    """Ask for an office that nobody holds, for one of another body, for a deputy's chief, and for an absent person."""
    untold = [office.title for office in left if not story.tells(office.title)]
    if untold:
        story.ask(_who(rng.choice(untold), rng), None)
    elsewhere = [office for person in people for office in person.offices if office.body or person.unit]
    if elsewhere:
        story.ask(_who(f"{rng.choice(elsewhere).title} {invented_unit(rng)}", rng), None)
    titles = {office.title for person in people for office in person.offices}
    chiefs = [title.removeprefix("Phó ") for title in titles if title.startswith("Phó ")]
    deputies = [f"Phó {title}" for title in titles if not title.startswith("Phó ")]
    other_rank = [title for title in (*chiefs, *deputies) if title not in titles]
    if other_rank:
        story.ask(_who(rng.choice(sorted(other_rank)), rng), None)
    absent = invented_person(rng)
    if not story.tells(absent):
        story.ask(rng.choice((f"{absent} giữ chức vụ gì?", f"Ông {absent} làm chức gì?")), None)


def _who(office: str, rng: Random) -> str:
    return rng.choice(
        (
            f"Ai là {office}?",
            f"{office} là ai?",
            f"{office} tên gì?",
            f"Người nào giữ chức {office}?",
            f"Ai làm {office}?",
            f"Tên của {office} là gì?",
            f"Ai giữ chức vụ {office}?",
        )
    )
