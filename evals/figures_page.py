"""The figures of `evals.figures` as rows of docs/accuracy.md, with what others have published beside them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from evals.words import percent

_LABELS = {
    "vinewsqa, library": "UIT-ViNewsQA, 399 bài trong một thư viện",
    "vinewsqa, given": "UIT-ViNewsQA, cho trước bài",
    "viquad2, given": "UIT-ViQuAD 2.0, cho trước đoạn",
    "vicoqa, given": "UIT-ViCoQA (hội thoại), cho trước bài",
    "vimqa, given": "VIMQA, cho trước đoạn",
    "real passages, given": "câu của chúng tôi trên đoạn tin thật, cho trước đoạn",
    "data/real": "câu của chúng tôi trên 36 bài tin thật",
    "unseen_b": "unseen_b.jsonl (bài và câu tự viết)",
    "unseen": "unseen.jsonl (bài và câu tự viết)",
    "elsewhere": "elsewhere.jsonl (bài và câu tự viết)",
    "test": "test.jsonl (câu tự viết, bài của dev)",
    "dev": "dev.jsonl (quy tắc được làm trên bộ này)",
}
# EM / F1 unless said; on the whole test parts, where ours are drawn from the parts that we hold back.
_PUBLISHED = {
    "vinewsqa, library": "ViRE, tìm kiếm: P@1 68,6, nDCG@10 78,0",
    "vinewsqa, given": "ALBERT 65,3 / 84,9; người 79,8 / 95,8",
    "viquad2, given": "tốt nhất 77,7 / 84,2",
    "vicoqa, given": "F1 tốt nhất 45,3; người 76,2",
    "vimqa, given": "gemini-2.0-flash: URASys 83,2, LightRAG 76,0, hybrid RAG 42,4",
}


def figure_sets(path: Path) -> dict[str, Any] | None:
    """What the page's template needs of the figures; None where they were never measured.

    Args:
        path: The file that `evals.figures` wrote.
    """
    if not path.exists():
        return None
    content = json.loads(path.read_text(encoding="utf-8"))
    rows = [_row(name, content["sets"][name]) for name in _LABELS if name in content["sets"]]
    return {"environment": content["environment"], "rows": rows}


def _row(name: str, figures: Mapping[str, Any]) -> dict[str, str]:
    return {
        "label": _LABELS[name],
        "n": " + ".join(str(figures[one]["n"]) for one in ("rating", "refused_rightly") if one in figures),
        "rating": _cell(figures, "rating_spans") if "rating_spans" in figures else _cell(figures, "rating"),
        "reader": _cell(figures, "reader_alone"),
        "refused": _cell(figures, "refused"),
        "refused_rightly": _cell(figures, "refused_rightly"),
        "yes_no": _cell(figures, "yes_no_right"),
        "yes_to_false": _cell(figures, "yes_to_false"),
        "auc": _cell(figures, "auc"),
        "unaccented": _cell(figures, "unaccented"),
        "published": _PUBLISHED.get(name, "–"),
    }


def _cell(figures: Mapping[str, Any], name: str) -> str:
    """A share with its interval: "75,3 % (69,9-80,4)"."""
    one = figures.get(name)
    if one is None:
        return "–"
    low, high = (percent({"mean": one[end]}).removesuffix(" %") for end in ("low", "high"))
    return f"{percent(one)} ({low}–{high})"
