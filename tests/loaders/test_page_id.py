"""A web page's id in the library: a path that is safe to write."""

import pytest

from rag.loaders.web import page_id


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://bao.vn/tin/a.html", "bao.vn/tin/a"),
        ("https://bao.vn/", "bao.vn"),
        ("https://bao.vn/tin/B%C3%A0i-1.htm", "bao.vn/tin/Bài-1"),
        ("https://bao.vn/../../etc/passwd", None),
        ("https://bao.vn/a?id=1", None),
        ("https://bao.vn/a%0Ab", None),
        ("https://bao.vn/" + "x" * 500, None),
    ],
)
def test_an_address_has_an_id_that_is_a_safe_path(address: str, expected: str | None) -> None:
    found = page_id(address)
    assert expected is None or found == expected
    assert found.startswith("bao.vn")
    assert ".." not in found.split("/")
    assert found.isprintable()
    assert len(found) <= 220
    assert page_id(address + ("&x" if "?" in address else "?x")) != found
