"""The one frozen object that holds every choice a user can make, and the only place that reads the environment."""

import difflib
import os
from pathlib import Path
from typing import Any, Self

import platformdirs
from pydantic import Field, SecretStr, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from rag.errors import SettingsError

ENVIRONMENT_PREFIX = "HOIDAP_"

# Each library that could call home, and the switch that keeps it silent.
_SILENCE = {
    "ANONYMIZED_TELEMETRY": "False",  # chromadb
    "CHROMA_OTEL_COLLECTION_ENDPOINT": "",  # chromadb
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "TOKENIZERS_PARALLELISM": "false",  # not telemetry: silences a warning after fork
}


class Settings(BaseSettings):
    """All settings, each set by the environment variable `HOIDAP_<NAME>`.

    Frozen and strict: a misspelt variable is an error, never silently ignored.

    Example:
        >>> Settings.load(passage_words=60).passage_words
        60
    """

    model_config = SettingsConfigDict(env_prefix=ENVIRONMENT_PREFIX, frozen=True, extra="forbid")

    data_dir: Path = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("hoidap", appauthor=False)),
        description="Where the library lives: Chroma, the lexical index, the lock.",
    )
    cache_dir: Path = Field(
        default_factory=lambda: Path(platformdirs.user_cache_dir("hoidap", appauthor=False)),
        description="Where the bundled embedding model is unpacked, once (about 490 MB).",
    )
    embedding_model: str | None = Field(
        default=None,
        description="A sentence-transformers folder or hub id; unset means the bundled multilingual-e5-small.",
    )
    embedding_batch_size: int = Field(default=16, ge=1, le=1024, description="Passages embedded at once.")
    passage_words: int = Field(default=90, ge=20, le=200, description="Target length of a passage, in syllables.")
    lexical_weight: float = Field(
        default=0.05, ge=0, le=1, description="Share of the words (BM25) in the ranking, beside the meaning (cosine)."
    )
    sentence_weight: float = Field(
        default=0.15, ge=0, le=1, description="Share of the passage's best sentence in the ranking."
    )
    time_weight: float = Field(default=0.02, ge=0, le=1, description="Share of the years asked for in the ranking.")
    reranker: str | None = Field(
        default=None, description="A cross-encoder (folder or hub id) that orders the best passages anew; slow."
    )
    llm: str | None = Field(
        default=None,
        description="A chat model that writes the answers, `<provider>:<model>`; unset quotes the articles instead.",
    )
    llm_base_url: str | None = Field(default=None, description="Address of the model's server, where it is your own.")
    llm_api_key: SecretStr | None = Field(
        default=None, description="Key for the model's server; unset leaves it to the provider's own variable."
    )
    llm_timeout: float = Field(
        default=60.0, gt=0, le=600, description="Seconds the model may take to answer, each of two times."
    )
    preferred_publishers: str = Field(
        default="",
        description="Publishers believed first where articles contradict each other, best first, separated by commas.",
    )
    distrusted_publishers: str = Field(
        default="", description="Publishers whose articles are found but answer nothing, separated by commas."
    )
    llm_passages: int = Field(default=5, ge=1, le=20, description="Passages that the model is given.")
    search_limit: int = Field(default=10, ge=1, le=100, description="Hits shown by a search.")
    max_question_characters: int = Field(default=500, ge=20, le=5000, description="Longest question accepted.")
    max_file_megabytes: float = Field(default=20.0, gt=0, le=1000, description="Largest article file accepted.")
    max_article_characters: int = Field(
        default=1_000_000, ge=1000, le=100_000_000, description="Longest text accepted as one article."
    )
    max_pdf_pages: int = Field(default=300, ge=1, le=10_000, description="Longest PDF accepted.")
    max_read_seconds: float = Field(default=10.0, gt=0, le=600, description="How long reading one file may take.")
    web_allow_private: bool = Field(
        default=False, description="Whether web addresses of this machine and of private networks may be indexed."
    )
    web_delay_seconds: float = Field(default=1.0, ge=0, le=60, description="Pause between two pages of one site.")
    web_timeout_seconds: float = Field(default=20.0, gt=0, le=600, description="How long one web page may take.")
    web_max_pages: int = Field(
        default=50, ge=1, le=10_000, description="Pages taken from a sitemap, feed or list page."
    )
    chroma_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^/]+/?$",
        description="A Chroma server (`http://HOST:PORT`) that several processes share, in place of a local database.",
    )
    chroma_token: str | None = Field(default=None, repr=False, description="Token for the Chroma server.")
    host: str = Field(default="127.0.0.1", description="Address the web page listens on.")
    port: int = Field(default=7860, ge=0, le=65535, description="Port the web page listens on.")
    allowed_hosts: str = Field(
        default="",
        pattern=r"^[^/@:]*$",
        description="Further names that the page is reached by, e.g. a proxy's, separated by commas, without a port.",
    )
    trusted_proxies: str = Field(
        default="",
        description="Addresses of proxies whose X-Forwarded-For and X-Forwarded-Proto count, separated by commas.",
    )
    users_file: Path | None = Field(
        default=None, description="Who may log in to the web page, a line each from `hoidap user`; unset: no login."
    )
    max_upload_files: int = Field(
        default=20, ge=1, le=1000, description="Files accepted in one upload to the web page."
    )
    answers_at_once: int = Field(
        default=2, ge=1, le=64, description="Questions that the web page answers at the same time; the others wait."
    )
    max_waiting_questions: int = Field(
        default=64, ge=0, le=1000, description="Questions that may wait on the web page; who asks then is told to wait."
    )
    mcp: bool = Field(default=False, description="Whether the page is an MCP server too, at /gradio_api/mcp/.")

    @classmethod
    def load(cls, **overrides: Any) -> Self:  # noqa: ANN401 - each value is validated by its field
        """Read the environment, let `overrides` (e.g. from the command line) win, and validate.

        Raises:
            SettingsError: A `HOIDAP_*` variable or override is unknown or out of range.
        """
        for variable in os.environ:
            if variable.startswith(ENVIRONMENT_PREFIX):
                _refuse_unknown(variable, cls)
        given = {name: value for name, value in overrides.items() if value is not None}
        try:
            return cls(**given)
        except ValidationError as error:
            first = error.errors()[0]
            name = ENVIRONMENT_PREFIX + str(first["loc"][0]).upper()
            raise SettingsError(
                f"Thiết lập {name}={first['input']!r} không hợp lệ ({_in_vietnamese(first)}).",
                "Hãy sửa giá trị này, hoặc bỏ biến đi để dùng giá trị mặc định.",
            ) from error


