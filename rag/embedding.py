"""Text to vectors: LangChain's `Embeddings`, with a fingerprint that tells models apart.

The bundled model runs on onnxruntime (`rag.network`), which spares a question the seconds of importing torch and half
of its network time. Any other model, and the bundled one where there is a graphics card, runs in sentence-transformers.
"""

import functools
import hashlib
import json
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, Self

from langchain_core.embeddings import Embeddings
from safetensors import SafetensorError

from rag.bundled_e5 import HUB_ID, PASSAGE_PREFIX, QUERY_PREFIX, bundled_weights, unpack_bundled_model
from rag.errors import ModelError
from rag.network.trunk import Trunk
from rag.settings import Settings
from rag.vietnamese.normalise import settle_tone_marks

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_CACHED_QUESTIONS = 1024
_DIGEST_BYTES = 1 << 20  # of each weight file, enough to tell two models apart
_GRAPHICS_CARDS = (Path("/dev/nvidiactl"), Path("/dev/kfd"))  # what the drivers of NVIDIA and AMD cards put there


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
    """Embeds questions and passages with one model, loaded on first use.

    Vectors are L2-normalised, so a dot product is a cosine. Tone marks are settled first ("hoà" = "hòa").
    Safe to use from several threads.

    Args:
        model: A sentence-transformers folder or hub id; None means the bundled multilingual-e5-small, or the same
            model by its hub id where the bundle has no build for this machine.
        cache_dir: Where the bundled model is unpacked.
        batch_size: Passages embedded at once, where the model runs in sentence-transformers.

    Example:
        >>> embeddings = PassageEmbeddings.from_settings(Settings.load())  # doctest: +SKIP
        >>> len(embeddings.embed_query("Ai là Bí thư?"))  # doctest: +SKIP
        384
    """

    def __init__(self, model: str | None, cache_dir: Path, batch_size: int = 16) -> None:
        self._requested = model
        self._cache_dir = cache_dir
        self._batch_size = batch_size
        self._loading = threading.RLock()
        self._loaded_trunk: Trunk | None = None
        self._loaded: tuple[_Engine, Callable[[str], list[float]]] | None = None

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
        engine = self._engine
        return EmbeddingFingerprint(
            self._requested or HUB_ID, engine.revision, engine.dimension, engine.query_prefix, engine.passage_prefix
        )

    @property
    def trunk(self) -> Trunk:
        """multilingual-e5-small, which the reader was trained over: the embedding model's own where it is that one.

        Raises:
            ModelError: The model cannot be found or loaded.
        """
        with self._loading:
            if self._loaded_trunk is None:
                self._loaded_trunk = _load_trunk(self._cache_dir)
            return self._loaded_trunk

    def embed_query(self, text: str) -> list[float]:
        """The vector of one question, from the cache when it was asked before.

        Raises:
            ModelError: The model cannot be found or loaded.
        """
        _, cached_query = self._engine_and_cache()
        return list(cached_query(settle_tone_marks(text)))

    def embed_turn(self, text: str) -> list[float]:
        """The vector of a turn by multilingual-e5-small, whatever the library's model: what is fitted to it needs it.

        Raises:
            ModelError: The model cannot be found or loaded.
        """
        if self._requested is None:
            return self.embed_query(text)
        vector: list[float] = self.trunk.embed(QUERY_PREFIX + settle_tone_marks(text)).tolist()
        return vector

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """The vectors of passages, in order.

        Raises:
            ModelError: The model cannot be found or loaded.
        """
        return self._engine.passages([settle_tone_marks(text) for text in texts])

    @property
    def _engine(self) -> "_Engine":
        return self._engine_and_cache()[0]

    def _engine_and_cache(self) -> tuple["_Engine", Callable[[str], list[float]]]:
        with self._loading:
            if self._loaded is None:
                engine = self._load_engine()
                # A cache of the engine's method, not of one of this object: in a cycle the model would outlive its use.
                self._loaded = engine, functools.lru_cache(maxsize=_CACHED_QUESTIONS)(engine.query)
            return self._loaded

    def _load_engine(self) -> "_Engine":
        if self._requested is not None:
            return _SentenceTransformersEngine(self._requested, self._batch_size, bundled=False)
        if any(path.exists() for path in _GRAPHICS_CARDS):
            return _SentenceTransformersEngine(str(_e5_folder(self._cache_dir)), self._batch_size, bundled=True)
        return _TrunkEngine(self.trunk)


