"""What is asked, without the polite words and the short spellings that people put around it and into it."""

import functools
import re
import unicodedata

from rag.vietnamese.normalise import fold
from rag.vietnamese.word_lists import word_list
from rag.vietnamese.wording import Span, Wording

_THANKS = re.compile(r"[,.!?;\n]\s*(?:xin\s+)?(?:cảm ơn|cám ơn|cam on|thanks|tks|thank you)\b[^,.;?]*$", re.IGNORECASE)
_PICTURES = frozenset({"So", "Sk", "Cn"})  # Unicode's categories
_SIGNS = frozenset("°®©^`")
_AROUND = " ,.!:;~-–…\n\t"
_FEWEST_LEFT = 2  # syllables; what leaves less is no frame around a question


def asked_plainly(text: str) -> str:
    """A question without the polite words around it, its chat spellings written out.

    Of a turn that is nothing but politeness all is kept.

    Args:
        text: As typed, in NFC.

    Example:
        >>> asked_plainly("Xin chào, cho mình hỏi ai là Giám đốc vậy bạn ơi, cảm ơn nhiều 😀")
        'ai là Giám đốc'
        >>> asked_plainly("nam 2020 pvn thu dc bn tien")
        'nam 2020 pvn thu được bao nhiêu tien'
    """
    plain = _without_thanks(_without_pictures(text))
    mark = "?" if plain.rstrip().endswith(("?", "？")) else ""
    plain = _without_endings(_without_openings(plain.strip("?？" + _AROUND)))
    return _spelled_out(plain + mark if plain else text)


def _without_pictures(text: str) -> str:
    """The text without emoji and other pictures."""
    kept = (" " if unicodedata.category(one) in _PICTURES and one not in _SIGNS else one for one in text)
    return " ".join("".join(kept).replace("\ufe0f", " ").replace("\u200d", " ").split())


def _without_thanks(text: str) -> str:
    shorter = _THANKS.sub("", text)
    return shorter if len(Wording(shorter)) >= _FEWEST_LEFT else text


def _without_openings(text: str) -> str:
    while True:
        wording = _wording(text)
        length = wording.longest(0, "polite_openings")
        if not length or len(wording) - length < _FEWEST_LEFT:
            return text
        _, end = wording.characters(Span(0, length))
        text = text[end:].lstrip(_AROUND + "?")


def _without_endings(text: str) -> str:
    while True:
        wording = _wording(text)
        last = len(wording)
        place = next((one for one in range(last) if wording.longest(one, "polite_endings") == last - one), last)
        if place == last or place < _FEWEST_LEFT:
            return text
        start, _ = wording.characters(Span(place, last))
        text = text[:start].rstrip(_AROUND + "?？")


def _wording(text: str) -> Wording:
    return Wording(text, bare=fold(text) == text.lower())


def _spelled_out(text: str) -> str:
    return _short_spellings().sub(lambda match: _chat_words()[match[0].lower()], text)


@functools.cache
def _chat_words() -> dict[str, str]:
    return {short.strip(): full.strip() for short, _, full in (line.partition("=") for line in word_list("chat_words"))}


@functools.cache
def _short_spellings() -> re.Pattern[str]:
    shorts = "|".join(sorted(map(re.escape, _chat_words()), key=len, reverse=True))
    return re.compile(rf"(?<![\w.,/-])(?:{shorts})(?![\w/-]|[.,]\d)")
