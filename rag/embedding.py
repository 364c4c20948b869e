"""Text to vectors: LangChain's `Embeddings` over sentence-transformers, with a fingerprint that tells models apart."""

import functools
import hashlib
import json
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from langchain_core.embeddings import Embeddings

from rag.bundled_e5 import HUB_ID, bundled_weights, unpack_bundled_model
from rag.errors import ModelError
from rag.settings import Settings
from rag.vietnamese.normalise import settle_tone_marks

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from transformers import BertModel

# Of questions asked at once, one is in a network at a time: each run uses all cores, and several side by side take ten
# times as long as one after the other. Indexing does not hold it, so that questions need not wait for a whole run.
network_turn = threading.Lock()

_CACHED_QUESTIONS = 1024
_DIGEST_BYTES = 1 << 20  # of each weight file, enough to tell two models apart


@dataclass(frozen=True, slots=True)
class EmbeddingFingerprint:
    """What must agree for two vectors to be comparable.

    Attributes:
        model: Hub id or folder name.
        revision: Digest of the model's files, or the hub's commit.
        dimension: Length of a vector.
        query_prefix: Put before each question.
        passage_prefix: Put before each passage.
    """

    model: str
    revision: str
    dimension: int
    query_prefix: str
    passage_prefix: str

    def to_json(self) -> str:
        """One line of JSON, the form stored beside the vectors."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote."""
        return cls(**json.loads(text))


class PassageEmbeddings(Embeddings):
    """Embeds questions and passages with one sentence-transformers model, loaded on first use.

    Vectors are L2-normalised, so a dot product is a cosine. Tone marks are settled first ("hoà" = "hòa").
    Safe to use from several threads.

    Args:
        model: A sentence-transformers folder or hub id; None means the bundled multilingual-e5-small, or the same
            model by its hub id where the bundle has no build for this machine.
        cache_dir: Where the bundled model is unpacked.
        batch_size: Passages embedded at once.

    Example:
        >>> embeddings = PassageEmbeddings.from_settings(Settings.load())  # doctest: +SKIP
        >>> len(embeddings.embed_query("Ai là Bí thư?"))  # doctest: +SKIP
        384
    """

    def __init__(self, model: str | None, cache_dir: Path, batch_size: int = 16) -> None:
        self._requested = model
        self._cache_dir = cache_dir
        self._batch_size = batch_size
        self._loading = threading.Lock()
        self._model: SentenceTransformer | None = None
        self._cached_query = functools.lru_cache(maxsize=_CACHED_QUESTIONS)(self._encode_query)

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """The embeddings that the settings ask for; nothing is loaded yet."""
        return cls(settings.embedding_model, settings.cache_dir, settings.embedding_batch_size)

    @functools.cached_property
    def fingerprint(self) -> EmbeddingFingerprint:
        """Identity of the model. Loads it.

        Raises:
            ModelError: The model cannot be found or loaded.
        """
        model = self._loaded()
        dimension = model.get_embedding_dimension()
        if dimension is None:
            raise ModelError(
                f"Mô hình {self._name} không cho biết số chiều.", "Hãy chọn một mô hình sentence-transformers khác."
            )
        prompts = model.prompts
        return EmbeddingFingerprint(
            self._name, self._revision(model), dimension, prompts.get("query") or "", prompts.get("document") or ""
        )

    def embed_query(self, text: str) -> list[float]:
        """The vector of one question, from the cache when it was asked before.

        Raises:
            ModelError: The model cannot be found or loaded.
        """
        return list(self._cached_query(text))

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """The vectors of passages, in order. Texts of like length share a batch.

        Raises:
            ModelError: The model cannot be found or loaded.
        """
        settled = [settle_tone_marks(text) for text in texts]
        vectors = self._loaded().encode_document(
            settled, batch_size=self._batch_size, show_progress_bar=False, normalize_embeddings=True
        )
        return [vector.tolist() for vector in vectors]

    def reader_base(self) -> tuple["BertModel", Path]:
        """The network of multilingual-e5-small and the folder of its tokenizer, for the reader trained over it.

        The embedding model's own network is shared where it is that model; else it is loaded beside it.

        Raises:
            ModelError: The model cannot be loaded.
        """
        embeddings = self if self._name == HUB_ID else PassageEmbeddings(None, self._cache_dir)
        model = embeddings._loaded()  # noqa: SLF001 - its own kind
        network: BertModel = model[0].auto_model  # type: ignore[assignment] # torch's containers hide the type
        if bundled_weights() is not None:
            return network, unpack_bundled_model(self._cache_dir)
        return network, Path(model.tokenizer.vocab_file).parent

    def _encode_query(self, text: str) -> tuple[float, ...]:
        model = self._loaded()
        with network_turn:
            vector = model.encode_query(settle_tone_marks(text), show_progress_bar=False, normalize_embeddings=True)
        return tuple(vector.tolist())

    @property
    def _name(self) -> str:
        return self._requested or HUB_ID

    def _loaded(self) -> "SentenceTransformer":
        with self._loading:
            if self._model is None:
                self._model = self._load()
            return self._model

    def _load(self) -> "SentenceTransformer":
        # Seconds of imports, paid only when a vector is needed.
        from safetensors import SafetensorError  # noqa: PLC0415
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415
        from transformers.utils import logging as transformers_logging  # noqa: PLC0415

        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        bundled = self._requested is None and bundled_weights() is not None
        location = str(unpack_bundled_model(self._cache_dir)) if bundled else self._name
        local = Path(location).is_dir()
        if not local and location.startswith((".", "/", "~")):  # a folder was meant: no hub is asked for it
            raise ModelError(f"Không có mô hình nhúng tại {location}.", "Hãy kiểm tra HOIDAP_EMBEDDING_MODEL.")
        try:
            return SentenceTransformer(location, local_files_only=local)
        except (OSError, ValueError, KeyError, SafetensorError) as error:
            remedy = (
                f"Hãy xóa thư mục {location} để nó được tạo lại."
                if bundled
                else "Hãy kiểm tra HOIDAP_EMBEDDING_MODEL (thư mục hoặc tên mô hình) và kết nối mạng."
            )
            raise ModelError(f"Không nạp được mô hình nhúng {location} ({type(error).__name__}).", remedy) from error

    def _revision(self, model: "SentenceTransformer") -> str:
        location = Path(
            unpack_bundled_model(self._cache_dir) if self._requested is None and bundled_weights() else self._name
        )
        if not location.is_dir():
            commit: str | None = getattr(getattr(model[0].auto_model, "config", None), "_commit_hash", None)
            return commit or "unknown"
        digest = hashlib.sha256()
        for file in sorted(location.rglob("*.safetensors")) + sorted(location.rglob("*.json")):
            digest.update(f"{file.relative_to(location)} {file.stat().st_size}\n".encode())
            with file.open("rb") as stream:
                digest.update(stream.read(_DIGEST_BYTES))
        return digest.hexdigest()[:16]
