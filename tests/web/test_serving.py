"""`hoidap serve` as a process: how it begins, and how it ends while questions are being answered."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import httpx
import pytest
from support import ROOT, Write

from rag.embedding import PassageEmbeddings
from rag.settings import Settings
from rag.store.library import Library

_HOIDAP = (sys.executable, "-c", "from rag.cli import main; main()", "serve")
_SAID = "Trang hỏi đáp: "

Start = Callable[..., AbstractContextManager["subprocess.Popen[str]"]]


@pytest.fixture
def data(tmp_path: Path, tiny_model: Path, write: Write) -> Path:
    """A library with a model that loads at once."""
    for number in range(20):
        write(tmp_path / "articles" / f"{number}.md", f"Giàn số {number} khánh thành ngày 02/09/2021. " * 20)
    settings = Settings.load(data_dir=tmp_path / "data", embedding_model=str(tiny_model))
    with Library.opened(settings, PassageEmbeddings.from_settings(settings), "pytest") as library:
        library.sync([tmp_path / "articles"])
    return tmp_path / "data"


@pytest.fixture
def start(data: Path, tiny_model: Path) -> Start:
    """Starts the command; it is killed if it has not ended by itself."""

    @contextmanager
    def started(*arguments: str, **variables: str) -> Iterator["subprocess.Popen[str]"]:
        environment = {
            **os.environ,
            "HOIDAP_EMBEDDING_MODEL": str(tiny_model),
            "HOIDAP_DATA_DIR": str(data),
            "PYTHONPATH": str(ROOT),
            **variables,
        }
        process = subprocess.Popen(  # noqa: S603 - our own
            [*_HOIDAP, *arguments], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        try:
            yield process
        finally:
            process.kill()
            process.communicate()

    return started


def _address(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return next(line.split(_SAID)[1].split()[0] for line in process.stdout if _SAID in line)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly_while_questions_are_being_answered_and_leaves_no_uploads(
    start: Start, data: Path, number: signal.Signals
) -> None:
    answered, over = threading.Event(), threading.Event()

    def ask() -> None:
        with httpx.Client(timeout=60) as client:
            while not over.is_set():
                try:
                    reply = client.post(
                        f"{address}/gradio_api/run/ask", json={"data": ["Giàn số 3?", None, "", "", [], []]}
                    )
                except httpx.TransportError:
                    return
                if reply.status_code == 200:
                    answered.set()

    left = data / "uploading" / "999999999"
    left.mkdir(parents=True)
    (left / "cu.txt").write_text("còn lại từ lần trước", encoding="utf-8")
    with start("--port", "0") as process:
        address = _address(process)
        assert not left.exists()
        sent = httpx.post(f"{address}/gradio_api/upload", files={"files": ("bai.txt", b"abc")}).json()
        assert Path(sent[0]).is_relative_to(data)
        users = [threading.Thread(target=ask) for _ in range(6)]
        for user in users:
            user.start()
        assert answered.wait(60)
        process.send_signal(number)
        _, errors = process.communicate(timeout=60)
        over.set()
        for user in users:
            user.join()
    assert (process.returncode, "Traceback" in errors, "terminate" in errors) == (0, False, False), errors
    assert not Path(sent[0]).exists()


def test_a_taken_port_ends_it_with_1_and_a_remedy(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, start("--port", str(taken.getsockname()[1])) as process:
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "--port" in errors


def test_a_page_for_others_without_a_login_warns(start: Start, data: Path) -> None:
    with start("--port", "0", "--host", "0.0.0.0") as process:  # noqa: S104 - what is warned of
        _address(process)
        assert process.stderr is not None
        assert any("không có đăng nhập" in line for line in iter(process.stderr.readline, ""))
    assert data.exists()