def listed(value: str) -> list[str]:
    """The names of a setting that holds several, separated by commas.

    Example:
        >>> listed("a.vn, b.vn,")
        ['a.vn', 'b.vn']
    """
    return [name.strip() for name in value.split(",") if name.strip()]


def _in_vietnamese(error: ErrorDetails) -> str:
    """What a value has to be, by pydantic's kind of error; pydantic's own words for a kind not met so far."""
    limits = error.get("ctx", {})
    match error["type"]:
        case "greater_than_equal" | "greater_than":
            message = f"phải từ {limits.get('ge', limits.get('gt'))} trở lên"
        case "less_than_equal" | "less_than":
            message = f"phải từ {limits.get('le', limits.get('lt'))} trở xuống"
        case "int_parsing" | "int_from_float":
            message = "phải là số nguyên"
        case "float_parsing":
            message = "phải là một số"
        case "bool_parsing":
            message = "phải là true hoặc false"
        case "string_pattern_mismatch" if error["loc"][0] == "allowed_hosts":
            message = "phải là các tên máy, không có cổng, cách nhau bằng dấu phẩy"
        case "string_pattern_mismatch":
            message = "phải có dạng http://MÁY:CỔNG"
        case _:
            message = error["msg"]
    return message


def _refuse_unknown(variable: str, settings: type[Settings]) -> None:
    known = [ENVIRONMENT_PREFIX + name.upper() for name in settings.model_fields]
    if variable.upper() in known:
        return
    close = difflib.get_close_matches(variable, known, n=1)
    hint = f"Có phải bạn muốn dùng {close[0]}?" if close else f"Các thiết lập có thể dùng: {', '.join(known)}."
    raise SettingsError(f"Không có thiết lập nào tên là {variable}.", hint)


def silence_telemetry() -> None:
    """Turn off telemetry and analytics of every library. Called by each entry point before heavy imports."""
    os.environ.update(_SILENCE)
