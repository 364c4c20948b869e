"""The command line as a user and as a tool meet it: real commands, real model, real library."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from cli_support import Run
from support import ROOT, Write

from rag.loaders.files import load_article


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory, corpus: Path) -> Path:
    """A data directory made by `hoidap index corpus` in a process of its own."""
    data_dir = tmp_path_factory.mktemp("cli") / "data"
    command = [sys.executable, "-c", "from rag.cli import main; main()", "index", str(corpus), "--data", str(data_dir)]
    made = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)  # noqa: S603
    assert made.returncode == 0, made.stderr
    assert made.stdout.startswith("35 bài mới · 0 cập nhật · 0 gỡ bỏ · 0 không đổi · 0 lỗi · ")
    return data_dir


def test_indexing_again_embeds_nothing(run: Run, data: Path, corpus: Path) -> None:
    again = run("index", corpus, "--data", data)
    assert again.code == 0
    assert "0 bài mới · 0 cập nhật · 0 gỡ bỏ · 35 không đổi · 0 lỗi · 0 đoạn được nhúng" in again.output


def test_a_question_without_accents_is_answered_with_its_quote(run: Run, data: Path) -> None:
    shown = run("ask", "ai la bi thu dang uy bmdh", "--data", data)
    assert shown.code == 0
    assert "ai là bí thư đảng ủy" in shown.output
    assert "Trần Quốc Thắng" in shown.output
    assert "000-seed" in shown.output


def test_a_question_is_answered_without_loading_torch(data: Path) -> None:
    # Torch and what comes with it took seven of the ten seconds of a cold `hoidap ask`.
    program = (
        "import sys; from rag.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "finally: print({'torch', 'transformers', 'sentence_transformers'} & set(sys.modules), file=sys.stderr)"
    )
    command = [sys.executable, "-c", program, "ask", "Ai là Bí thư Đảng ủy BMĐH?", "--data", str(data)]
    shown = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)  # noqa: S603
    assert "Trần Quốc Thắng" in shown.stdout
    assert shown.stderr.splitlines()[-1] == "set()"


def test_ask_batch_prints_one_checked_answer_a_line_in_order(
    run: Run, data: Path, corpus: Path, tmp_path: Path
) -> None:
    questions = [
        {"id": "b", "question": "Đảng bộ BMĐH có bao nhiêu đảng viên chính thức?"},
        {"id": "a", "question": "Cách nấu phở bò ngon nhất?"},
        {"id": "c", "question": "Trong đó mấy đơn được công nhận rồi?", "history": [
            {"role": "user", "content": "Năm 2020 BMĐH có mấy đơn đăng ký sáng kiến sáng chế?"},
            {"role": "assistant", "content": "4 đơn."},
        ]},
        {"id": "d", "question": "Ông ấy sinh năm nào?", "history": [
            {"role": "user", "content": "Ông Lê Ngọc Sơn giữ chức gì?"},
            {"role": "assistant", "content": "Chủ tịch Hội đồng thành viên."},
        ]},
    ]  # fmt: skip
    batch = tmp_path / "batch.jsonl"
    batch.write_text("\n".join(json.dumps(question) for question in questions), encoding="utf-8")
    printed = run("ask", "--batch", batch, "--data", data)
    assert printed.code == 0
    answers = [json.loads(line) for line in printed.output.splitlines()]
    assert [answer["id"] for answer in answers] == ["b", "a", "c", "d"]
    assert [answer["abstained"] for answer in answers] == [False, True, False, False]
    for answer in answers:
        assert set(answer) == {
            "id", "question", "answer", "spans", "abstained", "confidence", "citations", "seconds",
        }  # fmt: skip
        assert 0 <= answer["confidence"] <= 1
        for citation in answer["citations"]:
            article = load_article(corpus / f"{citation['article']}.md", citation["article"], 10**6)
            assert article.body[citation["start"] : citation["end"]] == citation["quote"]
    assert "243 đảng viên chính thức" in answers[0]["answer"]
    assert answers[1]["citations"] == []
    assert any("1 đơn được công nhận" in citation["quote"] for citation in answers[2]["citations"])
    assert answers[3]["spans"] == ["năm 1972"]
    assert "Lê Ngọc Sơn" in answers[3]["answer"]


def test_search_json_gives_hits_that_are_slices_of_their_articles(run: Run, data: Path, corpus: Path) -> None:
    printed = run("search", "Giàn BK-24 khánh thành ngày nào?", "-k", 3, "--json", "--data", data)
    result = json.loads(printed.output)
    assert len(result["hits"]) == 3
    assert result["hits"][0]["article"].endswith("bk24-khanh-thanh")
    for hit in result["hits"]:
        assert set(hit) == {"article", "title", "passage", "start", "end", "text", "score"}
        article = load_article(corpus / f"{hit['article']}.md", hit["article"], 10**6)
        assert article.body[hit["start"] : hit["end"]] == hit["text"]


def test_search_explain_tells_how_the_question_was_read_and_the_parts_of_each_score(run: Run, data: Path) -> None:
    printed = run("search", "TGĐ VSP năm 2025 là ai?", "--explain", "--json", "--data", data)
    result = json.loads(printed.output)
    assert result["reading"]["abbreviations"] == {"TGĐ": "Tổng Giám đốc", "VSP": "Vietsovpetro"}
    assert result["reading"]["years"] == [2025]
    assert {"total", "cosine", "bm25", "lexical", "sentence", "time"} <= set(result["hits"][0]["details"])
    shown = run("search", "TGĐ VSP năm 2025 là ai?", "--explain", "--data", data)
    assert "Viết tắt: TGĐ = Tổng Giám đốc, VSP = Vietsovpetro" in shown.output


def test_filters_restrict_the_search(run: Run, data: Path) -> None:
    article = run("search", "doanh thu", "--article", "029-petrovietnam-tong-ket-2025", "--json", "--data", data)
    assert {hit["article"] for hit in json.loads(article.output)["hits"]} == {"029-petrovietnam-tong-ket-2025"}
    days = run("search", "hội nghị", "--from", "2020-12-01", "--to", "31/12/2020", "--json", "--data", data)
    assert {hit["article"] for hit in json.loads(days.output)["hits"]} <= {"000-seed", "003-vsp-khai-thac-2020"}
    publisher = run("search", "hội nghị", "--publisher", "Sài Gòn Giải Phóng", "--json", "--data", data)
    assert json.loads(publisher.output)["hits"][0]["article"] == "001-vsp-tong-ket-2025"


def test_status_says_what_the_library_holds(run: Run, data: Path) -> None:
    state = json.loads(run("status", "--json", "--data", data).output)
    assert state["articles"] == 35
    assert state["passages"] > 100
    assert state["embedding_model"] == "intfloat/multilingual-e5-small"
    assert state["data_dir"] == str(data)


def test_one_bad_file_is_named_and_the_others_are_indexed(run: Run, folder: Path, write: Write, tmp_path: Path) -> None:
    write(folder / "good.md", "Giàn BK-24 khánh thành.")
    (folder / "bad.txt").write_bytes(b"Ti\xeau \xff")
    (folder / "empty.txt").touch()
    indexed = run("index", folder, "--data", tmp_path / "data")
    assert indexed.code == 1
    assert "1 bài mới" in indexed.output
    assert "2 lỗi" in indexed.output
    assert "bad.txt: Tệp không phải UTF-8 (byte 0xea ở vị trí 2)" in indexed.errors
    assert "empty.txt: Tệp rỗng." in indexed.errors


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["index", "/no/such/folder"], "Không có tệp hoặc thư mục nào tại /no/such/folder."),
        (["index", "http://127.0.0.1:9/a"], "Địa chỉ 127.0.0.1 trỏ vào máy này hoặc mạng nội bộ (127.0.0.1)."),
        (["ask", "--batch", "/no/such/file"], "Không đọc được tệp câu hỏi /no/such/file"),
        (["ask", "Ai?", "--data", "/proc/hoidap"], "Không ghi được vào thư mục dữ liệu /proc/hoidap"),
    ],
)
def test_what_the_user_can_mend_exits_with_1_and_says_how(run: Run, arguments: list[str], message: str) -> None:
    outcome = run(*arguments)
    assert outcome.code == 1
    assert message in outcome.errors
    assert "→ Hãy" in outcome.errors


def test_asking_an_empty_library_says_to_index_first(run: Run, tmp_path: Path) -> None:
    outcome = run("ask", "Ai là Bí thư?", "--data", tmp_path / "data")
    assert outcome.code == 1
    assert "hoidap index" in outcome.errors


@pytest.mark.parametrize(
    ("question", "message"), [("   ", "Câu hỏi đang trống."), ("a" * 501, "quá giới hạn 500 ký tự")]
)
def test_empty_and_over_long_questions_are_refused(run: Run, data: Path, question: str, message: str) -> None:
    outcome = run("ask", question, "--data", data)
    assert outcome.code == 1
    assert message in outcome.errors


def test_a_bad_question_does_not_stop_a_batch(run: Run, data: Path, tmp_path: Path) -> None:
    batch = tmp_path / "batch.jsonl"
    batch.write_text('{"id": 1, "question": " "}\n{"id": 2, "question": "BMĐH là gì?"}\n', encoding="utf-8")
    outcome = run("search", "--batch", batch, "--data", data)
    first, second = (json.loads(line) for line in outcome.output.splitlines())
    assert outcome.code == 1
    assert "Câu hỏi đang trống." in first["error"]
    assert second["hits"]


def test_an_unknown_setting_is_an_error_with_a_guess(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOIDAP_PASAGE_WORDS", "60")
    outcome = run("status")
    assert outcome.code == 1
    assert "HOIDAP_PASSAGE_WORDS" in outcome.errors


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ask"], "thiếu CÂU_HỎI"),
        (["ask", "Ai?", "--jsn"], "không có tùy chọn --jsn"),
        (["search", "Ai?", "-k", "0"], "giá trị của"),
        (["index"], "thiếu"),
    ],
)
def test_wrong_usage_exits_with_2_in_vietnamese(run: Run, arguments: list[str], message: str) -> None:
    outcome = run(*arguments)
    assert outcome.code == 2
    assert message in outcome.errors
