from pathlib import Path

from click.testing import CliRunner

from rag.cli import hoidap
from rag.web.accounts import Accounts


def test_what_is_printed_is_a_line_of_the_file_of_users_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "users.txt"
    run = CliRunner().invoke(hoidap, ["user", "lan", "--admin"], input="bí mật\nbí mật\n", standalone_mode=False)
    path.write_text(run.stdout, encoding="utf-8")
    accounts = Accounts.read(path)
    assert accounts.knows("lan", "bí mật")
    assert accounts.is_admin("lan")
    assert "bí mật" not in run.output


def test_passwords_that_differ_are_asked_for_again() -> None:
    run = CliRunner().invoke(hoidap, ["user", "nam"], input="a\nb\nc\nc\n", standalone_mode=False)
    assert run.stdout.startswith("nam:reader:$2b$")
