from collections.abc import Iterable
from pathlib import Path

import pytest

from rag.errors import ArticleError
from rag.loaders import discovery
from rag.loaders.source import FileLimits, Scope


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("b.md", "a.txt", "sub/c.MD", "sub/deep/d.markdown", ".git/e.md", "sub/.f.md", "g.png", "sub/h.md.bak"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("Tiêu đề\nNội dung.", encoding="utf-8")
    (tmp_path / "folder.md").mkdir()
    return tmp_path


def discover(path: Path, known_roots: Iterable[Path] = ()) -> Scope:
    return discovery.discover(path, FileLimits(10**6), known_roots)


def ids(scope: Scope) -> list[str]:
    return [file.article_id for file in scope.sources]


def test_article_files_are_found_at_any_depth_and_named_by_their_path_without_suffix(tree: Path) -> None:
    assert ids(discover(tree)) == ["a", "b", "sub/c", "sub/deep/d"]


def test_a_single_file_is_named_relative_to_its_folder(tree: Path) -> None:
    assert ids(discover(tree / "sub" / "c.MD")) == ["c"]


def test_a_path_inside_a_known_root_keeps_the_names_of_that_root(tree: Path) -> None:
    assert ids(discover(tree / "sub", [tree])) == ["sub/c", "sub/deep/d"]
    assert ids(discover(tree / "sub" / "c.MD", [tree, tree / "elsewhere"])) == ["sub/c"]
    assert ids(discover(tree, [tree / "sub"])) == ["a", "b", "sub/c", "sub/deep/d"]


def test_of_two_known_roots_the_inner_one_names_the_files(tree: Path) -> None:
    for roots in ([tree, tree / "sub"], [tree / "sub", tree]):
        assert ids(discover(tree / "sub" / "deep", roots)) == ["deep/d"]


def test_a_folder_given_through_a_link_or_with_dots_is_the_same_folder(tree: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(tree / "sub")
    assert discover(link).sources == discover(tree / "sub").sources == discover(tree / "sub" / ".." / "sub").sources


def test_a_path_that_does_not_exist_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ArticleError, match="nowhere"):
        discover(tmp_path / "nowhere")


def test_a_file_of_an_unknown_kind_is_refused_naming_the_kinds_that_work(tree: Path) -> None:
    with pytest.raises(ArticleError, match=r"\.png") as refused:
        discover(tree / "g.png")
    assert ".md" in refused.value.remedy


def test_a_scope_covers_what_lies_below_its_path_only(tree: Path) -> None:
    scope = discover(tree / "sub")
    assert scope.covers(str(tree / "sub" / "gone.md"))
    assert scope.covers(str(tree / "sub" / "deep" / "d.markdown"))
    assert not scope.covers(str(tree / "b.md"))
    assert not scope.covers(str(tree / "subway.md"))


def test_a_link_that_leaves_the_folder_is_refused_and_one_inside_is_read(tree: Path, tmp_path: Path) -> None:
    outside = tmp_path.parent / f"{tmp_path.name}-secret.txt"
    outside.write_text("Mật khẩu\nBí mật.", encoding="utf-8")
    (tree / "out.txt").symlink_to(outside)
    (tree / "in.txt").symlink_to(tree / "a.txt")
    (tree / "ring.txt").symlink_to(tree / "ring.txt")
    sources = {source.article_id: source for source in discover(tree).sources}
    assert sources["in"].load().article.body == "Nội dung."
    for read in (lambda: sources["out"].digest(None), sources["out"].load):
        with pytest.raises(ArticleError, match="liên kết ra ngoài") as refused:
            read()
        assert refused.value.remedy
    assert "ring" not in sources
    assert discover(outside).sources[0].load().article.body == "Bí mật."  # given by name it is meant
