"""The language model that the settings name, made by LangChain: any provider it knows, each an optional extra."""

import sys
from typing import Any

from langchain_core.language_models import BaseChatModel

from rag.errors import SettingsError
from rag.settings import Settings

# Providers with an extra of their own: `pip install 'hoidap[openai]'`. Others need their LangChain package.
_EXTRAS = {"openai": "openai", "anthropic": "anthropic", "google_genai": "google", "ollama": "ollama"}
_TAKES_TIMEOUT = frozenset({"openai", "anthropic", "google_genai", "azure_openai", "mistralai", "groq", "deepseek"})
_MOST_TOKENS = 400  # of an answer: a few sentences
_NO_KEY = "none"  # to a server of one's own; the key of the provider itself must not be sent there


def chat_model(settings: Settings) -> BaseChatModel:
    """The model that `HOIDAP_LLM` names; nothing is asked of it yet.

    Args:
        settings: `llm` is set.

    Raises:
        SettingsError: It is not `<provider>:<model>`, its package is not installed, or the provider refuses the
            settings (a key is missing).
    """
    provider, _, model = (settings.llm or "").partition(":")
    if not (provider and model):
        raise SettingsError(
            f"HOIDAP_LLM={settings.llm!r} không đúng dạng <nhà cung cấp>:<mô hình>.",
            "Ví dụ: HOIDAP_LLM=ollama:qwen2.5:3b hoặc HOIDAP_LLM=openai:gpt-4o-mini.",
        )
    try:
        from langchain.chat_models import init_chat_model  # noqa: PLC0415 - an optional extra, and slow to import

        made: BaseChatModel = init_chat_model(model, model_provider=provider, **_choices(provider, settings))
    # AttributeError: langchain falls back on an old langchain-community where that happens to be installed.
    except (ImportError, AttributeError) as error:
        extra = _EXTRAS.get(provider)
        package = f"'hoidap[{extra}]'" if extra else f"langchain langchain-{provider.replace('_', '-')}"
        raise SettingsError(
            f"Chưa cài phần mở rộng cho {provider} ({error.name or error}).", f"Hãy chạy: pip install {package}"
        ) from error
    except _refusals(provider) as error:
        raise SettingsError(
            f"Không dùng được HOIDAP_LLM={settings.llm} ({_first_line(error)}).",
            "Hãy kiểm tra tên nhà cung cấp, tên mô hình, HOIDAP_LLM_BASE_URL và HOIDAP_LLM_API_KEY.",
        ) from error
    return made


def _choices(provider: str, settings: Settings) -> dict[str, Any]:
    choices: dict[str, Any] = {"temperature": 0.0}
    if provider == "ollama":
        choices["num_predict"] = _MOST_TOKENS
    else:
        choices["max_tokens"] = _MOST_TOKENS
    if settings.llm_base_url is not None:
        choices["base_url"] = settings.llm_base_url
    if settings.llm_api_key is not None:
        choices["api_key"] = settings.llm_api_key.get_secret_value()
    elif settings.llm_base_url is not None and provider != "ollama":
        choices["api_key"] = _NO_KEY
    if provider in _TAKES_TIMEOUT:  # a second line of defence: the answer's own deadline does not rely on it
        choices |= {"timeout": settings.llm_timeout, "max_retries": 0}
    if provider == "openai":
        choices["stream_usage"] = True  # off by default where a base URL is given
    return choices


def _refusals(provider: str) -> tuple[type[Exception], ...]:
    """What is raised for an unknown provider, a refused value, and by the provider's own client for a missing key."""
    client = sys.modules.get(provider)
    known = (getattr(client, name, None) for name in ("OpenAIError", "AnthropicError"))
    return ValueError, *(error for error in known if isinstance(error, type) and issubclass(error, Exception))


def _first_line(error: BaseException) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