class _Engine(Protocol):
    """A loaded model."""

    revision: str
    dimension: int
    query_prefix: str
    passage_prefix: str

    def query(self, text: str) -> list[float]: ...

    def passages(self, texts: list[str]) -> list[list[float]]: ...


class _TrunkEngine:
    """The bundled model on onnxruntime."""

    query_prefix = QUERY_PREFIX
    passage_prefix = PASSAGE_PREFIX

    def __init__(self, trunk: Trunk) -> None:
        self._trunk = trunk
        self.dimension = trunk.shape.hidden
        self.revision = _folder_revision(trunk.folder)

    def query(self, text: str) -> list[float]:
        return self._vector(self.query_prefix + text)

    def passages(self, texts: list[str]) -> list[list[float]]:
        return [self._vector(self.passage_prefix + text) for text in texts]

    def _vector(self, text: str) -> list[float]:
        vector: list[float] = self._trunk.embed(text).tolist()
        return vector


class _SentenceTransformersEngine:
    """Any sentence-transformers model, on a graphics card where torch finds one."""

    def __init__(self, location: str, batch_size: int, *, bundled: bool) -> None:
        self._batch_size = batch_size
        self._model = _load_sentence_transformer(location, bundled=bundled)
        # Each run of torch uses all cores; several side by side take ten times as long as one after the other.
        self._turn = threading.Lock()
        dimension = self._model.get_embedding_dimension()
        if dimension is None:
            raise ModelError(
                f"Mô hình {location} không cho biết số chiều.", "Hãy chọn một mô hình sentence-transformers khác."
            )
        self.dimension = dimension
        self.query_prefix = self._model.prompts.get("query") or ""
        self.passage_prefix = self._model.prompts.get("document") or ""
        if Path(location).is_dir():
            self.revision = _folder_revision(Path(location))
        else:
            commit: str | None = getattr(getattr(self._model[0].auto_model, "config", None), "_commit_hash", None)
            self.revision = commit or "unknown"

    def query(self, text: str) -> list[float]:
        with self._turn:
            vector = self._model.encode_query(text, show_progress_bar=False, normalize_embeddings=True)
        values: list[float] = vector.tolist()
        return values

    def passages(self, texts: list[str]) -> list[list[float]]:
        # Texts of like length share a batch; questions need not wait for all of them, so no turn is taken.
        vectors = self._model.encode_document(
            texts, batch_size=self._batch_size, show_progress_bar=False, normalize_embeddings=True
        )
        return [vector.tolist() for vector in vectors]


def _e5_folder(cache_dir: Path) -> Path:
    """The folder of multilingual-e5-small: unpacked from the bundle, or the hub's where the bundle has no build."""
    if bundled_weights() is not None:
        return unpack_bundled_model(cache_dir)
    from huggingface_hub import snapshot_download  # noqa: PLC0415 - only where there is no bundle

    try:
        return Path(snapshot_download(HUB_ID, allow_patterns=["*.json", "model.safetensors", "1_Pooling/*"]))
    except (OSError, ValueError) as error:
        raise ModelError(
            f"Không tải được mô hình nhúng {HUB_ID} ({type(error).__name__}).", "Hãy kiểm tra kết nối mạng rồi thử lại."
        ) from error


def _load_trunk(cache_dir: Path) -> Trunk:
    folder = _e5_folder(cache_dir)
    try:
        return Trunk(folder)
    except (OSError, ValueError, SafetensorError) as error:
        raise ModelError(
            f"Không nạp được mô hình nhúng {folder} ({error}).", f"Hãy xóa thư mục {folder} để nó được tạo lại."
        ) from error


def _load_sentence_transformer(location: str, *, bundled: bool) -> "SentenceTransformer":
    # Seconds of imports, paid only where such a model is used.
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415
    from transformers.utils import logging as transformers_logging  # noqa: PLC0415

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
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


def _folder_revision(folder: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*.safetensors")) + sorted(folder.rglob("*.json")):
        digest.update(f"{file.relative_to(folder)} {file.stat().st_size}\n".encode())
        with file.open("rb") as stream:
            digest.update(stream.read(_DIGEST_BYTES))
    return digest.hexdigest()[:16]
