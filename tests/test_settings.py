import pytest
from pydantic import ValidationError
from support import ROOT

from rag.errors import SettingsError
from rag.settings import Settings


def test_a_misspelt_variable_is_refused_with_the_name_that_was_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOIDAP_DATADIR", "/tmp")  # noqa: S108 - never opened
    with pytest.raises(SettingsError, match="HOIDAP_DATADIR") as refused:
        Settings.load()
    assert "HOIDAP_DATA_DIR" in refused.value.remedy


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("HOIDAP_PASSAGE_WORDS", "5"),
        ("HOIDAP_PASSAGE_WORDS", "nhiều"),
        ("HOIDAP_LEXICAL_WEIGHT", "-1"),
        ("HOIDAP_PORT", "70000"),
        ("HOIDAP_MAX_FILE_MEGABYTES", "0"),
    ],
)
def test_a_value_out_of_range_is_refused_by_name_and_value(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError, match=variable) as refused:
        Settings.load()
    assert value in refused.value.message


def test_the_command_line_wins_over_the_environment_and_none_means_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOIDAP_PORT", "8000")
    assert Settings.load().port == 8000
    assert Settings.load(port=9000).port == 9000
    assert Settings.load(port=None).port == 8000


def test_an_unknown_override_is_refused() -> None:
    with pytest.raises(SettingsError, match="HOIDAP_COLOUR"):
        Settings.load(colour="red")


def test_settings_cannot_change_under_a_running_program() -> None:
    with pytest.raises(ValidationError):
        Settings.load().port = 1


@pytest.mark.parametrize(
    ("value", "message"),
    [("99999", "phải từ 65535 trở xuống"), ("-1", "phải từ 0 trở lên"), ("x", "phải là số nguyên")],
)
def test_what_a_value_has_to_be_is_said_in_vietnamese(
    monkeypatch: pytest.MonkeyPatch, value: str, message: str
) -> None:
    monkeypatch.setenv("HOIDAP_PORT", value)
    with pytest.raises(SettingsError, match=message):
        Settings.load()


def test_the_readme_lists_every_setting() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in Settings.model_fields if f"`HOIDAP_{name.upper()}`" not in readme] == []


@pytest.mark.parametrize("value", ["https://hoidap.example", "hoidap.example:443", "a@b"])
def test_names_of_the_page_are_names_alone(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("HOIDAP_ALLOWED_HOSTS", value)
    with pytest.raises(SettingsError, match="không có cổng"):
        Settings.load()
