import sys

import pytest

from rag.answering.llm.model import chat_model
from rag.errors import SettingsError
from rag.settings import Settings


@pytest.mark.parametrize("name", ["gpt-4o-mini", "openai:", ":x", ""])
def test_a_name_without_provider_or_model_is_refused_with_an_example(name: str) -> None:
    with pytest.raises(SettingsError, match="<nhà cung cấp>:<mô hình>") as refused:
        chat_model(Settings.load(llm=name))
    assert "ollama:" in refused.value.remedy


def test_a_provider_nobody_knows_is_refused() -> None:
    with pytest.raises(SettingsError, match="nobody:x"):
        chat_model(Settings.load(llm="nobody:x"))


@pytest.mark.parametrize(
    ("provider", "module", "extra"),
    [
        ("openai", "langchain_openai", "'hoidap[openai]'"),
        ("anthropic", "langchain_anthropic", "'hoidap[anthropic]'"),
        ("google_genai", "langchain_google_genai", "'hoidap[google]'"),
        ("ollama", "langchain_ollama", "'hoidap[ollama]'"),
        ("mistralai", "langchain_mistralai", "langchain-mistralai"),
    ],
)
def test_a_missing_package_names_the_extra_to_install(
    monkeypatch: pytest.MonkeyPatch, provider: str, module: str, extra: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)  # what Python does with a package that is not there
    with pytest.raises(SettingsError) as refused:
        chat_model(Settings.load(llm=f"{provider}:x"))
    assert extra in refused.value.remedy


def test_a_missing_key_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(SettingsError, match="openai:x") as refused:
        chat_model(Settings.load(llm="openai:x"))
    assert "HOIDAP_LLM_API_KEY" in refused.value.remedy


def test_the_provider_s_own_key_is_never_sent_to_another_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-own-key")
    model = chat_model(Settings.load(llm="openai:x", llm_base_url="http://127.0.0.1:9/v1"))
    assert model.openai_api_key.get_secret_value() == "none"  # type: ignore[attr-defined]


def test_a_key_in_the_settings_is_not_shown() -> None:
    assert "sk-secret" not in repr(Settings.load(llm_api_key="sk-secret"))
