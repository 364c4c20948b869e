"""Hypothesis strategies for Vietnamese text, and the profile they run under."""

from hypothesis import strategies as st

LOWER = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ"
LETTERS = LOWER + LOWER.upper()

_WORDS = (
    "hoặc", "hoà", "hòa", "Uỷ", "ủy", "quý", "Thuý", "ngoặc", "Đảng", "Bí", "thư", "đồng", "chí", "khoẻ", "BMĐH",
    "BK-24", "Tp.", "Đ/c", "3.000", "29/12/2020", "15,5", "(Vietsovpetro)", "“kép”", "dang", "uy", "hoi", "nghi", "–",
)  # fmt: skip
_GAPS = (" ", " ", " ", " ", "  ", ". ", "! ", "? ", "… ", "; ", ", ", ": ", "\n", "\n\n", ".\n", " .\n  ", ".” ", "\t")

words = st.one_of(st.sampled_from(_WORDS), st.text(LETTERS, min_size=1, max_size=7))


@st.composite
def texts(draw: st.DrawFn, max_words: int = 60) -> str:
    """Words of Vietnamese letters with the gaps and stops of news text between them."""
    count = draw(st.integers(1, max_words))
    pieces = []
    for _ in range(count):
        pieces += [draw(words), draw(st.sampled_from(_GAPS))]
    return "".join(pieces)
