"""Every error that a visitor of the page can meet has English words, with the same values in their places."""

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import ROOT

from rag import errors
from rag.errors import ArticleError, HoidapError, LibraryError, ModelError
from rag.web.english import ENGLISH, in_english

# Where the errors of questions, uploads, addresses, deletions and filters are made.
MET = (
    *sorted(ROOT.glob("rag/loaders/*.py")),
    *(
        ROOT / "rag" / name
        for name in (
            "article.py",
            "contracts.py",
            "feedback.py",
            "retrieval/query.py",
            "retrieval/rerank.py",
            "store/chroma.py",
            "store/lease.py",
            "store/library.py",
            "store/plan.py",
            "store/scopes.py",
            "web/line.py",
            "web/shelf.py",
        )
    ),
)


def _kinds(tree: ast.Module) -> set[str]:
    """Names that errors of ours have in a module: those of `rag.errors`, and classes made of them there."""
    known = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, HoidapError)}
    known |= {"PrivateAddressError", "SourceGoneError"}
    return known | {node.name for node in tree.body if isinstance(node, ast.ClassDef) and node.name.endswith("Error")}


def _wordings(path: Path) -> Iterator[tuple[str, int]]:
    """What errors are made with in a file: each literal wording, or the source of what is none, with its line."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    literals = {
        target.id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        named = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _kinds(tree)
        if not named or not isinstance(node, ast.Call) or any(isinstance(given, ast.Starred) for given in node.args):
            continue
        for given in node.args:
            for one in (given.body, given.orelse) if isinstance(given, ast.IfExp) else (given,):
                said = literals.get(one.id, one) if isinstance(one, ast.Name) else one
                yield str(said.value) if isinstance(said, ast.Constant) else ast.unparse(said), node.lineno


@pytest.mark.parametrize("path", MET, ids=lambda path: path.name)
def test_each_wording_where_an_error_is_made_has_english_words(path: Path) -> None:
    missing = [f"{path.name}:{line}: {wording}" for wording, line in _wordings(path) if wording not in ENGLISH]
    assert missing == []


def test_no_english_words_are_left_over_and_each_names_the_same_values() -> None:
    used = {wording for path in MET for wording, _ in _wordings(path)}
    elsewhere = {wording for wording in ENGLISH if wording in (ROOT / "rag/loaders/worker.py").read_text("utf-8")}
    assert set(ENGLISH) - used - elsewhere == set()
    fields = string.Formatter().parse
    for vietnamese, english in ENGLISH.items():
        wanted, given = ({name for _, name, *_ in fields(text) if name} for text in (vietnamese, english))
        assert given == wanted, vietnamese


def test_an_error_without_english_words_says_its_kind_and_keeps_its_own() -> None:
    assert in_english(ModelError("Tệp hỏng.", "Hãy cài lại.")) == "A model cannot be used. Tệp hỏng. Hãy cài lại."


def test_values_stand_in_both_languages() -> None:
    error = ArticleError(
        "Tệp nặng {size:.1f} MB, quá giới hạn {limit:g} MB.",
        "Hãy tách nhỏ tệp, hoặc tăng HOIDAP_MAX_FILE_MEGABYTES.",
        size=25,
        limit=20.0,
    )
    assert error.message == "Tệp nặng 25.0 MB, quá giới hạn 20 MB."
    assert in_english(error).startswith("The file has 25.0 MB; at most 20 MB are accepted. Split")


def test_braces_in_words_without_values_are_left_alone() -> None:
    assert LibraryError('Mỗi dòng: {"id": 1}.', "Hãy sửa.").message == 'Mỗi dòng: {"id": 1}.'
