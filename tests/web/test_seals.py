"""Votes count only for what was answered here: a browser may keep answers, but cannot make them up."""

import json
from pathlib import Path

import httpx
import pytest
from support import OpenLibrary
from web_support import call, queued

from rag.errors import LibraryError
from rag.feedback import FeedbackStore
from rag.store.library import Library
from rag.web.seals import Seals
from rag.web.server import running_page
from rag.web.turns import Conversation, Turn

QUESTION = "Đảng bộ BMĐH có tổng số bao nhiêu đảng viên?"
ASKED = [QUESTION, None, "", "", [], []]


def _votes(library: Library) -> int:
    return sum(FeedbackStore(library.settings.data_dir / "feedback.sqlite3").counts().values())


def _vote(client: httpx.Client, kept: str, **said: object) -> httpx.Response:
    """Open a conversation as a browser kept it, and vote on its last turn."""
    assert call(client, "_open", [], event_data={"conversation": kept}).status_code == 200
    turn = json.loads(kept)["turns"][-1]["id"]
    return call(client, "_vote", [None], event_data={"turn": turn, "vote": "right", **said})


def _answered(client: httpx.Client) -> str:
    """A conversation of one real answer, as the browser is given it to keep."""
    for line in reversed(queued(client, "_ask_typed", ASKED).splitlines()):
        output = json.loads(line[6:]).get("output") or {} if line.startswith("data: ") else {}
        for value in output.get("data", []):
            if isinstance(value, str) and value.startswith('{"id":'):
                return value
    raise AssertionError


def test_an_answer_that_was_given_can_be_voted_on_and_one_that_was_made_up_or_changed_cannot(
    site: str, web_library: Library
) -> None:
    with httpx.Client(base_url=site, timeout=30) as client:
        kept = _answered(client)
        before = _votes(web_library)
        conversation = json.loads(kept)
        (turn,) = conversation["turns"]
        made_up = {"id": "f" * 12, "question": "Ai?", "state": "answered", "text": "Ông X [1].", "sources": []}
        for forged in (
            made_up,
            {**made_up, "seal": turn["seal"]},
            {**turn, "text": "Ông X."},
            {**turn, "question": "Ai?"},
            {**turn, "id": "f" * 12},
            {**turn, "seal": ""},
            {**turn, "sources": []},
        ):
            reply = _vote(client, json.dumps({**conversation, "turns": [forged]}))
            assert (reply.status_code, reply.json()["error"][:17]) == (422, "Không nhận ra câu")
        assert _votes(web_library) == before
        assert _vote(client, kept).status_code == 200
        assert _votes(web_library) == before + 1


def test_what_was_made_up_before_a_real_answer_is_not_kept_with_its_vote(site: str, web_library: Library) -> None:
    with httpx.Client(base_url=site, timeout=30) as client:
        conversation = json.loads(_answered(client))
        made_up = {"id": "e" * 12, "question": "Bịa?", "state": "answered", "text": "Bịa đặt."}
        conversation["turns"].insert(0, made_up)
        assert _vote(client, json.dumps(conversation), reason="x" * 100_000).status_code == 200
    store = FeedbackStore(web_library.settings.data_dir / "feedback.sqlite3")
    kept = next(entry for entry in store.entries() if entry.id == conversation["turns"][-1]["id"])
    assert kept.history == ()
    assert len(kept.reason) <= 1000


def test_seals_outlive_a_restart_and_an_empty_or_short_key_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "data" / "answers.key"
    turn = Seals(path).sealed(Turn(id="a", question="?", state="answered", text="Có."))
    again = Conversation.model_validate_json(Conversation(id="a", turns=(turn,)).kept).turns[0]
    assert Seals(path).holds(again)
    assert path.stat().st_mode & 0o077 == 0
    assert [file.name for file in path.parent.iterdir()] == ["answers.key"]
    for key in ("", "a" * 63, "\n" * 64):
        path.write_text(key, encoding="ascii")
        with pytest.raises(LibraryError, match="quá ngắn"):
            Seals(path)
    path.write_bytes(b"\xff" * 64)
    with pytest.raises(LibraryError, match="Không đọc ghi"):
        Seals(path)


def test_a_page_with_a_broken_key_does_not_start(open_library: OpenLibrary, tmp_path: Path) -> None:
    with open_library(tmp_path / "data") as library:
        (tmp_path / "data" / "answers.key").touch()
        with pytest.raises(LibraryError, match="quá ngắn"), running_page(library, "127.0.0.1", 0):
            pass
