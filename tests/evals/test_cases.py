import json
import unicodedata
from pathlib import Path

import pytest

from evals.cases import Case, DatasetError, Evidence, load_cases, load_squad, write_rows
from evals.workspace import CORPUS, DEV_SET
from rag.loaders.markdown import parse_article
from rag.store.library import Library

_BODY = "Giàn BK-24 khánh thành ngày 29/12. Giàn có hai tầng."


def _body_of(article: str) -> str | None:
    return _BODY if article == "gian" else None


def _written(path: Path, *rows: object) -> Path:
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    return path


def _row(**changes: object) -> dict[str, object]:
    row = {"id": "1", "question": "Khi nào?", "answers": ["29/12"], "article": "gian", "evidence": "ngày 29/12"}
    return row | changes


def test_evidence_is_found_in_the_article(tmp_path: Path) -> None:
    (case,) = load_cases(_written(tmp_path / "set.jsonl", _row()), _body_of)
    (evidence,) = case.evidence
    assert _BODY[evidence.start : evidence.end] == "ngày 29/12"
    assert case.answerable
    assert case.single


def test_question_without_answer_has_no_evidence(tmp_path: Path) -> None:
    row = _row(answers=[], article=None, evidence=None)
    (case,) = load_cases(_written(tmp_path / "set.jsonl", row), _body_of)
    assert not case.answerable
    assert not case.single


def test_two_places_in_one_article_are_still_one_article(tmp_path: Path) -> None:
    row = _row(evidence=["Giàn BK-24", "hai tầng"])
    (case,) = load_cases(_written(tmp_path / "set.jsonl", row), _body_of)
    assert len(case.evidence) == 2
    assert case.single


def test_follow_up_is_not_single(tmp_path: Path) -> None:
    row = _row(history=[{"role": "user", "content": "Giàn nào?"}])
    (case,) = load_cases(_written(tmp_path / "set.jsonl", row), _body_of)
    assert not case.single


@pytest.mark.parametrize(
    "text",
    ["không phải JSON", '{"id": "1"}', '["id"]', '{"id": "1", "question": "?", "answers": [], "article": 3}'],
)
def test_broken_line_names_the_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "broken.jsonl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DatasetError, match=r"broken\.jsonl"):
        load_cases(path, _body_of)


def test_broken_line_is_named_by_its_number(tmp_path: Path) -> None:
    path = _written(tmp_path / "set.jsonl", _row(), {"id": "2"})
    with pytest.raises(DatasetError, match="dòng 2"):
        load_cases(path, _body_of)


def test_two_questions_with_one_id_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="cùng mã q1"):
        load_cases(_written(tmp_path / "set.jsonl", _row(id="q1"), _row(id="q1")), _body_of)


def test_answers_without_evidence_stand_in_the_first_sentence_that_holds_one(tmp_path: Path) -> None:
    (case,) = load_cases(_written(tmp_path / "set.jsonl", _row(evidence=None)), _body_of)
    (evidence,) = case.evidence
    assert _BODY[evidence.start : evidence.end] == "Giàn BK-24 khánh thành ngày 29/12."


@pytest.mark.parametrize("changes", [{"answers": ["30/12"], "evidence": ""}, {"answers": []}])
def test_answers_without_evidence_or_evidence_without_answers_are_refused(
    tmp_path: Path, changes: dict[str, object]
) -> None:
    with pytest.raises(DatasetError, match="q8"):
        load_cases(_written(tmp_path / "set.jsonl", _row(id="q8", **changes)), _body_of)


def test_decomposed_text_is_found(tmp_path: Path) -> None:
    row = {name: unicodedata.normalize("NFD", str(value)) for name, value in _row().items() if name != "answers"}
    (case,) = load_cases(_written(tmp_path / "set.jsonl", {**row, "answers": ["29/12"]}), _body_of)
    assert case.question == "Khi nào?"
    assert case.answerable


def test_other_articles_and_free_form_are_read(tmp_path: Path) -> None:
    (case,) = load_cases(_written(tmp_path / "set.jsonl", _row(also_in=["tin"], answer_form="free")), _body_of)
    assert (case.also_in, case.free_form) == (("tin",), True)


