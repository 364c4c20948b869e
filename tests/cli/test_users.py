from pathlib import Path

import pytest
from click.testing import CliRunner

from rag.cli import hoidap
from rag.errors import SettingsError
from rag.web.accounts import Accounts


def test_what_is_printed_is_a_line_of_the_file_of_users_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "users.txt"
    run = CliRunner().invoke(
        hoidap, ["user", "lan", "--admin"], input="bốn từ bí mật\nbốn từ bí mật\n", standalone_mode=False
    )
    path.write_text(run.stdout, encoding="utf-8")
    accounts = Accounts.read(path)
    assert accounts.knows("lan", "bốn từ bí mật")
    assert accounts.is_admin("lan")
    assert "bốn từ bí mật" not in run.output


def test_passwords_that_differ_are_asked_for_again() -> None:
    typed = "bốn từ khác nhau\nbốn từ\nbốn từ bí mật\nbốn từ bí mật\n"
    run = CliRunner().invoke(hoidap, ["user", "nam"], input=typed, standalone_mode=False)
    assert run.stdout.startswith("nam:reader:$2b$")


def test_an_easy_password_is_refused_with_the_reason() -> None:
    with pytest.raises(SettingsError, match="dễ đoán"):
        CliRunner().invoke(
            hoidap, ["user", "nam"], input="123456\n123456\n", standalone_mode=False, catch_exceptions=False
        )
