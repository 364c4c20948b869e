"""The attacks hold on the page, and each kind tells when a lock is taken away."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import OpenLibrary, Write

from evals.benchmarks.attacking.target import PASSWORDS, SECRET, Attack, Target
from evals.benchmarks.attacks import ATTACKS
from rag.web.accounts import account_line
from rag.web.server import running_page

# Those that send much or wait long are for the benchmark alone.
QUICK = [attack for attack in ATTACKS if attack.kind not in {"size", "memory", "uploads", "time"}]


@pytest.fixture(scope="module", params=["open", "login"])
def target(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, open_library: OpenLibrary, write: Write
) -> Iterator[Target]:
    folder = tmp_path_factory.mktemp("attacked")
    write(folder / "articles" / "bai.md", "Giàn BK-24 khánh thành ngày 02/09/2021.")
    (folder / "secret.txt").write_text(SECRET, encoding="utf-8")
    users = folder / "users.txt"
    lines = [account_line(name, "admin" if name == "lan" else "reader", word) for name, word in PASSWORDS.items()]
    users.write_text("\n".join(lines), encoding="utf-8")
    with_login = request.param == "login"
    with open_library(folder / "data", users_file=users if with_login else None, mcp=True) as library:
        library.sync([folder / "articles"])
        with running_page(library, "127.0.0.1", 0) as address:
            yield Target(address, os.getpid(), folder / "data", with_login, folder / "secret.txt")


@pytest.mark.parametrize("attack", QUICK, ids=lambda attack: f"{attack.kind}: {attack.name}")
def test_the_page_holds(target: Target, attack: Attack) -> None:
    if attack.needs in {"", "login" if target.with_login else "open"}:
        assert attack.run(target) is None


def test_there_are_sixty_attacks_and_more_each_with_a_name_of_its_own() -> None:
    assert len(ATTACKS) >= 60
    assert len({(attack.kind, attack.name) for attack in ATTACKS}) == len(ATTACKS)


@pytest.mark.parametrize(
    ("lock", "opened", "kind"),
    [
        ("rag.web.doors.Doors._is_here", True, "names"),
        ("rag.web.doors.Doors._is_own", True, "other sites"),
        ("rag.web.doors.Doors._answers", True, "inside"),
        ("rag.web.seals.Seals.holds", True, "votes"),
    ],
)
def test_an_attack_tells_when_its_lock_is_taken_away(
    target: Target, monkeypatch: pytest.MonkeyPatch, lock: str, opened: object, kind: str
) -> None:
    monkeypatch.setattr(lock, lambda *_: opened)
    assert any(attack.run(target) for attack in QUICK if attack.kind == kind and not attack.needs)


def test_nothing_is_left_of_the_secret(target: Target) -> None:
    waiting = Path(os.environ["GRADIO_TEMP_DIR"])
    assert not [file for file in waiting.rglob("*") if file.is_file() and SECRET.encode() in file.read_bytes()]
    assert target.secret_file.exists()