def test_missing_file_is_a_dataset_error(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"none\.jsonl"):
        load_cases(tmp_path / "none.jsonl", _body_of)


@pytest.mark.parametrize("changes", [{"evidence": "ngày 30/12"}, {"article": "khac"}])
def test_evidence_that_is_not_there_names_the_question(tmp_path: Path, changes: dict[str, object]) -> None:
    path = _written(tmp_path / "set.jsonl", _row(id="q7", **changes))
    with pytest.raises(DatasetError, match="q7"):
        load_cases(path, _body_of)


def test_overlap_is_of_characters_of_the_same_article() -> None:
    evidence = Evidence("gian", 10, 20)
    assert evidence.overlaps("gian", 19, 30)
    assert evidence.overlaps("gian", 0, 11)
    assert not evidence.overlaps("gian", 20, 30)
    assert not evidence.overlaps("gian", 0, 10)
    assert not evidence.overlaps("khac", 10, 20)


def test_squad_paragraph_becomes_an_article(tmp_path: Path) -> None:
    questions = [
        {"id": "a", "question": "Khi nào? ", "answers": [{"text": "29/12", "answer_start": 29}] * 2},
        {"id": "b", "question": "Ai?", "answers": [], "is_impossible": True},
    ]
    paragraphs = [{"context": f" {_BODY}\n", "qas": questions}, {"context": "Đoạn hai.", "qas": []}]
    path = _written(tmp_path / "set.json", {"data": [{"title": "Giàn_khoan", "paragraphs": paragraphs}]})
    articles, cases = load_squad(path)
    assert [(article.id, article.title, article.body) for article in articles] == [
        ("000-000", "Giàn khoan", _BODY),
        ("000-001", "Giàn khoan", "Đoạn hai."),
    ]
    assert cases == [
        Case("a", "Khi nào?", ("29/12",), (Evidence("000-000", 0, len(_BODY)),)),
        Case("b", "Ai?", (), ()),
    ]


@pytest.mark.parametrize("text", ["{", "[]", '{"data": [{}]}'])
def test_broken_squad_names_the_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "broken.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DatasetError, match=r"broken\.json"):
        load_squad(path)


def test_dev_set_fits_the_corpus(corpus_library: Library) -> None:
    def body_of(article: str) -> str | None:
        found = corpus_library.article(article)
        return found.body if found is not None else None

    cases = load_cases(DEV_SET, body_of)
    assert len({case.id for case in cases}) == len(cases)
    assert sum(case.single for case in cases) > 150


def test_rows_that_cannot_be_written_are_an_error_that_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    with pytest.raises(DatasetError, match="Không ghi được") as refused:
        write_rows(tmp_path / "taken" / "set.jsonl", [{"id": "1"}])
    assert str(tmp_path / "taken" / "set.jsonl") in str(refused.value)


@pytest.mark.parametrize(
    ("dataset", "corpus", "cases", "unanswerable"),
    [
        ("dev.jsonl", CORPUS, 246, 25),
        ("confidence.jsonl", CORPUS, 230, 120),
        ("test.jsonl", CORPUS, 150, 45),
        ("elsewhere.jsonl", DEV_SET.with_name("elsewhere"), 120, 35),
        *(
            (f"{name}.jsonl", DEV_SET.with_name(name), 150, 33)
            for name in ("fitting_a", "fitting_b", "fitting_c", "fitting_d", "unseen", "unseen_b")
        ),
    ],
)
def test_the_questions_that_ship_fit_their_articles(dataset: str, corpus: Path, cases: int, unanswerable: int) -> None:
    bodies = {path.stem: parse_article(path.read_bytes(), path.stem).body for path in corpus.glob("*.md")}
    loaded = load_cases(DEV_SET.with_name(dataset), bodies.get)
    assert (len(loaded), sum(not case.answerable for case in loaded)) == (cases, unanswerable)
    asked = [" ".join(case.question.lower().split()) for case in loaded if not case.history]
    assert len(set(asked)) == len(asked)
