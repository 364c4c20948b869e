"""An invented occasion: who held it, when and where."""

from random import Random

from evals.reader_training.invented.story import Story, invented_name, invented_unit


def tell_event(story: Story, rng: Random) -> None:
    """Add when and where the occasion took place, who held it, and questions on each."""
    event = story.event
    day, month, year = rng.randint(1, 28), rng.randint(1, 12), story.year
    date = rng.choice(
        (
            f"ngày {day}/{month}/{year}",
            f"ngày {day} tháng {month} năm {year}",
            f"ngày {day}/{month}",
            f"ngày {day:02d}-{month:02d}-{year}",
        )
    )
    kind = rng.choice(("Hội trường", "Nhà văn hóa", "thành phố", "Khách sạn", "huyện", "cảng", "Nhà máy", "tỉnh"))
    place = f"{kind} {invented_name(rng)}"
    organiser = rng.choice((story.unit, invented_unit(rng)))
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
